//! The key of an entry.

use super::{KeyParts, Short};

/// A key that is kept, in as little room as its length allows: there is one in every entry, and what a new entry costs
/// is mostly memory.
#[derive(Clone)]
pub struct KeptKey {
    hash: u64,
    /// All of it, followed by zeros, of most keys.
    words: [[u8; 8]; WORDS],
    len: u8,
    /// All of a key that is longer, or has widgets.
    more: Option<Box<More>>,
}

#[derive(Clone)]
struct More {
    /// In words too, to be compared by these: see `Bytes`.
    words: Box<[[u8; 8]]>,
    len: usize,
    /// How many bytes of these are those of widgets.
    widgets: usize,
}

impl More {
    fn of(bytes: &[u8], widgets: usize) -> Self {
        let mut words = vec![[0; 8]; bytes.len().div_ceil(8)];
        words.as_flattened_mut()[..bytes.len()].copy_from_slice(bytes);
        More { words: words.into(), len: bytes.len(), widgets }
    }

    fn bytes(&self) -> &[u8] {
        &self.words.as_flattened()[..self.len]
    }
}

const WORDS: usize = 3;

impl KeptKey {
    /// The hash that all maps of keys use.
    #[inline]
    pub(crate) fn hashed(&self) -> u64 {
        self.hash
    }

    /// As [`KeyParts::short`].
    pub(crate) fn short(&self) -> Option<Short> {
        let is_short = self.more.is_none() && self.len <= 16;
        is_short.then(|| {
            (u64::from(self.len), [0, 1].map(|at: usize| u64::from_le_bytes(self.words[at])))
        })
    }

    /// Whether this is `other`, or `other` and the values of more widgets.
    pub(crate) fn extends(&self, other: &KeyParts) -> bool {
        let (bytes, widgets) = self.parts();
        bytes.len() - widgets == other.bytes().len() && bytes.starts_with(other.bytes.as_slice())
    }

    /// All of it.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.parts().0
    }

    /// All bytes, and how many are those of widgets.
    #[inline]
    fn parts(&self) -> (&[u8], usize) {
        match &self.more {
            None => (&self.words.as_flattened()[..usize::from(self.len)], 0),
            Some(more) => (more.bytes(), more.widgets),
        }
    }
}

impl From<&KeyParts> for KeptKey {
    #[inline]
    fn from(key: &KeyParts) -> Self {
        let KeyParts { hash, bytes, widgets, .. } = key;
        let mut kept = KeptKey { hash: *hash, words: [[0; 8]; WORDS], len: 0, more: None };
        match (bytes.words(), u8::try_from(bytes.len())) {
            (Some(words), Ok(len)) if *widgets == 0 && usize::from(len) <= WORDS * 8 => {
                kept.len = len;
                kept.words.copy_from_slice(&words[..WORDS]);
            }
            _ => kept.more = Some(Box::new(More::of(bytes.as_slice(), *widgets))),
        }
        kept
    }
}

impl PartialEq<KeyParts> for KeptKey {
    #[inline]
    fn eq(&self, other: &KeyParts) -> bool {
        let KeyParts { hash, bytes, widgets, .. } = other;
        let (words, len, own_widgets) = match &self.more {
            None => (&self.words[..], usize::from(self.len), 0),
            Some(more) => (&more.words[..], more.len, more.widgets),
        };
        self.hash == *hash
            && len == bytes.len()
            && own_widgets == *widgets
            && match bytes.words() {
                Some(others) => words.iter().zip(others).all(|(a, b)| a == b),
                None => words.as_flattened()[..len] == *bytes.as_slice(),
            }
    }
}

impl PartialEq for KeptKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.parts() == other.parts()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::key::key_of;

    #[test]
    fn a_kept_key_equals_the_one_that_it_was_made_of_and_no_other() {
        let mut keys = vec![key_of(&[])];
        for len in [1, 7, 8, 9, 16, 23, 24, 25, 64, 65, 200] {
            for last in [0, 1] {
                let mut bytes = vec![0; len];
                bytes[len - 1] = last;
                keys.push(key_of(&bytes));
            }
        }
        let with_widgets: Vec<KeyParts> = keys
            .iter()
            .flat_map(|key| ["a", "b"].map(|value| key.with_widget("w", &json!(value))))
            .collect();
        keys.extend(with_widgets);
        let kept: Vec<KeptKey> = keys.iter().map(KeptKey::from).collect();
        for (a, kept_a) in keys.iter().zip(&kept) {
            assert_eq!((kept_a.hashed(), kept_a.short()), (a.hashed(), a.short()));
            for (b, kept_b) in keys.iter().zip(&kept) {
                assert_eq!(*kept_a == *b, a == b);
                assert_eq!(kept_a == kept_b, a == b);
                assert_eq!(kept_a.extends(b), a.extends(b));
            }
        }
    }

    #[test]
    fn what_has_equal_hashes_is_compared_to_the_end() {
        let mut other = key_of(&[1; 30]);
        let kept = KeptKey::from(&other);
        other.bytes.take();
        other.bytes.extend(&[1; 29]);
        other.bytes.extend(&[2]);
        assert!(kept != other);
    }
}
