//! What may be a part of a key, and how it becomes bytes.
//!
//! A parameter is encoded whole, by [`CacheKey`], into a [`KeyHasher`]. The encoding is the same on
//! every platform and in every process: integers have a fixed width and order of bytes, everything of
//! variable length says how long it is, maps and sets are sorted by the encoding of their members.
//! Equal encodings mean equal keys, so two different values of one type must never encode alike.

use std::any::TypeId;
use std::sync::Arc;

mod collections;
mod hasher;
mod records;
mod scalars;

pub use hasher::{KeyHasher, encoding};

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a cache key",
    label = "has no `CacheKey`",
    note = "derive it for a type of your own: `#[derive(cachelit::CacheKey)]` (or `Hash`)",
    note = "or say how to hash it: `hash_funcs = {{ Type: |value| … }}` in the attribute",
    note = "or leave the parameter out of the key: begin its name with `_`"
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

/// A finished key: the type arguments of the function, and the encoding of its parameters.
///
/// The encoding itself is kept and compared; only one beyond [`KeyHasher::WHOLE`] bytes is replaced by
/// its blake3 digest. Chosen arguments can't collide in either.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(Arc<KeyParts>);

#[derive(PartialEq, Eq, Hash)]
struct KeyParts {
    types: Vec<TypeId>,
    bytes: Vec<u8>,
    /// Widgets that the body asks, each with its value, as far as they are known.
    widgets: Vec<u8>,
}

impl Key {
    pub(crate) fn new(types: Vec<TypeId>, bytes: Vec<u8>) -> Self {
        Key(Arc::new(KeyParts { types, bytes, widgets: Vec::new() }))
    }

    /// The key of a call in which, after all that this key says, a widget has that value.
    pub(crate) fn with_widget(&self, id: &str, value: &serde_json::Value) -> Self {
        let KeyParts { types, bytes, widgets } = &*self.0;
        let mut widgets = widgets.clone();
        for text in [id, &value.to_string()] {
            widgets.extend_from_slice(&(text.len() as u64).to_le_bytes());
            widgets.extend_from_slice(text.as_bytes());
        }
        Key(Arc::new(KeyParts { types: types.clone(), bytes: bytes.clone(), widgets }))
    }

    /// Whether this is `other`, or `other` and the values of more widgets.
    pub(crate) fn extends(&self, other: &Key) -> bool {
        self.0.types == other.0.types
            && self.0.bytes == other.0.bytes
            && self.0.widgets.starts_with(&other.0.widgets)
    }
}
