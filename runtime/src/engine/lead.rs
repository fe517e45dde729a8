//! What a caller has to do that runs a body.

use std::sync::Arc;
use std::time::Duration;

use super::context::Frame;
use super::entry::{Entry, Extras, Stored, Value, settle};
use super::function::{Function, StoreRef};
use super::lookup::Keeper;
use super::run::Run;
use super::store::Made;
use crate::budget;
use crate::clock::{self, Stopwatch};
use crate::key::KeyParts;
use crate::persist::{Level, Name, Ticket};
use crate::st::{Recorder, Recording};

/// The duty to end a run. Dropped without a result, it hands over to a caller that waits.
pub(super) struct Lead {
    store: StoreRef,
    /// The call's key without the values of widgets, of a function that may ask some.
    base: Option<Box<KeyParts>>,
    /// Away as long as the body runs.
    pub(super) frame: Option<Frame>,
    started: Stopwatch,
    /// How long the body took, in nanoseconds, once it has ended.
    pub(super) took: u64,
    has_ended: bool,
    /// Where the result is to be stored beside memory. Boxed, for few have one and leads are moved.
    place: Option<Box<(Level, Ticket)>>,
}

impl Lead {
    #[inline]
    pub(super) fn new(
        store: &StoreRef,
        key: &KeyParts,
        run: Arc<Entry>,
        recorder: Recorder,
    ) -> Self {
        let may_ask = run.place.function.spec.allow_widgets;
        Lead {
            store: store.clone(),
            base: may_ask.then(|| Box::new(key.clone())),
            frame: Some(Frame { run: Run::Entry(run), recorder }),
            started: Stopwatch::start(),
            took: 0,
            has_ended: false,
            place: None,
        }
    }

    #[inline]
    fn frame(&self) -> &Frame {
        self.frame.as_ref().expect("no body runs")
    }

    #[inline]
    fn function(&self) -> &'static Function {
        self.entry().place.function
    }

    #[inline]
    fn entry(&self) -> &Arc<Entry> {
        match &self.frame().run {
            Run::Entry(entry) => entry,
            Run::Bare(..) => unreachable!("a run without an entry has another lead"),
        }
    }

    /// Takes note that the body has ended.
    #[inline]
    pub(super) fn stop(&mut self) {
        self.took = self.started.elapsed();
        #[cfg(feature = "metrics")]
        crate::metrics::computed(self.function(), Duration::from_nanos(self.took));
    }

    /// The result from disk, if it is there. Else the body must run, and its result is wanted there.
    pub(super) fn recall<K: Keeper>(&mut self, keeper: &K, key: &KeyParts) -> Option<K::Value> {
        let function = self.function();
        let level = keeper.codec().and_then(|codec| Some((Level::of(function, key)?, codec)));
        if let Some((mut level, codec)) = level {
            if let Some((value, recording, age)) = level.find(&codec) {
                function.hits.count();
                let recording = Some(recording).filter(|recording| !recording.is_empty());
                let replay = |entry: &Entry| {
                    if let Some(recording) = entry.recording() {
                        recording.replay();
                    }
                };
                self.publish(keeper, &value, recording, Some(level.name), age, replay);
                return Some(value);
            }
            self.place = level.begin().map(|ticket| Box::new((level, ticket)));
            self.started = Stopwatch::start();
        }
        self.miss();
        None
    }

    /// Takes note that the body will run.
    #[inline]
    pub(super) fn miss(&self) {
        let run = self.entry();
        if run.place.function.spec.persist.is_some() {
            self.store.count_miss(run);
        }
    }

    pub(super) fn finish<K: Keeper>(&mut self, keeper: &K, value: &K::Value) {
        if keeper.word(value).is_some_and(|word| self.end_with_number(word)) {
            return;
        }
        if !keeper.releases() && self.needs_nothing_more() {
            if let Some((value, _)) = keeper.keep(value, false) {
                self.end_with_value(value);
            }
            return;
        }
        let place = self.place.take();
        let name = place.as_ref().map(|place| place.0.name);
        let recording = self.frame().recorder.finish();
        let store = self.store.clone();
        self.publish(keeper, value, recording, name, Duration::ZERO, |entry| {
            if let (Some(place), Some(codec)) = (place, keeper.codec()) {
                let (level, ticket) = &*place;
                level.store(ticket, &codec, value, entry.recording(), || store.uses());
            }
        });
    }

    /// Puts a value of that age into memory, if it can be stored, and gives it to the callers that wait. Then does
    /// something with its entry.
    fn publish<K: Keeper>(
        &mut self,
        keeper: &K,
        value: &K::Value,
        recording: Option<Recording>,
        name: Option<Name>,
        age: Duration,
        then: impl FnOnce(&Entry),
    ) {
        let limits = self.function().limits();
        let is_measured = limits.max_size.is_some() || budget::limit().is_some();
        let Some((value, size)) = keeper.keep(value, is_measured) else { return };
        let release = keeper.release();
        let has_extras = is_measured || recording.is_some() || release.is_some() || name.is_some();
        let extras = has_extras
            .then(|| Box::new(Extras { size, recording, release, name, ..Extras::default() }));
        let other = self.end(value, age, extras);
        then(other.as_ref().unwrap_or(self.entry()));
    }

    /// Whether there is only a value to keep, of which nothing bounds the size.
    fn needs_nothing_more(&self) -> bool {
        let is_measured = self.function().limits().max_size.is_some() || budget::limit().is_some();
        let has_more =
            self.place.is_some() || self.base.is_some() || self.frame().recorder.has_begun();
        !is_measured && !has_more
    }

    /// False if more is to be done.
    fn end_with_number(&mut self, word: u64) -> bool {
        let is_all = self.needs_nothing_more();
        if is_all && !self.end_without_entry(word) {
            self.end_only(|run, since| run.end_with(word, since));
        }
        is_all
    }

    /// False if a number has to stand in its entry.
    fn end_without_entry(&mut self, word: u64) -> bool {
        let place = self.entry().place;
        if !place.keeps_bare_numbers() {
            return false;
        }
        let Some(removed) = self.store.publish_number_of(self.entry(), word, self.took) else {
            return false;
        };
        self.has_ended = true;
        self.entry().announce();
        settle(place.function, removed);
        true
    }

    fn end_with_value(&mut self, value: Value) {
        self.end_only(|run, since| run.end(Stored { value, since, extras: None }));
    }

    /// Ends the run with a value and nothing more, which `end` puts in as stored at some time.
    fn end_only(&mut self, end: impl FnOnce(&Entry, u64)) {
        self.has_ended = true;
        let run = self.entry();
        let function = run.place.function;
        let limits = function.limits();
        let since = if limits.ttl.is_some() { clock::nanos(clock::now(limits)) } else { 0 };
        let end = |run: &Entry| end(run, since);
        let removed = self.store.publish_only(run, since, self.took, limits, end);
        run.announce();
        if !removed.is_empty() {
            settle(function, removed);
        }
    }

    /// Ends the run with a value of that age. Returns the entry for it, if it is another one than the run's.
    fn end(
        &mut self,
        value: Value,
        age: Duration,
        extras: Option<Box<Extras>>,
    ) -> Option<Arc<Entry>> {
        self.has_ended = true;
        let run = self.entry();
        let function = run.place.function;
        let limits = function.limits();
        let base = self.base.as_deref();
        let recording = extras.as_ref().and_then(|extras| extras.recording.as_ref());
        let key = base.zip(recording).map(|(base, recording)| recording.key(base));
        let other = key.filter(|key| run.key != *key);
        let other = other.map(|key| Arc::new(Entry::new(run.place, &key)));
        let is_wanted = extras.as_deref().is_none_or(|extras| budget::charge(function, extras));
        let since = match limits.ttl {
            Some(_) => clock::nanos(clock::now(limits).saturating_sub(age)),
            None => 0,
        };
        let has_extras = extras.is_some();
        let made = Made { stored: Stored { value, since, extras }, is_wanted, took: self.took };
        let removed = self.store.publish(base, run, other.as_ref(), made, limits);
        if has_extras {
            budget::enroll(other.as_ref().unwrap_or(run));
        }
        run.announce();
        if !removed.is_empty() {
            settle(function, removed);
        }
        other
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if !self.has_ended {
            let run = self.entry();
            self.store.abandon(run, self.took);
            run.announce();
        }
    }
}
