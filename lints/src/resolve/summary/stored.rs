//! The form in which summaries are kept from run to run.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Item, Items};

/// Everything that the bytes of a stored summary depend on, besides the texts.
pub(super) const SOURCES: [&str; 14] = [
    env!("CARGO_PKG_VERSION"),
    include_str!("../macros.rs"),
    include_str!("../macros/matching.rs"),
    include_str!("../macros/rules.rs"),
    include_str!("../macros/tokens.rs"),
    include_str!("../macros/transcribe.rs"),
    include_str!("../summary.rs"),
    include_str!("attrs.rs"),
    include_str!("items.rs"),
    include_str!("nesting.rs"),
    include_str!("outline.rs"),
    include_str!("stored.rs"),
    include_str!("tree.rs"),
    include_str!("types.rs"),
];

/// Tells the summaries of this build from those that any other build of the linter would make: what
/// a store kept under another format means something else.
#[must_use]
pub fn format() -> [u8; 32] {
    static FORMAT: LazyLock<[u8; 32]> = LazyLock::new(|| {
        let mut hasher = blake3::Hasher::new();
        for source in SOURCES {
            hasher.update(blake3::hash(source.as_bytes()).as_bytes());
        }
        *hasher.finalize().as_bytes()
    });
    *FORMAT
}

#[derive(Serialize, Deserialize)]
struct Stored(#[serde(with = "items")] Items);

/// The bytes that stand for a file's items.
pub(super) fn encode(items: &Items) -> Vec<u8> {
    let mut bytes = postcard::to_extend(&Stored(Arc::clone(items)), Vec::new())
        .expect("items have nothing that can't be written");
    bytes.shrink_to_fit();
    bytes
}

/// Back from bytes.
pub(super) fn decode(bytes: &[u8]) -> Option<Items> {
    match postcard::take_from_bytes::<Stored>(bytes) {
        Ok((Stored(items), [])) => Some(items),
        _ => None,
    }
}

/// What a macro call makes; `None` where it can't be expanded.
#[derive(Clone)]
pub(super) struct Expanded(pub(super) Option<Items>);

impl Expanded {
    /// The bytes that stand for it.
    pub(super) fn encode(&self) -> Vec<u8> {
        self.0.as_ref().map_or_else(Vec::new, encode)
    }

    /// Back from bytes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Expanded> {
        if bytes.is_empty() {
            return Some(Expanded(None));
        }
        decode(bytes).map(|items| Expanded(Some(items)))
    }
}

/// Shared values. Serde's own way would be on for whoever else is built with this crate.
pub(super) mod shared {
    use super::{Arc, Deserialize, Serialize};

    pub(crate) fn serialize<T: Serialize, S: serde::Serializer>(
        value: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        T::serialize(value, serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

/// Lists of shared items.
pub(super) mod items {
    use super::{Arc, Deref, Deserialize, Item};

    pub(crate) fn serialize<L: Deref<Target = [Arc<Item>]>, S: serde::Serializer>(
        list: &L,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|item| &**item))
    }

    pub(crate) fn deserialize<'de, L: FromIterator<Arc<Item>>, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<L, D::Error> {
        Vec::deserialize(deserializer).map(|list| list.into_iter().map(Arc::new).collect())
    }
}

/// Lists of shared items that may be missing.
pub(super) mod optional_items {
    use super::{Arc, Deserialize, Items, Serialize, Stored};

    #[expect(clippy::ref_option, reason = "what serde calls it with")]
    pub(crate) fn serialize<S: serde::Serializer>(
        list: &Option<Items>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        list.as_ref().map(|list| Stored(Arc::clone(list))).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Items>, D::Error> {
        Option::<Stored>::deserialize(deserializer).map(|list| list.map(|Stored(list)| list))
    }
}
