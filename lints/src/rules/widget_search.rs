//! Which widgets a cached function reaches, and through which calls.

use ra_ap_syntax::{TextRange, ast};
use rustc_hash::FxHashMap;

use crate::finding::Note;
use crate::model::{Context, cache_attributes, calls_of};
use crate::resolve::{FunctionDef, ModuleId, Resolution};
use crate::source::FileRange;

/// How many functions are looked into per cached function, and how deep calls are followed.
const MAX_FUNCTIONS: usize = 2_000;
const MAX_DEPTH: usize = 64;

/// A widget that a call in a cached body leads to.
pub(super) struct ReachedWidget {
    /// The call in the cached body.
    pub(super) call: TextRange,
    /// The widget's name in `st`.
    pub(super) widget: String,
    /// The workspace functions in between, from the outside in.
    pub(super) through: Vec<Step>,
}

/// A call on the way to a widget.
#[derive(Clone)]
pub(super) struct Step {
    /// The function that is entered, by path.
    pub(super) callee: String,
    /// The call inside it that leads on.
    next_call: FileRange,
}

impl ReachedWidget {
    /// The way to the widget, a note per function.
    pub(super) fn notes(&self) -> Vec<Note> {
        let callees = self.through.iter().map(|step| step.callee.clone()).skip(1);
        let targets = callees.chain([format!("st::{}", self.widget)]);
        self.through
            .iter()
            .zip(targets)
            .map(|(step, target)| Note {
                message: format!("`{}` calls `{target}` here", step.callee),
                place: Some(step.next_call.clone()),
            })
            .collect()
    }
}

/// What a function leads to: a widget, and the steps from that function on.
type Found = Option<(String, Vec<Step>)>;

/// A search for widgets of one sort; remembers what it knows of a function.
pub(super) struct WidgetSearch<'a> {
    cx: &'a Context<'a>,
    is_wanted: &'a dyn Fn(&str) -> bool,
    known: FxHashMap<FileRange, Found>,
}

impl<'a> WidgetSearch<'a> {
    pub(super) fn new(cx: &'a Context<'a>, is_wanted: &'a dyn Fn(&str) -> bool) -> Self {
        WidgetSearch { cx, is_wanted, known: FxHashMap::default() }
    }

    /// Every call in the body of `item` that leads to a wanted widget.
    pub(super) fn reached_from(&mut self, module: ModuleId, item: &ast::Fn) -> Vec<ReachedWidget> {
        let mut reached = Vec::new();
        for call in calls_of(self.cx, module, item).into_iter().filter(|call| call.runs_in_body) {
            if let Some((widget, through)) = self.behind(&call.target, 0) {
                reached.push(ReachedWidget { call: call.range, widget, through });
            }
        }
        reached
    }

    fn behind(&mut self, target: &Resolution, depth: usize) -> Found {
        match target {
            Resolution::Cachelit(path) => {
                let widget = path.strip_prefix("st::").filter(|name| (self.is_wanted)(name))?;
                Some((widget.to_owned(), Vec::new()))
            }
            Resolution::Function(callee) => self.inside(callee, depth),
            Resolution::Other | Resolution::Unknown => None,
        }
    }

    fn inside(&mut self, callee: &FunctionDef, depth: usize) -> Found {
        if let Some(found) = self.known.get(&callee.item) {
            return found.clone();
        }
        let is_member = self.cx.project.package(callee.package).is_member;
        if !is_member || depth == MAX_DEPTH || self.known.len() == MAX_FUNCTIONS {
            return None;
        }
        // While it is looked into, a function leads nowhere: this ends recursion.
        self.known.insert(callee.item.clone(), None);
        let found = self.look_into(callee, depth);
        self.known.insert(callee.item.clone(), found.clone());
        found
    }

    fn look_into(&mut self, callee: &FunctionDef, depth: usize) -> Found {
        let (module, item) = self.cx.function(callee)?;
        // A cached function that is called has findings of its own.
        if !cache_attributes(self.cx, module, &item).is_empty() {
            return None;
        }
        for call in calls_of(self.cx, module, &item) {
            if !call.runs_in_body {
                continue;
            }
            if let Some((widget, mut through)) = self.behind(&call.target, depth + 1) {
                let place = FileRange { file: callee.item.file.clone(), range: call.range };
                through.insert(0, Step { callee: callee.path.clone(), next_call: place });
                return Some((widget, through));
            }
        }
        None
    }
}
