//! The time that ages of entries are measured by, and a clock for tests.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use crate::engine::function::Limits;

thread_local! {
    static CURRENT: RefCell<Option<ManualClock>> = const { RefCell::new(None) };

    /// Whether there is one, for every miss asks: what has nothing to drop costs a load.
    static IS_MANUAL: Cell<bool> = const { Cell::new(false) };
}

/// Makes this the clock of the thread, and returns the one that was.
fn set_current(clock: Option<ManualClock>) -> Option<ManualClock> {
    IS_MANUAL.set(clock.is_some());
    CURRENT.replace(clock)
}

/// Time since an arbitrary moment that is fixed for the process; zero where nothing expires.
///
/// A coarse clock costs a fraction of a precise one. It lags by a tick, of at most 10 ms, which tells only on a short
/// `ttl`; that is measured precisely.
#[inline]
pub(crate) fn now(limits: &Limits) -> Duration {
    let Some(ttl) = limits.ttl else { return Duration::ZERO };
    match manual() {
        Some(now) => now,
        None if is_coarse(ttl) => Duration::from_nanos(BEGINNING + coarse()),
        None => Duration::from_nanos(BEGINNING + ticks()),
    }
}

/// Whether a `ttl` is measured by the coarse clock.
pub(crate) fn is_coarse(ttl: Duration) -> bool {
    ttl >= SHORT
}

/// What [`now`] is under such a `ttl`, in nanoseconds; nothing by a manual clock.
#[inline]
pub(crate) fn coarse_nanos() -> Option<u64> {
    (!IS_MANUAL.get()).then(|| BEGINNING + coarse())
}

/// Measures how long something takes, by the clock that was current at its start.
pub(crate) struct Stopwatch {
    /// In nanoseconds.
    start: u64,
    manual: Option<ManualClock>,
}

impl Stopwatch {
    #[inline]
    pub(crate) fn start() -> Self {
        let manual = entered();
        let start = manual.as_ref().map_or_else(ticks, |clock| nanos(clock.elapsed()));
        Stopwatch { start, manual }
    }

    /// In nanoseconds.
    #[inline]
    pub(crate) fn elapsed(&self) -> u64 {
        let now = self.manual.as_ref().map_or_else(ticks, |clock| nanos(clock.elapsed()));
        now.saturating_sub(self.start)
    }
}

/// Time since an arbitrary moment, precisely.
#[cfg(feature = "tower")]
pub(crate) fn monotonic() -> Duration {
    entered().map_or_else(|| Duration::from_nanos(ticks()), |clock| clock.elapsed())
}

/// As one number, for less room; what is longer than 584 years is as long as that.
#[inline]
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The process begins long after zero, so that what is older than it has a time, too. In nanoseconds.
const BEGINNING: u64 = (1 << 32) * 1_000_000_000;

/// Time since 1970 by the clock on the wall, which all processes share; by a [`ManualClock`], since it was made.
pub(crate) fn wall() -> Duration {
    manual().unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A `ttl` below which the tick of a coarse clock would be felt.
const SHORT: Duration = Duration::from_secs(2);

/// Nanoseconds since an arbitrary moment, precisely: a difference of two costs less than one of `Instant`s.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn ticks() -> u64 {
    read(rustix::time::ClockId::Monotonic)
}

/// The same by the last tick of the system.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn coarse() -> u64 {
    read(rustix::time::ClockId::MonotonicCoarse)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn read(clock: rustix::time::ClockId) -> u64 {
    let now = rustix::time::clock_gettime(clock);
    let part = |part| u64::try_from(part).unwrap_or_default();
    part(now.tv_sec) * 1_000_000_000 + part(now.tv_nsec)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn ticks() -> u64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    nanos(START.get_or_init(std::time::Instant::now).elapsed())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn coarse() -> u64 {
    ticks()
}

/// The clock that the current thread entered.
#[inline]
pub(crate) fn entered() -> Option<ManualClock> {
    if IS_MANUAL.get() { CURRENT.with_borrow(Clone::clone) } else { None }
}

/// The time by that clock.
fn manual() -> Option<Duration> {
    entered().map(|clock| clock.elapsed())
}

/// A clock that moves when it is told to, so that a test of `ttl` needs no sleep.
///
/// It rules the threads that [`enter`](Self::enter)ed it, and no others. Use it for all calls of a
/// function or for none: entries remember when they were made by the clock that was current then.
///
/// ```
/// use std::time::Duration;
/// use cachelit::{cache_data, clock::ManualClock};
///
/// #[cache_data(ttl = 10)]
/// fn answer() -> u32 {
///     42
/// }
///
/// let clock = ManualClock::new();
/// let _entered = clock.enter();
/// answer();
/// clock.advance(Duration::from_secs(9));
/// answer();
/// assert_eq!(answer::stats().misses, 1);
/// clock.advance(Duration::from_secs(1));
/// answer();
/// assert_eq!(answer::stats().misses, 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<Mutex<Duration>>);

impl ManualClock {
    /// A clock that stands at zero.
    pub fn new() -> Self {
        ManualClock::default()
    }

    /// Time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        *self.0.lock()
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        *self.0.lock() += by;
    }

    /// Moves the clock to this time since it was made.
    pub fn set(&self, to: Duration) {
        *self.0.lock() = to;
    }

    /// Makes this the clock of the current thread, until the guard is dropped.
    #[must_use = "the clock is current only as long as the guard lives"]
    pub fn enter(&self) -> EnteredClock {
        EnteredClock { previous: set_current(Some(self.clone())), not_send: PhantomData }
    }
}

/// Ends [`ManualClock::enter`] when dropped.
#[derive(Debug)]
pub struct EnteredClock {
    previous: Option<ManualClock>,
    not_send: PhantomData<*const ()>,
}

impl Drop for EnteredClock {
    fn drop(&mut self) {
        set_current(self.previous.take());
    }
}
