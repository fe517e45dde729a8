//! Hits of a function, which each thread counts for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

/// Counts hits.
pub(crate) struct Hits {
    /// Which function this is, from 1; zero until somebody asks.
    number: AtomicUsize,
    /// Those of threads that ended, and of those that could not count for themselves.
    others: AtomicU64,
    threads: Mutex<Vec<Arc<AtomicU64>>>,
}

impl Hits {
    pub(crate) const fn new() -> Self {
        Hits {
            number: AtomicUsize::new(0),
            others: AtomicU64::new(0),
            threads: Mutex::new(Vec::new()),
        }
    }

    /// A small number that no other function has.
    #[inline]
    pub(crate) fn number(&self) -> usize {
        match self.number.load(Ordering::Relaxed) {
            0 => self.draw_number(),
            number => number,
        }
    }

    /// The same, or zero if nobody asked for it.
    #[inline]
    pub(crate) fn known_number(&self) -> u64 {
        self.number.load(Ordering::Relaxed) as u64
    }

    #[cold]
    fn draw_number(&self) -> usize {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let drawn = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let outcome = self.number.compare_exchange(0, drawn, Ordering::Relaxed, Ordering::Relaxed);
        outcome.map_or_else(|earlier| earlier, |_| drawn)
    }

    pub(crate) fn add(&self) {
        self.others.fetch_add(1, Ordering::Relaxed);
    }

    /// A counter for the current thread alone.
    pub(crate) fn of_thread(&self) -> Arc<AtomicU64> {
        let counter = Arc::new(AtomicU64::new(0));
        let mut threads = self.threads.lock();
        threads.retain_mut(|thread| match Arc::get_mut(thread) {
            // Its thread ended.
            Some(last) => {
                self.others.fetch_add(*last.get_mut(), Ordering::Relaxed);
                false
            }
            None => true,
        });
        threads.push(counter.clone());
        counter
    }

    pub(crate) fn sum(&self) -> u64 {
        let threads = self.threads.lock();
        let counted: u64 = threads.iter().map(|thread| thread.load(Ordering::Relaxed)).sum();
        counted + self.others.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_threads_that_ended_are_kept_and_their_counters_are_not() {
        let hits = Hits::new();
        for _ in 0..10 {
            hits.of_thread().fetch_add(2, Ordering::Relaxed);
        }
        hits.add();
        assert_eq!(hits.sum(), 21);
        assert_eq!(hits.threads.lock().len(), 1);
    }

    #[test]
    fn functions_have_numbers_of_their_own() {
        let (a, b) = (Hits::new(), Hits::new());
        assert_eq!(a.number(), a.number());
        assert_ne!(a.number(), b.number());
    }
}
