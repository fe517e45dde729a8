//! A few words that many threads read at once, and that are seldom written.

use crate::sync::{AtomicU64, Ordering, fence};

/// How many words there are.
pub(crate) const WORDS: usize = 7;

/// A line of the processor's cache: words behind a version, which is odd while they are written. Readers write nothing,
/// and do without what was written meanwhile.
#[repr(align(64))]
pub(crate) struct Line {
    version: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl Line {
    /// All zeros.
    #[cfg(not(cachelit_loom))]
    pub(crate) const fn new() -> Self {
        Line { version: AtomicU64::new(0), words: [const { AtomicU64::new(0) }; WORDS] }
    }

    #[cfg(cachelit_loom)]
    pub(crate) fn new() -> Self {
        Line { version: AtomicU64::new(0), words: std::array::from_fn(|_| AtomicU64::new(0)) }
    }

    /// A word, to be believed only by [`read`](Self::read).
    #[inline]
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.words[at].load(Ordering::Relaxed)
    }

    /// What `look` makes of the words, unless a thread writes to them.
    #[inline]
    pub(crate) fn read<R>(&self, look: impl FnOnce(&Self) -> Option<R>) -> Option<R> {
        // An odd one is never met again.
        let version = self.version.load(Ordering::Acquire) & !1;
        let found = look(self)?;
        // Whoever saw a word of a write sees its odd version, or a later one.
        fence(Ordering::Acquire);
        (self.version.load(Ordering::Relaxed) == version).then_some(found)
    }

    /// Lets `change` change the words, unless another thread does. Returns what it returns.
    pub(crate) fn write<R>(&self, change: impl FnOnce(&mut [u64; WORDS]) -> R) -> Option<R> {
        let version = self.version.load(Ordering::Relaxed);
        if !version.is_multiple_of(2) {
            return None;
        }
        let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
        self.version.compare_exchange(version, version + 1, acquire, relaxed).ok()?;
        fence(Ordering::Release);
        let mut words = std::array::from_fn(|at| self.word(at));
        let result = change(&mut words);
        for (word, new) in self.words.iter().zip(words) {
            word.store(new, Ordering::Relaxed);
        }
        self.version.store(version + 2, Ordering::Release);
        Some(result)
    }
}

#[cfg(all(test, not(cachelit_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_of_the_cache_and_holds_what_was_written_last() {
        assert_eq!(size_of::<Line>(), 64);
        let line = Line::new();
        line.write(|words| *words = [1, 2, 3, 4, 5, 6, 7]);
        line.write(|words| words[3] = 0);
        let words = line.read(|line| Some(std::array::from_fn(|at| line.word(at))));
        assert_eq!(words, Some([1, 2, 3, 0, 5, 6, 7]));
    }

    #[test]
    fn a_line_that_is_written_is_not_read_and_not_written() {
        let line = Line::new();
        let seen = line.write(|words| {
            words[0] = 1;
            (line.read(|line| Some(line.word(0))), line.write(|words| words[0] = 2))
        });
        assert_eq!(seen, Some((None, None)));
        assert_eq!(line.read(|line| Some(line.word(0))), Some(1));
    }
}
