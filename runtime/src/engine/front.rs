//! Where each thread remembers the entries that it used last, so that a hit on one of them takes no lock and writes
//! nothing that other threads read.
//!
//! **The invariant.** An entry is marked live under its store's lock as it comes into the table, and dead as it leaves,
//! whatever the reason; its function then takes another stamp, before the lock is released. A slot is a way to an
//! entry, not a copy of what the cache holds: it serves only if it is of the right place and an equal key, and has seen
//! the entry live and not expired. What it saw live stays so until the function takes another stamp, so that most
//! hits needn't look at the entry. A removal that happened before a call is seen by it, and a slot can outlive its entry
//! without harm.
//!
//! Most numbers stand in a table that all threads share: see [`numbers`].
//!
//! **No release is delayed.** A slot owns only values that are small and whose drop nobody sees: those that have nothing
//! to drop, and texts. Ways to all others are weak.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::{ManuallyDrop, needs_drop};
use std::ops::Deref;
use std::sync::{Arc, Weak};

use super::entry::{Entry, Erased, Value};
use super::function::{Function, Place};
use super::local::{self, Local};
use super::lookup::Keeper;
use super::numbers::{self, Seen};
use crate::key::{KeptKey, KeyParts, Short};
use crate::session;

/// How many sets of two slots a thread has, at first and when its ways meet too often: powers of two. The last take a MiB.
const SETS: [usize; 3] = [64, 1024, 8192];

/// Values of at most this many bytes may be owned by a slot.
const SMALL: usize = 128;

/// The entries that a thread remembers.
pub(crate) struct Front {
    sets: Vec<Set>,
    /// How many more ways found their set full than found room, since it has this size.
    crowded: usize,
    /// How many found it full at all.
    late: usize,
}

/// The younger slot comes first.
#[derive(Default)]
struct Set([Slot; 2]);

/// On a line of the processor's cache of its own.
#[derive(Default)]
#[repr(align(64))]
struct Slot {
    label: Label,
    /// The stamp that the function had when the entry was seen live.
    seen: Cell<u64>,
    way: Way,
}

/// Which call a way is for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Label {
    /// Function, session, and length of the key: see [`Label::of`].
    owner: u64,
    /// A short key, or the hash of a long one, which must be compared.
    key: [u64; 2],
}

#[derive(Default)]
enum Way {
    #[default]
    None,
    /// With the value, so that it can be had without the entry: a number.
    Word(u64, Arc<Entry>),
    /// Any other that may be owned.
    Owned(Erased, Arc<Entry>),
    Weak(Weak<Entry>),
    /// A keeper's own way to the value.
    Shared(Erased, Weak<Entry>),
}

/// How a thread may remember entries of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// Not at all: each hit has to ask the store.
    None,
    Owned,
    Weak,
    /// Weakly too, by a way to what the value shares rather than to the entry, which is cheaper to follow.
    Shared,
}

impl Memory {
    /// The best that delays no release of this value.
    pub(crate) fn of<T: Any>(value: &T) -> Self {
        let text = (value as &dyn Any).downcast_ref::<String>();
        let is_small = match text {
            Some(text) => text.capacity() <= SMALL,
            None => !needs_drop::<T>() && size_of::<T>() <= SMALL,
        };
        if is_small { Memory::Owned } else { Memory::Weak }
    }
}

/// What a thread is asked by: a key, or parameters of which it is known what key they make.
pub trait Question {
    /// Length and content of a short key, which need no comparison.
    fn short(&self) -> Option<Short>;

    /// What tells any other from most.
    fn hashed(&self) -> u64;

    /// Whether a key is the one that is asked for.
    fn is(&self, key: &KeptKey) -> bool;

    /// Says which question it was.
    fn asked(&self) -> Asked;
}

impl Question for KeyParts {
    #[inline]
    fn short(&self) -> Option<Short> {
        KeyParts::short(self)
    }

    #[inline]
    fn hashed(&self) -> u64 {
        KeyParts::hashed(self)
    }

    #[inline]
    fn is(&self, key: &KeptKey) -> bool {
        *key == *self
    }

    #[inline]
    fn asked(&self) -> Asked {
        self.short().map_or(Asked::Nothing, Asked::ByKey)
    }
}

/// By what this thread was asked already whether it remembers a call, and what it will be asked by the next time.
#[derive(Clone, Copy)]
pub enum Asked {
    /// By nothing yet.
    Nothing,
    /// By all of a key.
    ByKey(Short),
    /// By a hash of its parameters.
    ByHash(u64),
}

/// The live value that is asked for, if this thread remembers it; counted as a hit.
#[inline]
pub(crate) fn hit<K: Keeper, Q: Question>(
    place: Place,
    question: &Q,
    keeper: &K,
) -> Option<K::Value> {
    let label = match question.short() {
        Some(short) if keeper.is_of_words() => {
            return numbers::find(place, short).and_then(|word| keeper.of_word(word));
        }
        Some(short) => Label::of(place, short),
        None => Label::of_long(place, question.hashed()),
    };
    local::with(|local| look_in(&local.front, place.function, &label?, question, keeper))
}

/// The number of a key that is known by its content, of a function whose hits must know more than that it is live.
pub(crate) fn word(
    local: &Local,
    function: &'static Function,
    session: u64,
    len: u64,
    first: u64,
    second: u64,
) -> Option<u64> {
    let front = local.front.try_borrow().ok()?;
    let slot = front.find(&Label::of_session(function, session, (len, [first, second]))?)?;
    let Way::Word(word, entry) = &slot.way else { return None };
    let may_serve = entry.is_live() && function.may_serve(entry);
    if may_serve { local.count(function.hits.known_number()).map(|()| *word) } else { None }
}

fn look_in<K: Keeper, Q: Question>(
    front: &RefCell<ManuallyDrop<Front>>,
    function: &'static Function,
    label: &Label,
    question: &Q,
    keeper: &K,
) -> Option<K::Value> {
    // Shared, and so are nested calls of this, for loading a value runs code of the user's.
    front.try_borrow().ok()?.hit(function, label, question, keeper)
}

/// Counts a hit on an entry that was found in its store, and remembers it.
pub(crate) fn remember<K: Keeper>(entry: &Arc<Entry>, asked: Asked, keeper: &K) {
    entry.place.function.hits.count();
    let memory = entry.memory(keeper.memory(entry.value()));
    if memory == Memory::None || memory == Memory::Owned && numbers::put(entry) {
        return;
    }
    let label = match (asked, entry.key.short()) {
        (Asked::ByHash(hash), _) => Label::of_long(entry.place, hash),
        (_, Some(short)) => Label::of(entry.place, short),
        (_, None) => Label::of_long(entry.place, entry.key.hashed()),
    };
    let Some(label) = label else { return };
    let put = |local: &Local| {
        // Not while a value is being loaded from here.
        let Ok(mut front) = local.front.try_borrow_mut() else { return };
        if let Some(at) = front.room_for(&label) {
            let way = Way::to(entry, keeper, memory);
            front.sets[at].put(Slot { label, seen: Cell::new(see(entry)), way });
        }
    };
    local::with_kept(put);
}

/// Counts a hit on a number that has no entry, and lets all threads know of it.
pub(crate) fn remember_number(place: Place, key: Short, seen: Seen) {
    place.function.hits.count();
    numbers::put_seen(place, key, seen);
}

/// The stamp that the function had when the entry was seen live, if that is all that a hit must know.
fn see(entry: &Entry) -> u64 {
    let function = entry.place.function;
    let stamp = function.stamp();
    if entry.is_live() && !function.has_conditions() { stamp } else { NOT_SEEN }
}

/// No function ever has this stamp.
const NOT_SEEN: u64 = u64::MAX;

/// Odd, without a pattern: the golden ratio's. Who chooses arguments that meet in a set makes calls as slow as without it.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Bits of an owner for each part.
const SESSION: u32 = 40;
const LENGTH: u32 = 5;

/// In the place of the length of a key that is too long.
const LONG: u64 = (1 << LENGTH) - 1;

impl Label {
    #[inline]
    fn of(place: Place, short: Short) -> Option<Self> {
        let session = session::number(place.session);
        Label::of_session(place.function, session, short)
    }

    /// Nothing for who comes after a trillion sessions, and need not be fast.
    #[inline]
    fn of_session(function: &Function, session: u64, (len, key): Short) -> Option<Self> {
        // Of no function, as long as nothing of this one was remembered.
        let function = function.hits.known_number() as u64;
        if session >> SESSION | function >> (64 - SESSION - LENGTH) != 0 {
            return None;
        }
        Some(Label { owner: (function << SESSION | session) << LENGTH | len, key })
    }

    #[inline]
    fn of_long(place: Place, hash: u64) -> Option<Self> {
        Label::of(place, (LONG, [hash, 0]))
    }
}

impl Way {
    fn to<K: Keeper>(entry: &Arc<Entry>, keeper: &K, memory: Memory) -> Self {
        match memory {
            Memory::None => Way::None,
            Memory::Owned => match entry.value() {
                Value::Word(word) => Way::Word(word, entry.clone()),
                Value::Shared(value) => Way::Owned(value.clone(), entry.clone()),
            },
            Memory::Weak => Way::Weak(Arc::downgrade(entry)),
            Memory::Shared => match keeper.way(entry) {
                Some(way) => Way::Shared(way, Arc::downgrade(entry)),
                None => Way::Weak(Arc::downgrade(entry)),
            },
        }
    }

    /// Whether nothing will ever be served by it. Of an entry that others still have, that isn't always known.
    fn is_dead(&self) -> bool {
        match self {
            Way::None => true,
            Way::Word(_, entry) | Way::Owned(_, entry) => !entry.is_live(),
            Way::Weak(entry) | Way::Shared(_, entry) => entry.strong_count() == 0,
        }
    }
}

impl Front {
    pub(super) const fn new() -> Self {
        Front { sets: Vec::new(), crowded: 0, late: 0 }
    }

    /// Where a call looks.
    #[inline]
    fn at(&self, label: &Label) -> usize {
        let Label { owner, key: [first, second] } = *label;
        let mixed = first ^ second.rotate_left(32) ^ owner.rotate_left(16);
        // Floats differ in their upper bits only.
        let mixed = mixed ^ (mixed >> 32);
        (mixed.wrapping_mul(SPREAD) >> 32) as usize & self.sets.len().wrapping_sub(1)
    }

    #[inline]
    fn find(&self, label: &Label) -> Option<&Slot> {
        let set = self.sets.get(self.at(label))?;
        set.0.iter().find(|slot| slot.label == *label)
    }

    /// A long key must be compared.
    #[inline]
    fn hit<K: Keeper, Q: Question>(
        &self,
        function: &'static Function,
        label: &Label,
        question: &Q,
        keeper: &K,
    ) -> Option<K::Value> {
        let slot = self.find(label)?;
        let is_of = |key: &KeptKey| question.short().is_some() || question.is(key);
        let value = match &slot.way {
            Way::None => return None,
            Way::Word(word, entry) => {
                if !slot.may_serve(function, || Some(&**entry)) || !is_of(&entry.key) {
                    return None;
                }
                keeper.of_word(*word)?
            }
            Way::Owned(value, entry) => {
                if !slot.may_serve(function, || Some(&**entry)) || !is_of(&entry.key) {
                    return None;
                }
                keeper.load(value)
            }
            Way::Shared(way, entry) => {
                if !slot.may_serve(function, || entry.upgrade()) {
                    return None;
                }
                keeper.follow(way, is_of)?
            }
            Way::Weak(entry) => {
                let entry = entry.upgrade()?;
                if !slot.may_serve(function, || Some(&*entry)) || !is_of(&entry.key) {
                    return None;
                }
                keeper.load_value(entry.value())
            }
        };
        function.hits.count();
        Some(value)
    }

    /// The set for a way with that label, if there is room for it. Nothing was done yet that costs much.
    fn room_for(&mut self, label: &Label) -> Option<usize> {
        if self.sets.is_empty() {
            self.resize(SETS[0]);
        }
        if self.sets[self.at(label)].is_full(label) {
            self.crowded += 1;
            self.late = self.late.wrapping_add(1);
            let larger = SETS.iter().find(|&&sets| sets > self.sets.len());
            if let (true, Some(&larger)) = (self.crowded > 2 * self.sets.len(), larger) {
                // Who comes often is back soon.
                self.resize(larger);
                self.crowded = 0;
            } else if !self.late.is_multiple_of(4) {
                // Who comes often gets in soon, and who comes once doesn't take the place of one who comes often.
                return None;
            }
        } else {
            // Some meet however many slots there are.
            self.crowded = self.crowded.saturating_sub(1);
        }
        Some(self.at(label))
    }

    /// Begins anew with that many sets.
    fn resize(&mut self, sets: usize) {
        self.sets = std::iter::repeat_with(Set::default).take(sets).collect();
    }
}

impl Slot {
    /// Whether the entry is live, and has not expired. It need not be had if it was seen live and nothing left since.
    #[inline]
    fn may_serve<E: Deref<Target = Entry>>(
        &self,
        function: &Function,
        entry: impl FnOnce() -> Option<E>,
    ) -> bool {
        // Before the entry is looked at, so that a removal meanwhile is seen the next time.
        let stamp = function.stamp();
        self.seen.get() == stamp || entry().is_some_and(|entry| self.look_at(&entry, stamp))
    }

    /// The same, of an entry that must be looked at; notes that it was seen, and used.
    #[inline(never)]
    fn look_at(&self, entry: &Entry, stamp: u64) -> bool {
        let (is_live, function) = (entry.is_live(), entry.place.function);
        // Where a hit asks for more, every one has to come here.
        let is_enough = is_live && !function.has_conditions();
        self.seen.set(if is_enough { stamp } else { NOT_SEEN });
        is_live && function.may_serve(entry)
    }
}

impl Set {
    /// Whether another way must go for the one with that label.
    fn is_full(&self, label: &Label) -> bool {
        self.0.iter().all(|slot| slot.label != *label && !slot.way.is_dead())
    }

    fn put(&mut self, slot: Slot) {
        let [younger, older] = &self.0;
        // A label stands in its set once.
        let is_kept = younger.label != slot.label;
        if is_kept && (older.label == slot.label || !younger.way.is_dead()) {
            self.0.swap(0, 1);
        }
        self.0[0] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Stage;
    use super::super::function::PLAIN;
    use super::*;
    use crate::key::KeyHasher;

    static FUNCTION: Function = Function::new(PLAIN);

    /// For calls that all look in one set.
    fn label(number: u64) -> Label {
        Label { key: [number, number.rotate_right(32)], ..Label::default() }
    }

    fn entry() -> Arc<Entry> {
        let place = Place { function: &FUNCTION, session: None };
        let entry = Entry::new(place, KeyHasher::in_memory().seal());
        entry.move_to(Stage::Live);
        Arc::new(entry)
    }

    fn slot_of(number: u64, entry: Arc<Entry>) -> Slot {
        Slot { label: label(number), seen: Cell::new(NOT_SEEN), way: Way::Word(number, entry) }
    }

    fn slot(number: u64) -> Slot {
        slot_of(number, entry())
    }

    fn known(front: &Front, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let is_known = |number: &u64| {
            let slot = front.find(&label(*number));
            slot.is_some_and(|slot| !matches!(slot.way, Way::None))
        };
        numbers.into_iter().filter(is_known).collect()
    }

    fn remember(front: &mut Front, slot: Slot) {
        if let Some(at) = front.room_for(&slot.label) {
            front.sets[at].put(slot);
        }
    }

    #[test]
    fn a_slot_is_a_line_of_the_cache() {
        assert_eq!(size_of::<Slot>(), 64);
    }

    #[test]
    fn a_set_keeps_two_and_lets_a_third_one_in_that_comes_often() {
        let mut front = Front::new();
        for number in [1, 2, 3] {
            remember(&mut front, slot(number));
        }
        assert_eq!(known(&front, 1..=3), [1, 2]);
        for _ in 0..3 {
            remember(&mut front, slot(3));
        }
        assert_eq!(known(&front, 1..=3), [2, 3]);
    }

    #[test]
    fn what_left_makes_room() {
        for left in 0..2 {
            let mut front = Front::new();
            let entries = [entry(), entry()];
            for (number, entry) in (0..).zip(&entries) {
                remember(&mut front, slot_of(number, entry.clone()));
            }
            entries[left].move_to(Stage::Away);
            remember(&mut front, slot(2));
            assert_eq!((front.crowded, known(&front, 0..3)), (0, vec![1 - left as u64, 2]));
        }
    }

    #[test]
    fn a_label_stands_in_its_set_once_also_beside_what_left() {
        let mut front = Front::new();
        let younger = entry();
        remember(&mut front, slot(1));
        remember(&mut front, slot_of(2, younger.clone()));
        younger.move_to(Stage::Away);
        remember(&mut front, slot(1));
        remember(&mut front, slot(3));
        assert_eq!(known(&front, 1..=3), [1, 3]);
    }

    #[test]
    fn who_comes_often_gets_in_however_often_others_find_room() {
        let mut front = Front::new();
        for number in [1, 2, 3, 1, 3, 1, 3, 1, 3] {
            remember(&mut front, slot(number));
        }
        assert_eq!(known(&front, 1..=3).len(), 2);
        assert!(front.find(&label(3)).is_some());
    }

    #[test]
    fn few_ways_that_meet_by_chance_need_no_more_slots() {
        let mut front = Front::new();
        for number in 0..100_000 {
            let label = Label { key: [number % 64, 0], ..Label::default() };
            remember(&mut front, Slot { label, ..slot(number) });
        }
        assert_eq!(front.sets.len(), SETS[0]);
    }

    #[test]
    fn a_label_stands_in_its_set_once() {
        let mut front = Front::new();
        for number in [1, 2, 1, 2, 1] {
            remember(&mut front, slot(number));
        }
        assert_eq!((front.crowded, known(&front, 1..=2)), (0, vec![1, 2]));
    }

    #[test]
    fn a_thread_has_more_slots_where_its_ways_meet_often_up_to_a_bound() {
        let mut front = Front::new();
        let mut sizes = Vec::new();
        for number in 0..10_000 {
            remember(&mut front, slot(number));
            sizes.push(front.sets.len());
        }
        sizes.dedup();
        assert_eq!(sizes, SETS);
        assert_eq!(known(&front, 0..10_000).len(), 2);
    }

    fn float(number: u64) -> f64 {
        f64::from(u16::try_from(number).unwrap())
    }

    #[test]
    fn numbers_and_floats_are_spread_over_all_sets() {
        let mut front = Front::new();
        front.resize(1024);
        let spread = |key: fn(u64) -> u64| {
            let label = |number| Label { owner: 1 << 45 | 8, key: [key(number), 0] };
            let sets: std::collections::HashSet<usize> =
                (0..1024).map(|number| front.at(&label(number))).collect();
            sets.len()
        };
        let kinds: [fn(u64) -> u64; 4] =
            [|n| n, |n| n << 32, |n| float(n).to_bits(), |n| (float(n) / 64.0).to_bits()];
        let kinds = kinds.map(spread);
        assert!(kinds.iter().all(|&sets| sets > 400), "{kinds:?}");
    }
}
