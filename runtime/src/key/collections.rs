//! Sequences, maps and sets.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use super::{CacheKey, KeyHasher};

impl<T: CacheKey> CacheKey for [T] {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_len(self.len());
        T::encode_slice(self, key);
    }
}

impl<T: CacheKey, const N: usize> CacheKey for [T; N] {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_slice().encode(key);
    }
}

impl<T: CacheKey> CacheKey for Vec<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_slice().encode(key);
    }
}

impl<T: CacheKey> CacheKey for VecDeque<T> {
    /// Member by member: equal ones may be divided into slices in different ways.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_sequence(self.iter(), CacheKey::encode);
    }
}

impl<T: CacheKey> CacheKey for LinkedList<T> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_sequence(self.iter(), CacheKey::encode);
    }
}

impl<T: CacheKey> CacheKey for BinaryHeap<T> {
    /// As a set: the order inside a heap says nothing about its content.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), CacheKey::encode);
    }
}

pub(super) fn encode_pair<K: CacheKey, V: CacheKey>((name, value): (&K, &V), key: &mut KeyHasher) {
    name.encode(key);
    value.encode(key);
}

impl<K: CacheKey, V: CacheKey, S> CacheKey for HashMap<K, V, S> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), encode_pair);
    }
}

impl<K: CacheKey, V: CacheKey> CacheKey for BTreeMap<K, V> {
    /// As a `HashMap`: the order of `Ord` need not be that of the encodings.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), encode_pair);
    }
}

impl<T: CacheKey, S> CacheKey for HashSet<T, S> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), CacheKey::encode);
    }
}

impl<T: CacheKey> CacheKey for BTreeSet<T> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), CacheKey::encode);
    }
}
