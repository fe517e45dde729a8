//! Numbers that make room for each other, of functions that bound nothing but how many there are. Each stands in a line of
//! the processor's cache, which the next one takes over: a miss that evicts allocates nothing and frees nothing.
//!
//! **The invariant.** Only who holds the lock of the store changes anything here but the last uses. All others read at
//! any time, and believe a line only if the number in it was born before they looked at it, and is the same one after
//! that: one that leaves takes its birth with it first, and no other ever has the same. Who finds nothing has to ask
//! under the lock, for numbers move in the index.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64 as Use;

use super::order::{At, Mark, Uses};
use crate::key::{Short, ShortKey};
use crate::sync::{AtomicU8, AtomicU64, Ordering, fence};

/// How many numbers there are at most.
pub(super) const MOST: u64 = (FIRST as u64) << (LEVELS - 1);

/// Lines of the first level. Each further one has as many as all before it.
const FIRST: usize = 16;
const LEVELS: usize = 21;

/// A level has so many cells for each line up to its own, so that few numbers meet.
const CELLS: usize = 2;

#[derive(Default)]
pub(super) struct Slab {
    levels: [OnceLock<Level>; LEVELS],
    /// Whose cells lead to the lines; it is the last one there is.
    current: AtomicU8,
}

struct Level {
    lines: Box<[Line]>,
    /// The upper half of the hash of a key, and one more than the number of its line; or zero. From where the hash says,
    /// there is no zero before the cell of a key.
    cells: Box<[AtomicU64]>,
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
    /// What its cell holds; under the lock only.
    cell: Use,
}

/// Where a number stands.
struct Found<'a> {
    cell: usize,
    at: u32,
    line: &'a Line,
    number: u64,
}

/// Which lines are taken.
#[derive(Default)]
pub(super) struct Lines {
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
        self.drawn as usize - self.free.len()
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

    fn write(&self, born: u64, (len, key): Short, number: u64) {
        fence(Ordering::Release);
        self.used.store(born, Ordering::Relaxed);
        self.number.store(number, Ordering::Relaxed);
        self.len.store(len, Ordering::Relaxed);
        for (word, new) in self.key.iter().zip(key) {
            word.store(new, Ordering::Relaxed);
        }
        self.born.store(born, Ordering::Release);
    }

    /// Before the line is taken again, and before anybody is told.
    fn leave(&self) {
        self.born.store(0, Ordering::Relaxed);
    }
}

/// What a cell keeps of a hash, and where it says that the key is looked for first.
#[inline]
fn tag(hash: u64) -> u64 {
    hash >> 32
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "all cells are numbered by fewer bits")]
fn home(tag: u64) -> usize {
    tag as usize
}

/// The line that a cell leads to.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
fn line_of(cell: u64) -> u32 {
    cell as u32 - 1
}

impl Slab {
    /// The number of a key, whose use is noted.
    #[inline]
    pub(super) fn hit(&self, uses: &Uses, key: ShortKey) -> Option<u64> {
        let found = self.find(key)?;
        uses.note(&found.line.used);
        Some(found.number)
    }

    #[inline]
    fn find(&self, key: ShortKey) -> Option<Found<'_>> {
        let cells = self.cells();
        let (tag, last) = (tag(key.hash), cells.len().wrapping_sub(1));
        let mut cell = home(tag) & last;
        for _ in 0..cells.len() {
            let content = cells[cell].load(Ordering::Acquire);
            if content == 0 {
                return None;
            }
            if content >> 32 == tag {
                let at = line_of(content);
                let line = self.line(at)?;
                if let Some(number) = line.read(key.short) {
                    return Some(Found { cell, at, line, number });
                }
            }
            cell = (cell + 1) & last;
        }
        None
    }

    #[inline]
    fn cells(&self) -> &[AtomicU64] {
        let current = usize::from(self.current.load(Ordering::Acquire));
        self.levels.get(current).and_then(OnceLock::get).map_or(&[], |level| &level.cells)
    }

    #[inline]
    fn line(&self, number: u32) -> Option<&Line> {
        let number = number as usize;
        let level = (number / FIRST).checked_ilog2().map_or(0, |log| log as usize + 1);
        let before = if level == 0 { 0 } else { lines_of(level) };
        self.levels.get(level)?.get()?.lines.get(number - before)
    }

    /// Puts a number in that was born now, of a key that has none, and if a line is given, in the place of what is there.
    /// Under the lock, as all that follows.
    #[inline]
    pub(super) fn insert(
        &self,
        lines: &mut Lines,
        instead: Option<u32>,
        born: u64,
        key: ShortKey,
        number: u64,
    ) -> Mark {
        let at = instead.unwrap_or_else(|| lines.draw());
        let line = self.line(at).unwrap_or_else(|| self.grow());
        let cells = self.cells();
        if instead.is_some() {
            vacate(cells, cell_of(cells, line));
            line.leave();
        }
        let cell = tag(key.hash) << 32 | u64::from(at + 1);
        line.cell.store(cell, Ordering::Relaxed);
        line.write(born, key.short, number);
        put(cells, cell);
        Mark { born, at: At::Line(at) }
    }

    /// Makes another level, and returns its first line.
    #[cold]
    fn grow(&self) -> &Line {
        let next = self.levels.iter().take_while(|level| level.get().is_some()).count();
        let level = self.levels[next].get_or_init(|| {
            let cells = CELLS * (FIRST << next);
            Level {
                lines: std::iter::repeat_with(Line::default).take(lines_of(next)).collect(),
                cells: std::iter::repeat_with(AtomicU64::default).take(cells).collect(),
            }
        });
        for cell in self.cells().iter().map(|cell| cell.load(Ordering::Relaxed)) {
            if cell != 0 {
                put(&level.cells, cell);
            }
        }
        let next = u8::try_from(next).expect("there are few levels");
        self.current.store(next, Ordering::Release);
        &level.lines[0]
    }

    /// Takes the number of a key out, if there is one.
    pub(super) fn remove(&self, lines: &mut Lines, key: ShortKey) -> bool {
        let found = self.find(key);
        if let Some(Found { cell, at, line, .. }) = found {
            vacate(self.cells(), cell);
            line.leave();
            lines.free.push(at);
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
        let Some(line) = self.line(at) else { return };
        let cells = self.cells();
        vacate(cells, cell_of(cells, line));
        line.leave();
        lines.free.push(at);
    }

    /// Takes all out, and returns how many there were.
    pub(super) fn clear(&self, lines: &mut Lines) -> usize {
        for line in (0..lines.drawn).filter_map(|at| self.line(at)) {
            line.leave();
        }
        for cell in self.cells() {
            cell.store(0, Ordering::Relaxed);
        }
        let len = lines.len();
        *lines = Lines::default();
        len
    }
}

/// How many lines a level has.
#[inline]
fn lines_of(level: usize) -> usize {
    FIRST << level.saturating_sub(1)
}

/// Puts a cell where its key is found, for which there is room.
#[inline]
fn put(cells: &[AtomicU64], cell: u64) {
    let last = cells.len() - 1;
    let mut at = home(cell >> 32) & last;
    while cells[at].load(Ordering::Relaxed) != 0 {
        at = (at + 1) & last;
    }
    cells[at].store(cell, Ordering::Release);
}

/// The cell of a line.
#[inline]
fn cell_of(cells: &[AtomicU64], line: &Line) -> usize {
    let (own, last) = (line.cell.load(Ordering::Relaxed), cells.len() - 1);
    let mut at = home(own >> 32) & last;
    while cells[at].load(Ordering::Relaxed) != own {
        at = (at + 1) & last;
    }
    at
}

/// Makes a cell zero. Those behind it that are found by way of it move up.
fn vacate(cells: &[AtomicU64], mut hole: usize) {
    let last = cells.len() - 1;
    let mut at = hole;
    loop {
        at = (at + 1) & last;
        let cell = cells[at].load(Ordering::Relaxed);
        if cell == 0 {
            break;
        }
        let from_home = at.wrapping_sub(home(cell >> 32)) & last;
        if from_home >= at.wrapping_sub(hole) & last {
            cells[hole].store(cell, Ordering::Release);
            hole = at;
        }
    }
    cells[hole].store(0, Ordering::Release);
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
                (Some(_), _) => assert!(slab.remove(&mut lines, own)),
                (None, _) => {
                    assert!(!slab.remove(&mut lines, own));
                    let mark = slab.insert(&mut lines, None, uses.tick(), own, step);
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
            assert_eq!(slab.hit(&uses, short(asked)), number);
            assert_eq!(slab.hit(&uses, ShortKey::of((7, [asked, 0]))), None);
        }
        assert!(lines.drawn > 64);
    }

    #[test]
    fn keys_of_one_hash_are_told_apart_also_once_the_first_of_them_left() {
        let (slab, mut lines, uses) = (Slab::default(), Lines::default(), Uses::from(0));
        for hash in [0, u64::MAX] {
            let short = |key| ShortKey { hash, short: (8, [key, 0]) };
            for key in 0..5 {
                slab.insert(&mut lines, None, uses.tick(), short(key), key);
            }
            assert!(slab.remove(&mut lines, short(1)) && slab.remove(&mut lines, short(0)));
            let found = (0..6).filter_map(|key| slab.hit(&uses, short(key)));
            assert_eq!(found.collect::<Vec<_>>(), [2, 3, 4]);
            slab.clear(&mut lines);
        }
    }

    #[test]
    fn a_use_is_noted_where_the_number_stands() {
        let (slab, mut lines, uses) = (Slab::default(), Lines::default(), Uses::from(0));
        let marks = [1, 2].map(|key| slab.insert(&mut lines, None, uses.tick(), short(key), key));
        slab.hit(&uses, short(1));
        let last = marks.map(|mark| match mark.at {
            At::Line(at) => slab.last_use(at, mark.born),
            At::Entry(_) => None,
        });
        assert_eq!(last, [Some(3), Some(2)]);
    }
}
