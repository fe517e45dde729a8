//! A call, from its key to its result.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::context::{self, Frame};
use super::entry::{Entry, Erased, Release, settle};
use super::flight::{Ended, Flight};
use super::front::{self, Memory};
use super::function::{Function, Place, StoreRef};
use super::patience;
use super::store::{Found, Store};
use super::waits;
use crate::budget;
use crate::clock;
use crate::key::{Key, KeyHasher, KeyParts};
use crate::persist::{Codec, Level, Name, Ticket};
use crate::session;
use crate::spinner;
use crate::st::{Recorder, Recording};
use crate::stats::count;

/// How values of one kind go into a cache and come out of it.
pub(crate) trait Keeper {
    /// What the caller gets in the end, inside of a `Result` or not.
    type Value;

    /// The stored form, and its size if `measured`; `None` for what can't be stored.
    fn keep(&self, value: &Self::Value, measured: bool) -> Option<(Erased, u64)>;

    /// Another value from the stored form.
    fn load(&self, stored: &Erased) -> Self::Value;

    /// Whether a stored value may still be served.
    fn is_valid(&self, _stored: &Erased) -> bool {
        true
    }

    /// How a thread may remember the entry.
    fn memory(&self) -> Memory;

    /// How values become bytes on disk, of a function that persists them.
    fn codec(&self) -> Option<Codec<Self::Value>> {
        None
    }

    /// What to call with a value that leaves.
    fn release(&self) -> Option<Release> {
        None
    }
}

/// What a body returns, and what of it is cached.
pub trait Shape {
    /// What the body returns.
    type Returned;
    /// What is cached.
    type Value;
    /// What the caller gets.
    type Output;

    /// The value to cache, or what the caller gets instead.
    fn split(returned: Self::Returned) -> Result<Self::Value, Self::Output>;

    /// What the caller gets for a value.
    fn join(value: Self::Value) -> Self::Output;
}

/// One call of a cached function.
pub struct Call {
    place: Place,
    key: KeyHasher,
}

/// A call that asks the store.
struct Search<'a> {
    function: &'static Function,
    store: StoreRef,
    key: &'a KeyParts,
}

/// What to do next.
enum Step<V> {
    Return(V),
    Wait(Arc<Flight>),
    Lead(Lead),
}

impl Call {
    /// A call here and now, whose key is still to be [encoded](Self::encode).
    #[inline]
    pub fn new(function: &'static Function) -> Self {
        Call { place: function.place(), key: function.new_key() }
    }

    /// Makes the key.
    #[inline]
    pub fn encode(&mut self, encode: impl FnOnce(&mut KeyHasher)) {
        encode(&mut self.key);
        self.key.seal();
    }

    /// A hit on an entry that this thread remembers.
    #[inline]
    fn remembered<K: Keeper>(&self, keeper: &K) -> Option<K::Value> {
        let value = front::hit(self.place, self.key.sealed(), |stored| keeper.load(stored))?;
        tracing::trace!(function = self.place.function.spec.path, "hit");
        Some(value)
    }

    fn search(&self) -> Search<'_> {
        Search { function: self.place.function, store: self.place.store(), key: self.key.sealed() }
    }

    #[inline]
    pub(crate) fn run<S: Shape, K: Keeper<Value = S::Value>>(
        &self,
        keeper: &K,
        body: impl FnOnce() -> S::Returned,
    ) -> S::Output {
        match self.remembered(keeper) {
            Some(value) => S::join(value),
            None => self.search().run::<S, K>(keeper, body),
        }
    }

    #[inline]
    pub(crate) async fn run_async<S: Shape, K: Keeper<Value = S::Value>>(
        &self,
        keeper: &K,
        body: impl Future<Output = S::Returned>,
    ) -> S::Output {
        match self.remembered(keeper) {
            Some(value) => S::join(value),
            None => self.search().run_async::<S, K>(keeper, body).await,
        }
    }

    /// In the background mode, the expired value if it may be served once more. Unless a run is under way,
    /// a thread then makes a fresh one; `own` makes a body for it that borrows nothing.
    pub(crate) fn serve_stale<S, K, B>(
        &self,
        keeper: &K,
        own: impl FnOnce() -> B,
    ) -> Option<S::Output>
    where
        S: Shape + 'static,
        K: Keeper<Value = S::Value> + Clone + Send + 'static,
        B: FnOnce() -> S::Returned + Send + 'static,
    {
        self.search().serve_stale::<S, K, B>(keeper, own)
    }
}

impl Search<'_> {
    #[inline(never)]
    fn run<S: Shape, K: Keeper<Value = S::Value>>(
        self,
        keeper: &K,
        body: impl FnOnce() -> S::Returned,
    ) -> S::Output {
        loop {
            match self.next(keeper) {
                Step::Return(value) => return S::join(value),
                Step::Wait(flight) => {
                    let waiting = waits::begin(&flight);
                    let ended = flight.wait(patience::until());
                    drop(waiting);
                    let Some(ended) = ended else { patience::give_up(self.function) };
                    if let Some(value) = self.arrive(keeper, ended) {
                        return S::join(value);
                    }
                }
                Step::Lead(mut lead) => {
                    if let Some(value) = lead.recall(keeper) {
                        return S::join(value);
                    }
                    let returned = {
                        let _span = self.miss().entered();
                        let _spinner = spinner::show(&self.function.spec);
                        let _running = context::enter(lead.frame.clone());
                        body()
                    };
                    return finish::<S, K>(lead, keeper, returned);
                }
            }
        }
    }

    async fn run_async<S: Shape, K: Keeper<Value = S::Value>>(
        self,
        keeper: &K,
        body: impl Future<Output = S::Returned>,
    ) -> S::Output {
        loop {
            match self.next(keeper) {
                Step::Return(value) => return S::join(value),
                Step::Wait(flight) => {
                    let waiting = waits::begin(&flight);
                    let ended = flight.wait_async().await;
                    drop(waiting);
                    if let Some(value) = self.arrive(keeper, ended) {
                        return S::join(value);
                    }
                }
                Step::Lead(mut lead) => {
                    if let Some(value) = lead.recall(keeper) {
                        return S::join(value);
                    }
                    let span = self.miss();
                    let spinner = spinner::show(&self.function.spec);
                    let mut body = pin!(body);
                    let returned = poll_fn(|context| {
                        let _entered = span.enter();
                        let _running = context::enter(lead.frame.clone());
                        body.as_mut().poll(context)
                    })
                    .await;
                    drop(spinner);
                    return finish::<S, K>(lead, keeper, returned);
                }
            }
        }
    }

    fn serve_stale<S, K, B>(&self, keeper: &K, own: impl FnOnce() -> B) -> Option<S::Output>
    where
        S: Shape + 'static,
        K: Keeper<Value = S::Value> + Clone + Send + 'static,
        B: FnOnce() -> S::Returned + Send + 'static,
    {
        let key = self.asked_key();
        let limits = self.function.limits();
        let entry = self.store.find_stale(&key, clock::now(limits), limits)?;
        if !keeper.is_valid(&entry.value) {
            // A call in the foreground throws it away.
            settle(self.function, self.store.reject(&entry));
            return None;
        }
        if let Some(flight) = self.store.lead(&key) {
            let recorder = Recorder::begin_unseen();
            let lead = Lead::new(self.store.clone(), self.key, flight, recorder);
            refresh::<S, K>(lead, keeper.clone(), own());
        }
        self.function.hits.add();
        Some(S::join(serve(keeper, &entry)))
    }

    /// The span of a body's run.
    fn miss(&self) -> tracing::Span {
        tracing::debug_span!("miss", function = self.function.spec.path)
    }

    /// The key under the current values of the widgets that the body is known to ask.
    fn asked_key(&self) -> Cow<'_, KeyParts> {
        if self.function.spec.allow_widgets {
            self.store.ask(self.key)
        } else {
            Cow::Borrowed(self.key)
        }
    }

    fn next<K: Keeper>(&self, keeper: &K) -> Step<K::Value> {
        let limits = self.function.limits();
        let now = clock::now(limits);
        loop {
            let key = &self.asked_key();
            match self.store.find(key, now, limits) {
                Found::Hit(entry) => {
                    if keeper.is_valid(&entry.value) {
                        tracing::trace!(function = self.function.spec.path, "hit");
                        front::remember(&entry, entry.memory(keeper.memory()));
                        return Step::Return(serve(keeper, &entry));
                    }
                    settle(self.function, self.store.reject(&entry));
                }
                Found::Wait(flight) => return Step::Wait(flight),
                Found::Lead(flight) => {
                    return Step::Lead(Lead::new(
                        self.store.clone(),
                        self.key,
                        flight,
                        Recorder::begin(),
                    ));
                }
            }
        }
    }

    /// What a caller gets that waited; nothing if it must try again.
    fn arrive<K: Keeper>(&self, keeper: &K, ended: Ended) -> Option<K::Value> {
        let Ended::Done(entry) = ended else { return None };
        if !entry.recording.reads.is_empty() {
            // The result of another caller's widgets, who may be in another session.
            return None;
        }
        count(&self.function.counters.waits);
        tracing::trace!(function = self.function.spec.path, "hit after a wait");
        self.function.hits.add();
        Some(serve(keeper, &entry))
    }
}

fn serve<K: Keeper>(keeper: &K, entry: &Entry) -> K::Value {
    entry.recording.replay();
    keeper.load(&entry.value)
}

fn finish<S: Shape, K: Keeper<Value = S::Value>>(
    lead: Lead,
    keeper: &K,
    returned: S::Returned,
) -> S::Output {
    lead.frame.flight.function.computed(clock::stopwatch().saturating_sub(lead.started));
    match S::split(returned) {
        Ok(value) => {
            lead.finish(keeper, &value);
            S::join(value)
        }
        Err(output) => output,
    }
}

/// Runs a body on a thread of its own, in the session and by the clock of the caller. If it fails, the
/// lead is given up with it, and the next call tries again.
fn refresh<S, K>(lead: Lead, keeper: K, body: impl FnOnce() -> S::Returned + Send + 'static)
where
    S: Shape + 'static,
    K: Keeper<Value = S::Value> + Send + 'static,
{
    let (session, clock) = (session::current(), clock::entered());
    count(&lead.frame.flight.function.counters.misses);
    let run = move || {
        let _session = session.as_ref().map(session::Session::enter);
        let _clock = clock.as_ref().map(clock::ManualClock::enter);
        let returned = {
            let _running = context::enter(lead.frame.clone());
            body()
        };
        drop(finish::<S, K>(lead, &keeper, returned));
    };
    if let Err(error) = std::thread::Builder::new().name("cachelit-refresh".to_owned()).spawn(run) {
        tracing::error!(%error, "an expired result can't be refreshed: no thread");
    }
}

/// The duty to end a flight. Dropped without a result, it hands over to a caller that waits.
struct Lead {
    store: Arc<Store>,
    /// The call's key, without the values of widgets.
    base: Key,
    frame: Frame,
    started: Duration,
    ended: bool,
    /// Where the result is to be stored beside memory.
    place: Option<(Level, Ticket)>,
}

impl Lead {
    fn new(store: Arc<Store>, key: &KeyParts, flight: Arc<Flight>, recorder: Recorder) -> Self {
        let again = context::any(|frame| {
            frame.flight.key == flight.key && Arc::ptr_eq(&frame.store, &store)
        });
        let base = if *key == *flight.key { flight.key.clone() } else { Key::from(key.clone()) };
        let frame = Frame { store: store.clone(), flight, recorder: Arc::new(recorder) };
        let started = clock::stopwatch();
        let lead = Lead { store, base, frame, started, ended: false, place: None };
        let flight = &lead.frame.flight;
        if again {
            // The entry was cleared from inside its own body, or the call would have had to wait.
            waits::refuse(flight);
        }
        lead
    }

    /// The result from disk, if it is there. Else the body must run, and its result is wanted there.
    fn recall<K: Keeper>(&mut self, keeper: &K) -> Option<K::Value> {
        let function = self.frame.flight.function;
        let level =
            keeper.codec().and_then(|codec| Some((Level::of(function, &self.base)?, codec)));
        if let Some((level, codec)) = level {
            if let Some((value, recording, age)) = level.find(&codec) {
                function.hits.add();
                if let Some(entry) = self.publish(keeper, &value, recording, Some(level.name), age)
                {
                    entry.recording.replay();
                }
                return Some(value);
            }
            self.place = level.begin().map(|ticket| (level, ticket));
            self.started = clock::stopwatch();
        }
        count(&function.counters.misses);
        None
    }

    fn finish<K: Keeper>(mut self, keeper: &K, value: &K::Value) {
        let place = self.place.take();
        let name = place.as_ref().map(|(level, _)| level.name);
        let recording = self.frame.recorder.finish();
        let entry = self.publish(keeper, value, recording, name, Duration::ZERO);
        if let (Some((level, ticket)), Some(entry), Some(codec)) = (place, entry, keeper.codec()) {
            level.store(&ticket, &codec, value, &entry.recording, || self.store.uses());
        }
    }

    /// Puts a value of that age into memory, and gives it to the callers that wait.
    fn publish<K: Keeper>(
        &mut self,
        keeper: &K,
        value: &K::Value,
        recording: Recording,
        name: Option<Name>,
        age: Duration,
    ) -> Option<Arc<Entry>> {
        let flight = &self.frame.flight;
        let function = flight.function;
        let limits = function.limits();
        let is_measured = limits.max_size.is_some() || budget::limit().is_some();
        let (stored, size) = keeper.keep(value, is_measured)?;
        let key = recording.key(&self.base);
        let mut entry = Entry::new(self.store.place(), key, stored, recording);
        entry.stored_at = clock::now(limits).saturating_sub(age);
        entry.size = size;
        entry.release = keeper.release();
        entry.name = name;
        let is_affordable = budget::charge(&mut entry);
        let entry = Arc::new(entry);
        let removed = if is_affordable {
            self.store.publish(&self.base, flight, &entry, limits)
        } else {
            self.store.abandon(flight);
            Vec::new()
        };
        budget::enroll(&entry);
        self.ended = true;
        flight.end(Some(entry.clone()));
        settle(function, removed);
        Some(entry)
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if !self.ended {
            self.store.abandon(&self.frame.flight);
            self.frame.flight.end(None);
        }
    }
}
