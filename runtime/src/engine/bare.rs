//! Results that are numbers, and which nothing makes leave but a clear, or others of them: they have no entries, nor have
//! the runs that make them. Most of what a new entry costs is fresh memory; a pair takes as much of that as in a map of
//! numbers. Those that make room for each other stand in a [slab](super::slab).

use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::OccupiedEntry;

use super::context;
use super::entry::{Entry, Removed, Stage, settle};
use super::function::Place;
use super::numbers::Seen;
use super::run::{RunId, RunIds};
use super::slab::Slab;
use super::store::{Found, State, Store};
use crate::key::{self, KeptKey, KeyParts, Short, ShortKey};

/// What a call may do without an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithoutEntry {
    Nothing,
    /// To find numbers, and runs that others began.
    Find,
    /// To begin a run, too.
    Run,
}

/// The numbers, and what makes some.
#[derive(Default)]
pub(super) struct Bare {
    pub(super) numbers: Numbers,
    /// Mostly none or one.
    runs: Vec<Begun>,
    ids: RunIds,
}

/// A run, as those who find it know it.
struct Begun {
    id: RunId,
    key: Short,
    /// Whether the result will be stored: its key was not cleared meanwhile.
    is_wanted: bool,
    /// To wait by, once somebody does.
    entry: Option<Arc<Entry>>,
}

impl Bare {
    /// Whether a run that is under way means something for a call with that key.
    #[inline]
    fn concerns(&self, key: Short) -> bool {
        let is_it = |run: &Begun| run.is_wanted || context::is_in(run.id);
        self.runs.iter().any(|run| run.key == key && is_it(run))
    }

    /// What it means.
    fn begun(&mut self, place: Place, key: &KeyParts, short: Short) -> Option<Found> {
        if let Some(run) = self.runs.iter_mut().find(|run| run.is_wanted && run.key == short) {
            let entry = run.entry.get_or_insert_with(|| Arc::new(Entry::new(place, key)));
            entry.expect_wait();
            return Some(Found::Wait(entry.clone(), run.id));
        }
        self.concerns(short).then_some(Found::Again)
    }

    /// A new run for that key.
    #[inline]
    fn begin(&mut self, key: Short) -> RunId {
        let id = self.ids.draw();
        self.runs.push(Begun { id, key, is_wanted: true, entry: None });
        id
    }

    fn take(&mut self, run: RunId) -> Begun {
        let at = self.runs.iter().rposition(|begun| begun.id == run);
        self.runs.swap_remove(at.expect("only who leads a run ends it, once"))
    }

    /// Makes nothing of runs for that key.
    pub(super) fn clear_runs(&mut self, key: &KeyParts) {
        for run in &mut self.runs {
            run.is_wanted &= Some(run.key) != key.short();
        }
    }

    /// Lets the numbers go, and makes nothing of all runs. Returns how many numbers there were.
    pub(super) fn clear(&mut self) -> usize {
        for run in &mut self.runs {
            run.is_wanted = false;
        }
        self.numbers.clear()
    }
}

/// What is known of a short key without more than that.
pub(super) enum Known {
    /// A live number.
    Number(Seen),
    /// Another one, whose use is noted already, and which no thread remembers.
    Noted(u64),
    /// Nothing: the caller must run the body, and end this run.
    Begun(RunId),
    /// There is a run or an entry, or may be one.
    More,
}

impl Store {
    /// Looks a short key up.
    #[inline]
    pub(super) fn find_number(&self, key: &ShortKey) -> Known {
        self.state(key.hash).find_number(self.place, self.slab(), key, true)
    }

    /// Ends a run with a number, after so many nanoseconds, and stores that if its key was not cleared meanwhile.
    pub(super) fn publish_number(&self, key: &ShortKey, run: RunId, number: u64, took: u64) {
        let mut removed = Vec::new();
        let mut state = self.state(key.hash);
        state.counts.compute_nanos += took;
        let begun = state.bare.take(run);
        if begun.is_wanted {
            self.put_number(&mut state, key, number, &mut removed);
        }
        if let Some(entry) = &begun.entry {
            entry.end_elsewhere(number);
        }
        drop(state);
        if let Some(entry) = begun.entry {
            entry.announce();
        }
        if !removed.is_empty() {
            settle(self.place.function, removed);
        }
    }

    /// The same of a run with an entry. Nothing if the number has to stand there.
    pub(super) fn publish_number_of(
        &self,
        run: &Arc<Entry>,
        number: u64,
        took: u64,
    ) -> Option<Vec<Removed>> {
        let key = &ShortKey { hash: run.key.hashed(), short: run.key.short()? };
        let mut removed = Vec::new();
        let mut state = self.state(key.hash);
        if self.slab.is_none() && !state.bare.numbers.admits(key.short.0) {
            return None;
        }
        if run.is_at(Stage::Running) {
            state.entries.take(run);
            self.put_number(&mut state, key, number, &mut removed);
        }
        state.counts.compute_nanos += took;
        run.end_elsewhere(number);
        Some(removed)
    }

    /// Stores the number of a key that has none.
    #[inline]
    fn put_number(
        &self,
        state: &mut State,
        key: &ShortKey,
        number: u64,
        removed: &mut Vec<Removed>,
    ) {
        let Some(slab) = self.slab() else { return state.bare.numbers.insert(*key, number) };
        let function = self.place.function;
        let is_full = function.spec.max_entries.is_some_and(|max| state.held() as u64 >= max);
        let instead = if is_full { state.evict_for_number(slab, removed) } else { None };
        let born = function.uses().tick();
        let mark = slab.insert(&mut state.lines, instead, born, key, number);
        state.queue(mark, Some(slab));
    }

    /// As [`Function::slab_number`](super::function::Function::slab_number).
    #[inline]
    pub(super) fn slab_number(&self, short: Short) -> Option<u64> {
        self.slab()?.hit(self.place.function.uses(), &ShortKey::of(short))
    }

    /// Ends a run that came to nothing, after that many nanoseconds if the body ended.
    pub(super) fn abandon_number(&self, key: &ShortKey, run: RunId, took: u64) {
        let mut state = self.state(key.hash);
        state.counts.compute_nanos += took;
        if let Some(entry) = state.bare.take(run).entry {
            entry.flight.end(None);
            drop(state);
            entry.announce();
        }
    }

    /// Takes the number of a key out, if there is one.
    pub(super) fn remove_number(&self, state: &mut State, key: &KeyParts) -> bool {
        let Some(key) = key.short_key() else { return false };
        match self.slab() {
            None => state.bare.numbers.remove(key),
            Some(slab) => slab.remove(&mut state.lines, &key),
        }
    }

    /// The entry of a run that goes on with one.
    pub(super) fn enter(&self, place: Place, key: &ShortKey, run: RunId) -> Arc<Entry> {
        let mut state = self.state(key.hash);
        let Begun { is_wanted, entry, .. } = state.bare.take(run);
        let new_entry = || Arc::new(Entry::new(place, &KeyParts::of_short(*key)));
        let entry = entry.unwrap_or_else(new_entry);
        if is_wanted {
            entry.move_to(Stage::Running);
            state.entries.insert(&entry);
        }
        entry
    }
}

impl State {
    /// A number or a run that needs no entry: one that is there, or a new one. Nothing if this key has an entry.
    pub(super) fn find_bare(
        &mut self,
        key: &KeyParts,
        place: Place,
        slab: Option<&Slab>,
        may_run: bool,
    ) -> Option<Found> {
        let short = key.short_key()?;
        match self.find_number(place, slab, &short, may_run) {
            Known::Number(seen) => Some(Found::Number(seen)),
            Known::Noted(word) => Some(Found::Noted(word)),
            Known::Begun(run) => Some(Found::LeadBare(run)),
            Known::More => self.bare.begun(place, key, short.short),
        }
    }

    #[inline]
    fn find_number(
        &mut self,
        place: Place,
        slab: Option<&Slab>,
        key: &ShortKey,
        may_run: bool,
    ) -> Known {
        if let Some(slab) = slab {
            if let Some(word) = slab.find(&self.lines, place.function.uses(), key) {
                return Known::Noted(word);
            }
        } else if let Some(word) = self.bare.numbers.get(*key) {
            let stamp = place.function.drawn_stamp();
            return Known::Number(Seen { word, stamp, end: u64::MAX });
        }
        let is_it = |kept: &KeptKey| kept.short() == Some(key.short);
        if !may_run
            || self.bare.concerns(key.short)
            || self.entries.has(key.hash, is_it)
            || context::is_running(place, is_it)
            || slab.is_none() && !self.bare.numbers.admits(key.short.0)
        {
            return Known::More;
        }
        self.counts.misses += 1;
        Known::Begun(self.bare.begin(key.short))
    }
}

/// By short keys.
#[derive(Default)]
pub(super) struct Numbers {
    narrow: Pairs<1>,
    wide: Pairs<2>,
}

/// By keys of so many words.
#[derive(Default)]
struct Pairs<const WORDS: usize> {
    /// Of all keys, in bytes: that of the first one there was.
    len: Option<u64>,
    table: HashTable<([u64; WORDS], u64)>,
}

impl Numbers {
    pub(super) fn len(&self) -> usize {
        self.narrow.table.len() + self.wide.table.len()
    }

    #[inline]
    pub(super) fn get(&self, key: ShortKey) -> Option<u64> {
        let ShortKey { hash, short: (len, words) } = key;
        if len <= 8 {
            self.narrow.get(hash, len, [words[0]])
        } else {
            self.wide.get(hash, len, words)
        }
    }

    /// Whether keys of that length stand here, which the first one says.
    fn admits(&mut self, len: u64) -> bool {
        let known = if len <= 8 { &mut self.narrow.len } else { &mut self.wide.len };
        *known.get_or_insert(len) == len
    }

    /// Puts the number of a key in that has none, and is of a length that stands here.
    fn insert(&mut self, key: ShortKey, number: u64) {
        let ShortKey { hash, short: (len, words) } = key;
        if len <= 8 {
            self.narrow.insert(hash, [words[0]], number);
        } else {
            self.wide.insert(hash, words, number);
        }
    }

    /// Lets go of all, and of the memory. Returns how many there were.
    fn clear(&mut self) -> usize {
        let len = self.len();
        (self.narrow.table, self.wide.table) = (HashTable::new(), HashTable::new());
        len
    }

    /// Takes the number of a key out, if there is one.
    fn remove(&mut self, key: ShortKey) -> bool {
        let ShortKey { hash, short: (len, words) } = key;
        if len <= 8 {
            self.narrow.remove(hash, len, [words[0]])
        } else {
            self.wide.remove(hash, len, words)
        }
    }
}

/// As [`KeyParts::hashed`].
#[inline]
fn hash_of<const WORDS: usize>(key: [u64; WORDS]) -> u64 {
    let mut words = [0; 2];
    words[..WORDS].copy_from_slice(&key);
    key::hash_of_short(words)
}

impl<const WORDS: usize> Pairs<WORDS> {
    #[inline]
    fn get(&self, hash: u64, len: u64, key: [u64; WORDS]) -> Option<u64> {
        let found = self.table.find(hash, |pair| pair.0 == key && self.len == Some(len));
        found.map(|(_, number)| *number)
    }

    fn insert(&mut self, hash: u64, key: [u64; WORDS], number: u64) {
        self.table.insert_unique(hash, (key, number), |(key, _)| hash_of(*key));
    }

    fn remove(&mut self, hash: u64, len: u64, key: [u64; WORDS]) -> bool {
        let found = self.table.find_entry(hash, |pair| pair.0 == key && self.len == Some(len));
        found.map(OccupiedEntry::remove).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::function::{Function, PLAIN};
    use super::*;
    use crate::key::key_of;

    fn short(bytes: &[u8]) -> ShortKey {
        key_of(bytes).short_key().unwrap()
    }

    #[test]
    fn numbers_are_found_by_their_keys_and_by_no_others() {
        let mut numbers = Numbers::default();
        let keys: Vec<ShortKey> =
            (0..=255).flat_map(|byte| [short(&[byte; 8]), short(&[byte; 16])]).collect();
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(*key), None);
            assert!(numbers.admits(key.short.0));
            numbers.insert(*key, number);
        }
        assert_eq!(numbers.len(), keys.len());
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(*key), Some(number));
        }
        for other in [short(&[0; 7]), short(&[0; 15])] {
            assert_eq!((numbers.get(other), numbers.remove(other)), (None, false));
        }
        assert!(numbers.remove(keys[3]) && !numbers.remove(keys[3]));
        assert_eq!((numbers.get(keys[2]), numbers.get(keys[3])), (Some(2), None));
    }

    #[test]
    fn who_may_only_find_leads_a_run_with_an_entry() {
        static FUNCTION: Function = Function::new(PLAIN);
        let store = Store::new(Place { function: &FUNCTION, session: None });
        let find =
            |key: &KeyParts, without| store.find(key, Duration::ZERO, FUNCTION.limits(), without);
        let (own, other) = (key_of(&[1; 8]), key_of(&[2; 8]));
        let Found::LeadBare(run) = find(&own, WithoutEntry::Run) else { panic!("no run") };
        assert!(matches!(find(&own, WithoutEntry::Find), Found::Wait(_, id) if id == run));
        store.publish_number(&own.short_key().unwrap(), run, 5, 0);
        let found = find(&own, WithoutEntry::Find);
        assert!(matches!(found, Found::Number(Seen { word: 5, .. })));
        let Found::Lead(run) = find(&other, WithoutEntry::Find) else { panic!("no run") };
        let waits_for = |found| matches!(found, Found::Wait(_, id) if id == RunId::of(&run));
        assert!(waits_for(find(&other, WithoutEntry::Run)));
        assert!(waits_for(find(&other, WithoutEntry::Find)));
    }

    #[test]
    fn keys_that_differ_in_length_only_are_told_apart() {
        for [len, other] in [[4, 8], [9, 16]].map(|lens| lens.map(|len| short(&vec![0; len]))) {
            let mut numbers = Numbers::default();
            assert!(numbers.admits(len.short.0));
            assert!(!numbers.admits(other.short.0));
            numbers.insert(len, 1);
            assert_eq!((numbers.get(len), numbers.get(other)), (Some(1), None));
            assert!(!numbers.remove(other));
        }
    }
}
