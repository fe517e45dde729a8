//! A result, from the run that makes it until it has left the cache.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use smallvec::SmallVec;

use super::flight::Flight;
use super::front::Memory;
use super::function::{Function, Place};
use crate::budget;
use crate::key::{KeptKey, KeyParts};
use crate::persist::Name;
use crate::st::Recording;
use crate::stats::Reason;
use crate::sync::AtomicU8;

/// A value of a type that only the cached function knows.
pub(crate) type Erased = Arc<dyn Any + Send + Sync>;

/// What is kept of a result.
#[derive(Clone, Copy)]
pub(crate) enum Value<S = Erased> {
    /// All of it, for it is a number: see [`word`](super::word).
    Word(u64),
    Shared(S),
}

/// Called with a value that leaves the cache.
pub(crate) type Release = Arc<dyn Fn(Erased) + Send + Sync>;

/// One allocation for the run and its result, so that to store it is to write into what stands in the table.
pub(crate) struct Entry {
    /// Whose it is.
    pub(crate) place: Place,
    /// The call's key, with the values of the widgets that the body asked.
    pub(crate) key: KeptKey,
    stage: AtomicU8,
    /// So that nobody is told of the end of a run that nobody waits for.
    is_awaited: AtomicBool,
    /// When it was used last, in ticks of its function; kept up only where something is evicted by that.
    pub(crate) used: AtomicU64,
    /// The first of its uses, as it was stored: no other entry ever has it.
    pub(crate) born: AtomicU64,
    /// When the result was stored, in nanoseconds.
    since: AtomicU64,
    /// The result of a run whose flight holds none: see [`end`](Self::end).
    word: AtomicU64,
    pub(crate) flight: Flight<Stored>,
}

/// What a run made.
pub(crate) struct Stored {
    pub(crate) value: Value,
    /// When it was stored, in nanoseconds.
    pub(crate) since: u64,
    pub(crate) extras: Option<Box<Extras>>,
}

/// What most entries don't have.
#[derive(Default)]
pub(crate) struct Extras {
    /// Stored size in bytes, where that is limited, else zero.
    pub(crate) size: u64,
    /// What the body showed and asked.
    pub(crate) recording: Option<Recording>,
    pub(crate) release: Option<Release>,
    /// What it is called on disk, if it is persisted.
    pub(crate) name: Option<Name>,
    /// Under which use it stands in the order of the budget.
    pub(crate) ranked: AtomicU64,
    /// How many bytes of the budget it takes.
    pub(crate) charged: AtomicU64,
}

impl Stored {
    pub(crate) fn size(&self) -> u64 {
        self.extras.as_ref().map_or(0, |extras| extras.size)
    }

    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.extras.as_ref()?.recording.as_ref()
    }

    #[inline]
    pub(crate) fn value(&self) -> Value<&Erased> {
        match &self.value {
            Value::Word(word) => Value::Word(*word),
            Value::Shared(value) => Value::Shared(value),
        }
    }
}

/// Where an entry stands; changed only under the lock of its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In no table: not yet, or no more.
    Away,
    /// In its store's table, without a result.
    Running,
    /// In its store's table of runs whose key has an entry that expired.
    Renewing,
    /// In its store's table, with a result.
    Live,
}

impl Entry {
    /// One that is in no store yet.
    #[inline]
    pub(crate) fn new(place: Place, key: &KeyParts) -> Self {
        Entry {
            place,
            key: KeptKey::from(key),
            stage: AtomicU8::new(Stage::Away as u8),
            is_awaited: AtomicBool::new(false),
            used: AtomicU64::new(0),
            born: AtomicU64::new(0),
            since: AtomicU64::new(0),
            word: AtomicU64::new(0),
            flight: Flight::new(),
        }
    }

    /// Whether it is in its store now, with a result. A thread that kept a way to an entry serves it only while this
    /// says so.
    #[inline]
    pub(crate) fn is_live(&self) -> bool {
        self.is_at(Stage::Live)
    }

    #[inline]
    pub(crate) fn is_at(&self, stage: Stage) -> bool {
        self.stage.load(Ordering::Acquire) == stage as u8
    }

    /// Only under the store's lock.
    pub(crate) fn move_to(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Release);
    }

    /// Ends its run with a result. Only under the store's lock.
    pub(crate) fn end(&self, stored: Stored) {
        self.since.store(stored.since, Ordering::Relaxed);
        self.flight.end(Some(stored));
    }

    /// The same with a number and nothing else, stored at that time.
    pub(crate) fn end_with(&self, word: u64, since: u64) {
        if self.is_awaited.load(Ordering::Relaxed) {
            self.end(Stored { value: Value::Word(word), since, extras: None });
        } else {
            // Nobody will ask the flight, and a number needs no more than a place. Who finds the entry live sees it.
            self.since.store(since, Ordering::Relaxed);
            self.word.store(word, Ordering::Relaxed);
        }
    }

    /// Ends its run, of which nothing will stand here but what callers get that wait: the number.
    pub(crate) fn end_elsewhere(&self, word: u64) {
        if self.is_awaited.load(Ordering::Relaxed) {
            self.end(Stored { value: Value::Word(word), since: 0, extras: None });
        }
        self.move_to(Stage::Away);
    }

    /// Begins a run here that nobody knows of yet, if nothing of an earlier one is left but numbers.
    pub(crate) fn begin_again(&mut self, place: Place, key: &KeyParts) -> bool {
        let is_unused = !self.is_awaited.load(Ordering::Relaxed) && self.is_bare();
        if is_unused {
            self.place = place;
            self.key = KeptKey::from(key);
        }
        is_unused
    }

    /// Says that a caller is about to wait for the run. Only under the store's lock, which it takes to end the run.
    pub(crate) fn expect_wait(&self) {
        self.is_awaited.store(true, Ordering::Relaxed);
    }

    /// Wakes those who wait for the run, which has ended.
    #[inline]
    pub(crate) fn announce(&self) {
        if self.is_awaited.load(Ordering::Relaxed) {
            self.flight.announce();
        }
    }

    /// Whether there is nothing but a number, which nobody sees go. Only of one that is or was in its store.
    pub(crate) fn is_bare(&self) -> bool {
        self.flight.result().is_none()
    }

    /// The result of an entry that is or was in its store.
    #[inline]
    pub(crate) fn value(&self) -> Value<&Erased> {
        match self.flight.result() {
            Some(stored) => stored.value(),
            None => Value::Word(self.word.load(Ordering::Relaxed)),
        }
    }

    /// When that was stored, in nanoseconds.
    #[inline]
    pub(crate) fn since(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }

    /// What else there is, if anything, of an entry that is or was in its store.
    pub(crate) fn extras(&self) -> Option<&Extras> {
        self.flight.result()?.extras.as_deref()
    }

    /// As [`Stored::size`].
    pub(crate) fn size(&self) -> u64 {
        self.extras().map_or(0, |extras| extras.size)
    }

    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.extras()?.recording.as_ref()
    }

    /// How a thread may remember it, of a value that it may remember so.
    pub(crate) fn memory(&self, of_value: Memory) -> Memory {
        // Before widgets are asked, the key of a call is not known.
        let is_plain = self.recording().is_none() && !self.place.function.spec.allow_widgets;
        if is_plain { of_value } else { Memory::None }
    }

    /// Notes a use.
    #[inline]
    pub(crate) fn touch(&self) {
        self.place.function.uses().note(&self.used);
    }
}

/// What was taken out of its store, and must be let go once the store is unlocked.
pub(crate) struct Removed {
    /// Nothing of a number that had none.
    pub(crate) entry: Option<Arc<Entry>>,
    pub(crate) reason: Reason,
}

/// Mostly none or one.
pub(crate) type AllRemoved = SmallVec<[Removed; 2]>;

/// Releases entries that left. A panic of one release doesn't keep the others from theirs.
pub(crate) fn settle(function: &Function, removed: impl IntoIterator<Item = Removed>) {
    for Removed { entry, reason } in removed {
        tracing::debug!(function = function.spec.path, ?reason, "left the cache");
        let Some(entry) = entry.filter(|entry| !entry.is_bare()) else { continue };
        budget::release(&entry);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let release = entry.extras().and_then(|extras| extras.release.as_ref());
            if let (Some(release), Value::Shared(value)) = (release, entry.value()) {
                release(value.clone());
            }
            drop(entry);
        }));
        if outcome.is_err() {
            tracing::error!(
                function = function.spec.path,
                "a value that left the cache panicked on its release"
            );
        }
    }
}
