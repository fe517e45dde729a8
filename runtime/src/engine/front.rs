//! Where each thread remembers the entries that it used last, so that a hit on one of them takes no lock and writes
//! nothing that other threads read.
//!
//! **The invariant.** An entry is marked live under its store's lock as it comes into the table, and dead as it leaves,
//! whatever the reason, before the lock is released. A slot is a way to an entry, not a copy of what the cache holds: it
//! serves only after it has seen the entry live, of the right place, with an equal key, and not expired. So a removal
//! that happened before a call is seen by it, and a slot can outlive its entry without harm.
//!
//! **No release is delayed.** A slot owns only values that have nothing to drop and are small. Ways to all others are
//! weak.

use std::cell::RefCell;
use std::mem::needs_drop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::entry::Entry;
use super::function::{Function, Place};
use crate::clock;
use crate::key::KeyParts;

/// Sets of two slots; a power of two.
const SETS: usize = 512;

/// Values of at most this many bytes may be owned by a slot.
const SMALL: usize = 128;

thread_local! {
    static FRONT: RefCell<Front> = const {
        RefCell::new(Front { sets: [const { [const { Slot { tag: 0, way: Way::None } }; 2] }; SETS], hits: Vec::new() })
    };
}

struct Front {
    /// In each set, the younger slot comes first.
    sets: [[Slot; 2]; SETS],
    /// This thread's counters of hits, by the numbers of functions.
    hits: Vec<Option<Arc<AtomicU64>>>,
}

struct Slot {
    /// Equal for equal places and keys.
    tag: u64,
    way: Way,
}

enum Way {
    None,
    Owned(Arc<Entry>),
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

#[inline]
fn tag(place: Place, key: &KeyParts) -> u64 {
    let session = place.session.map_or(0, |id| id.number().wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let function = std::ptr::from_ref(place.function).addr() as u64;
    key.hashed() ^ function.rotate_left(32) ^ session
}

#[inline]
fn set(tag: u64) -> usize {
    (tag >> 32) as usize & (SETS - 1)
}

/// What `load` makes of the live entry of this key, if this thread remembers it; counted as a hit.
#[inline]
pub(crate) fn hit<R>(place: Place, key: &KeyParts, load: impl FnOnce(&Entry) -> R) -> Option<R> {
    let tag = tag(place, key);
    let found = FRONT.try_with(|front| {
        // Shared, and so are nested calls of this, for `load` runs code of the user's.
        let front = front.try_borrow().ok()?;
        let slot = front.sets[set(tag)].iter().find(|slot| slot.tag == tag)?;
        let weak;
        let entry = match &slot.way {
            Way::None => return None,
            Way::Owned(entry) => &**entry,
            Way::Weak(way) => {
                weak = way.upgrade()?;
                &*weak
            }
        };
        let function = place.function;
        if !entry.is_live() || entry.place != place || *entry.key != *key {
            return None;
        }
        if function.spec.ttl.is_some() {
            let limits = function.limits();
            if limits.expired(entry, clock::now(limits)) {
                return None;
            }
        }
        if function.notes_uses() {
            entry.touch();
        }
        let value = load(entry);
        front.count(function);
        Some(value)
    });
    found.ok().flatten()
}

/// Counts a hit on an entry that was found in its store, and remembers it.
pub(crate) fn remember(entry: &Arc<Entry>, memory: Memory) {
    let function = entry.place.function;
    let noted = FRONT.try_with(|front| {
        // Not while a value is being loaded from here.
        let mut front = front.try_borrow_mut().ok()?;
        let way = match memory {
            Memory::Owned => Way::Owned(entry.clone()),
            Memory::Weak => Way::Weak(Arc::downgrade(entry)),
            Memory::None => Way::None,
        };
        front.register(function);
        front.count(function);
        if !matches!(way, Way::None) {
            let tag = tag(entry.place, &entry.key);
            let set = &mut front.sets[set(tag)];
            // A tag stands in its set once.
            if set[0].tag != tag {
                set.swap(0, 1);
            }
            set[0] = Slot { tag, way };
        }
        Some(())
    });
    if !matches!(noted, Ok(Some(()))) {
        function.hits.add();
    }
}

impl Front {
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
}
