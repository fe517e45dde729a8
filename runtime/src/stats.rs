//! Counters of a cached function.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

/// What happened at a cached function so far, over all sessions. Clearing doesn't reset it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that were served without running the body.
    pub hits: u64,
    /// Calls that ran the body.
    pub misses: u64,
    /// Hits that waited for a run which another caller had begun.
    pub waits: u64,
    /// Entries that the cache dropped by itself, by reason.
    pub evictions: Evictions,
    /// How long all runs of the body took together, from start to result, those that ended in an `Err` included.
    pub compute_time: Duration,
    /// Entries that are held now.
    pub entries: u64,
    /// Stored size of the entries that are held now; measured only under `max_size` or a
    /// [budget](crate::budget).
    pub bytes: u64,
    /// Hits that were read from disk.
    pub disk_hits: u64,
    /// Misses for which there was nothing on disk, of persisted functions.
    pub disk_misses: u64,
    /// Entries that could not be read from disk or written to it.
    pub disk_errors: u64,
}

/// Entries that the cache dropped by itself, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evictions {
    /// Older than `ttl`.
    pub ttl: u64,
    /// To keep to `max_entries`.
    pub max_entries: u64,
    /// To keep to `max_size`.
    pub max_size: u64,
    /// To keep to the [budget](crate::budget) of all functions.
    pub budget: u64,
    /// Rejected by `validate`.
    pub validate: u64,
}

impl Evictions {
    /// Each reason by its name, with how many entries left for it.
    ///
    /// ```
    /// let evictions = cachelit::Stats::default().evictions;
    /// assert_eq!(evictions.by_reason().map(|(_, count)| count).iter().sum::<u64>(), 0);
    /// ```
    pub fn by_reason(&self) -> [(&'static str, u64); 5] {
        [
            ("ttl", self.ttl),
            ("max_entries", self.max_entries),
            ("max_size", self.max_size),
            ("budget", self.budget),
            ("validate", self.validate),
        ]
    }
}

/// Why an entry left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Ttl,
    MaxEntries,
    MaxSize,
    Budget,
    Validate,
    /// Cleared, replaced, or its session ended: no eviction.
    Asked,
}

/// What is counted where a lock is held anyway: see [`Store`](crate::engine::store::Store).
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) misses: u64,
    pub(crate) compute_nanos: u64,
    pub(crate) evictions: Evictions,
}

impl Counts {
    pub(crate) const NONE: Counts = Counts {
        misses: 0,
        compute_nanos: 0,
        evictions: Evictions { ttl: 0, max_entries: 0, max_size: 0, budget: 0, validate: 0 },
    };

    pub(crate) fn left(&mut self, reason: Reason) {
        let evictions = &mut self.evictions;
        let counter = match reason {
            Reason::Ttl => &mut evictions.ttl,
            Reason::MaxEntries => &mut evictions.max_entries,
            Reason::MaxSize => &mut evictions.max_size,
            Reason::Budget => &mut evictions.budget,
            Reason::Validate => &mut evictions.validate,
            Reason::Asked => return,
        };
        *counter += 1;
    }

    pub(crate) fn add(&mut self, other: &Counts) {
        let (own, others) = (&mut self.evictions, &other.evictions);
        own.ttl += others.ttl;
        own.max_entries += others.max_entries;
        own.max_size += others.max_size;
        own.budget += others.budget;
        own.validate += others.validate;
        self.misses += other.misses;
        self.compute_nanos = self.compute_nanos.saturating_add(other.compute_nanos);
    }
}

/// What is counted elsewhere.
pub(crate) struct Counters {
    pub(crate) waits: AtomicU64,
    pub(crate) disk_hits: AtomicU64,
    pub(crate) disk_misses: AtomicU64,
    pub(crate) disk_errors: AtomicU64,
    /// Of stores that are no more.
    pub(crate) ended: Mutex<Counts>,
}

impl Counters {
    pub(crate) const fn new() -> Self {
        Counters {
            waits: AtomicU64::new(0),
            disk_hits: AtomicU64::new(0),
            disk_misses: AtomicU64::new(0),
            disk_errors: AtomicU64::new(0),
            ended: Mutex::new(Counts::NONE),
        }
    }

    /// With what stores have counted; all but the hits, and what stores hold.
    pub(crate) fn read(&self, counts: &Counts) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            hits: 0,
            misses: counts.misses,
            waits: get(&self.waits),
            evictions: counts.evictions,
            compute_time: Duration::from_nanos(counts.compute_nanos),
            entries: 0,
            bytes: 0,
            disk_hits: get(&self.disk_hits),
            disk_misses: get(&self.disk_misses),
            disk_errors: get(&self.disk_errors),
        }
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
