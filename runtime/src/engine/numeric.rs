//! Calls that return numbers which need no entries: what [`lookup`](super::lookup) does for all, without what these don't need.

use super::bare::Known;
use super::context;
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
    key: &ShortKey,
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
    key: &ShortKey,
    run: RunId,
    keeper: &K,
    body: impl FnOnce() -> S::Returned,
) -> S::Output {
    let started = Stopwatch::start();
    let mut lead = BareLead { store, place, key, run, started, took: 0, has_ended: false };
    let (returned, recorder) = {
        let _span = lookup::enter_miss(place.function);
        let _spinner = spinner::show(&place.function.spec);
        let running = context::stay(Run::Bare(&place.function.spec, run));
        let returned = body();
        (returned, running.end())
    };
    lead.stop();
    match S::split(returned) {
        Ok(value) => {
            lead.finish(keeper, &value, recorder);
            S::join(value)
        }
        Err(output) => output,
    }
}

/// The duty to end a run, which a call has from its begin to its end.
struct BareLead<'a> {
    store: &'a StoreRef,
    place: Place,
    key: &'a ShortKey,
    run: RunId,
    started: Stopwatch,
    took: u64,
    has_ended: bool,
}

impl BareLead<'_> {
    /// Takes note that the body has ended.
    #[inline]
    fn stop(&mut self) {
        self.took = self.started.elapsed();
        #[cfg(feature = "metrics")]
        crate::metrics::computed(self.place.function, std::time::Duration::from_nanos(self.took));
    }

    #[inline]
    fn finish<K: Keeper>(&mut self, keeper: &K, value: &K::Value, recorder: Recorder) {
        self.has_ended = true;
        match keeper.word(value) {
            Some(word) if !recorder.has_begun() && budget::limit().is_none() => {
                self.store.publish_number(self.key, self.run, word, self.took);
            }
            _ => self.enter(recorder).finish(keeper, value),
        }
    }

    /// To go on with an entry.
    #[cold]
    fn enter(&self, recorder: Recorder) -> Lead {
        let run = self.store.enter(self.place, self.key, self.run);
        let mut lead = Lead::new(self.store, &KeyParts::of_short(*self.key), run, recorder);
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
