//! Results that are numbers, of calls with short keys, in one table for all threads: so what many of them ask for stands
//! in the processor's caches once, and a hit takes no lock and writes nothing that other threads read.
//!
//! **The invariant.** A way to a number carries the [stamp](Function::stamp) that its function had when the entry was seen
//! live. The function takes another one, which no function ever had, whenever an entry of it leaves, under the lock of the
//! store and once the entry is marked. So a number with the current stamp is that of a live entry, and what was removed
//! before a call is not served by it. What expires carries its end, too.
//!
//! Where each hit is to be noted, because entries make room for others, numbers don't stand here: see
//! [`front`](super::front).

use std::sync::atomic::{AtomicUsize, Ordering};

use cachelit_spec::options::Scope;

use super::entry::{Entry, Value};
use super::front;
use super::function::{self, Function, Place, UNUSED};
use super::local::{self, Local};
use super::seqlock::{Line, WORDS};
use crate::key::Short;
use crate::{budget, clock, session};

/// How many lines are in use, at first and when numbers meet too often: powers of two. The last are all, and take a MiB;
/// those that are not in use take addresses only.
const LINES: [usize; 3] = [256, 2048, 16384];
const ALL: usize = LINES[2];

/// In place, so that to find a line nothing has to be loaded but how many are in use.
#[cfg(not(cachelit_loom))]
static TABLE: Table =
    Table { last: AtomicUsize::new(LINES[0] - 1), lines: [const { Line::new() }; ALL] };

/// Loom's atomics are not made of constants.
#[cfg(cachelit_loom)]
static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| Table {
    last: AtomicUsize::new(LINES[0] - 1),
    lines: std::array::from_fn(|_| Line::new()),
});

struct Table {
    /// The last line in use.
    last: AtomicUsize,
    lines: [Line; ALL],
}

/// In a line: a session, and two numbers of one word of arguments each, or one with more.
const SESSION: usize = 0;
const SLOTS: [usize; 2] = [1, 4];
const FIRST: usize = SLOTS[0];
const SECOND: usize = SLOTS[1];

/// In the place of a length, in the second slot of a number that takes both.
const REST: u64 = (1 << UNUSED) - 1;

/// Tells the calls of a function whose entries were seen live under one stamp, by length. It is never zero.
fn tag(stamp: u64, len: u64) -> u64 {
    stamp | (len + 1)
}

/// The value of a key that is known by its content, counted as a hit, if there is one here or in front.
#[inline]
pub(crate) fn find(place: Place, short: Short) -> Option<u64> {
    let function = place.function;
    if !function.is_plain() {
        return find_other(place, short);
    }
    let session = match function.spec.scope {
        Scope::Global => None,
        Scope::Session => Some(session::number(place.session)),
    };
    match find_plain(function, session, short) {
        None if budget::was_set() => in_front(place, short),
        found => found,
    }
}

/// The same, of a function that is not [plain](Function::is_plain).
#[inline]
pub(crate) fn find_other(place: Place, short: Short) -> Option<u64> {
    found_by_other(place.function, session::number(place.session), short)
}

/// The same, of one that is, but not in front; with the number of the session, if sessions have entries of their own. As a
/// part of the caller, where all that is known of the function is constant.
#[inline]
pub(crate) fn find_plain(
    function: &'static Function,
    session: Option<u64>,
    short: Short,
) -> Option<u64> {
    let (len, [key, _]) = short;
    if len > 8 {
        return found_by_other(function, session.unwrap_or(0), short);
    }
    narrow(function, session, len, key)
}

#[inline]
fn found_by_other(
    function: &'static Function,
    session: u64,
    (len, [first, second]): Short,
) -> Option<u64> {
    let mut found = None;
    local::with(|local| found = other(local, function, session, len, first, second));
    found
}

/// A number that shares its line.
#[inline]
fn narrow(function: &'static Function, session: Option<u64>, len: u64, key: u64) -> Option<u64> {
    let (number, tag) = (function.hits.known_number(), tag(function.stamp(), len));
    let word = line(number, session.unwrap_or(0), [key, 0]).read(|line| {
        let word_at = |at: usize| {
            let is_it = line.word(at) == tag && line.word(at + 1) == key;
            is_it.then(|| line.word(at + 2))
        };
        let word = word_at(FIRST).or_else(|| word_at(SECOND))?;
        // A stamp is that of one function: where sessions share entries, there is nothing under it that only one may see.
        session.is_none_or(|session| line.word(SESSION) == session).then_some(word)
    })?;
    let mut counted = None;
    local::with(|local| counted = local.count(number));
    counted.map(|()| word)
}

/// A plain function's number as long as each hit must be noted.
#[cold]
fn in_front(place: Place, (len, [first, second]): Short) -> Option<u64> {
    let (function, session) = (place.function, session::number(place.session));
    local::with(|local| front::word(local, function, session, len, first, second))
}

/// The same of more numbers, and of functions whose hits must know more than that an entry is live.
#[inline(never)]
fn other(
    local: &Local,
    function: &'static Function,
    session: u64,
    len: u64,
    first: u64,
    second: u64,
) -> Option<u64> {
    if function.is_bounded() {
        let in_slab = session == 0 && function.has_slab();
        if in_slab && let Some(number) = function.slab_number((len, [first, second])) {
            return local.count(function.hits.known_number()).map(|()| number);
        }
        // Only for a budget does a number have an entry all the same that a thread remembers.
        if in_slab && !budget::was_set() {
            return None;
        }
    } else {
        let word = wide(local, function, session, len, [first, second]);
        if word.is_some() || !function.has_conditions() {
            return word;
        }
    }
    front::word(local, function, session, len, first, second)
}

fn wide(
    local: &Local,
    function: &'static Function,
    session: u64,
    len: u64,
    key: [u64; 2],
) -> Option<u64> {
    let (number, stamp) = (function.hits.known_number(), function.stamp());
    let (word, end) = line(number, session, key).read(|line| {
        let is_it = line.word(FIRST) == tag(stamp, len)
            && line.word(FIRST + 1) == key[0]
            && line.word(SECOND) == stamp | REST
            && line.word(SECOND + 1) == key[1]
            && line.word(SESSION) == session;
        is_it.then(|| (line.word(FIRST + 2), line.word(SECOND + 2)))
    })?;
    let is_fresh = function.spec.ttl.is_none() || clock::coarse_nanos()? < end;
    if is_fresh { local.count(number).map(|()| word) } else { None }
}

/// Odd, without a pattern: the golden ratio's. Who chooses arguments that meet in a line makes calls as slow as without it.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where a call of the function with that number looks.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "each half is wanted, and a part of what they make"
)]
fn line(function: usize, session: u64, [first, second]: [u64; 2]) -> &'static Line {
    let product = u128::from(first ^ second.rotate_left(32)) * u128::from(SPREAD);
    let mixed = (product >> 64) as u64 ^ product as u64 ^ session;
    let in_use = TABLE.last.load(Ordering::Relaxed);
    &TABLE.lines[(mixed as usize ^ function) & in_use & (ALL - 1)]
}

/// Makes room for the number of an entry that was found in its store, if it may stand here.
pub(crate) fn put(entry: &Entry) -> bool {
    let function = entry.place.function;
    let (Value::Word(word), Some(short)) = (entry.value(), entry.key.short()) else { return false };
    if function.notes_uses() {
        return false;
    }
    let end = match function.limits().ttl {
        None => u64::MAX,
        Some(ttl) if clock::is_coarse(ttl) => entry.since().saturating_add(clock::nanos(ttl)),
        Some(_) => return false,
    };
    // Before the entry is looked at, so that a removal meanwhile is seen the next time.
    let stamp = function.drawn_stamp();
    if entry.is_live() {
        put_seen(entry.place, short, Seen { word, stamp, end });
    }
    true
}

/// A number that was seen live.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) word: u64,
    /// The stamp that its function had.
    pub(crate) stamp: u64,
    /// When it expires, in nanoseconds.
    pub(crate) end: u64,
}

/// Makes room for a number.
pub(crate) fn put_seen(place: Place, (len, key): Short, seen: Seen) {
    let Seen { word, stamp, end } = seen;
    let (function, session) = (place.function, session::number(place.session));
    let tag = tag(stamp, len);
    let new = if len <= 8 && function.is_plain() {
        New { session, slot: [tag, key[0], word], rest: None }
    } else {
        New { session, slot: [tag, key[0], word], rest: Some([stamp | REST, key[1], end]) }
    };
    local::with(|local| {
        let line = line(function.hits.known_number(), session, key);
        // Who comes often gets in soon, and who comes once doesn't take the place of one who comes often.
        let is_urgent = local.crowded.get().is_multiple_of(4);
        if matches!(line.write(|words| new.put(words, is_urgent)), Some(Fit::Instead | Fit::Not)) {
            crowd(local);
        }
    });
}

/// Takes more lines into use if numbers meet too often. Most are then looked for elsewhere: who comes often is back soon.
fn crowd(local: &Local) {
    let (last, crowded) = (TABLE.last.load(Ordering::Relaxed), local.crowded.get() + 1);
    let more = LINES.into_iter().find(|lines| lines - 1 > last);
    if let (true, Some(more)) = (crowded > last / 2, more) {
        TABLE.last.fetch_max(more - 1, Ordering::Relaxed);
        local.crowded.set(0);
    } else {
        local.crowded.set(crowded);
    }
}

/// A number to be put into its line.
struct New {
    session: u64,
    slot: [u64; WORDS / 2],
    rest: Option<[u64; WORDS / 2]>,
}

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Free,
    /// Another one had to go for it.
    Instead,
    Not,
}

impl New {
    fn put(&self, words: &mut [u64; WORDS], is_urgent: bool) -> Fit {
        let is_divided = words[SECOND] & REST != REST;
        if self.rest.is_some() || !is_divided || words[SESSION] != self.session {
            return self.take_all(words, is_urgent);
        }
        let own = SLOTS.into_iter().find(|&at| self.is_own(words, at));
        let free = own.or_else(|| SLOTS.into_iter().find(|&at| self.is_free(words, at)));
        if free.is_none() && !is_urgent {
            return Fit::Not;
        }
        let at = free.unwrap_or_else(|| {
            // The younger one comes first.
            words.copy_within(FIRST..SECOND, SECOND);
            FIRST
        });
        words[at..at + self.slot.len()].copy_from_slice(&self.slot);
        if free.is_some() { Fit::Free } else { Fit::Instead }
    }

    fn take_all(&self, words: &mut [u64; WORDS], is_urgent: bool) -> Fit {
        let is_own = words[SESSION] == self.session && self.is_own(words, FIRST);
        let is_free = is_own || SLOTS.into_iter().all(|at| self.is_free(words, at));
        if !is_free && !is_urgent {
            return Fit::Not;
        }
        words[SESSION] = self.session;
        words[FIRST..SECOND].copy_from_slice(&self.slot);
        words[SECOND..].copy_from_slice(&self.rest.unwrap_or_default());
        if is_free { Fit::Free } else { Fit::Instead }
    }

    /// Whether the same call stands there.
    fn is_own(&self, words: &[u64; WORDS], at: usize) -> bool {
        words[at..at + 2] == self.slot[..2]
    }

    /// Whether nothing stands there that will ever be served.
    fn is_free(&self, words: &[u64; WORDS], at: usize) -> bool {
        let [stamp, own] = [words[at], self.slot[0]].map(|tag| tag & !REST);
        words[at] == 0 || stamp != own && function::is_of_one(stamp, own)
    }
}

#[cfg(all(test, not(cachelit_loom)))]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::super::entry::{Stage, Stored};
    use super::super::function::{FunctionSpec, PLAIN as SPEC};
    use super::*;
    use crate::key::KeyHasher;

    const TTL: Duration = Duration::from_hours(1);

    static PLAIN: Function = Function::new(SPEC);
    static TIMED: Function = Function::new(FunctionSpec { ttl: Some(|| TTL), ..SPEC });
    static BOUNDED: Function = Function::new(FunctionSpec { max_entries: Some(1), ..SPEC });

    /// A live entry of a number, for arguments of so many bytes.
    fn entry(function: &'static Function, (len, [first, second]): Short, since: u64) -> Entry {
        let mut key = KeyHasher::in_memory();
        let bytes = [first, second].map(u64::to_le_bytes);
        key.write(&bytes.as_flattened()[..usize::try_from(len).unwrap()]);
        let entry = Entry::new(Place { function, session: None }, key.seal());
        entry.end(Stored { value: Value::Word(first + 1), since, extras: None });
        entry.move_to(Stage::Live);
        entry
    }

    fn known(function: &'static Function, short: Short) -> Option<u64> {
        find(Place { function, session: None }, short)
    }

    #[test]
    fn a_number_is_found_by_its_key_until_something_is_removed() {
        let shorts = [(0, [0, 0]), (8, [7, 0]), (4, [7, 0]), (16, [7, 8]), (16, [7, 9])];
        for short in shorts {
            PLAIN.hits.count();
            assert!(put(&entry(&PLAIN, short, 0)));
            assert_eq!(known(&PLAIN, short), Some(short.1[0] + 1), "{short:?}");
        }
        assert_eq!(known(&PLAIN, (8, [8, 0])), None);
        assert_eq!(known(&PLAIN, (16, [7, 10])), None);
        assert_eq!(PLAIN.hits.sum(), 2 * shorts.len() as u64);
        PLAIN.count_removal();
        assert!(shorts.iter().all(|short| known(&PLAIN, *short).is_none()));
    }

    #[test]
    fn an_entry_that_left_is_not_put_in() {
        let left = entry(&PLAIN, (8, [1000, 0]), 0);
        left.move_to(Stage::Away);
        put(&left);
        assert_eq!(known(&PLAIN, (8, [1000, 0])), None);
    }

    #[test]
    fn a_number_that_expires_is_not_found_at_its_end() {
        TIMED.hits.count();
        let (now, short) = (clock::coarse_nanos().unwrap(), (8, [1, 0]));
        assert!(put(&entry(&TIMED, short, now)));
        assert_eq!(known(&TIMED, short), Some(2));
        let clock = clock::ManualClock::new();
        let entered = clock.enter();
        assert_eq!(known(&TIMED, short), None);
        drop(entered);
        assert!(put(&entry(&TIMED, short, now - clock::nanos(TTL))));
        assert_eq!(known(&TIMED, short), None);
    }

    #[test]
    fn what_makes_room_for_others_is_not_put_in() {
        assert!(!put(&entry(&BOUNDED, (8, [1, 0]), 0)));
    }

    /// A number whose function has that stamp.
    fn new(session: u64, stamp: u64, key: u64, is_whole: bool) -> New {
        let stamp = stamp << UNUSED;
        let rest = is_whole.then_some([stamp | REST, 0, u64::MAX]);
        New { session, slot: [tag(stamp, 8), key, key + 1], rest }
    }

    fn keys(words: &[u64; WORDS]) -> [u64; 2] {
        SLOTS.map(|at| words[at + 1])
    }

    #[test]
    fn a_line_keeps_two_and_lets_a_third_one_in_where_that_is_urgent() {
        let mut words = [0; WORDS];
        let fits = [1, 2, 2, 3].map(|key| new(0, 1, key, false).put(&mut words, false));
        assert_eq!((fits, keys(&words)), ([Fit::Free, Fit::Free, Fit::Free, Fit::Not], [1, 2]));
        assert_eq!(new(0, 1, 3, false).put(&mut words, true), Fit::Instead);
        assert_eq!(keys(&words), [3, 1]);
        // What an earlier stamp of the same function says is nobody's.
        assert_eq!(new(0, 2, 4, false).put(&mut words, false), Fit::Free);
        assert_eq!(keys(&words), [4, 1]);
        // That of another function is not.
        assert_eq!(new(0, 1 << 40, 5, true).put(&mut words, false), Fit::Not);
    }

    #[test]
    fn a_line_is_of_one_session_and_a_number_that_takes_all_of_it_shares_it_with_none() {
        let mut words = [0; WORDS];
        for (new, left) in [
            (new(1, 1, 1, false), [1, 0]),
            (new(2, 1, 2, false), [2, 0]),
            (new(2, 1, 3, true), [3, 0]),
            (new(2, 1, 4, false), [4, 0]),
        ] {
            assert_eq!((new.put(&mut words, true), keys(&words)), (new.fit(), left));
            assert_eq!(words[SESSION], new.session);
            assert_eq!(words[SECOND] & REST == REST, new.rest.is_some());
        }
    }

    impl New {
        /// In the test above, only the first one finds its line empty.
        fn fit(&self) -> Fit {
            if self.session == 1 { Fit::Free } else { Fit::Instead }
        }
    }

    fn float(number: u64) -> f64 {
        f64::from(u16::try_from(number).unwrap())
    }

    #[test]
    fn numbers_and_floats_are_spread_over_all_lines() {
        // Whatever is in use, the lowest bits alone are looked at.
        let at =
            |key| std::ptr::from_ref(line(8, 0, [key, 0])).addr() / size_of::<Line>() % LINES[0];
        let spread = |key: fn(u64) -> u64| {
            (0..LINES[0] as u64).map(|number| at(key(number))).collect::<HashSet<_>>().len()
        };
        let kinds: [fn(u64) -> u64; 4] =
            [|n| n, |n| n << 32, |n| float(n).to_bits(), |n| (float(n) / 64.0).to_bits()];
        let kinds = kinds.map(spread);
        assert!(kinds.iter().all(|&lines| lines > 100), "{kinds:?}");
    }
}
