//! One run of a body, and those who wait for its result.

use std::sync::OnceLock;
use std::time::Instant;

use crate::sync::{Event, Listener};

/// Holds the result from the end of the run on.
pub(crate) struct Flight<T> {
    /// Nothing inside: the body failed, panicked, or its future was dropped. Who waited tries again, and the first of
    /// them runs the body.
    outcome: OnceLock<Option<T>>,
    ended: Event,
}

impl<T> Flight<T> {
    pub(crate) fn new() -> Self {
        Flight { outcome: OnceLock::new(), ended: Event::new() }
    }

    /// The result, once there is one.
    #[inline]
    pub(crate) fn result(&self) -> Option<&T> {
        self.outcome.get()?.as_ref()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.outcome.get().is_some()
    }

    /// Ends the run. Those who wait must be [woken](Self::announce) once no lock is held.
    pub(crate) fn end(&self, with: Option<T>) {
        debug_assert!(!self.has_ended(), "only who leads a run ends it, once");
        self.outcome.get_or_init(|| with);
    }

    /// Wakes those who wait.
    pub(crate) fn announce(&self) {
        self.ended.notify(usize::MAX);
    }

    /// Blocks the thread until the run ended, or to that moment; says whether it ended.
    pub(crate) fn wait(&self, until: Option<Instant>) -> bool {
        loop {
            // Listening begins before the look, so that an end in between is noticed.
            let listener = self.ended.listen();
            if self.has_ended() {
                return true;
            }
            match until {
                None => listener.wait(),
                Some(until) => {
                    if listener.wait_deadline(until).is_none() {
                        return self.has_ended();
                    }
                }
            }
        }
    }

    /// Waits until the run ended, on any executor.
    pub(crate) async fn wait_async(&self) {
        loop {
            let listener = self.ended.listen();
            if self.has_ended() {
                return;
            }
            listener.await;
        }
    }
}
