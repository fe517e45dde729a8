//! Where each thread remembers the entries that it used last, so that a hit on one of them takes no lock and writes
//! nothing that other threads read.
//!
//! **The invariant.** An entry is marked live under its store's lock as it comes into the table, and dead as it leaves,
//! whatever the reason; its function then counts one removal more, before the lock is released. A slot is a way to an
//! entry, not a copy of what the cache holds: it serves only if it is of the right place and an equal key, and has seen
//! the entry live and not expired. What it saw live stays so until the function counts another removal, so that most
//! hits needn't look at the entry. A removal that happened before a call is seen by it, and a slot can outlive its entry
//! without harm.
//!
//! **No release is delayed.** A slot owns only values that have nothing to drop and are small. Ways to all others are
//! weak.

use std::cell::{Cell, RefCell};
use std::mem::needs_drop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::entry::{Entry, Erased};
use super::function::{Function, Place};
use crate::key::KeyParts;

/// How many sets of two slots a thread has, at first and when its ways meet too often: powers of two. The last take a MiB.
const SETS: [usize; 3] = [64, 1024, 8192];

/// Values of at most this many bytes may be owned by a slot.
const SMALL: usize = 128;

thread_local! {
    static FRONT: RefCell<Front> = const { RefCell::new(Front::new()) };
}

struct Front {
    sets: Vec<Set>,
    /// How many ways found their set full since it has this size.
    crowded: usize,
    /// This thread's counters of hits, by the numbers of functions.
    hits: Vec<Option<Arc<AtomicU64>>>,
}

/// The younger slot comes first.
#[derive(Default)]
struct Set([Slot; 2]);

/// On a line of the processor's cache of its own.
#[derive(Default)]
#[repr(align(64))]
struct Slot {
    label: Label,
    /// How many removals the function had counted when the entry was seen live.
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
    /// With the value, so that it can be had without the entry.
    Owned(Erased, Arc<Entry>),
    Weak(Weak<Entry>),
}

/// How a thread may remember entries of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// Not at all: each hit has to ask the store.
    None,
    Owned,
    Weak,
}

impl Memory {
    /// The best that delays no release of a value of this type.
    pub(crate) const fn of<T>() -> Self {
        if needs_drop::<T>() || size_of::<T>() > SMALL { Memory::Weak } else { Memory::Owned }
    }
}

/// What `load` makes of the live value of this key, if this thread remembers it; counted as a hit.
#[inline]
pub(crate) fn hit<R>(place: Place, key: &KeyParts, load: impl FnOnce(&Erased) -> R) -> Option<R> {
    let found = FRONT.try_with(|front| {
        // Shared, and so are nested calls of this, for `load` runs code of the user's.
        front.try_borrow().ok()?.hit(place, key, load)
    });
    found.ok().flatten()
}

/// Counts a hit on an entry that was found in its store, and remembers it.
pub(crate) fn remember(entry: &Arc<Entry>, memory: Memory) {
    let function = entry.place.function;
    let counted = FRONT.try_with(|front| {
        // Not while a value is being loaded from here.
        let mut front = front.try_borrow_mut().ok()?;
        front.register(function);
        front.count(function);
        let way = match memory {
            Memory::Owned => Way::Owned(entry.stored().value.clone(), entry.clone()),
            Memory::Weak => Way::Weak(Arc::downgrade(entry)),
            Memory::None => Way::None,
        };
        let label = Label::of(entry.place, entry.key.short(), entry.key.hashed());
        if let (Some(label), false) = (label, matches!(way, Way::None)) {
            front.remember(entry.key.hashed(), Slot { label, seen: Cell::new(NOT_SEEN), way });
        }
        Some(())
    });
    if !matches!(counted, Ok(Some(()))) {
        function.hits.add();
    }
}

/// No function ever removes so many.
const NOT_SEEN: u64 = u64::MAX;

/// Bits of an owner for each part.
const SESSION: u32 = 40;
const LENGTH: u32 = 5;

impl Label {
    /// Nothing for who comes after a trillion sessions, and need not be fast.
    #[inline]
    fn of(place: Place, short: Option<(u64, [u64; 2])>, hash: u64) -> Option<Self> {
        let function = place.function.hits.number() as u64;
        let session = place.session.map_or(0, |id| id.number().get());
        if session >> SESSION != 0 || function >> (64 - SESSION - LENGTH) != 0 {
            return None;
        }
        let (length, key) = short.unwrap_or((Self::LONG, [hash, 0]));
        Some(Label { owner: ((function << SESSION) | session) << LENGTH | length, key })
    }

    /// In the place of the length of a key that is too long.
    const LONG: u64 = (1 << LENGTH) - 1;

    #[inline]
    fn is_long(&self) -> bool {
        self.owner & Self::LONG == Self::LONG
    }
}

impl Front {
    const fn new() -> Self {
        Front { sets: Vec::new(), crowded: 0, hits: Vec::new() }
    }

    /// Where a call looks.
    #[inline]
    fn at(&self, label: &Label, hash: u64) -> usize {
        let spread = hash ^ label.owner.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 32) as usize & self.sets.len().wrapping_sub(1)
    }

    #[inline]
    fn find(&self, label: &Label, hash: u64) -> Option<&Slot> {
        let set = self.sets.get(self.at(label, hash))?;
        set.0.iter().find(|slot| slot.label == *label)
    }

    #[inline]
    fn hit<R>(&self, place: Place, key: &KeyParts, load: impl FnOnce(&Erased) -> R) -> Option<R> {
        let label = Label::of(place, key.short(), key.hashed())?;
        let slot = self.find(&label, key.hashed())?;
        let is_the_key = |entry: &Entry| !label.is_long() || entry.key == *key;
        let function = place.function;
        let may_serve = |entry: &Entry| !function.has_conditions() || function.may_serve(entry);
        let value = match &slot.way {
            Way::None => return None,
            Way::Owned(value, entry) => {
                // Before the entry is looked at, so that a removal meanwhile is seen the next time.
                let removals = function.removals();
                if slot.seen.get() != removals {
                    if !entry.is_live() {
                        return None;
                    }
                    slot.seen.set(removals);
                }
                if !is_the_key(entry) || !may_serve(entry) {
                    return None;
                }
                load(value)
            }
            Way::Weak(entry) => {
                let entry = entry.upgrade()?;
                if !entry.is_live() || !is_the_key(&entry) || !may_serve(&entry) {
                    return None;
                }
                load(&entry.stored().value)
            }
        };
        self.count(function);
        Some(value)
    }

    fn register(&mut self, function: &'static Function) {
        let number = function.hits.number();
        if self.hits.len() <= number {
            self.hits.resize(number + 1, None);
        }
        self.hits[number].get_or_insert_with(|| function.hits.of_thread());
    }

    #[inline]
    fn count(&self, function: &Function) {
        match self.hits.get(function.hits.number()) {
            // Only this thread writes to it.
            Some(Some(hits)) => hits.store(hits.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
            _ => function.hits.add(),
        }
    }

    fn remember(&mut self, hash: u64, slot: Slot) {
        if self.sets.is_empty() {
            self.resize(SETS[0]);
        }
        let at = self.at(&slot.label, hash);
        if self.sets[at].is_full(&slot.label) {
            self.crowded += 1;
            let larger = SETS.iter().find(|&&sets| sets > self.sets.len());
            if let (true, Some(&larger)) = (self.crowded > 2 * self.sets.len(), larger) {
                // Who comes often is back soon.
                self.resize(larger);
                self.crowded = 0;
            } else if !self.crowded.is_multiple_of(4) {
                // Who comes often gets in soon, and who comes once doesn't take the place of one who comes often.
                return;
            }
        }
        let at = self.at(&slot.label, hash);
        self.sets[at].put(slot);
    }

    /// Begins anew with that many sets.
    fn resize(&mut self, sets: usize) {
        self.sets = std::iter::repeat_with(Set::default).take(sets).collect();
    }
}

impl Set {
    /// Whether another way must go for the one with that label.
    fn is_full(&self, label: &Label) -> bool {
        self.0.iter().all(|slot| slot.label != *label && !matches!(slot.way, Way::None))
    }

    fn put(&mut self, slot: Slot) {
        // A label stands in its set once.
        if self.0[0].label != slot.label {
            self.0.swap(0, 1);
        }
        self.0[0] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slot of a way to nothing.
    fn slot(number: u64) -> Slot {
        let label = Label { owner: 1, key: [number, 0] };
        Slot { label, seen: Cell::new(NOT_SEEN), way: Way::Weak(Weak::new()) }
    }

    fn knows(front: &Front, number: u64) -> bool {
        front.find(&slot(number).label, 0).is_some_and(|slot| !matches!(slot.way, Way::None))
    }

    #[test]
    fn a_slot_is_a_line_of_the_cache() {
        assert_eq!(size_of::<Slot>(), 64);
    }

    #[test]
    fn a_set_keeps_two_and_lets_a_third_one_in_that_comes_often() {
        let mut front = Front::new();
        for number in [1, 2, 3] {
            front.remember(0, slot(number));
        }
        assert_eq!([1, 2, 3].map(|number| knows(&front, number)), [true, true, false]);
        for _ in 0..3 {
            front.remember(0, slot(3));
        }
        assert_eq!([1, 2, 3].map(|number| knows(&front, number)), [false, true, true]);
    }

    #[test]
    fn a_label_stands_in_its_set_once() {
        let mut front = Front::new();
        for number in [1, 2, 1, 2, 1] {
            front.remember(0, slot(number));
        }
        assert_eq!((front.crowded, knows(&front, 1), knows(&front, 2)), (0, true, true));
    }

    #[test]
    fn a_thread_has_more_slots_where_its_ways_meet_often_up_to_a_bound() {
        let mut front = Front::new();
        let mut sizes = Vec::new();
        for number in 0..10_000 {
            front.remember(0, slot(number));
            sizes.push(front.sets.len());
        }
        sizes.dedup();
        assert_eq!(sizes, SETS);
        assert!(
            knows(&front, 9999)
                || knows(&front, 9998)
                || knows(&front, 9997)
                || knows(&front, 9996)
        );
    }
}
