//! Which widgets a cached function reaches, and through which calls.

use cachelit_spec::widgets::{WidgetKind, widget};
use ra_ap_syntax::{TextRange, ast};
use rustc_hash::FxHashMap;

use crate::finding::Note;
use crate::model::{CacheAttribute, Context, cache_attributes, calls_of};
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
    through: Vec<Step>,
}

/// A call on the way to a widget.
#[derive(Clone)]
struct Step {
    /// The function that is entered, by path.
    callee: String,
    /// The call inside it that leads on.
    next_call: FileRange,
}

impl ReachedWidget {
    /// `a::b` calls or reaches `st::slider`; `None` where the cached body itself calls it.
    pub(super) fn describe(&self) -> Option<String> {
        let first = self.through.first()?;
        let verb = if self.through.len() == 1 { "calls" } else { "reaches" };
        Some(format!("`{}` {verb} `st::{}`", first.callee, self.widget))
    }

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

/// A search for widgets of one kind; remembers what it knows of a function.
pub(super) struct WidgetSearch<'a> {
    cx: &'a Context<'a>,
    wanted: WidgetKind,
    known: FxHashMap<FileRange, Found>,
}

impl<'a> WidgetSearch<'a> {
    pub(super) fn new(cx: &'a Context<'a>, wanted: WidgetKind) -> Self {
        WidgetSearch { cx, wanted, known: FxHashMap::default() }
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
                let name = path.strip_prefix("st::")?;
                (widget(name) == Some(self.wanted)).then(|| (name.to_owned(), Vec::new()))
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
        // A cached function that is called has a finding of its own, unless widgets are allowed there.
        let caches = cache_attributes(self.cx, module, &item);
        let is_allowed_there = |attribute: &CacheAttribute| {
            self.wanted == WidgetKind::Interactive && attribute.options.allow_widgets
        };
        if !caches.iter().all(is_allowed_there) {
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
