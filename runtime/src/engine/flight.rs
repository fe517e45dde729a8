//! One run of a body, and those who wait for its result.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::entry::Entry;
use super::function::Function;
use crate::key::Key;
use crate::sync::{Event, Listener, Mutex};

pub(crate) struct Flight {
    pub(crate) id: u64,
    pub(crate) function: &'static Function,
    pub(crate) key: Key,
    state: Mutex<State>,
    ended: Event,
}

#[derive(Clone)]
enum State {
    Running,
    Done(Arc<Entry>),
    /// The body failed, panicked, or its future was dropped.
    Abandoned,
}

/// How a flight ended.
pub(crate) enum Ended {
    /// With a result for everybody who waited.
    Done(Arc<Entry>),
    /// Without one: who waited tries again, and the first of them runs the body.
    Abandoned,
}

impl Flight {
    pub(crate) fn new(function: &'static Function, key: Key) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Flight {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            function,
            key,
            state: Mutex::new(State::Running),
            ended: Event::new(),
        }
    }

    pub(crate) fn end(&self, with: Option<Arc<Entry>>) {
        *self.state.lock() = with.map_or(State::Abandoned, State::Done);
        self.ended.notify(usize::MAX);
    }

    fn ended(&self) -> Option<Ended> {
        match self.state.lock().clone() {
            State::Running => None,
            State::Done(entry) => Some(Ended::Done(entry)),
            State::Abandoned => Some(Ended::Abandoned),
        }
    }

    /// Blocks the thread until the run ended, or to that moment.
    pub(crate) fn wait(&self, until: Option<Instant>) -> Option<Ended> {
        loop {
            // Listening begins before the look, so that an end in between is noticed.
            let listener = self.ended.listen();
            if let Some(ended) = self.ended() {
                return Some(ended);
            }
            match until {
                None => listener.wait(),
                Some(until) => {
                    if listener.wait_deadline(until).is_none() {
                        return self.ended();
                    }
                }
            }
        }
    }

    /// Waits until the run ended, on any executor.
    pub(crate) async fn wait_async(&self) -> Ended {
        loop {
            let listener = self.ended.listen();
            if let Some(ended) = self.ended() {
                return ended;
            }
            listener.await;
        }
    }
}
