//! What stands in a store, by key.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hashbrown::HashTable;
use hashbrown::hash_table::{Entry as Room, OccupiedEntry};

use super::entry::Entry;
use super::order::Mark;
use crate::key::{self, KeyParts, Short};

/// Entries and runs, each with the hash of its key, so that a table that grows doesn't have to fetch them.
#[derive(Default)]
pub(super) struct Table(HashTable<Slot>);

pub(super) type Slot = (u64, Arc<Entry>);

/// Asks the slot first, for an entry of another key would have to be fetched to be told apart.
#[inline]
fn is_of((hash, entry): &Slot, key: &KeyParts) -> bool {
    *hash == key.hashed() && entry.key == *key
}

fn is((_, known): &Slot, entry: &Entry) -> bool {
    std::ptr::eq(Arc::as_ptr(known), entry)
}

impl Table {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.0.iter().map(|(_, entry)| entry)
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = Arc<Entry>> {
        self.0.drain().map(|(_, entry)| entry)
    }

    pub(super) fn get(&self, key: &KeyParts) -> Option<&Arc<Entry>> {
        self.0.find(key.hashed(), |slot| is_of(slot, key)).map(|(_, entry)| entry)
    }

    /// Where the entry or run of a key stands, or would stand.
    #[inline]
    pub(super) fn room(&mut self, key: &KeyParts) -> Room<'_, Slot> {
        self.0.entry(key.hashed(), |slot| is_of(slot, key), |(hash, _)| *hash)
    }

    /// Puts an entry in, and returns what stood in its place.
    pub(super) fn insert(&mut self, entry: &Arc<Entry>) -> Option<Arc<Entry>> {
        let slot = (entry.key.hashed(), entry.clone());
        let is_of_key = |(hash, known): &Slot| *hash == slot.0 && known.key == entry.key;
        if let Some(known) = self.0.find_mut(slot.0, is_of_key) {
            return Some(std::mem::replace(known, slot).1);
        }
        self.0.insert_unique(slot.0, slot, |(hash, _)| *hash);
        None
    }

    /// Takes that very entry out.
    pub(super) fn take(&mut self, entry: &Entry) -> Option<Arc<Entry>> {
        let found = self.0.find_entry(entry.key.hashed(), |slot| is(slot, entry)).ok()?;
        Some(found.remove().0.1)
    }

    /// The stored entry that a mark leads to, unless it left.
    pub(super) fn marked(&mut self, mark: Mark) -> Option<OccupiedEntry<'_, Slot>> {
        let is_it = |(hash, entry): &Slot| {
            *hash == mark.hash && entry.born.load(Ordering::Relaxed) == mark.born
        };
        self.0.find_entry(mark.hash, is_it).ok()
    }
}

/// Results that are numbers, and which nothing but a clear makes leave, by short keys. They need no entry, for most of
/// what a new one costs is fresh memory: a pair takes as much of that as in a map of numbers.
#[derive(Default)]
pub(super) struct Numbers {
    narrow: Pairs<1>,
    wide: Pairs<2>,
}

/// By keys of so many words.
#[derive(Default)]
struct Pairs<const WORDS: usize> {
    /// Of all keys, in bytes: that of the first one.
    len: u64,
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

    /// Puts the number of a key in that has none, if it may stand here.
    pub(super) fn insert(&mut self, (len, words): Short, number: u64) -> bool {
        if len <= 8 {
            self.narrow.insert(len, [words[0]], number)
        } else {
            self.wide.insert(len, words, number)
        }
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
        let found = self.table.find(hash, |pair| pair.0 == key && self.len == len);
        found.map(|(_, number)| *number)
    }

    fn insert(&mut self, len: u64, key: [u64; WORDS], number: u64) -> bool {
        if self.table.is_empty() {
            self.len = len;
        }
        let fits = self.len == len;
        if fits {
            self.table.insert_unique(hash_of(key), (key, number), |(key, _)| hash_of(*key));
        }
        fits
    }

    fn remove(&mut self, hash: u64, len: u64, key: [u64; WORDS]) -> bool {
        let found = self.table.find_entry(hash, |pair| pair.0 == key && self.len == len);
        found.map(OccupiedEntry::remove).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyHasher;

    fn key(bytes: &[u8]) -> KeyParts {
        let mut key = KeyHasher::in_memory();
        key.write(bytes);
        key.seal().clone()
    }

    #[test]
    fn numbers_are_found_by_their_keys_and_by_no_others() {
        let mut numbers = Numbers::default();
        let keys: Vec<KeyParts> = (0..=255)
            .flat_map(|byte| [vec![byte; 8], vec![byte; 16]])
            .map(|bytes| key(&bytes))
            .collect();
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(key), None);
            assert!(numbers.insert(key.short().unwrap(), number));
        }
        assert_eq!(numbers.len(), keys.len());
        for (key, number) in keys.iter().zip(0..) {
            assert_eq!(numbers.get(key), Some(number));
        }
        for other in [key(&[1; 17]), key(&[0; 7]), key(&[0; 15])] {
            assert_eq!((numbers.get(&other), numbers.remove(&other)), (None, false));
        }
        assert!(numbers.remove(&keys[3]) && !numbers.remove(&keys[3]));
        assert_eq!((numbers.get(&keys[2]), numbers.get(&keys[3])), (Some(2), None));
    }

    #[test]
    fn keys_that_differ_in_length_only_are_told_apart() {
        for [len, other] in [[4, 8], [9, 16]].map(|lens| lens.map(|len| key(&vec![0; len]))) {
            let mut numbers = Numbers::default();
            assert!(numbers.insert(len.short().unwrap(), 1));
            assert!(!numbers.insert(other.short().unwrap(), 2));
            assert_eq!((numbers.get(&len), numbers.get(&other)), (Some(1), None));
            // Once there is none, the next one says how long they are.
            assert!(numbers.remove(&len) && numbers.insert(other.short().unwrap(), 2));
            assert_eq!((numbers.get(&len), numbers.get(&other)), (None, Some(2)));
        }
    }
}
