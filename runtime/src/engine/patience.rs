//! How long a call on this thread may wait for another caller's run.

use std::cell::Cell;
use std::panic::{UnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use super::function::Function;

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Calls on this thread, until the guard is dropped, wait no longer than to that moment.
struct Limited {
    previous: Option<Instant>,
}

impl Drop for Limited {
    fn drop(&mut self) {
        UNTIL.set(self.previous);
    }
}

/// What unwinds from a wait that took too long.
struct GaveUp(&'static Function);

/// When a wait of this thread is to end; never, if nothing was said.
pub(crate) fn until() -> Option<Instant> {
    UNTIL.get()
}

/// Leaves a wait for a run of that function.
pub(crate) fn give_up(function: &'static Function) -> ! {
    // No panic: nothing went wrong here, and no hook is to report it.
    resume_unwind(Box::new(GaveUp(function)))
}

/// A run that another caller had begun didn't end in time: see [`wait_timeout`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "another caller's run of `{function}` did not end in time; call again later, or clear the function to begin anew"
)]
#[non_exhaustive]
pub struct WaitTimeout {
    /// Path of the function whose run was waited for.
    pub function: &'static str,
}

/// Calls a closure in which cached functions wait no longer than this for runs that other callers have begun.
///
/// A caller that finds its result being made waits for it, and would wait for ever for a body that never ends. Here it
/// gives up: the closure is left by unwinding, as by a panic that nobody reports. A cached body that is left in this
/// way stores nothing, and runs again for the next caller. What the closure computes itself is not limited. Inside of
/// another `wait_timeout`, the earlier end holds. In `async` code, drop the future instead, as `tokio::time::timeout` does.
///
/// ```
/// use std::time::Duration;
/// use cachelit::{cache_data, wait_timeout};
///
/// #[cache_data]
/// fn report(year: u32) -> String {
///     format!("report of {year}")
/// }
///
/// let report = wait_timeout(Duration::from_secs(5), || report(2026))?;
/// assert_eq!(report, "report of 2026");
/// # Ok::<(), cachelit::WaitTimeout>(())
/// ```
///
/// # Errors
///
/// [`WaitTimeout`] if it gave up.
///
/// # Panics
///
/// If the closure does. A program that is built with `panic = "abort"` ends instead of giving up.
pub fn wait_timeout<R>(
    limit: Duration,
    call: impl FnOnce() -> R + UnwindSafe,
) -> Result<R, WaitTimeout> {
    let previous = UNTIL.get();
    // Later than any clock can tell is never.
    let own = Instant::now().checked_add(limit);
    let _limited = Limited { previous };
    UNTIL.set(previous.into_iter().chain(own).min());
    catch_unwind(call).map_err(|payload| match payload.downcast::<GaveUp>() {
        Ok(gave_up) => WaitTimeout { function: gave_up.0.spec.path },
        Err(panic) => resume_unwind(panic),
    })
}
