//! The entries of one function in one scope.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use cachelit_spec::options::Kind;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Room;

use super::entry::{Entry, Removed};
use super::flight::Flight;
use super::function::{Limits, Place};
use super::order::Order;
use crate::key::{ByKnownHash, Key, KeyParts};
use crate::persist;
use crate::st::WidgetRead;
use crate::stats::Reason;
use crate::sync::{Mutex, MutexGuard};

/// Powers of two up to 256. Where everybody meets, well above the number of threads that do at once; in a session, which
/// is mostly one thread's, as few as possible.
const COMMON_SHARDS: usize = 32;
const SESSION_SHARDS: usize = 2;

/// Divided by keys where nothing bounds the whole, so that callers of different keys don't meet.
pub(crate) struct Store {
    place: Place,
    shards: Box<[Mutex<State>]>,
}

struct State {
    /// Each with the hash of its key, so that a table that grows doesn't have to fetch them.
    entries: HashTable<(u64, Arc<Entry>)>,
    /// All entries, where some must make room for others.
    order: Order,
    flights: HashMap<Key, Arc<Flight>, ByKnownHash>,
    /// Entries by age, oldest first; only under a ttl. Entries that left may still stand here.
    ages: VecDeque<(Key, Weak<Entry>)>,
    bytes: u64,
    /// Which widget a body asks next, given what it has been told so far.
    questions: HashMap<Key, WidgetRead, ByKnownHash>,
}

/// What a store holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
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
    pub(crate) fn new(place: Place) -> Self {
        let spec = &place.function.spec;
        // One shard that sees all keeps the bounds, finds the keys that extend one, and releases whatever has expired.
        let is_whole =
            place.function.is_bounded() || spec.allow_widgets || spec.kind == Kind::Resource;
        let shards = match place.session {
            _ if is_whole => 1,
            Some(_) => SESSION_SHARDS,
            None => COMMON_SHARDS,
        };
        Store { place, shards: std::iter::repeat_with(Mutex::default).take(shards).collect() }
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    fn state(&self, key: &KeyParts) -> MutexGuard<'_, State> {
        // A byte that the maps don't look at: they use both ends.
        let at = usize::from(key.hashed().to_be_bytes()[2]);
        self.shards[at & (self.shards.len() - 1)].lock()
    }

    /// Looks `key` up, as a use of it.
    pub(crate) fn find(&self, key: &KeyParts, now: Duration, limits: &Limits) -> Found {
        let mut state = self.state(key);
        if let Some(entry) = state.get(key)
            && !limits.expired(entry, now)
        {
            return Found::Hit(self.used(entry));
        }
        match state.flights.get(key) {
            Some(flight) => Found::Wait(flight.clone()),
            None => Found::Lead(state.lead(key, self.place)),
        }
    }

    /// An entry that may be served once more while a fresh one is made.
    pub(crate) fn find_stale(
        &self,
        key: &KeyParts,
        now: Duration,
        limits: &Limits,
    ) -> Option<Arc<Entry>> {
        let state = self.state(key);
        let entry = state.get(key).filter(|entry| limits.stale(entry, now))?;
        Some(self.used(entry))
    }

    fn used(&self, entry: &Arc<Entry>) -> Arc<Entry> {
        if self.place.function.notes_uses() {
            entry.touch();
        }
        entry.clone()
    }

    /// A run for that key, if there is none under way.
    pub(crate) fn lead(&self, key: &KeyParts) -> Option<Arc<Flight>> {
        let mut state = self.state(key);
        (!state.flights.contains_key(key)).then(|| state.lead(key, self.place))
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
        state.note_questions(base, entry);
        if let Some(old) = state.insert(entry, limits) {
            let expired = limits.expired(&old, entry.stored_at);
            removed.push(Removed {
                entry: old,
                reason: if expired { Reason::Ttl } else { Reason::Asked },
            });
        }
        state.make_room(limits, &mut removed);
        removed
    }

    /// Gives a run up that came to nothing.
    pub(crate) fn abandon(&self, flight: &Arc<Flight>) {
        self.state(&flight.key).take_flight(flight);
    }

    /// Removes an entry that was refused, if it still is the one that is stored.
    pub(crate) fn reject(&self, entry: &Entry) -> Vec<Removed> {
        self.remove(entry, Reason::Validate)
    }

    /// Removes an entry for the budget's sake, if it still is the one that is stored.
    pub(crate) fn evict(&self, entry: &Entry) -> Vec<Removed> {
        self.remove(entry, Reason::Budget)
    }

    fn remove(&self, entry: &Entry, reason: Reason) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state(&entry.key);
        if entry.is_live() {
            state.remove(&entry.key, reason, &mut removed);
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
            let known = state.entries.iter().map(|(_, entry)| &entry.key);
            let keys: Vec<Key> = known.filter(|known| known.extends(key)).cloned().collect();
            for key in keys {
                state.remove(&key, Reason::Asked, &mut removed);
            }
        } else {
            state.flights.remove(key);
            state.remove(key, Reason::Asked, &mut removed);
        }
        removed
    }

    /// Removes every entry, the least recently used first where that is known, else the oldest. Runs that are
    /// under way will not be stored.
    pub(crate) fn clear(&self) -> Vec<Removed> {
        // All are locked at once, for a clear is one moment.
        let mut shards: Vec<MutexGuard<'_, State>> = self.shards.iter().map(Mutex::lock).collect();
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        for state in &mut shards {
            state.clear(&mut entries);
        }
        drop(shards);
        entries.sort_by_cached_key(|entry| entry.used.load(Ordering::Relaxed));
        entries.into_iter().map(|entry| Removed { entry, reason: Reason::Asked }).collect()
    }

    /// When the entries were used last that are on disk, too.
    pub(crate) fn uses(&self) -> persist::Uses {
        let mut uses = persist::Uses::new();
        for shard in &self.shards {
            let state = shard.lock();
            let named = state.entries.iter().filter_map(|(_, entry)| Some((entry.name?, entry)));
            uses.extend(named.map(|(name, entry)| (name, entry.used.load(Ordering::Relaxed))));
        }
        uses
    }

    pub(crate) fn totals(&self) -> Totals {
        self.shards.iter().fold(Totals::default(), |sum, shard| {
            let state = shard.lock();
            Totals {
                entries: sum.entries + state.entries.len() as u64,
                bytes: sum.bytes + state.bytes,
            }
        })
    }
}

impl Default for State {
    fn default() -> Self {
        State {
            entries: HashTable::new(),
            order: Order::new(|entry| &entry.queued),
            flights: HashMap::default(),
            ages: VecDeque::new(),
            bytes: 0,
            questions: HashMap::default(),
        }
    }
}

impl State {
    fn get(&self, key: &KeyParts) -> Option<&Arc<Entry>> {
        let found = self.entries.find(key.hashed(), |(_, entry)| *entry.key == *key);
        found.map(|(_, entry)| entry)
    }

    fn lead(&mut self, key: &KeyParts, place: Place) -> Arc<Flight> {
        let key = Key::from(key.clone());
        let flight = Arc::new(Flight::new(place.function, key.clone()));
        self.flights.insert(key, flight.clone());
        flight
    }

    /// Puts an entry in, and returns the one whose place it took.
    fn insert(&mut self, entry: &Arc<Entry>, limits: &Limits) -> Option<Arc<Entry>> {
        let function = entry.place.function;
        entry.used.store(function.uses().tick(), Ordering::Relaxed);
        let hash = entry.key.hashed();
        let room = self.entries.entry(hash, |(_, known)| known.key == entry.key, |(hash, _)| *hash);
        let old = match room {
            Room::Occupied(mut room) => {
                Some(std::mem::replace(&mut room.get_mut().1, entry.clone()))
            }
            Room::Vacant(room) => {
                room.insert((hash, entry.clone()));
                None
            }
        };
        if let Some(old) = &old {
            self.left(old);
        }
        self.bytes += entry.size;
        entry.set_live(true);
        if function.is_bounded() {
            self.order.push(entry);
        }
        if limits.ttl.is_some() {
            self.ages.push_back((entry.key.clone(), Arc::downgrade(entry)));
        }
        old
    }

    fn remove(&mut self, key: &KeyParts, reason: Reason, removed: &mut Vec<Removed>) {
        let found = self.entries.find_entry(key.hashed(), |(_, entry)| *entry.key == *key);
        if let Ok(found) = found {
            let ((_, entry), _) = found.remove();
            self.left(&entry);
            removed.push(Removed { entry, reason });
        }
    }

    /// What follows from an entry's leave; every way out of the table comes by here.
    fn left(&mut self, entry: &Entry) {
        entry.set_live(false);
        entry.place.function.count_removal();
        self.bytes -= entry.size;
        self.order.remove(entry);
    }

    fn clear(&mut self, entries: &mut Vec<Arc<Entry>>) {
        self.flights.clear();
        self.ages.clear();
        self.questions.clear();
        self.order.clear();
        let first = entries.len();
        entries.extend(self.entries.drain().map(|(_, entry)| entry));
        for entry in &entries[first..] {
            self.left(entry);
        }
    }

    /// Takes a flight off; false if it was cleared.
    fn take_flight(&mut self, flight: &Arc<Flight>) -> bool {
        let current = self.flights.get(&flight.key).is_some_and(|known| Arc::ptr_eq(known, flight));
        if current {
            self.flights.remove(&flight.key);
        }
        current
    }

    /// Notes which widgets a body asked.
    fn note_questions(&mut self, base: &Key, entry: &Entry) {
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
                key.extends(asked) || entries.iter().any(|(_, stored)| stored.key.extends(asked))
            });
        }
    }

    /// Removes what has expired by `now`.
    fn expire(&mut self, now: Duration, limits: &Limits, removed: &mut Vec<Removed>) {
        while let Some((key, aged)) = self.ages.front() {
            if let Some(entry) = self.get(key).filter(|stored| is_same(stored, aged)) {
                if !limits.expired(entry, now) {
                    break;
                }
                let key = key.clone();
                self.remove(&key, Reason::Ttl, removed);
            }
            self.ages.pop_front();
        }
        // Entries that left by other ways would pile up behind one that lives long.
        if self.ages.len() > 2 * self.entries.len() + 16 {
            let mut ages = std::mem::take(&mut self.ages);
            ages.retain(|(key, aged)| self.get(key).is_some_and(|stored| is_same(stored, aged)));
            self.ages = ages;
        }
    }

    fn make_room(&mut self, limits: &Limits, removed: &mut Vec<Removed>) {
        loop {
            let reason = if limits.max_entries.is_some_and(|max| self.entries.len() as u64 > max) {
                Reason::MaxEntries
            } else if limits.max_size.is_some_and(|max| self.bytes > max) {
                Reason::MaxSize
            } else {
                return;
            };
            let Some(oldest) = self.order.pop_oldest() else { return };
            self.remove(&oldest.key, reason, removed);
        }
    }
}

/// Compares without owning: the last owner of an entry drops a value of the user's, which must not happen under a lock.
fn is_same(stored: &Arc<Entry>, aged: &Weak<Entry>) -> bool {
    std::ptr::eq(Arc::as_ptr(stored), aged.as_ptr())
}
