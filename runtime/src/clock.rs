//! The time that ages of entries are measured by, and a clock for tests.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use crate::engine::function::Limits;

thread_local! {
    static CURRENT: RefCell<Option<ManualClock>> = const { RefCell::new(None) };
}

/// Time since an arbitrary moment that is fixed for the process; zero where nothing expires.
///
/// A coarse clock costs a fraction of a precise one. It lags by a tick, of at most 10 ms, which tells only on a short
/// `ttl`; that is measured precisely.
#[inline]
pub(crate) fn now(limits: &Limits) -> Duration {
    let Some(ttl) = limits.ttl else { return Duration::ZERO };
    let manual = CURRENT.with_borrow(|clock| clock.as_ref().map(ManualClock::elapsed));
    match manual {
        Some(now) => now,
        None if ttl < SHORT => BEGINNING + precise(),
        None => BEGINNING + coarse(),
    }
}

/// Measures how long something takes, by the clock that was current at its start.
pub(crate) enum Stopwatch {
    Real(Instant),
    Manual(ManualClock, Duration),
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        match entered() {
            None => Stopwatch::Real(Instant::now()),
            Some(clock) => {
                let start = clock.elapsed();
                Stopwatch::Manual(clock, start)
            }
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Stopwatch::Real(start) => start.elapsed(),
            Stopwatch::Manual(clock, start) => clock.elapsed().saturating_sub(*start),
        }
    }
}

/// Time since an arbitrary moment, precisely.
#[cfg(feature = "tower")]
pub(crate) fn monotonic() -> Duration {
    entered().map_or_else(precise, |clock| clock.elapsed())
}

/// As one number, for less room; what is longer than 584 years is as long as that.
#[inline]
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The process begins long after zero, so that what is older than it has a time, too.
const BEGINNING: Duration = Duration::from_secs(1 << 32);

/// Time since 1970 by the clock on the wall, which all processes share; by a [`ManualClock`], since it was made.
pub(crate) fn wall() -> Duration {
    let manual = CURRENT.with_borrow(|clock| clock.as_ref().map(ManualClock::elapsed));
    manual.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A `ttl` below which the tick of a coarse clock would be felt.
const SHORT: Duration = Duration::from_secs(2);

fn precise() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn coarse() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
    Duration::try_from(now).unwrap_or_default()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn coarse() -> Duration {
    precise()
}

/// The clock that the current thread entered.
pub(crate) fn entered() -> Option<ManualClock> {
    CURRENT.with_borrow(Clone::clone)
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
        EnteredClock { previous: CURRENT.replace(Some(self.clone())), not_send: PhantomData }
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
        CURRENT.set(self.previous.take());
    }
}
