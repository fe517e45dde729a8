//! What may be a part of a key, and how it becomes bytes.
//!
//! A parameter is encoded whole, by [`CacheKey`], into a [`KeyHasher`]. The encoding is the same on
//! every platform and in every process: integers have a fixed width and order of bytes, everything of
//! variable length says how long it is, maps and sets are sorted by the encoding of their members.
//! Equal encodings mean equal keys, so two different values of one type must never encode alike.

use std::borrow::Borrow;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState as FoldState;

mod blocks;
mod bytes;
mod collections;
mod crates;
mod file;
mod hash_funcs;
mod hasher;
pub(crate) mod kept;
mod records;
mod scalars;

use bytes::Bytes;
pub use file::{FileContent, FileReader};
pub(crate) use hasher::{BLOCK, FOLD};
pub use hasher::{KeyHasher, encoding};
pub(crate) use kept::KeptKey;

/// A value that can be part of a cache key.
///
/// Implemented for the data types of the standard library, floats, maps and sets included. For types
/// of your own, derive it:
///
/// ```
/// use cachelit::CacheKey;
///
/// #[derive(CacheKey)]
/// struct Query {
///     table: String,
///     threshold: f64,
///     #[cache_key(skip)]
///     note: Option<String>,
/// }
/// # let query = Query { table: "t".into(), threshold: 0.5, note: None };
/// # assert!(query.note.is_none());
/// ```
///
/// An implementation by hand writes everything that tells two values apart:
///
/// ```
/// use cachelit::{CacheKey, KeyHasher};
///
/// struct Celsius(f64);
///
/// impl CacheKey for Celsius {
///     fn encode(&self, key: &mut KeyHasher) {
///         self.0.encode(key);
///     }
/// }
/// ```
///
/// What types encode alike, by design: `&str` and `String`, `&[T]` and `Vec<T>`, `Box<T>`, `Arc<T>`
/// and `T`, and maps or sets of the same content whatever their order. `NaN` equals `NaN`; `0.0` and
/// `-0.0` differ.
///
/// Features implement it for the data types of the crates that they are named after: `arrow`, `bytes`,
/// `chrono`, `chrono-tz`, `indexmap`, `jiff`, `ndarray`, `ordered-float`, `polars`, `rust_decimal`,
/// `serde_json`, `smallvec`, `time`, `url`, `uuid`. Arrays and tables count by shape, names, types and content,
/// all of it; how their buffers are laid out does not count.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a cache key",
    label = "has no `CacheKey`",
    note = "derive it for a type of your own: `#[derive(cachelit::CacheKey)]` (or `Hash`)",
    note = "or say how to hash it: `hash_funcs = {{ {Self}: |value| … }}` in the attribute, `#[cache_key(with = …)]` on a field",
    note = "or leave it out of the key: begin the parameter's name with `_`, write `#[cache_key(skip)]` on a field"
)]
pub trait CacheKey {
    /// Writes everything that tells this value from others of its type.
    fn encode(&self, key: &mut KeyHasher);

    /// Writes a slice's members, without its length. Types whose values are plain bytes do it at once.
    #[doc(hidden)]
    fn encode_slice(slice: &[Self], key: &mut KeyHasher)
    where
        Self: Sized,
    {
        for value in slice {
            value.encode(key);
        }
    }
}

/// A finished key: the encoding of the type arguments of the function and of its parameters.
///
/// The encoding itself is kept and compared. Of one that is long, digests of 128 bits under a secret of
/// the process stand for parts of it.
#[derive(Clone)]
pub(crate) struct KeyParts {
    /// Of all the rest; equal keys have equal ones. Zero until somebody needs it.
    hash: u64,
    /// The encoding, and behind it the widgets that the body asks, each with its value, as far as they are known.
    bytes: Bytes,
    /// How many bytes the widgets take.
    widgets: usize,
    reach: Reach,
}

/// Length and content of an encoding of at most 16 bytes.
pub(crate) type Short = (u64, [u64; 2]);

/// A short key with its hash.
#[derive(Clone, Copy)]
pub(crate) struct ShortKey {
    pub(crate) hash: u64,
    pub(crate) short: Short,
}

impl ShortKey {
    #[inline]
    pub(crate) fn of(short: Short) -> Self {
        ShortKey { hash: hash_of_short(short.1), short }
    }
}

static RANDOM: LazyLock<FoldState> = LazyLock::new(FoldState::default);

/// The hash of a key with that content. It is of a fixed length, which costs no branches: keys that differ in length only
/// are told apart by comparison.
#[inline]
pub(crate) fn hash_of_short([first, second]: [u64; 2]) -> u64 {
    let mut hasher = RANDOM.build_hasher();
    hasher.write_u64(first);
    hasher.write_u64(second);
    hasher.finish()
}

/// How far the bytes of a key mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Everywhere,
    /// In processes of one build of the program.
    Build,
    Process,
}

impl KeyParts {
    #[inline]
    fn empty(reach: Reach) -> Self {
        KeyParts { hash: 0, bytes: Bytes::new(), widgets: 0, reach }
    }

    #[inline]
    fn hash_up(&mut self) {
        self.hash = if let Some(words) = self.bytes.short() {
            hash_of_short(words)
        } else {
            let mut hasher = RANDOM.build_hasher();
            hasher.write(self.bytes.as_slice());
            hasher.finish()
        };
    }

    /// The hash that all maps of keys use.
    #[inline]
    pub(crate) fn hashed(&self) -> u64 {
        self.hash
    }

    /// The key with that encoding, in this process.
    pub(crate) fn of_short(key: ShortKey) -> Self {
        let ShortKey { hash, short } = key;
        let mut parts = KeyParts { hash, ..KeyParts::empty(Reach::Process) };
        parts.bytes.set_short(short);
        parts
    }

    /// The same of a short one.
    #[inline]
    pub(crate) fn short_key(&self) -> Option<ShortKey> {
        self.short().map(|short| ShortKey { hash: self.hash, short })
    }

    /// Length and content, if the encoding has at most 16 bytes. Nothing of a key with widgets.
    #[inline]
    pub(crate) fn short(&self) -> Option<Short> {
        let words = self.bytes.short().filter(|_| self.widgets == 0)?;
        Some((self.bytes.len() as u64, words))
    }

    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }

    /// The encoding.
    pub(crate) fn bytes(&self) -> &[u8] {
        let bytes = self.bytes.as_slice();
        &bytes[..bytes.len() - self.widgets]
    }

    /// The key of a call in which, after all that this key says, a widget has that value.
    pub(crate) fn with_widget(&self, id: &str, value: &serde_json::Value) -> Self {
        let mut key = self.clone();
        for text in [id, &value.to_string()] {
            key.bytes.extend(&(text.len() as u64).to_le_bytes());
            key.bytes.extend(text.as_bytes());
        }
        key.widgets += key.bytes.len() - self.bytes.len();
        key.hash_up();
        key
    }

    /// Whether this is `other`, or `other` and the values of more widgets.
    pub(crate) fn extends(&self, other: &KeyParts) -> bool {
        self.bytes().len() == other.bytes().len() && self.bytes.starts_with(&other.bytes)
    }
}

impl PartialEq for KeyParts {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.widgets == other.widgets && self.bytes == other.bytes
    }
}

impl Eq for KeyParts {}

impl Hash for KeyParts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A key that is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(Arc<KeyParts>);

impl From<KeyParts> for Key {
    fn from(parts: KeyParts) -> Self {
        Key(Arc::new(parts))
    }
}

impl Deref for Key {
    type Target = KeyParts;

    #[inline]
    fn deref(&self) -> &KeyParts {
        &self.0
    }
}

impl Borrow<KeyParts> for Key {
    fn borrow(&self) -> &KeyParts {
        &self.0
    }
}

/// For maps by [`Key`]: a key knows its hash.
#[derive(Clone, Default)]
pub(crate) struct KnownHash(u64);

pub(crate) type ByKnownHash = BuildHasherDefault<KnownHash>;

impl Hasher for KnownHash {
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("a key hashes as one integer");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The key that bytes are, for tests.
#[cfg(test)]
pub(crate) fn key_of(bytes: &[u8]) -> KeyParts {
    let mut key = KeyHasher::in_memory();
    key.write(bytes);
    key.seal().clone()
}
