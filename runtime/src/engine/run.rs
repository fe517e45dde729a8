//! Which runs of bodies there are.

use std::sync::Arc;

use super::entry::Entry;
use super::function::{FunctionSpec, Place};
use crate::key::KeptKey;

/// A run, as the thread knows it that it is on.
pub(crate) enum Run {
    /// Of that entry.
    Entry(Arc<Entry>),
    /// Of a number without one, of that function: see [`bare`](super::bare).
    Bare(&'static FunctionSpec, RunId),
}

/// Which run it is, of all that are under way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunId {
    /// Where it stands: an address that is nobody else's meanwhile.
    pub(super) owner: usize,
    /// Which one it is there.
    pub(super) number: u64,
}

impl RunId {
    pub(crate) fn of(entry: &Arc<Entry>) -> Self {
        RunId { owner: Arc::as_ptr(entry).addr(), number: 0 }
    }
}

impl Run {
    pub(crate) fn spec(&self) -> &'static FunctionSpec {
        match self {
            Run::Entry(entry) => &entry.place.function.spec,
            Run::Bare(spec, _) => spec,
        }
    }

    pub(crate) fn id(&self) -> RunId {
        match self {
            Run::Entry(entry) => RunId::of(entry),
            Run::Bare(_, id) => *id,
        }
    }

    /// Whether this is the run of an entry for the key that `is_it`.
    pub(crate) fn is_of(&self, place: Place, is_it: impl Fn(&KeptKey) -> bool) -> bool {
        matches!(self, Run::Entry(entry) if entry.place == place && is_it(&entry.key))
    }
}
