//! What stands in a store, by key.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hashbrown::HashTable;
use hashbrown::hash_table::{Entry as Room, OccupiedEntry};

use super::entry::Entry;
use super::order::{At, Mark};
use crate::key::{KeptKey, KeyParts};

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

    /// Whether there is an entry or a run of the key with that hash that `is_it`.
    #[inline]
    pub(super) fn has(&self, hash: u64, is_it: impl Fn(&KeptKey) -> bool) -> bool {
        let is_it = |(known, entry): &Slot| *known == hash && is_it(&entry.key);
        !self.0.is_empty() && self.0.find(hash, is_it).is_some()
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
        let At::Entry(own) = mark.at else { return None };
        let is_it =
            |(hash, entry): &Slot| *hash == own && entry.born.load(Ordering::Relaxed) == mark.born;
        self.0.find_entry(own, is_it).ok()
    }
}
