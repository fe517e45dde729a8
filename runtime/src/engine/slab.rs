//! Numbers that make room for each other, of functions that bound nothing but how many there are. Each stands in a line of
//! the processor's cache, which the next one takes over: a miss that evicts allocates nothing and frees nothing.
//!
//! **The invariant.** Only who holds the lock of the store changes anything here but the last uses. All others read at
//! any time, and believe a line only if the number in it was born before they looked at it, and is the same one after
//! that: one that leaves takes its birth with it first, and no other ever has the same. Where a line is, they are told by
//! hints that may be out of date or missing, so who finds nothing has to ask under the lock.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64 as Use;

use hashbrown::HashTable;

use super::order::{At, Mark, Uses};
use crate::key::{Short, ShortKey};
use crate::sync::{AtomicU8, AtomicU64, Ordering, fence};

/// How many numbers there are at most: a hint has so many bits for a line.
pub(super) const MOST: u64 = (FIRST as u64) << (LEVELS - 1);
const LINE: u32 = 24;

/// Lines of the first level. Each further one has as many as all before it.
const FIRST: usize = 16;
const LEVELS: usize = 21;

/// A level has so many pairs of hints for each line up to its own, so that most keys have one.
const PAIRS: usize = 2;

#[derive(Default)]
pub(super) struct Slab {
    levels: [OnceLock<Level>; LEVELS],
    /// Whose hints lead to the lines; it is the last one there is.
    current: AtomicU8,
}

struct Level {
    lines: Box<[Line]>,
    /// By the hash of a key, the last two lines that such keys were put in or found in, the later one in the lower half. Each
    /// with some bits of the hash, so that few others are looked at.
    hints: Box<[AtomicU64]>,
}

#[derive(Default)]
#[repr(align(64))]
struct Line {
    /// The first use of the number, which no other ever has, or zero if there is none.
    born: AtomicU64,
    used: Use,
    number: AtomicU64,
    len: AtomicU64,
    key: [AtomicU64; 2],
    /// Of the key; under the lock only.
    hash: Use,
}

/// Which lines are taken.
#[derive(Default)]
pub(super) struct Lines {
    /// By the hashes of keys.
    index: HashTable<u32>,
    /// How many ever were.
    drawn: u32,
    /// Of these, the ones that are not.
    free: Vec<u32>,
}

impl Lines {
    fn draw(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.drawn += 1;
            self.drawn - 1
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Takes the number of a line out of the index, before another one comes in.
    #[inline]
    fn forget(&mut self, at: u32, line: &Line) {
        let hash = line.hash.load(Ordering::Relaxed);
        if let Ok(known) = self.index.find_entry(hash, |known| *known == at) {
            known.remove();
        }
        line.leave();
    }
}

impl Line {
    /// The number, if it is that key's.
    #[inline]
    fn read(&self, (len, key): Short) -> Option<u64> {
        let word = |word: &AtomicU64| word.load(Ordering::Relaxed);
        let born = self.born.load(Ordering::Acquire);
        if born == 0
            || word(&self.key[0]) != key[0]
            || word(&self.key[1]) != key[1]
            || word(&self.len) != len
        {
            return None;
        }
        let number = word(&self.number);
        // Whoever saw a word of another number sees the birth of that, or of none.
        fence(Ordering::Acquire);
        (self.born.load(Ordering::Relaxed) == born).then_some(number)
    }

    fn write(&self, born: u64, key: &ShortKey, number: u64) {
        fence(Ordering::Release);
        let (len, words) = key.short;
        self.used.store(born, Ordering::Relaxed);
        self.hash.store(key.hash, Ordering::Relaxed);
        self.number.store(number, Ordering::Relaxed);
        self.len.store(len, Ordering::Relaxed);
        for (word, new) in self.key.iter().zip(words) {
            word.store(new, Ordering::Relaxed);
        }
        self.born.store(born, Ordering::Release);
    }

    /// Before the line is taken again, and before anybody is told.
    fn leave(&self) {
        self.born.store(0, Ordering::Relaxed);
    }
}

/// A hint that a key of that hash is in that line.
#[inline]
fn hint(hash: u64, at: u32) -> u64 {
    (hash & 0xff) << LINE | u64::from(at)
}

impl Slab {
    /// The number of a key, whose use is noted.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it is the number of a line")]
    pub(super) fn hit(&self, uses: &Uses, key: &ShortKey) -> Option<u64> {
        let pair = self.hints(key.hash)?.load(Ordering::Relaxed);
        let found = [pair & u64::from(u32::MAX), pair >> 32].into_iter().find_map(|known| {
            let at = known as u32 & ((1 << LINE) - 1);
            if known != hint(key.hash, at) {
                return None;
            }
            let line = self.line(at)?;
            Some((line, line.read(key.short)?))
        });
        let (line, number) = found?;
        uses.note(&line.used);
        Some(number)
    }

    /// Where hints to keys of that hash stand.
    #[inline]
    fn hints(&self, hash: u64) -> Option<&AtomicU64> {
        let current = usize::from(self.current.load(Ordering::Acquire));
        let hints = &self.levels.get(current)?.get()?.hints;
        hints.get(home(hash) & hints.len().wrapping_sub(1))
    }

    #[inline]
    fn line(&self, number: u32) -> Option<&Line> {
        let number = number as usize;
        let level = (number / FIRST).checked_ilog2().map_or(0, |log| log as usize + 1);
        let before = if level == 0 { 0 } else { lines_of(level) };
        self.levels.get(level)?.get()?.lines.get(number - before)
    }

    /// The same under the lock, as all that follows.
    #[inline]
    pub(super) fn find(&self, lines: &Lines, uses: &Uses, key: &ShortKey) -> Option<u64> {
        let at = self.at(lines, key)?;
        let line = self.line(at)?;
        self.give_hint(key.hash, at);
        uses.note(&line.used);
        Some(line.number.load(Ordering::Relaxed))
    }

    /// Where a key stands.
    #[inline]
    fn at(&self, lines: &Lines, key: &ShortKey) -> Option<u32> {
        let is_it = |at: &u32| self.line(*at).is_some_and(|line| line.read(key.short).is_some());
        lines.index.find(key.hash, is_it).copied()
    }

    #[inline]
    fn give_hint(&self, hash: u64, at: u32) {
        if let Some(hints) = self.hints(hash) {
            let earlier = hints.load(Ordering::Relaxed);
            hints.store(earlier << 32 | hint(hash, at), Ordering::Relaxed);
        }
    }

    /// Puts a number in that was born now, of a key that has none, and if a line is given, in the place of what is there.
    #[inline]
    pub(super) fn insert(
        &self,
        lines: &mut Lines,
        instead: Option<u32>,
        born: u64,
        key: &ShortKey,
        number: u64,
    ) -> Mark {
        let at = instead.unwrap_or_else(|| lines.draw());
        let line = self.line(at).unwrap_or_else(|| self.grow());
        if instead.is_some() {
            lines.forget(at, line);
        }
        line.write(born, key, number);
        let hashed = |at: &u32| self.line(*at).map_or(0, |line| line.hash.load(Ordering::Relaxed));
        lines.index.insert_unique(key.hash, at, hashed);
        self.give_hint(key.hash, at);
        Mark { born, at: At::Line(at) }
    }

    /// Makes another level, and returns its first line.
    #[cold]
    fn grow(&self) -> &Line {
        let next = self.levels.iter().take_while(|level| level.get().is_some()).count();
        let level = self.levels[next].get_or_init(|| {
            let pairs = PAIRS * (FIRST << next);
            Level {
                lines: std::iter::repeat_with(Line::default).take(lines_of(next)).collect(),
                hints: std::iter::repeat_with(AtomicU64::default).take(pairs).collect(),
            }
        });
        let next = u8::try_from(next).expect("there are few levels");
        self.current.store(next, Ordering::Release);
        &level.lines[0]
    }

    /// Takes the number of a key out, if there is one.
    pub(super) fn remove(&self, lines: &mut Lines, key: &ShortKey) -> bool {
        let found = self.at(lines, key);
        if let Some(at) = found {
            self.take(lines, at);
        }
        found.is_some()
    }

    /// When a number was used last, unless it left.
    #[inline]
    pub(super) fn last_use(&self, at: u32, born: u64) -> Option<u64> {
        let line = self.line(at)?;
        let is_there = line.born.load(Ordering::Relaxed) == born;
        is_there.then(|| line.used.load(Ordering::Relaxed))
    }

    /// Takes the number of a line out that has one.
    pub(super) fn take(&self, lines: &mut Lines, at: u32) {
        if let Some(line) = self.line(at) {
            lines.forget(at, line);
            lines.free.push(at);
        }
    }

    /// Takes all out, and returns how many there were.
    pub(super) fn clear(&self, lines: &mut Lines) -> usize {
        for line in (0..lines.drawn).filter_map(|at| self.line(at)) {
            line.leave();
        }
        std::mem::take(lines).len()
    }
}

/// How many lines a level has.
#[inline]
fn lines_of(level: usize) -> usize {
    FIRST << level.saturating_sub(1)
}

/// Which hints are for keys of that hash.
#[inline]
fn home(hash: u64) -> usize {
    (hash >> 16) as usize
}

#[cfg(all(test, not(cachelit_loom)))]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn short(key: u64) -> ShortKey {
        ShortKey::of((8, [key, 0]))
    }

    #[test]
    fn a_line_is_one_of_the_cache() {
        assert_eq!(size_of::<Line>(), 64);
    }

    #[test]
    fn numbers_are_found_by_their_keys_and_by_no_others_whatever_comes_and_goes() {
        let (slab, mut lines, uses) = (Slab::default(), Lines::default(), Uses::from(0));
        let mut known: HashMap<u64, (u64, Mark)> = HashMap::new();
        let mut random = fastrand::Rng::with_seed(3);
        for step in 0..40_000 {
            // Few and many in turn, so that lines are taken again, and more are made.
            let key = random.u64(..if step % 10_000 < 5_000 { 40 } else { 400 });
            let own = short(key);
            match (known.remove(&key), random.bool()) {
                (Some((_, Mark { at: At::Line(at), born })), true) => {
                    assert!(slab.last_use(at, born).is_some());
                    slab.take(&mut lines, at);
                    assert_eq!(slab.last_use(at, born), None);
                }
                (Some(_), _) => assert!(slab.remove(&mut lines, &own)),
                (None, _) => {
                    assert!(!slab.remove(&mut lines, &own));
                    let mark = slab.insert(&mut lines, None, uses.tick(), &own, step);
                    known.insert(key, (step, mark));
                }
            }
            if random.u16(..2_000) == 0 {
                assert_eq!(slab.clear(&mut lines), known.len());
                known.clear();
            }
            assert_eq!(lines.len(), known.len());
            let asked = random.u64(..400);
            let number = known.get(&asked).map(|(number, _)| *number);
            let hit = slab.hit(&uses, &short(asked));
            assert!(hit.is_none() || hit == number);
            assert_eq!(slab.find(&lines, &uses, &short(asked)), number);
            assert_eq!(slab.hit(&uses, &short(asked)), number);
            let other = &ShortKey::of((7, [asked, 0]));
            assert_eq!((slab.hit(&uses, other), slab.find(&lines, &uses, other)), (None, None));
        }
        assert!(lines.drawn > 64);
    }

    #[test]
    fn keys_of_one_hash_are_told_apart_also_once_the_first_of_them_left() {
        let (slab, mut lines, uses) = (Slab::default(), Lines::default(), Uses::from(0));
        for hash in [0, u64::MAX] {
            let short = |key| ShortKey { hash, short: (8, [key, 0]) };
            for key in 0..5 {
                slab.insert(&mut lines, None, uses.tick(), &short(key), key);
            }
            assert!(slab.remove(&mut lines, &short(1)) && slab.remove(&mut lines, &short(0)));
            let found = (0..6).filter_map(|key| slab.find(&lines, &uses, &short(key)));
            assert_eq!(found.collect::<Vec<_>>(), [2, 3, 4]);
            slab.clear(&mut lines);
        }
    }

    #[test]
    fn a_use_is_noted_where_the_number_stands() {
        let (slab, mut lines, uses) = (Slab::default(), Lines::default(), Uses::from(0));
        let marks = [1, 2].map(|key| slab.insert(&mut lines, None, uses.tick(), &short(key), key));
        slab.hit(&uses, &short(1));
        let last = marks.map(|mark| match mark.at {
            At::Line(at) => slab.last_use(at, mark.born),
            At::Entry(_) => None,
        });
        assert_eq!(last, [Some(3), Some(2)]);
    }
}
