//! What each thread has at hand, in one place: code that is asked for it by many functions gets its address from where it
//! is called, since there the compiler knows how to reach it.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering;

use super::front::Front;
use super::hits::{self, Row};

thread_local! {
    /// Has nothing to drop, so that to reach it is to add to a register.
    static LOCAL: Local = const {
        Local {
            hits: Cell::new(&[]),
            crowded: Cell::new(0),
            front: RefCell::new(ManuallyDrop::new(Front::new())),
        }
    };

    static END: End = const { End };
}

pub(crate) struct Local {
    /// The thread's counters of hits.
    pub(crate) hits: Cell<Row>,
    /// How many [numbers](super::numbers) found their lines full, since it took more into use.
    pub(crate) crowded: Cell<usize>,
    /// What it remembers for itself.
    pub(crate) front: RefCell<ManuallyDrop<Front>>,
}

impl Local {
    /// Counts a hit of the function with that [number](hits::Hits::known_number), if that needs no more than to add; else
    /// nothing.
    #[inline]
    pub(crate) fn count(&self, function: usize) -> Option<()> {
        let own = self.hits.get().get(function)?;
        // Only the thread whose row it is writes to it.
        own.store(own.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        Some(())
    }
}

/// Gives all of it back, as the thread ends. After that, nothing is remembered.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let left = with(|local| {
            hits::give_back(local.hits.take());
            local.front.replace(ManuallyDrop::new(Front::new()))
        });
        // Outside the borrow, for an entry that goes with it may be the user's last.
        drop(ManuallyDrop::into_inner(left));
    }
}

#[inline]
pub(crate) fn with<R>(look: impl FnOnce(&Local) -> R) -> R {
    LOCAL.with(look)
}

/// The same, to keep what must be given back; nothing once the thread ends.
pub(crate) fn with_kept<R>(look: impl FnOnce(&Local) -> R) -> Option<R> {
    END.try_with(|_| with(look)).ok()
}
