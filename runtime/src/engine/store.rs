//! The entries of one function in one scope.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cachelit_spec::options::Kind;
use hashlink::LinkedHashMap;
use parking_lot::{Mutex, MutexGuard};

use super::entry::{Entry, Removed};
use super::flight::Flight;
use super::function::{Function, FunctionSpec, Limits};
use crate::key::{ByKnownHash, Key, KeyParts};
use crate::st::WidgetRead;
use crate::stats::Reason;

/// A power of two up to 256, well above the number of threads that meet in one function.
const SHARDS: usize = 32;

/// Divided by keys where nothing bounds the whole, so that callers of different keys don't meet.
pub(crate) struct Store {
    shards: Box<[Mutex<State>]>,
}

#[derive(Default)]
struct State {
    /// Least recently used first.
    entries: LinkedHashMap<Key, Arc<Entry>, ByKnownHash>,
    flights: HashMap<Key, Arc<Flight>, ByKnownHash>,
    /// Entries by age, oldest first; only under a ttl. Entries that left may still stand here.
    ages: VecDeque<(Key, Weak<Entry>)>,
    bytes: u64,
    /// Counted here, where the lock is held anyway.
    hits: u64,
    /// Which widget a body asks next, given what it has been told so far.
    questions: HashMap<Key, WidgetRead, ByKnownHash>,
}

/// What a store holds, and how often it served.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
    pub(crate) hits: u64,
}

/// What a call finds.
pub(crate) enum Found {
    /// A live entry.
    Hit(Arc<Entry>),
    /// Nothing: the caller must run the body, and end this flight.
    Lead(Arc<Flight>),
    /// Another caller's run.
    Wait(Arc<Flight>),
}

impl Store {
    /// For a function that is called like this.
    pub(crate) fn new(spec: &FunctionSpec) -> Self {
        // One shard that sees all keeps the bounds, finds the keys that extend one, and releases in order.
        let is_bounded = spec.max_entries.is_some() || spec.max_size.is_some();
        let is_whole = is_bounded || spec.allow_widgets || spec.kind == Kind::Resource;
        let shards = if is_whole { 1 } else { SHARDS };
        Store { shards: std::iter::repeat_with(Mutex::default).take(shards).collect() }
    }

    fn state(&self, key: &KeyParts) -> MutexGuard<'_, State> {
        // A byte that the maps don't look at: they use both ends.
        let at = usize::from(key.hashed().to_be_bytes()[2]);
        self.shards[at & (self.shards.len() - 1)].lock()
    }

    /// Looks `key` up, as a use of it.
    pub(crate) fn find(
        &self,
        key: &KeyParts,
        now: Duration,
        function: &'static Function,
        limits: &Limits,
    ) -> Found {
        let mut state = self.state(key);
        if let Some(entry) = state.entries.to_back(key)
            && !limits.expired(entry, now)
        {
            let entry = entry.clone();
            state.hits += 1;
            return Found::Hit(entry);
        }
        match state.flights.get(key) {
            Some(flight) => Found::Wait(flight.clone()),
            None => Found::Lead(state.lead(key, function)),
        }
    }

    /// An entry that may be served once more while a fresh one is made.
    pub(crate) fn find_stale(
        &self,
        key: &KeyParts,
        now: Duration,
        limits: &Limits,
    ) -> Option<Arc<Entry>> {
        let mut state = self.state(key);
        let entry = state.entries.to_back(key).filter(|entry| limits.stale(entry, now))?.clone();
        state.hits += 1;
        Some(entry)
    }

    /// A run for that key, if there is none under way.
    pub(crate) fn lead(&self, key: &KeyParts, function: &'static Function) -> Option<Arc<Flight>> {
        let mut state = self.state(key);
        (!state.flights.contains_key(key)).then(|| state.lead(key, function))
    }

    /// The key of a call under the current values of the widgets that its body is known to ask.
    pub(crate) fn ask<'a>(&self, key: &'a KeyParts) -> Cow<'a, KeyParts> {
        let mut key = Cow::Borrowed(key);
        loop {
            // The front end's answer is not waited for under the lock.
            let question = self.state(&key).questions.get(&*key).cloned();
            let Some(question) = question else { return key };
            key = Cow::Owned(key.with_widget(&question.id, &question.current()));
        }
    }

    /// Stores the result of a run, unless its key was cleared meanwhile, and makes room for it.
    pub(crate) fn publish(
        &self,
        base: &Key,
        flight: &Arc<Flight>,
        entry: &Arc<Entry>,
        limits: &Limits,
    ) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state(base);
        if !state.take_flight(flight) {
            return removed;
        }
        state.expire(entry.stored_at, limits, &mut removed);
        if limits.max_size.is_some_and(|max| entry.size > max) {
            tracing::warn!(
                function = flight.function.spec.path,
                size = entry.size,
                "a result is larger than `max_size` and is not cached"
            );
            return removed;
        }
        state.bytes += entry.size;
        let key = state.note_questions(base, entry);
        if limits.ttl.is_some() {
            state.ages.push_back((key.clone(), Arc::downgrade(entry)));
        }
        if let Some(old) = state.entries.insert(key, entry.clone()) {
            let expired = limits.expired(&old, entry.stored_at);
            state.let_go(old, if expired { Reason::Ttl } else { Reason::Asked }, &mut removed);
        }
        state.make_room(limits, &mut removed);
        removed
    }

    /// Gives a run up that came to nothing.
    pub(crate) fn abandon(&self, flight: &Arc<Flight>) {
        self.state(&flight.key).take_flight(flight);
    }

    /// Takes a hit back, and removes its entry, if it still is the one that is stored.
    pub(crate) fn reject(&self, key: &KeyParts, entry: &Arc<Entry>) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state(key);
        state.hits -= 1;
        let is_stored = state.entries.get(key).is_some_and(|stored| Arc::ptr_eq(stored, entry));
        if is_stored && let Some(stored) = state.entries.remove(key) {
            state.let_go(stored, Reason::Validate, &mut removed);
        }
        removed
    }

    /// Removes one entry. A run for it that is under way will not be stored.
    pub(crate) fn clear_entry(&self, key: &KeyParts) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state(key);
        if state.questions.contains_key(key) {
            // There is an entry for each combination of values that its widgets had.
            state.flights.retain(|known, _| !known.extends(key));
            let keys: Vec<Key> =
                state.entries.keys().filter(|known| known.extends(key)).cloned().collect();
            for key in keys {
                state.remove(&key, &mut removed);
            }
        } else {
            state.flights.remove(key);
            state.remove(key, &mut removed);
        }
        removed
    }

    /// Removes every entry, the least recently used first where there is one order. Runs that are under
    /// way will not be stored.
    pub(crate) fn clear(&self) -> Vec<Removed> {
        // All are locked at once, for a clear is one moment.
        let mut shards: Vec<MutexGuard<'_, State>> = self.shards.iter().map(Mutex::lock).collect();
        shards.iter_mut().flat_map(|state| state.clear()).collect()
    }

    pub(crate) fn totals(&self) -> Totals {
        self.shards.iter().fold(Totals::default(), |sum, shard| {
            let state = shard.lock();
            Totals {
                entries: sum.entries + state.entries.len() as u64,
                bytes: sum.bytes + state.bytes,
                hits: sum.hits + state.hits,
            }
        })
    }
}

impl State {
    fn lead(&mut self, key: &KeyParts, function: &'static Function) -> Arc<Flight> {
        let key = Key::from(key.clone());
        let flight = Arc::new(Flight::new(function, key.clone()));
        self.flights.insert(key, flight.clone());
        flight
    }

    fn clear(&mut self) -> Vec<Removed> {
        self.flights.clear();
        self.ages.clear();
        self.questions.clear();
        self.bytes = 0;
        self.entries.drain().map(|(_, entry)| Removed { entry, reason: Reason::Asked }).collect()
    }

    /// Takes a flight off; false if it was cleared.
    fn take_flight(&mut self, flight: &Arc<Flight>) -> bool {
        let current = self.flights.get(&flight.key).is_some_and(|known| Arc::ptr_eq(known, flight));
        if current {
            self.flights.remove(&flight.key);
        }
        current
    }

    /// Notes which widgets a body asked, and returns the key under the values that it was told.
    fn note_questions(&mut self, base: &Key, entry: &Entry) -> Key {
        let mut key = base.clone();
        for (question, value) in &entry.recording.reads {
            let next = Key::from(key.with_widget(&question.id, value));
            self.questions.insert(key, question.clone());
            key = next;
        }
        // Questions on the way to entries that left lead nowhere.
        if self.questions.len() > 4 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.questions.retain(|asked, _| {
                key.extends(asked) || entries.keys().any(|stored| stored.extends(asked))
            });
        }
        key
    }

    fn remove(&mut self, key: &KeyParts, removed: &mut Vec<Removed>) {
        if let Some(entry) = self.entries.remove(key) {
            self.let_go(entry, Reason::Asked, removed);
        }
    }

    fn let_go(&mut self, entry: Arc<Entry>, reason: Reason, removed: &mut Vec<Removed>) {
        self.bytes -= entry.size;
        removed.push(Removed { entry, reason });
    }

    /// Removes what has expired by `now`.
    fn expire(&mut self, now: Duration, limits: &Limits, removed: &mut Vec<Removed>) {
        while let Some((key, aged)) = self.ages.front() {
            match self.entries.get(key).filter(|stored| is_same(stored, aged)) {
                Some(entry) if !limits.expired(entry, now) => break,
                Some(_) => {
                    if let Some(entry) = self.entries.remove(key) {
                        self.let_go(entry, Reason::Ttl, removed);
                    }
                }
                None => {}
            }
            self.ages.pop_front();
        }
        // Entries that left by other ways would pile up behind one that lives long.
        if self.ages.len() > 2 * self.entries.len() + 16 {
            let entries = &self.entries;
            self.ages
                .retain(|(key, aged)| entries.get(key).is_some_and(|stored| is_same(stored, aged)));
        }
    }

    fn make_room(&mut self, limits: &Limits, removed: &mut Vec<Removed>) {
        let too_many =
            |state: &State| limits.max_entries.is_some_and(|max| state.entries.len() as u64 > max);
        let too_large = |state: &State| limits.max_size.is_some_and(|max| state.bytes > max);
        loop {
            let reason = if too_many(self) {
                Reason::MaxEntries
            } else if too_large(self) {
                Reason::MaxSize
            } else {
                return;
            };
            let Some((_, entry)) = self.entries.pop_front() else { return };
            self.let_go(entry, reason, removed);
        }
    }
}

fn is_same(stored: &Arc<Entry>, aged: &Weak<Entry>) -> bool {
    std::ptr::eq(Arc::as_ptr(stored), aged.as_ptr())
}
