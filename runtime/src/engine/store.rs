//! The entries of one function in one scope.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use hashlink::LinkedHashMap;
use parking_lot::Mutex;

use super::entry::{Entry, Removed};
use super::flight::Flight;
use super::function::{Function, Limits};
use crate::key::Key;
use crate::stats::Reason;

#[derive(Default)]
pub(crate) struct Store {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Least recently used first.
    entries: LinkedHashMap<Key, Arc<Entry>>,
    flights: HashMap<Key, Arc<Flight>>,
    /// Entries by age, oldest first; only under a ttl. Entries that left may still stand here.
    ages: VecDeque<(Key, Weak<Entry>)>,
    bytes: u64,
}

/// What a call finds.
pub(crate) enum Found {
    /// A live entry.
    Hit(Arc<Entry>),
    /// An entry that has expired, but may be served once more while a fresh one is made by whoever
    /// takes the flight, if there is one to take.
    Stale(Arc<Entry>, Option<Arc<Flight>>),
    /// Nothing: the caller must run the body, and end this flight.
    Lead(Arc<Flight>),
    /// Another caller's run.
    Wait(Arc<Flight>),
}

impl Store {
    /// Looks `key` up, as a use of it.
    pub(crate) fn find(
        &self,
        key: &Key,
        now: Duration,
        function: &'static Function,
        limits: &Limits,
    ) -> Found {
        let mut state = self.state.lock();
        let entry = state.entries.to_back(key).map(|entry| entry.clone());
        let stale = match entry {
            Some(entry) if !limits.expired(&entry, now) => return Found::Hit(entry),
            Some(entry) if limits.serves_stale(&entry, now) => Some(entry),
            _ => None,
        };
        let flight = state.flights.get(key).cloned();
        match (stale, flight) {
            (Some(entry), Some(_)) => Found::Stale(entry, None),
            (Some(entry), None) => Found::Stale(entry, Some(state.lead(key, function))),
            (None, Some(flight)) => Found::Wait(flight),
            (None, None) => Found::Lead(state.lead(key, function)),
        }
    }

    /// Stores the result of a run, unless its key was cleared meanwhile, and makes room for it.
    pub(crate) fn publish(
        &self,
        flight: &Arc<Flight>,
        entry: &Arc<Entry>,
        limits: &Limits,
    ) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state.lock();
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
            if let Some(old) = state.entries.remove(&flight.key) {
                state.let_go(old, Reason::Asked, &mut removed);
            }
            return removed;
        }
        state.bytes += entry.size;
        if limits.ttl.is_some() {
            state.ages.push_back((flight.key.clone(), Arc::downgrade(entry)));
        }
        if let Some(old) = state.entries.insert(flight.key.clone(), entry.clone()) {
            let expired = limits.expired(&old, entry.stored_at);
            state.let_go(old, if expired { Reason::Ttl } else { Reason::Asked }, &mut removed);
        }
        state.make_room(limits, &mut removed);
        removed
    }

    /// Gives a run up that came to nothing.
    pub(crate) fn abandon(&self, flight: &Arc<Flight>) {
        self.state.lock().take_flight(flight);
    }

    /// Removes an entry, if it still is the one that is stored.
    pub(crate) fn discard(&self, key: &Key, entry: &Arc<Entry>, reason: Reason) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state.lock();
        if state.entries.get(key).is_some_and(|stored| Arc::ptr_eq(stored, entry)) {
            if let Some(stored) = state.entries.remove(key) {
                state.let_go(stored, reason, &mut removed);
            }
        }
        removed
    }

    /// Removes one entry. A run for it that is under way will not be stored.
    pub(crate) fn clear_entry(&self, key: &Key) -> Vec<Removed> {
        let mut removed = Vec::new();
        let mut state = self.state.lock();
        state.flights.remove(key);
        if let Some(entry) = state.entries.remove(key) {
            state.let_go(entry, Reason::Asked, &mut removed);
        }
        removed
    }

    /// Removes every entry, the least recently used first. Runs that are under way will not be stored.
    pub(crate) fn clear(&self) -> Vec<Removed> {
        let mut state = self.state.lock();
        state.flights.clear();
        state.ages.clear();
        state.bytes = 0;
        state.entries.drain().map(|(_, entry)| Removed { entry, reason: Reason::Asked }).collect()
    }

    /// How many entries there are, and their stored size.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let state = self.state.lock();
        (state.entries.len() as u64, state.bytes)
    }
}

impl State {
    fn lead(&mut self, key: &Key, function: &'static Function) -> Arc<Flight> {
        let flight = Arc::new(Flight::new(function, key.clone()));
        self.flights.insert(key.clone(), flight.clone());
        flight
    }

    /// Takes a flight off; false if it was cleared.
    fn take_flight(&mut self, flight: &Arc<Flight>) -> bool {
        let current = self.flights.get(&flight.key).is_some_and(|known| Arc::ptr_eq(known, flight));
        if current {
            self.flights.remove(&flight.key);
        }
        current
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
