//! Results that are numbers, and which nothing but a clear makes leave: they have no entries, nor have the runs that make
//! them. Most of what a new entry costs is fresh memory; a pair takes as much of that as in a map of numbers.

use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::OccupiedEntry;

use super::context;
use super::entry::{Entry, Stage};
use super::function::Place;
use super::numbers::Seen;
use super::run::RunId;
use super::store::{Found, State, Store};
use crate::key::{self, KeyParts, Short};

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
    /// How many runs there were.
    drawn: u64,
}

/// A run, as those who find it know it.
struct Begun {
    number: u64,
    key: Short,
    /// Whether the result will be stored: its key was not cleared meanwhile.
    is_wanted: bool,
    /// To wait by, once somebody does.
    entry: Option<Arc<Entry>>,
}

impl Bare {
    fn id(&self, number: u64) -> RunId {
        RunId { owner: std::ptr::from_ref(self).addr(), number }
    }

    /// What a run for that key means for a call, if one is under way.
    fn begun(&mut self, place: Place, key: &KeyParts) -> Option<Found> {
        if self.runs.is_empty() {
            return None;
        }
        let short = key.short()?;
        if let Some(run) = self.runs.iter_mut().find(|run| run.is_wanted && run.key == short) {
            let entry = run.entry.get_or_insert_with(|| Arc::new(Entry::new(place, key)));
            entry.expect_wait();
            let (entry, number) = (entry.clone(), run.number);
            return Some(Found::Wait(entry, self.id(number)));
        }
        let is_inside = |run: &Begun| run.key == short && context::is_in(self.id(run.number));
        self.runs.iter().any(is_inside).then_some(Found::Again)
    }

    /// A new run for that key, if its number may stand here.
    fn begin(&mut self, key: &KeyParts) -> Option<RunId> {
        let short = key.short().filter(|(len, _)| self.numbers.admits(*len))?;
        self.drawn += 1;
        let number = self.drawn;
        self.runs.push(Begun { number, key: short, is_wanted: true, entry: None });
        Some(self.id(number))
    }

    fn take(&mut self, run: RunId) -> Begun {
        let at = self.runs.iter().rposition(|begun| begun.number == run.number);
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

impl Store {
    /// Ends a run with a number, after so many nanoseconds, and stores that if its key was not cleared meanwhile.
    pub(crate) fn publish_number(&self, key: &KeyParts, run: RunId, number: u64, took: u64) {
        let mut state = self.state(key.hashed());
        state.counts.compute_nanos += took;
        let begun = state.bare.take(run);
        if begun.is_wanted {
            state.bare.numbers.insert(begun.key, number);
        }
        if let Some(entry) = begun.entry {
            entry.end_elsewhere(number);
            drop(state);
            entry.announce();
        }
    }

    /// The same of a run with an entry. False if the number has to stand there.
    pub(crate) fn publish_number_of(&self, run: &Arc<Entry>, number: u64, took: u64) -> bool {
        let Some(key) = run.key.short() else { return false };
        let mut state = self.state(run.key.hashed());
        if !state.bare.numbers.admits(key.0) {
            return false;
        }
        if run.is_at(Stage::Running) {
            state.entries.take(run);
            state.bare.numbers.insert(key, number);
        }
        state.counts.compute_nanos += took;
        run.end_elsewhere(number);
        true
    }

    /// Ends a run that came to nothing, after that many nanoseconds if the body ended.
    pub(crate) fn abandon_number(&self, key: &KeyParts, run: RunId, took: u64) {
        let mut state = self.state(key.hashed());
        state.counts.compute_nanos += took;
        if let Some(entry) = state.bare.take(run).entry {
            entry.flight.end(None);
            drop(state);
            entry.announce();
        }
    }

    /// The entry of a run that goes on with one.
    pub(crate) fn enter(&self, place: Place, key: &KeyParts, run: RunId) -> Arc<Entry> {
        let mut state = self.state(key.hashed());
        let Begun { is_wanted, entry, .. } = state.bare.take(run);
        let entry = entry.unwrap_or_else(|| Arc::new(Entry::new(place, key)));
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
        may_run: bool,
    ) -> Option<Found> {
        if let Some(word) = self.bare.numbers.get(key) {
            let stamp = place.function.drawn_stamp();
            return Some(Found::Number(Seen { word, stamp, end: u64::MAX }));
        }
        if let Some(found) = self.bare.begun(place, key) {
            return Some(found);
        }
        if !may_run || !self.entries.is_empty() && self.entries.get(key).is_some() {
            return None;
        }
        if context::is_running(place, key) {
            return Some(Found::Again);
        }
        let run = self.bare.begin(key)?;
        self.counts.misses += 1;
        Some(Found::LeadBare(run))
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
    pub(super) fn get(&self, key: &KeyParts) -> Option<u64> {
        let (len, words) = key.short()?;
        if len <= 8 {
            self.narrow.get(key.hashed(), len, [words[0]])
        } else {
            self.wide.get(key.hashed(), len, words)
        }
    }

    /// Whether keys of that length stand here, which the first one says.
    fn admits(&mut self, len: u64) -> bool {
        let known = if len <= 8 { &mut self.narrow.len } else { &mut self.wide.len };
        *known.get_or_insert(len) == len
    }

    /// Puts the number of a key in that has none, and is of a length that stands here.
    fn insert(&mut self, (len, words): Short, number: u64) {
        if len <= 8 {
            self.narrow.insert([words[0]], number);
        } else {
            self.wide.insert(words, number);
        }
    }

    /// Lets go of all, and of the memory. Returns how many there were.
    fn clear(&mut self) -> usize {
        let len = self.len();
        (self.narrow.table, self.wide.table) = (HashTable::new(), HashTable::new());
        len
    }

    /// Takes the number of a key out, if there is one.
    pub(super) fn remove(&mut self, key: &KeyParts) -> bool {
        match key.short() {
            None => false,
            Some((len, [first, _])) if len <= 8 => self.narrow.remove(key.hashed(), len, [first]),
            Some((len, words)) => self.wide.remove(key.hashed(), len, words),
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

    fn insert(&mut self, key: [u64; WORDS], number: u64) {
        self.table.insert_unique(hash_of(key), (key, number), |(key, _)| hash_of(*key));
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

    #[test]
    fn numbers_are_found_by_their_keys_and_by_no_others() {
        let mut numbers = Numbers::default();
        let keys: Vec<KeyParts> = (0..=255)
            .flat_map(|byte| [vec![byte; 8], vec![byte; 16]])
            .map(|bytes| key_of(&bytes))
            .collect();
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(key), None);
            assert!(numbers.admits(key.short().unwrap().0));
            numbers.insert(key.short().unwrap(), number);
        }
        assert_eq!(numbers.len(), keys.len());
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(key), Some(number));
        }
        for other in [key_of(&[1; 17]), key_of(&[0; 7]), key_of(&[0; 15])] {
            assert_eq!((numbers.get(&other), numbers.remove(&other)), (None, false));
        }
        assert!(numbers.remove(&keys[3]) && !numbers.remove(&keys[3]));
        assert_eq!((numbers.get(&keys[2]), numbers.get(&keys[3])), (Some(2), None));
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
        store.publish_number(&own, run, 5, 0);
        let found = find(&own, WithoutEntry::Find);
        assert!(matches!(found, Found::Number(Seen { word: 5, .. })));
        let Found::Lead(run) = find(&other, WithoutEntry::Find) else { panic!("no run") };
        let waits_for = |found| matches!(found, Found::Wait(_, id) if id == RunId::of(&run));
        assert!(waits_for(find(&other, WithoutEntry::Run)));
        assert!(waits_for(find(&other, WithoutEntry::Find)));
    }

    #[test]
    fn keys_that_differ_in_length_only_are_told_apart() {
        for [len, other] in [[4, 8], [9, 16]].map(|lens| lens.map(|len| key_of(&vec![0; len]))) {
            let mut numbers = Numbers::default();
            assert!(numbers.admits(len.short().unwrap().0));
            assert!(!numbers.admits(other.short().unwrap().0));
            numbers.insert(len.short().unwrap(), 1);
            assert_eq!((numbers.get(&len), numbers.get(&other)), (Some(1), None));
            assert!(!numbers.remove(&other));
        }
    }
}
