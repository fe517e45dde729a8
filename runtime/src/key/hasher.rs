//! The one place where encodings are put together.

use std::any::TypeId;
use std::hash::{Hash, Hasher};

use super::{CacheKey, Key};

/// Collects the encoding of a call's parameters.
pub struct KeyHasher {
    types: Vec<TypeId>,
    bytes: Vec<u8>,
    /// Takes over from `bytes` once they are too many to keep.
    digest: Option<Box<blake3::Hasher>>,
}

impl Default for KeyHasher {
    fn default() -> Self {
        KeyHasher::new()
    }
}

impl KeyHasher {
    /// Encodings up to this many bytes are kept whole, longer ones as their blake3 digest.
    pub const WHOLE: usize = 16 * 1024;

    /// An empty key.
    pub fn new() -> Self {
        // Most keys fit without growing.
        KeyHasher { types: Vec::new(), bytes: Vec::with_capacity(64), digest: None }
    }

    /// Writes bytes of a length that the type fixes. For others, see [`write_text`](Self::write_text)
    /// and [`write_sequence`](Self::write_sequence).
    pub fn write(&mut self, bytes: &[u8]) {
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        } else if self.bytes.len() + bytes.len() <= Self::WHOLE {
            self.bytes.extend_from_slice(bytes);
        } else {
            let mut digest = Box::new(blake3::Hasher::new());
            digest.update(&self.bytes).update(bytes);
            self.bytes = Vec::new();
            self.digest = Some(digest);
        }
    }

    /// Writes how many members follow.
    pub fn write_len(&mut self, len: usize) {
        self.write(&(len as u64).to_le_bytes());
    }

    /// Writes a text with its length: a name, a variant, a unit.
    pub fn write_text(&mut self, text: &str) {
        self.write_len(text.len());
        self.write(text.as_bytes());
    }

    /// Writes members whose order counts.
    pub fn write_sequence<T>(
        &mut self,
        members: impl ExactSizeIterator<Item = T>,
        mut encode: impl FnMut(T, &mut KeyHasher),
    ) {
        self.write_len(members.len());
        for member in members {
            encode(member, self);
        }
    }

    /// Writes members whose order does not count: sorted by their encoding.
    ///
    /// ```
    /// use cachelit::{CacheKey, KeyHasher};
    /// let encode = |names: [&str; 2]| {
    ///     let mut key = KeyHasher::new();
    ///     key.write_unordered(names.into_iter(), |name, key| name.encode(key));
    ///     key.finish()
    /// };
    /// assert_eq!(encode(["a", "b"]), encode(["b", "a"]));
    /// ```
    pub fn write_unordered<T>(
        &mut self,
        members: impl Iterator<Item = T>,
        mut encode: impl FnMut(T, &mut KeyHasher),
    ) {
        let mut encodings: Vec<Vec<u8>> = members
            .map(|member| {
                let mut inner = KeyHasher::new();
                encode(member, &mut inner);
                self.types.append(&mut inner.types);
                inner.finish()
            })
            .collect();
        encodings.sort_unstable();
        self.write_sequence(encodings.into_iter(), |encoding, key| {
            key.write_len(encoding.len());
            key.write(&encoding);
        });
    }

    /// The bytes of the key: the encoding behind a `0`, or behind a `1` the digest of a long one.
    pub fn finish(self) -> Vec<u8> {
        match self.digest {
            None => {
                let mut bytes = self.bytes;
                bytes.push(0);
                bytes
            }
            Some(digest) => {
                let mut bytes = digest.finalize().as_bytes().to_vec();
                bytes.push(1);
                bytes
            }
        }
    }

    pub(crate) fn write_type(&mut self, id: TypeId) {
        self.types.push(id);
    }

    /// Encodes what has only `std::hash::Hash`. What that writes is not self-delimiting by any rule, so
    /// its length follows it.
    pub(crate) fn write_std_hash<T: Hash + ?Sized>(&mut self, value: &T) {
        let mut adapter = StdHasher { key: self, written: 0 };
        value.hash(&mut adapter);
        let written = adapter.written;
        self.write_len(written);
    }

    pub(crate) fn into_key(mut self) -> Key {
        let types = std::mem::take(&mut self.types);
        Key::new(types, self.finish())
    }
}

struct StdHasher<'a> {
    key: &'a mut KeyHasher,
    written: usize,
}

impl Hasher for StdHasher<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.key.write(bytes);
        self.written += bytes.len();
    }

    /// An implementation of `Hash` that asks for the state so far gets something harmless: the key
    /// rests on what is written.
    fn finish(&self) -> u64 {
        self.written as u64
    }
}

/// Encodes a single value; for tests and for stores that want the bytes of a key.
///
/// ```
/// assert_eq!(cachelit::key::encoding("a"), cachelit::key::encoding(&String::from("a")));
/// assert_ne!(cachelit::key::encoding(&0.0), cachelit::key::encoding(&-0.0));
/// ```
pub fn encoding<T: CacheKey + ?Sized>(value: &T) -> Vec<u8> {
    let mut key = KeyHasher::new();
    value.encode(&mut key);
    key.finish()
}
