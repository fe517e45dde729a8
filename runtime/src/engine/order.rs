//! Which entry was not used for the longest.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the uses of entries. On a line of the processor's cache of its own, for hits of many threads write to it.
#[repr(align(128))]
pub(crate) struct Uses(AtomicU64);

impl Uses {
    /// Uses after this one.
    pub(crate) const fn from(last: u64) -> Self {
        Uses(AtomicU64::new(last))
    }

    /// The last use.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Another use, which nothing ever had.
    #[inline]
    pub(crate) fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Notes a use where the last one was noted.
    #[inline]
    pub(crate) fn note(&self, used: &AtomicU64) {
        // What was used last needs no note, so that a loop over it writes nothing.
        if used.load(Ordering::Relaxed) != self.now() {
            used.store(self.tick(), Ordering::Relaxed);
        }
    }
}

/// Leads to what stands in a store, and to nothing else that ever was there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// The first of its uses.
    pub(crate) born: u64,
    pub(crate) at: At,
}

/// Where something stands in a store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    /// In its table, by the hash of a key.
    Entry(u64),
    /// In this line of its [slab](super::slab).
    Line(u32),
}

/// What stands in a store, by use, as far as it was looked at: a hit writes only to its own, and who needs the oldest
/// one [puts in again](Self::push) those that were used since they were put in. That is each at most once per hit, and
/// the order is exact. What left the store stands here until it is the oldest, or [forgotten](Self::retain).
#[derive(Default)]
pub(crate) struct Order {
    /// Of rising uses: entries as they were stored.
    queue: VecDeque<(u64, Mark)>,
    /// All that are not in their turn.
    others: BinaryHeap<Reverse<(u64, Mark)>>,
}

impl Order {
    pub(crate) fn push(&mut self, used: u64, mark: Mark) {
        if self.queue.back().is_none_or(|(last, _)| *last < used) {
            self.queue.push_back((used, mark));
        } else {
            self.others.push(Reverse((used, mark)));
        }
    }

    /// The one that was put in with the earliest use.
    pub(crate) fn pop(&mut self) -> Option<(u64, Mark)> {
        let queued = self.queue.front();
        match self.others.peek() {
            Some(Reverse(other)) if queued.is_none_or(|queued| other < queued) => {
                self.others.pop().map(|Reverse(other)| other)
            }
            _ => self.queue.pop_front(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.len() + self.others.len()
    }

    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(Mark) -> bool) {
        self.queue.retain(|(_, mark)| is_kept(*mark));
        self.others.retain(|Reverse((_, mark))| is_kept(*mark));
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.others.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(born: u64) -> Mark {
        Mark { born, at: At::Entry(born % 3) }
    }

    #[test]
    fn the_earliest_comes_first_however_they_were_put_in() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100 {
            let mut order = Order::default();
            let mut uses: Vec<u64> = (1..=50).collect();
            for swap in 0..random.usize(..50) {
                uses.swap(swap, random.usize(..50));
            }
            for &used in &uses {
                order.push(used, mark(used));
            }
            let popped: Vec<u64> =
                std::iter::from_fn(|| order.pop()).map(|(used, _)| used).collect();
            assert_eq!(popped, (1..=50).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_not_kept_is_gone() {
        let mut order = Order::default();
        for used in [4, 9, 2, 7, 1] {
            order.push(used, mark(used));
        }
        order.retain(|mark| mark.born > 2);
        assert_eq!(order.len(), 3);
        assert_eq!(std::iter::from_fn(|| order.pop()).map(|(used, _)| used).sum::<u64>(), 20);
    }
}
