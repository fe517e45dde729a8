//! What a cached function's body does, itself or through the functions that it calls.

use cachelit_spec::widgets::{WidgetKind, widget};
use ra_ap_syntax::{TextRange, ast};
use rustc_hash::FxHashMap;

use crate::finding::Note;
use crate::model::{CacheAttribute, Call, Context, cache_attributes, calls_of};
use crate::resolve::{FunctionDef, ModuleId, Resolution};
use crate::source::FileRange;

/// How many functions are looked into per cached function, and how deep calls are followed.
const MAX_FUNCTIONS: usize = 2_000;
const MAX_DEPTH: usize = 64;

/// What a search is for.
pub(super) trait Wanted {
    /// What is told of a find.
    type Thing: Clone;

    /// What a call is in itself; `None` sends the search into the function that is called.
    fn called(&self, cx: &Context<'_>, call: &Call) -> Option<Self::Thing>;

    /// What a function does without a call, and where.
    fn done(
        &self,
        _cx: &Context<'_>,
        _module: ModuleId,
        _item: &ast::Fn,
    ) -> Vec<(TextRange, Self::Thing)> {
        Vec::new()
    }

    /// Whether nothing comes of a find at this place of a function.
    fn is_harmless(
        &self,
        _cx: &Context<'_>,
        _module: ModuleId,
        _item: &ast::Fn,
        _place: TextRange,
        _thing: &Self::Thing,
    ) -> bool {
        false
    }

    /// Whether what this function does counts for the one that calls it.
    fn enters(&self, item: &ast::Fn, caches: &[CacheAttribute]) -> bool;

    /// How the thing is named in a message.
    fn name(thing: &Self::Thing) -> String;

    /// What is done with it: "calls", "reads".
    fn verb(thing: &Self::Thing) -> &'static str;
}

/// What was wanted, and how a cached body leads to it.
pub(super) struct Reached<T> {
    /// The expression in the cached body.
    pub(super) place: TextRange,
    pub(super) thing: T,
    /// The workspace functions in between, from the outside in.
    through: Vec<Step>,
}

/// A call on the way.
#[derive(Clone)]
struct Step {
    /// The function that is entered, by path.
    callee: String,
    /// The place inside it that leads on.
    next: FileRange,
}

impl<T> Reached<T> {
    /// `a::b` calls or reaches `st::slider`; `None` where the cached body itself does.
    pub(super) fn describe<W: Wanted<Thing = T>>(&self) -> Option<String> {
        let first = self.through.first()?;
        let verb = if self.through.len() == 1 { W::verb(&self.thing) } else { "reaches" };
        Some(format!("`{}` {verb} `{}`", first.callee, W::name(&self.thing)))
    }

    /// The way, a note per function.
    pub(super) fn notes<W: Wanted<Thing = T>>(&self) -> Vec<Note> {
        let callees = self.through.iter().map(|step| (step.callee.clone(), "calls")).skip(1);
        let targets = callees.chain([(W::name(&self.thing), W::verb(&self.thing))]);
        self.through
            .iter()
            .zip(targets)
            .map(|(step, (target, verb))| Note {
                message: format!("`{}` {verb} `{target}` here", step.callee),
                place: Some(step.next.clone()),
            })
            .collect()
    }
}

/// What a function leads to: a thing, and the steps from that function on.
type Found<T> = Option<(T, Vec<Step>)>;

/// A search; remembers what it knows of a function.
pub(super) struct Search<'a, W: Wanted> {
    cx: &'a Context<'a>,
    wanted: W,
    known: FxHashMap<FileRange, Found<W::Thing>>,
}

impl<'a, W: Wanted> Search<'a, W> {
    pub(super) fn new(cx: &'a Context<'a>, wanted: W) -> Self {
        Search { cx, wanted, known: FxHashMap::default() }
    }

    /// Everything in the body of `item` that leads to what is wanted.
    pub(super) fn reached_from(
        &mut self,
        module: ModuleId,
        item: &ast::Fn,
    ) -> Vec<Reached<W::Thing>> {
        let mut reached = Vec::new();
        self.each(module, item, 0, |it| {
            reached.push(it);
            true
        });
        reached
    }

    /// Hands over every find in a function's own run, until it is told that this is enough.
    fn each(
        &mut self,
        module: ModuleId,
        item: &ast::Fn,
        depth: usize,
        mut next: impl FnMut(Reached<W::Thing>) -> bool,
    ) {
        for (place, thing) in self.wanted.done(self.cx, module, item) {
            if !self.wanted.is_harmless(self.cx, module, item, place, &thing)
                && !next(Reached { place, thing, through: Vec::new() })
            {
                return;
            }
        }
        for call in calls_of(self.cx, module, item).into_iter().filter(|call| call.runs_in_body) {
            let Some((thing, through)) = self.behind(&call, depth) else { continue };
            if !self.wanted.is_harmless(self.cx, module, item, call.range, &thing)
                && !next(Reached { place: call.range, thing, through })
            {
                return;
            }
        }
    }

    fn behind(&mut self, call: &Call, depth: usize) -> Found<W::Thing> {
        if let Some(thing) = self.wanted.called(self.cx, call) {
            return Some((thing, Vec::new()));
        }
        match &call.target {
            Resolution::Function(callee) => self.inside(callee, depth),
            _ => None,
        }
    }

    fn inside(&mut self, callee: &FunctionDef, depth: usize) -> Found<W::Thing> {
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

    fn look_into(&mut self, callee: &FunctionDef, depth: usize) -> Found<W::Thing> {
        let (module, item) = self.cx.function(callee)?;
        if !self.wanted.enters(&item, &cache_attributes(self.cx, module, &item)) {
            return None;
        }
        let mut found = None;
        self.each(module, &item, depth + 1, |reached| {
            let next = FileRange { file: callee.item.file.clone(), range: reached.place };
            let mut through = vec![Step { callee: callee.path.clone(), next }];
            through.extend(reached.through);
            found = Some((reached.thing, through));
            false
        });
        found
    }
}

/// Widgets of one kind.
pub(super) struct Widgets(pub(super) WidgetKind);

impl Wanted for Widgets {
    /// The widget's name in `st`.
    type Thing = String;

    fn called(&self, _: &Context<'_>, call: &Call) -> Option<String> {
        let Resolution::Cachelit(path) = &call.target else { return None };
        let name = path.strip_prefix("st::")?;
        (widget(name) == Some(self.0)).then(|| name.to_owned())
    }

    /// A cached function that is called has a finding of its own, unless widgets are allowed there.
    fn enters(&self, _: &ast::Fn, caches: &[CacheAttribute]) -> bool {
        let is_interactive = self.0 == WidgetKind::Interactive;
        caches.iter().all(|attribute| is_interactive && attribute.options.allow_widgets)
    }

    fn name(thing: &String) -> String {
        format!("st::{thing}")
    }

    fn verb(_: &String) -> &'static str {
        "calls"
    }
}
