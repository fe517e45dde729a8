//! Which runs of bodies there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
pub(crate) struct RunId(u64);

impl RunId {
    /// Of an entry: its address, which is nobody else's meanwhile.
    pub(crate) fn of(entry: &Arc<Entry>) -> Self {
        RunId(Arc::as_ptr(entry).addr() as u64)
    }
}

/// Draws ids of runs that have no entries.
#[derive(Default)]
pub(super) struct RunIds {
    last: u64,
}

/// So many are drawn at once, so that shards don't meet.
const DRAWN: u64 = 1 << 20;

impl RunIds {
    /// One that no other run ever has.
    #[inline]
    pub(super) fn draw(&mut self) -> RunId {
        static DRAWS: AtomicU64 = AtomicU64::new(0);
        if self.last.is_multiple_of(DRAWN) {
            self.last = DRAWS.fetch_add(1, Ordering::Relaxed) * DRAWN;
        }
        self.last += 1;
        // Addresses of entries are even.
        RunId(self.last << 1 | 1)
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

#[cfg(test)]
mod tests {
    use super::super::function::{Function, PLAIN};
    use super::*;
    use crate::key::key_of;

    #[test]
    fn no_run_ever_has_the_id_of_another() {
        static FUNCTION: Function = Function::new(PLAIN);
        let (mut ids, mut others) = (RunIds::default(), RunIds::default());
        let mut drawn = vec![ids.draw(), others.draw(), ids.draw()];
        ids.last = ids.last.next_multiple_of(DRAWN) - 1;
        drawn.extend([ids.draw(), ids.draw(), ids.draw(), others.draw(), others.draw()]);
        let place = Place { function: &FUNCTION, session: None };
        let entries = [1, 2].map(|key| Arc::new(Entry::new(place, &key_of(&[key]))));
        drawn.extend(entries.each_ref().map(RunId::of));
        let mut known: Vec<u64> = drawn.iter().map(|id| id.0).collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), drawn.len());
    }
}
