//! Calls that return numbers which need no entries: what [`lookup`](super::lookup) does for all, without what these don't need.

use super::bare::Known;
use super::context::{self, Frame};
use super::front;
use super::function::{Place, StoreRef};
use super::lead::Lead;
use super::lookup::{self, Keeper, Shape, trace_hit};
use super::run::{Run, RunId};
use crate::clock::Stopwatch;
use crate::key::{KeyParts, ShortKey};
use crate::st::Recorder;
use crate::{budget, spinner};

/// What a call with that key is known to need: a number, or to run the body.
pub(super) enum Short<V> {
    Return(V),
    Lead(RunId),
    /// It isn't known without more than the key.
    Unknown,
}

/// Looks a key up.
#[inline]
pub(super) fn find<K: Keeper>(
    store: &StoreRef,
    place: Place,
    key: ShortKey,
    keeper: &K,
) -> Short<K::Value> {
    let word = match store.find_number(key) {
        Known::Number(seen) => {
            front::remember_number(place, key.short, seen);
            seen.word
        }
        Known::Noted(word) => {
            place.function.hits.count();
            word
        }
        Known::Begun(run) => return Short::Lead(run),
        Known::More => return Short::Unknown,
    };
    trace_hit(place.function);
    Short::Return(keeper.of_word(word).expect("only numbers are kept as words"))
}

/// Runs the body.
#[inline]
pub(super) fn run<S: Shape, K: Keeper<Value = S::Value>>(
    store: &StoreRef,
    place: Place,
    key: ShortKey,
    run: RunId,
    keeper: &K,
    body: impl FnOnce() -> S::Returned,
) -> S::Output {
    let mut lead = BareLead::new(store, place, key, run);
    let mut frame = Some(lead.frame());
    let returned = {
        let _span = lookup::enter_miss(place.function);
        let _spinner = spinner::show(&place.function.spec);
        let _running = context::enter(&mut frame);
        body()
    };
    lead.stop();
    match S::split(returned) {
        Ok(value) => {
            lead.finish(keeper, &value, frame.map(|frame| frame.recorder));
            S::join(value)
        }
        Err(output) => output,
    }
}

/// The duty to end a run, which a call has from its begin to its end.
struct BareLead<'a> {
    store: &'a StoreRef,
    place: Place,
    key: ShortKey,
    run: RunId,
    started: Stopwatch,
    took: u64,
    has_ended: bool,
}

impl<'a> BareLead<'a> {
    #[inline]
    fn new(store: &'a StoreRef, place: Place, key: ShortKey, run: RunId) -> Self {
        let started = Stopwatch::start();
        BareLead { store, place, key, run, started, took: 0, has_ended: false }
    }

    #[inline]
    fn frame(&self) -> Frame {
        Frame { run: Run::Bare(&self.place.function.spec, self.run), recorder: Recorder::begin() }
    }

    /// Takes note that the body has ended.
    #[inline]
    fn stop(&mut self) {
        self.took = self.started.elapsed();
        #[cfg(feature = "metrics")]
        crate::metrics::computed(self.place.function, std::time::Duration::from_nanos(self.took));
    }

    #[inline]
    fn finish<K: Keeper>(&mut self, keeper: &K, value: &K::Value, recorder: Option<Recorder>) {
        self.has_ended = true;
        let has_more = recorder.as_ref().is_some_and(Recorder::has_begun);
        match keeper.word(value) {
            Some(word) if !has_more && budget::limit().is_none() => {
                self.store.publish_number(self.key, self.run, word, self.took);
            }
            _ => self.enter(recorder.unwrap_or_default()).finish(keeper, value),
        }
    }

    /// To go on with an entry.
    #[cold]
    fn enter(&self, recorder: Recorder) -> Lead {
        let run = self.store.enter(self.place, self.key, self.run);
        let mut lead = Lead::new(self.store, &KeyParts::of_short(self.key), run, recorder);
        lead.took = self.took;
        lead
    }
}

impl Drop for BareLead<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.store.abandon_number(self.key, self.run, self.took);
        }
    }
}
