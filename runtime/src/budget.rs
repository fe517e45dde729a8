//! How many bytes all functions together may hold.
//!
//! `max_size` bounds one function, in one session where that is its scope. A budget bounds the program: to make room, the
//! result that was not used for the longest goes, whosever it is.
//!
//! ```
//! #[cachelit::cache_data]
//! fn letters(letter: char, count: usize) -> String {
//!     letter.to_string().repeat(count)
//! }
//!
//! #[cachelit::cache_data]
//! fn zeros(count: usize) -> Vec<u8> {
//!     vec![0; count]
//! }
//!
//! cachelit::budget::set(1000);
//! letters('a', 400);
//! letters('b', 400);
//! letters('a', 400);
//! zeros(500);
//! assert!(cachelit::budget::used() <= 1000);
//! assert_eq!(letters::stats().evictions.budget, 1);
//! letters('a', 400);
//! assert_eq!(letters::stats().hits, 2);
//! # cachelit::budget::set(None);
//! ```
//!
//! What counts is the size of a result in the format that it has on disk, of functions of `cache_data`. Objects of
//! `cache_resource` have none. What was stored before the first budget was set is neither counted nor evicted for it, so
//! set it as the program starts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::engine::entry::{Entry, Extras, settle};
use crate::engine::function::Function;
use crate::engine::order::Uses;
use crate::engine::registry;

/// The limit while there is none.
const NONE: u64 = u64::MAX;

static LIMIT: AtomicU64 = AtomicU64::new(NONE);

/// Whether there ever was a limit: uses are then counted over all functions, for good.
static WAS_SET: AtomicBool = AtomicBool::new(false);

/// Uses, later than all that functions counted for themselves.
pub(crate) static USES: Uses = Uses::from(1 << 63);

static HELD: Mutex<Held> = Mutex::new(Held { by_use: BTreeMap::new(), used: 0 });

/// The entries that are charged.
struct Held {
    /// By use, as far as it was looked at. Not the [`Order`](crate::engine::order::Order) of the stores, which doesn't
    /// let go of what left before it is the oldest: here it would keep values.
    by_use: BTreeMap<u64, Arc<Entry>>,
    /// Bytes, of entries that are about to be stored too.
    used: u64,
}

/// Bounds the bytes that are held; `None` takes the bound away.
///
/// If more is held now, the least recently used results leave at once.
pub fn set(limit: impl Into<Option<u64>>) {
    let limit = limit.into().unwrap_or(NONE);
    if limit != NONE {
        WAS_SET.store(true, Ordering::Relaxed);
        // From now on, hits are to be noted.
        registry::registered().for_each(Function::count_removal);
    }
    {
        // Whoever charges an entry meanwhile does so by one of the limits, and before or after all of this.
        let _held = HELD.lock();
        LIMIT.store(limit, Ordering::Relaxed);
    }
    make_room(0);
}

/// The bound, in bytes.
#[inline]
pub fn limit() -> Option<u64> {
    let limit = LIMIT.load(Ordering::Relaxed);
    (limit != NONE).then_some(limit)
}

/// How many bytes are held that count; never more than the bound.
pub fn used() -> u64 {
    HELD.lock().used
}

/// Whether uses must be noted, of any function.
#[inline]
pub(crate) fn was_set() -> bool {
    WAS_SET.load(Ordering::Relaxed)
}

/// Charges an entry that is about to be stored, and makes room for it. False if it can't be had.
pub(crate) fn charge(function: &Function, extras: &Extras) -> bool {
    let Some(limit) = limit() else { return true };
    if extras.size > limit {
        tracing::warn!(
            function = function.spec.path,
            size = extras.size,
            "a result is larger than the budget and is not cached"
        );
        return false;
    }
    if !make_room(extras.size) {
        return false;
    }
    extras.charged.store(extras.size, Ordering::Relaxed);
    true
}

/// Evicts until so much more fits, and takes it. False if all others are about to be stored or let go, too.
fn make_room(size: u64) -> bool {
    loop {
        let oldest = {
            let mut held = HELD.lock();
            if held.used.saturating_add(size) <= LIMIT.load(Ordering::Relaxed) {
                held.used += size;
                return true;
            }
            held.pop_oldest()
        };
        let Some(oldest) = oldest else { return false };
        // Its store is locked only now: no lock is held while another is asked for.
        let Some(store) = oldest.place.known_store() else { continue };
        settle(oldest.place.function, store.evict(oldest));
    }
}

/// Queues an entry that was charged, now that it is stored; or pays back if it was not, or has left.
pub(crate) fn enroll(entry: &Arc<Entry>) {
    let Some(extras) = charged(entry) else { return };
    let mut held = HELD.lock();
    if entry.is_live() {
        held.rank(entry.clone(), entry.used.load(Ordering::Relaxed));
    } else {
        held.pay_back(extras);
    }
}

/// Pays back what an entry was charged that has left its store.
pub(crate) fn release(entry: &Entry) {
    if let Some(extras) = charged(entry) {
        let mut held = HELD.lock();
        held.forget(entry, extras);
        held.pay_back(extras);
    }
}

fn charged(entry: &Entry) -> Option<&Extras> {
    let extras = entry.extras()?;
    (extras.charged.load(Ordering::Relaxed) != 0).then_some(extras)
}

impl Held {
    fn rank(&mut self, entry: Arc<Entry>, used: u64) {
        if let Some(extras) = entry.extras() {
            extras.ranked.store(used, Ordering::Relaxed);
        }
        self.by_use.insert(used, entry);
    }

    fn forget(&mut self, entry: &Entry, extras: &Extras) {
        let rank = extras.ranked.load(Ordering::Relaxed);
        // Who was never put in has noted a use that another entry may have.
        if self.by_use.get(&rank).is_some_and(|known| std::ptr::eq(Arc::as_ptr(known), entry)) {
            self.by_use.remove(&rank);
        }
    }

    fn pop_oldest(&mut self) -> Option<Arc<Entry>> {
        loop {
            let (rank, entry) = self.by_use.pop_first()?;
            let used = entry.used.load(Ordering::Relaxed);
            if used == rank {
                return Some(entry);
            }
            self.rank(entry, used);
        }
    }

    /// Once, however often it is asked for.
    fn pay_back(&mut self, extras: &Extras) {
        self.used -= extras.charged.swap(0, Ordering::Relaxed);
    }
}
