//! When work is done, and where: on threads of its own, at most one run of a kind at a time, and not
//! before the user stopped typing.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::time::{Duration, Instant};

/// Work that panicked. The panic itself went to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cachelit met a bug in itself; its log has the details")
    }
}

/// Runs work on a thread of its own, and hands on what came of it, even if that is a panic.
pub(crate) fn spawn<T: 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    then: impl FnOnce(Result<T, Panicked>) + Send + 'static,
) {
    tokio::task::spawn_blocking(move || {
        // Work reads a frozen snapshot and owns the rest, so that a panic leaves nothing half-done.
        then(catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked));
    });
}

/// Turns of one kind of work: wishes that come close together become one run, and runs don't overlap.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    /// The first wish that no run has seen, and when the run for it is due.
    wanted: Option<(Instant, Instant)>,
    running: bool,
}

impl Lane {
    /// Wishes for a run after a pause of `delay`; one that waited for ten times that long starts
    /// without a pause.
    pub(crate) fn want(&mut self, now: Instant, delay: Duration) {
        let first = self.wanted.map_or(now, |(first, _)| first);
        self.wanted = Some((first, (now + delay).min(first + delay * 10)));
    }

    /// When to call [`Lane::start`] next; `None` while there is nothing to start.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.wanted.filter(|_| !self.running).map(|(_, due)| due)
    }

    /// Whether to run now. The run counts as running until [`Lane::finish`].
    pub(crate) fn start(&mut self, now: Instant) -> bool {
        let starts = self.due().is_some_and(|due| due <= now);
        if starts {
            self.wanted = None;
            self.running = true;
        }
        starts
    }

    /// The run has ended.
    pub(crate) fn finish(&mut self) {
        self.running = false;
    }

    /// Nothing runs and nothing is wanted.
    pub(crate) fn is_idle(&self) -> bool {
        !self.running && self.wanted.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: Duration = Duration::from_millis(10);

    #[test]
    fn wishes_close_together_become_one_run() {
        let start = Instant::now();
        let mut lane = Lane::default();
        lane.want(start, DELAY);
        lane.want(start + DELAY / 2, DELAY);
        assert!(!lane.start(start + DELAY), "the pause began anew");
        assert!(lane.start(start + DELAY * 2));
        assert!(!lane.start(start + DELAY * 3), "nobody wished for another run");
    }

    #[test]
    fn incessant_wishes_do_not_put_the_run_off_forever() {
        let start = Instant::now();
        let mut lane = Lane::default();
        for at in 0..10 {
            lane.want(start + DELAY * at, DELAY);
            assert!(!lane.start(start + DELAY * at));
        }
        lane.want(start + DELAY * 10, DELAY);
        assert!(lane.start(start + DELAY * 10));
    }

    #[test]
    fn a_wish_during_a_run_is_met_after_it() {
        let start = Instant::now();
        let mut lane = Lane::default();
        lane.want(start, Duration::ZERO);
        assert!(lane.start(start));
        lane.want(start, Duration::ZERO);
        assert_eq!(lane.due(), None);
        assert!(!lane.start(start + DELAY));
        lane.finish();
        assert!(!lane.is_idle());
        assert!(lane.start(start + DELAY));
        lane.finish();
        assert!(lane.is_idle());
    }

    #[tokio::test]
    async fn a_panic_is_a_result_and_the_next_work_runs() {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let first = sender.clone();
        spawn(
            || -> u32 { std::panic::resume_unwind(Box::new("a bug")) },
            move |result| first.send(result).expect("somebody listens"),
        );
        assert_eq!(receiver.recv().await, Some(Err(Panicked)));
        spawn(|| 1, move |result| sender.send(result).expect("somebody listens"));
        assert_eq!(receiver.recv().await, Some(Ok(1)));
    }
}
