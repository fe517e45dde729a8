//! A call, from its key to its result.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;

use super::bare::WithoutEntry;
use super::context;
use super::entry::{Entry, Erased, Release, Value, settle};
use super::front::{self, Asked, Memory};
use super::function::{Function, Place, StoreRef};
use super::lead::Lead;
use super::numeric::{self, Short};
use super::patience;
use super::run::RunId;
use super::store::Found;
use super::waits;
use crate::key::{KeptKey, KeyHasher, KeyParts, ShortKey};
use crate::persist::Codec;
use crate::session;
use crate::spinner;
use crate::st::{Recorder, Recording};
use crate::stats::count;
use crate::{budget, clock};

/// How values of one kind go into a cache and come out of it.
pub(crate) trait Keeper {
    /// What the caller gets in the end, inside of a `Result` or not.
    type Value;

    /// The stored form, and its size if `measured`; `None` for what can't be stored.
    fn keep(&self, value: &Self::Value, measured: bool) -> Option<(Value, u64)>;

    /// Another value from the stored form.
    fn load(&self, stored: &Erased) -> Self::Value;

    /// Another value from what is kept.
    #[inline]
    fn load_value(&self, kept: Value<&Erased>) -> Self::Value {
        match kept {
            Value::Word(word) => self.of_word(word).expect("only numbers are kept as words"),
            Value::Shared(stored) => self.load(stored),
        }
    }

    /// Whether a stored value may still be served.
    fn is_valid(&self, _stored: &Erased) -> bool {
        true
    }

    /// How a thread may remember the entry of this.
    fn memory(&self, kept: Value<&Erased>) -> Memory;

    /// The number that is all of a value, if it is one.
    fn word(&self, _value: &Self::Value) -> Option<u64> {
        None
    }

    /// Whether all values are numbers.
    fn is_of_words(&self) -> bool {
        false
    }

    /// The value that is this number.
    fn of_word(&self, _word: u64) -> Option<Self::Value> {
        None
    }

    /// A way to what the value shares, which keeps nothing of it, if there is one.
    fn way(&self, _entry: &Entry) -> Option<Erased> {
        None
    }

    /// The value, if it is still there and the way is to the entry of the right key.
    fn follow(&self, _way: &Erased, _is_of: impl FnOnce(&KeptKey) -> bool) -> Option<Self::Value> {
        None
    }

    /// How values become bytes on disk, of a function that persists them.
    fn codec(&self) -> Option<Codec<Self::Value>> {
        None
    }

    /// Whether there is something to call with a value that leaves.
    fn releases(&self) -> bool {
        false
    }

    /// What to call with it.
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
    asked: Asked,
    /// Empty as long as nobody needs it of a call that was asked for by all of it.
    key: KeyHasher,
}

/// A call that asks the store.
struct Search<'a> {
    place: Place,
    store: StoreRef,
    key: &'a KeyParts,
    asked: Asked,
}

/// What to do next.
enum Step<V> {
    Return(V),
    Wait(Arc<Entry>, RunId),
    /// To run the body for this entry.
    Lead(Arc<Entry>),
    /// To run it for none.
    LeadBare(RunId),
    /// To refuse a call from inside of the run of itself.
    Again,
}

impl Call {
    /// A call here and now, whose key is still to be [encoded](Self::encode).
    #[inline]
    pub fn new(function: &'static Function) -> Self {
        Call { place: function.place(), asked: Asked::Nothing, key: function.new_key() }
    }

    /// The same, of a call that this thread was asked for by its parameters.
    #[inline]
    pub fn asked(function: &'static Function, asked: Asked) -> Self {
        Call { asked, ..Call::new(function) }
    }

    /// Makes the key, unless the call was asked for by all of it.
    #[inline]
    pub fn encode(&mut self, encode: impl FnOnce(&mut KeyHasher)) {
        if !matches!(self.asked, Asked::ByKey(_)) {
            encode(&mut self.key);
            self.key.end();
        }
    }

    /// The key.
    #[inline]
    fn key(&mut self) -> &mut KeyHasher {
        if let Asked::ByKey(short) = self.asked {
            self.key.set_short(short);
        }
        &mut self.key
    }

    /// A hit on an entry that this thread remembers.
    #[inline]
    fn remembered<K: Keeper>(&mut self, keeper: &K) -> Option<K::Value> {
        // Plain numbers aren't asked for in front before there is a key.
        let was_asked = !matches!(self.asked, Asked::Nothing);
        if was_asked && !(budget::was_set() && matches!(self.asked, Asked::ByKey(_))) {
            return None;
        }
        let value = front::hit(self.place, self.key().ended(), keeper)?;
        trace_hit(self.place.function);
        Some(value)
    }

    #[inline]
    fn search(&mut self) -> Search<'_> {
        let (place, asked) = (self.place, self.asked);
        Search { place, store: place.store(), key: self.key().hashed(), asked }
    }

    #[inline]
    pub(crate) fn run<S: Shape, K: Keeper<Value = S::Value>>(
        &mut self,
        keeper: &K,
        body: impl FnOnce() -> S::Returned,
    ) -> S::Output {
        if let Asked::ByKey(short) = self.asked
            && keeper.is_of_words()
            && self.place.keeps_bare_numbers()
            && !budget::was_set()
        {
            let (store, key) = (self.place.store(), ShortKey::of(short));
            match numeric::find(&store, self.place, &key, keeper) {
                Short::Return(value) => return S::join(value),
                Short::Lead(run) => {
                    return numeric::run::<S, K>(&store, self.place, &key, run, keeper, body);
                }
                Short::Unknown => {}
            }
        }
        match self.remembered(keeper) {
            Some(value) => S::join(value),
            None => self.search().run::<S, K>(keeper, body),
        }
    }

    #[inline]
    pub(crate) async fn run_async<S: Shape, K: Keeper<Value = S::Value>>(
        &mut self,
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
        &mut self,
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

/// The span of a body's run, entered, if somebody may listen.
#[inline]
pub(super) fn enter_miss(function: &Function) -> Option<EnteredSpan> {
    (LevelFilter::current() >= LevelFilter::DEBUG).then(|| miss(function).entered())
}

#[inline]
fn miss(function: &Function) -> tracing::Span {
    tracing::debug_span!("miss", function = function.spec.path)
}

/// Tells who listens.
#[inline]
pub(crate) fn trace_hit(function: &Function) {
    #[cold]
    fn tell(function: &Function) {
        tracing::trace!(function = function.spec.path, "hit");
    }
    if LevelFilter::current() == LevelFilter::TRACE {
        tell(function);
    }
}

/// The same of a number, which is handed on, so that a call that isn't traced keeps nothing for the one that is.
#[inline]
pub(crate) fn traced(function: &Function, word: u64) -> u64 {
    #[cold]
    #[inline(never)]
    fn tell(function: &Function, word: u64) -> u64 {
        trace_hit(function);
        word
    }
    if LevelFilter::current() == LevelFilter::TRACE { tell(function, word) } else { word }
}

impl Search<'_> {
    #[inline(never)]
    fn run<S: Shape, K: Keeper<Value = S::Value>>(
        self,
        keeper: &K,
        body: impl FnOnce() -> S::Returned,
    ) -> S::Output {
        loop {
            match self.next(keeper, WithoutEntry::Run) {
                Step::Return(value) => return S::join(value),
                Step::Again => waits::refuse(self.place.function),
                Step::Wait(run, id) => {
                    let waiting = waits::begin(self.place.function, id);
                    let has_ended = run.flight.wait(patience::until());
                    drop(waiting);
                    if !has_ended {
                        patience::give_up(self.place.function);
                    }
                    if let Some(value) = self.arrive(keeper, &run) {
                        return S::join(value);
                    }
                }
                Step::LeadBare(run) => {
                    let key =
                        self.key.short_key().expect("only who has a short key needs no entry");
                    return numeric::run::<S, K>(&self.store, self.place, &key, run, keeper, body);
                }
                Step::Lead(run) => {
                    let mut lead = Lead::new(&self.store, self.key, run, Recorder::begin());
                    if let Some(value) = lead.recall(keeper, self.key) {
                        return S::join(value);
                    }
                    let returned = {
                        let _span = enter_miss(self.place.function);
                        let _spinner = spinner::show(&self.place.function.spec);
                        let _running = context::enter(&mut lead.frame);
                        body()
                    };
                    return finish::<S, K>(&mut lead, keeper, returned);
                }
            }
        }
    }

    async fn run_async<S: Shape, K: Keeper<Value = S::Value>>(
        self,
        keeper: &K,
        body: impl Future<Output = S::Returned>,
    ) -> S::Output {
        let run = loop {
            // What may go on for long among many others, and be moved, has an entry from the start.
            match self.next(keeper, WithoutEntry::Find) {
                Step::Return(value) => return S::join(value),
                Step::Again => waits::refuse(self.place.function),
                Step::Wait(run, id) => {
                    let waiting = waits::begin(self.place.function, id);
                    run.flight.wait_async().await;
                    drop(waiting);
                    if let Some(value) = self.arrive(keeper, &run) {
                        return S::join(value);
                    }
                }
                Step::Lead(run) => break run,
                Step::LeadBare(_) => unreachable!("it may only find what has no entry"),
            }
        };
        let mut lead = Lead::new(&self.store, self.key, run, Recorder::begin());
        if let Some(value) = lead.recall(keeper, self.key) {
            return S::join(value);
        }
        let span = miss(self.place.function);
        let spinner = spinner::show(&self.place.function.spec);
        let mut body = pin!(body);
        let returned = poll_fn(|context| {
            let _entered = span.enter();
            let _running = context::enter(&mut lead.frame);
            body.as_mut().poll(context)
        })
        .await;
        drop(spinner);
        finish::<S, K>(&mut lead, keeper, returned)
    }

    fn serve_stale<S, K, B>(&self, keeper: &K, own: impl FnOnce() -> B) -> Option<S::Output>
    where
        S: Shape + 'static,
        K: Keeper<Value = S::Value> + Clone + Send + 'static,
        B: FnOnce() -> S::Returned + Send + 'static,
    {
        let key = self.asked_key();
        let limits = self.place.function.limits();
        let entry = self.store.find_stale(&key, clock::now(limits), limits)?;
        if !is_valid(keeper, &entry) {
            // A call in the foreground throws it away.
            settle(self.place.function, self.store.reject(entry));
            return None;
        }
        if let Some(run) = self.store.lead(&key) {
            let lead = Lead::new(&self.store, self.key, run, Recorder::begin_unseen());
            refresh::<S, K>(lead, keeper.clone(), own());
        }
        self.place.function.hits.count();
        Some(S::join(serve(keeper, entry.recording(), entry.value())))
    }

    /// The key under the current values of the widgets that the body is known to ask.
    #[inline]
    fn asked_key(&self) -> Cow<'_, KeyParts> {
        if self.place.function.spec.allow_widgets {
            self.store.ask(self.key)
        } else {
            Cow::Borrowed(self.key)
        }
    }

    fn next<K: Keeper>(&self, keeper: &K, number: WithoutEntry) -> Step<K::Value> {
        let limits = self.place.function.limits();
        let now = clock::now(limits);
        let is_number = keeper.is_of_words() && self.place.keeps_bare_numbers();
        let without = if is_number { number } else { WithoutEntry::Nothing };
        loop {
            let key = &self.asked_key();
            match self.store.find(key, now, limits, without) {
                Found::Hit(entry) => {
                    if is_valid(keeper, &entry) {
                        trace_hit(self.place.function);
                        front::remember(&entry, self.asked, keeper);
                        let value = serve(keeper, entry.recording(), entry.value());
                        return Step::Return(value);
                    }
                    settle(self.place.function, self.store.reject(entry));
                }
                Found::Number(seen) => {
                    trace_hit(self.place.function);
                    if let Some(short) = key.short() {
                        front::remember_number(self.place, short, seen);
                    }
                    let value = keeper.of_word(seen.word).expect("only numbers are kept as words");
                    return Step::Return(value);
                }
                Found::Noted(word) => {
                    trace_hit(self.place.function);
                    self.place.function.hits.count();
                    let value = keeper.of_word(word).expect("only numbers are kept as words");
                    return Step::Return(value);
                }
                Found::Wait(run, id) => return Step::Wait(run, id),
                Found::Lead(run) => return Step::Lead(run),
                Found::LeadBare(run) => return Step::LeadBare(run),
                Found::Again => return Step::Again,
            }
        }
    }

    /// What a caller gets that waited; nothing if it must try again.
    fn arrive<K: Keeper>(&self, keeper: &K, run: &Entry) -> Option<K::Value> {
        let stored = run.flight.result()?;
        if stored.recording().is_some_and(|recording| !recording.reads.is_empty()) {
            // The result of another caller's widgets, who may be in another session.
            return None;
        }
        count(&self.place.function.counters.waits);
        tracing::trace!(function = self.place.function.spec.path, "hit after a wait");
        self.place.function.hits.count();
        Some(serve(keeper, stored.recording(), stored.value()))
    }
}

fn is_valid<K: Keeper>(keeper: &K, entry: &Entry) -> bool {
    match entry.value() {
        Value::Word(_) => true,
        Value::Shared(stored) => keeper.is_valid(stored),
    }
}

fn serve<K: Keeper>(keeper: &K, recording: Option<&Recording>, value: Value<&Erased>) -> K::Value {
    if let Some(recording) = recording {
        recording.replay();
    }
    keeper.load_value(value)
}

fn finish<S: Shape, K: Keeper<Value = S::Value>>(
    lead: &mut Lead,
    keeper: &K,
    returned: S::Returned,
) -> S::Output {
    lead.stop();
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
fn refresh<S, K>(mut lead: Lead, keeper: K, body: impl FnOnce() -> S::Returned + Send + 'static)
where
    S: Shape + 'static,
    K: Keeper<Value = S::Value> + Send + 'static,
{
    let (session, clock) = (session::current(), clock::entered());
    lead.miss();
    let run = move || {
        let _session = session.as_ref().map(session::Session::enter);
        let _clock = clock.as_ref().map(clock::ManualClock::enter);
        let returned = {
            let _running = context::enter(&mut lead.frame);
            body()
        };
        drop(finish::<S, K>(&mut lead, &keeper, returned));
    };
    if let Err(error) = std::thread::Builder::new().name("cachelit-refresh".to_owned()).spawn(run) {
        tracing::error!(%error, "an expired result can't be refreshed: no thread");
    }
}
