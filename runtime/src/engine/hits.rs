//! Hits of a function, which each thread counts for itself.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::local;

/// Counts hits.
pub(crate) struct Hits {
    /// Which function this is, from [`FIRST`].
    number: AtomicUsize,
    /// Those of threads that could not count for themselves.
    others: AtomicU64,
}

/// Counters of one thread, by the numbers of functions. Lent to threads for good, one after the other, for what was counted
/// stays counted.
pub(crate) type Row = &'static [AtomicU64];

/// The first of a row are nobody's, so that rows of different threads meet on no line of the processor's cache.
const FIRST: usize = 8;

/// The number of a function as long as nobody asks for it.
const NOT_DRAWN: usize = usize::MAX;

/// How many a row has at least.
const ROW: usize = 64;

static ROWS: Mutex<Rows> = Mutex::new(Rows { all: Vec::new(), free: Vec::new() });

struct Rows {
    all: Vec<Row>,
    /// Of these, the ones that no thread counts in.
    free: Vec<Row>,
}

/// Takes the row of a thread that ends.
pub(crate) fn give_back(row: Row) {
    if !row.is_empty() {
        ROWS.lock().free.push(row);
    }
}

impl Hits {
    pub(crate) const fn new() -> Self {
        Hits { number: AtomicUsize::new(NOT_DRAWN), others: AtomicU64::new(0) }
    }

    /// A small number that no other function has.
    #[inline]
    pub(crate) fn number(&self) -> usize {
        match self.number.load(Ordering::Relaxed) {
            NOT_DRAWN => self.draw_number(),
            number => number,
        }
    }

    /// The same, or one that no function has if nobody asked for it.
    #[inline]
    pub(crate) fn known_number(&self) -> usize {
        self.number.load(Ordering::Relaxed)
    }

    #[cold]
    fn draw_number(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(FIRST);
        let drawn = NEXT.fetch_add(1, Ordering::Relaxed);
        let relaxed = Ordering::Relaxed;
        let outcome = self.number.compare_exchange(NOT_DRAWN, drawn, relaxed, relaxed);
        outcome.map_or_else(|earlier| earlier, |_| drawn)
    }

    /// Counts one.
    #[inline]
    pub(crate) fn count(&self) {
        if local::with(|local| local.count(self.known_number())).is_none() {
            self.count_at_last();
        }
    }

    /// Counts one for which the thread has no counter yet, or no more.
    #[cold]
    fn count_at_last(&self) {
        let number = self.number();
        let is_own = local::with_kept(|local| {
            if local.hits.get().len() <= number {
                local.hits.set(ROWS.lock().other(local.hits.get(), number));
            }
            local.count(number).is_some()
        });
        if is_own != Some(true) {
            self.others.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn sum(&self) -> u64 {
        let rows = ROWS.lock();
        let own = rows.all.iter().filter_map(|row| row.get(self.number()));
        let counted: u64 = own.map(|counter| counter.load(Ordering::Relaxed)).sum();
        counted + self.others.load(Ordering::Relaxed)
    }
}

impl Rows {
    /// A row that has that number, for one that may not.
    fn other(&mut self, row: Row, number: usize) -> Row {
        if !row.is_empty() {
            self.free.push(row);
        }
        if let Some(at) = self.free.iter().position(|free| free.len() > number) {
            return self.free.swap_remove(at);
        }
        let len = (number + 1).next_power_of_two().max(ROW);
        let new: Vec<AtomicU64> = std::iter::repeat_with(AtomicU64::default).take(len).collect();
        let new: Row = new.leak();
        self.all.push(new);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_threads_that_ended_are_kept_and_their_counters_are_used_again() {
        static HITS: Hits = Hits::new();
        let rows = std::thread::scope(|scope| {
            let count = || {
                HITS.count();
                HITS.count();
                local::with(|local| local.hits.get().as_ptr().addr())
            };
            (0..10).map(|_| scope.spawn(count).join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(HITS.sum(), 20);
        assert!(rows.iter().all(|row| *row != 0));
        assert!(HITS.others.load(Ordering::Relaxed) == 0);
    }

    #[test]
    fn functions_have_numbers_of_their_own_and_as_many_as_there_are() {
        let all: Vec<Hits> = std::iter::repeat_with(Hits::new).take(4 * ROW).collect();
        for hits in all.iter().chain(&all) {
            hits.count();
        }
        assert!(all.iter().all(|hits| hits.sum() == 2));
        let mut numbers: Vec<usize> = all.iter().map(Hits::number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), all.len());
    }
}
