//! The state of one question: what is being worked out, and how much work is left.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ModuleId;
use super::modules::ModuleItems;
use super::names::NameKey;
use super::solve::Goal;
use super::ty::{TraitRef, Ty};

/// How deep questions may nest. Real code stays far below; what doesn't is answered by "unknown".
const MAX_DEPTH: u32 = 96;
/// How much deeper the macros of a module may be looked for, by a question that is deep already: a module is expanded once for
/// all questions.
const MORE_DEPTH: u32 = 48;
/// How many steps one question may take.
const MAX_STEPS: u32 = 300_000;

/// What an answer rests on besides its goal: it is kept only as far as that stays the same.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grounds {
    /// It would be another one if [`Query::lasts`] were otherwise.
    pub(super) lifetimes: bool,
    /// Something that an edit of the workspace can change, or the bounds in scope.
    pub(super) workspace: bool,
    /// A goal led back to itself, so that the reason of a no depends on which goal of the circle was asked first.
    pub(super) circle: bool,
}

/// One question from outside. Everything in progress is on its stacks, so that cycles end.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(super) expanding: RefCell<Vec<ModuleId>>,
    /// The lowest position on `expanding` of a module that was looked into all the same.
    pub(super) expansion_cycle: Cell<usize>,
    /// Modules whose items are known but for some macro calls, until all that are being expanded are.
    pub(super) partial: RefCell<FxHashMap<ModuleId, Arc<ModuleItems>>>,
    pub(super) names: RefCell<Vec<NameKey>>,
    /// The lowest position on `names` that an answer in progress leaned on.
    pub(super) name_cycle: Cell<usize>,
    /// How often a name led back to itself.
    pub(super) cycles_met: Cell<u64>,
    pub(super) goals: RefCell<Vec<Goal>>,
    /// The lowest position on `goals` that an answer in progress leaned on.
    pub(super) goal_cycle: Cell<usize>,
    /// What the bounds in scope say of the parameters.
    pub(super) facts: RefCell<Vec<(Ty, TraitRef)>>,
    /// Whether every lifetime in the type that is asked about is `'static`.
    pub(super) lasts: Cell<bool>,
    /// What the answer in progress rests on, so far.
    pub(super) grounds: Cell<Grounds>,
    depth: Cell<u32>,
    steps: Cell<u32>,
    exhausted: Cell<bool>,
}

impl Query {
    pub(crate) fn new() -> Self {
        let query = Query::default();
        query.expansion_cycle.set(usize::MAX);
        query.name_cycle.set(usize::MAX);
        query.goal_cycle.set(usize::MAX);
        query
    }

    /// Goes one level deeper, or says that it is deep enough.
    pub(super) fn enter<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        self.charge(1);
        let is_expanding = !self.expanding.borrow().is_empty();
        let max_depth = if is_expanding { MAX_DEPTH + MORE_DEPTH } else { MAX_DEPTH };
        if self.depth.get() >= max_depth || self.steps.get() >= MAX_STEPS {
            self.exhausted.set(true);
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = work();
        self.depth.set(self.depth.get() - 1);
        Some(result)
    }

    /// Takes note that the answer in progress looks into a module.
    pub(super) fn looks_into(&self, module: ModuleId) {
        if !module.is_out_of_reach() {
            self.leans_on_workspace();
        }
    }

    /// Takes note that the answer in progress looks at something that an edit of the workspace can change.
    pub(super) fn leans_on_workspace(&self) {
        self.grounds.set(Grounds { workspace: true, ..self.grounds.get() });
    }

    /// What the bounds in scope say, which an edit can change.
    pub(super) fn facts_in_scope(&self) -> Vec<(Ty, TraitRef)> {
        self.leans_on_workspace();
        self.facts.borrow().clone()
    }

    /// Counts work that takes longer than a step.
    pub(super) fn charge(&self, steps: usize) {
        let steps = u32::try_from(steps).unwrap_or(MAX_STEPS);
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Does some work, and says whether it met no limit: only then may its outcome be kept.
    pub(super) fn watch<R>(&self, work: impl FnOnce() -> R) -> (R, bool) {
        let before = self.exhausted.replace(false);
        let result = work();
        let is_whole = !self.exhausted.get();
        self.exhausted.set(before || !is_whole);
        (result, is_whole)
    }

    /// Whether the work that is being watched has met a limit.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }
}
