//! The one place where encodings are put together.

use std::any::{TypeId, type_name};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use foldhash::fast::RandomState as FoldState;
use parking_lot::Mutex;

use super::blocks::{self, Content};
use super::{CacheKey, KeyParts, Reach, Short};
use crate::internal::HashFunc;

/// In memory, this many bytes at a time of a long encoding become a digest.
pub(crate) const FOLD: usize = 1024;
/// In memory, a run of bytes longer than this becomes a digest at once.
pub(crate) const BLOCK: usize = 512;

/// Collects the encoding of a call's parameters.
///
/// Whoever implements [`CacheKey`] by hand writes so that no two values write the same bytes: what has a fixed length
/// as it is, everything else with its length.
///
/// ```
/// use cachelit::{CacheKey, KeyHasher, key::encoding};
///
/// /// An IPv4 network, or a name.
/// enum Target {
///     Network([u8; 4], u8),
///     Name(String),
/// }
///
/// impl CacheKey for Target {
///     fn encode(&self, key: &mut KeyHasher) {
///         match self {
///             Target::Network(address, prefix) => {
///                 key.write(&[0, *prefix]);
///                 key.write(address);
///             }
///             Target::Name(name) => {
///                 key.write(&[1]);
///                 key.write_text(name);
///             }
///         }
///     }
/// }
///
/// let local = Target::Network([127, 0, 0, 0], 8);
/// assert_ne!(encoding(&local), encoding(&Target::Name("localhost".to_owned())));
/// ```
pub struct KeyHasher {
    /// Built where it is used, for moving what was just written costs as much as writing it.
    key: KeyParts,
    /// What `bytes` may hold before something must be done about it.
    limit: usize,
    long: Long,
    /// For what is inside records.
    pub(super) hash_funcs: &'static [HashFunc],
}

/// What becomes of an encoding that is too long to keep.
enum Long {
    /// Keyed digests take the place of what they cover.
    Fold,
    /// One digest, the same in every process, takes the place of all.
    Digest(Option<Box<blake3::Hasher>>),
}

impl Default for KeyHasher {
    fn default() -> Self {
        KeyHasher::new()
    }
}

impl KeyHasher {
    /// Encodings up to this many bytes are kept whole, longer ones as their blake3 digest.
    pub const WHOLE: usize = 16 * 1024;

    /// An empty key, the same in every process.
    pub fn new() -> Self {
        KeyHasher::of(Self::WHOLE, Long::Digest(None), Reach::Everywhere)
    }

    /// An empty key for use in this process only, where long encodings cost less.
    #[inline]
    pub(crate) fn in_memory() -> Self {
        KeyHasher::of(FOLD, Long::Fold, Reach::Process)
    }

    #[inline]
    fn of(limit: usize, long: Long, reach: Reach) -> Self {
        KeyHasher { key: KeyParts::empty(reach), limit, long, hash_funcs: &[] }
    }

    /// An empty key of the same kind.
    fn fresh(&self) -> Self {
        let mut fresh = match self.long {
            Long::Fold => KeyHasher::in_memory(),
            Long::Digest(_) => KeyHasher::new(),
        };
        fresh.hash_funcs = self.hash_funcs;
        fresh
    }

    /// What would be written, by itself.
    pub(super) fn part(&mut self, encode: impl FnOnce(&mut KeyHasher)) -> Vec<u8> {
        let mut part = self.fresh();
        encode(&mut part);
        self.limit_reach(part.key.reach);
        part.finish()
    }

    /// Writes bytes of a length that the type fixes. For others, see [`write_text`](Self::write_text)
    /// and [`write_sequence`](Self::write_sequence).
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) {
        if self.key.bytes.len() + bytes.len() <= self.limit {
            self.key.bytes.extend(bytes);
        } else {
            self.write_beyond(bytes);
        }
    }

    #[cold]
    fn write_beyond(&mut self, mut bytes: &[u8]) {
        match &mut self.long {
            Long::Fold => loop {
                // Where the folds are hangs on the bytes alone, not on how they were divided into writes.
                let room = self.limit - self.key.bytes.len();
                let (now, later) = bytes.split_at(room.min(bytes.len()));
                self.key.bytes.extend(now);
                if later.is_empty() {
                    return;
                }
                let digest = blocks::keyed(self.key.bytes.take().as_slice());
                self.key.bytes.extend(&digest.to_le_bytes());
                bytes = later;
            },
            Long::Digest(digest) => {
                let digest = digest.get_or_insert_with(Box::default);
                digest.update(self.key.bytes.take().as_slice()).update(bytes);
                self.limit = 0;
            }
        }
    }

    /// Writes the bytes of a text or slice, whose length was written before, and which equal values
    /// always write at once.
    #[inline]
    pub(crate) fn write_block(&mut self, bytes: &[u8]) {
        self.write_block_of(bytes, Content::Bytes);
    }

    /// Writes a block that is known to have this content.
    #[inline]
    pub(super) fn write_block_of(&mut self, bytes: &[u8], content: Content) {
        if bytes.len() <= BLOCK {
            self.write(bytes);
        } else {
            self.write_large_block(bytes, content);
        }
    }

    fn write_large_block(&mut self, bytes: &[u8], content: Content) {
        if self.digests(bytes) {
            self.write(&blocks::digest(bytes, content).to_le_bytes());
        } else {
            self.write(bytes);
        }
    }

    /// Writes a block if this thread remembers that it has this content. If not, it must be looked at.
    pub(super) fn write_remembered(&mut self, bytes: &[u8], content: Content) -> bool {
        let digest = self.digests(bytes).then(|| blocks::recall(bytes, content)).flatten();
        if let Some(digest) = digest {
            self.write(&digest.to_le_bytes());
        }
        digest.is_some()
    }

    /// Whether a digest stands for a block.
    fn digests(&self, block: &[u8]) -> bool {
        block.len() > BLOCK && matches!(self.long, Long::Fold)
    }

    /// Writes how many members follow.
    #[inline]
    pub fn write_len(&mut self, len: usize) {
        self.write(&(len as u64).to_le_bytes());
    }

    /// Writes a text with its length: a name, a variant, a unit.
    #[inline]
    pub fn write_text(&mut self, text: &str) {
        self.write_len(text.len());
        self.write_block(text.as_bytes());
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
        let mut encodings: Vec<Vec<u8>> =
            members.map(|member| self.part(|key| encode(member, key))).collect();
        encodings.sort_unstable();
        self.write_sequence(encodings.into_iter(), |encoding, key| {
            key.write_len(encoding.len());
            key.write(&encoding);
        });
    }

    /// The bytes of the key: the encoding behind a `0`, or behind a `1` the digest of a long one.
    pub fn finish(mut self) -> Vec<u8> {
        self.close();
        self.key.bytes.into_vec()
    }

    fn close(&mut self) {
        let bytes = &mut self.key.bytes;
        if let Long::Digest(Some(digest)) = &self.long {
            bytes.take();
            bytes.extend(digest.finalize().as_bytes());
            bytes.extend(&[1]);
        } else {
            bytes.extend(&[0]);
        }
    }

    /// Writes what stands for a type: in this process a number, for the compiler's own are not to be had whole;
    /// in every process its name, unless it may have to share that.
    pub(crate) fn write_type<T: ?Sized>(&mut self) {
        let id = typeid::of::<T>();
        if matches!(self.long, Long::Fold) {
            self.write_type_number(id);
            return;
        }
        let name = type_name::<T>();
        self.write_text(name);
        if !is_only_bearer(name, id) {
            self.limit_reach(Reach::Process);
            self.write_type_number(id);
        }
    }

    /// Writes what a type looks like, for keys that other builds of the program read.
    pub(crate) fn write_shape(&mut self, shape: &str) {
        if matches!(self.long, Long::Digest(_)) {
            self.write_text(shape);
        }
    }

    fn limit_reach(&mut self, reach: Reach) {
        self.key.reach = self.key.reach.max(reach);
    }

    fn write_type_number(&mut self, id: TypeId) {
        static NUMBERS: LazyLock<Mutex<HashMap<TypeId, u64>>> = LazyLock::new(Mutex::default);
        thread_local! {
            static KNOWN: RefCell<HashMap<TypeId, u64, FoldState>> = RefCell::default();
        }
        let number = KNOWN.with_borrow_mut(|known| {
            *known.entry(id).or_insert_with(|| {
                let mut numbers = NUMBERS.lock();
                let next = numbers.len() as u64;
                *numbers.entry(id).or_insert(next)
            })
        });
        self.write(&number.to_le_bytes());
    }

    /// Encodes what has only `std::hash::Hash`. What that writes is not self-delimiting by any rule, so
    /// its length follows it.
    pub(crate) fn write_std_hash<T: Hash + ?Sized>(&mut self, value: &T) {
        self.limit_reach(Reach::Build);
        let mut adapter = StdHasher { key: self, written: 0 };
        value.hash(&mut adapter);
        let written = adapter.written;
        self.write_len(written);
    }

    /// Makes it the key with that encoding, in this process.
    #[inline]
    pub(crate) fn set_short(&mut self, short: Short) {
        self.key.bytes.set_short(short);
    }

    /// The key of a call, once all is written.
    pub(crate) fn seal(&mut self) -> &KeyParts {
        self.end();
        self.hashed()
    }

    /// Ends the encoding. Who finds a short key in memory of the thread's own needs no hash of it.
    #[inline]
    pub(crate) fn end(&mut self) {
        if matches!(self.long, Long::Digest(_)) {
            self.close();
        }
        if self.key.short().is_none() {
            self.key.hash_up();
        }
    }

    /// The key that was [ended](Self::end).
    #[inline]
    pub(crate) fn ended(&self) -> &KeyParts {
        &self.key
    }

    /// The same, for maps.
    pub(crate) fn hashed(&mut self) -> &KeyParts {
        if self.key.short().is_some() {
            self.key.hash_up();
        }
        &self.key
    }
}

/// Whether no other type has that name, as types in functions, closures, and types of several versions of a crate may.
/// The first of those that are met has it; a name with arguments is never trusted, for they may be such types.
fn is_only_bearer(name: &'static str, id: TypeId) -> bool {
    static BEARERS: LazyLock<Mutex<HashMap<&str, TypeId>>> = LazyLock::new(Mutex::default);
    !name.contains(['<', '{']) && *BEARERS.lock().entry(name).or_insert(id) == id
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    fn in_memory<T: CacheKey + ?Sized>(value: &T) -> KeyParts {
        let mut key = KeyHasher::in_memory();
        value.encode(&mut key);
        key.seal().clone()
    }

    #[test]
    fn long_keys_differ_by_any_member_and_stay_small() {
        let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
        let texts: Vec<String> = (0..1000).map(|n| format!("text {n}")).collect();
        for at in [0, 63, 64, 500, 999] {
            let (mut other, mut others) = (numbers.clone(), texts.clone());
            other[at] = -0.5;
            others[at].push('!');
            assert!(in_memory(&numbers) != in_memory(&other), "float {at}");
            assert!(in_memory(&texts) != in_memory(&others), "text {at}");
        }
        assert!(in_memory(&numbers) == in_memory(&numbers.clone()));
        assert!(in_memory(&texts) == in_memory(&texts.clone()));
        assert!(in_memory(&texts).bytes().len() <= FOLD);
    }

    #[test]
    fn division_into_writes_makes_no_difference() {
        let bytes: Vec<u8> = (0..5000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let keys = [1, 7, FOLD, FOLD + 1, 5000].map(|size| {
            let mut key = KeyHasher::in_memory();
            bytes.chunks(size).for_each(|chunk| key.write(chunk));
            key.seal().clone()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_deque_that_wraps_around_equals_one_that_does_not() {
        let straight: VecDeque<f64> = (0..200).map(f64::from).collect();
        let mut wrapped: VecDeque<f64> = (100..200).map(f64::from).collect();
        (0..100).rev().for_each(|number| wrapped.push_front(f64::from(number)));
        assert!(!wrapped.as_slices().1.is_empty());
        assert_eq!(wrapped, straight);
        assert!(in_memory(&wrapped) == in_memory(&straight));
    }

    #[test]
    fn every_nan_is_one_also_in_a_long_slice() {
        let mut numbers = vec![1.0; 300];
        numbers[200] = f64::NAN;
        let mut others = numbers.clone();
        others[200] = f64::from_bits(f64::NAN.to_bits() ^ 1);
        assert!(in_memory(&numbers) == in_memory(&others));
        others[200] = 0.0;
        numbers[200] = -0.0;
        assert!(in_memory(&numbers) != in_memory(&others));
    }

    #[test]
    fn every_nan_is_one_also_where_its_bits_are_remembered_as_integers() {
        let mut numbers = vec![1.0; 300];
        numbers[200] = f64::from_bits(f64::NAN.to_bits() ^ 1);
        let bits: Vec<u64> = numbers.iter().map(|number| number.to_bits()).collect();
        for _ in 0..3 {
            in_memory(&bits);
        }
        let known = in_memory(&numbers);
        numbers[200] = f64::NAN;
        for _ in 0..3 {
            assert!(in_memory(&numbers) == known);
        }
    }
}
