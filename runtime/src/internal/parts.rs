//! Calls whose parameters are numbers and texts.

use std::any::Any;
use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;

use foldhash::fast::FixedState;

use super::Param;
use crate::engine::front::{Asked, Question};
use crate::engine::word;
use crate::key::{BLOCK, FOLD, KeptKey, Short};

/// The parameters of a call, of which it is known how they are encoded, so that a call whose result this thread
/// remembers builds no key.
#[derive(Clone, Copy)]
pub struct Parts<P>(P);

impl Parts<()> {
    /// Of no parameters.
    #[expect(clippy::new_without_default, reason = "called by expansions only")]
    #[inline]
    pub const fn new() -> Self {
        Parts(())
    }
}

impl<P: Part> Parts<P> {
    /// With a number.
    #[inline]
    pub fn number<T: Any>(self, number: &T) -> Parts<(P, Number<T>)> {
        Parts((self.0, Number::new(number)))
    }

    /// With a text, if it is one.
    #[inline]
    pub fn text(self, text: Option<&str>) -> Parts<(P, Text<'_>)> {
        Parts((self.0, Text(text)))
    }

    /// To ask by. Nothing if the key of such a call is to be made first.
    #[inline]
    pub fn hash(self) -> Option<Hashed<P>> {
        // What meets in a slot is compared: who chooses texts that do makes calls as slow as without it.
        let mut hasher = FixedState::with_seed(0).build_hasher();
        let len = self.0.hash(&mut hasher)?;
        (len <= FOLD).then(|| Hashed { parts: self.0, hash: hasher.finish() })
    }
}

/// Parameters with a hash of them.
#[derive(Clone, Copy)]
pub struct Hashed<P> {
    parts: P,
    hash: u64,
}

impl<P: Part> Question for Hashed<P> {
    #[inline]
    fn short(&self) -> Option<Short> {
        None
    }

    #[inline]
    fn hashed(&self) -> u64 {
        self.hash
    }

    #[inline]
    fn is(&self, key: &KeptKey) -> bool {
        self.parts.strip(key.bytes()).is_some_and(<[u8]>::is_empty)
    }

    #[inline]
    fn asked(&self) -> Asked {
        Asked::ByHash(self.hash)
    }
}

/// A parameter, or several in turn.
pub trait Part {
    /// Hashes it, and says how many bytes of a key it takes, if it stands there as it is.
    fn hash(&self, hasher: &mut impl Hasher) -> Option<usize>;

    /// What follows it in a key, if that begins with it.
    fn strip<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]>;
}

impl Part for () {
    #[inline]
    fn hash(&self, _hasher: &mut impl Hasher) -> Option<usize> {
        Some(0)
    }

    #[inline]
    fn strip<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]> {
        Some(key)
    }
}

impl<A: Part, B: Part> Part for (A, B) {
    #[inline]
    fn hash(&self, hasher: &mut impl Hasher) -> Option<usize> {
        Some(self.0.hash(hasher)? + self.1.hash(hasher)?)
    }

    #[inline]
    fn strip<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]> {
        self.1.strip(self.0.strip(key)?)
    }
}

/// As it is encoded. Of its type, so that the compiler knows how many bytes that are.
pub struct Number<T> {
    word: Option<u64>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Number<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Number<T> {}

impl<T: Any> Number<T> {
    #[inline]
    fn new(number: &T) -> Self {
        Number { word: word::encoded(number).map(|(_, word)| word), of: PhantomData }
    }
}

impl<T: Any> Part for Number<T> {
    #[inline]
    fn hash(&self, hasher: &mut impl Hasher) -> Option<usize> {
        hasher.write_u64(self.word?);
        word::width::<T>()
    }

    #[inline]
    fn strip<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]> {
        let (own, rest) = key.split_at_checked(word::width::<T>()?)?;
        let mut word = [0; 8];
        word[..own.len()].copy_from_slice(own);
        (Some(u64::from_le_bytes(word)) == self.word).then_some(rest)
    }
}

/// A text that is encoded as its length and its bytes.
#[derive(Clone, Copy)]
pub struct Text<'a>(Option<&'a str>);

impl Part for Text<'_> {
    #[inline]
    fn hash(&self, hasher: &mut impl Hasher) -> Option<usize> {
        let text = self.0.filter(|text| text.len() <= BLOCK)?;
        hasher.write(text.as_bytes());
        Some(size_of::<u64>() + text.len())
    }

    #[inline]
    fn strip<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]> {
        let text = self.0?;
        let (len, rest) = key.split_first_chunk()?;
        let is_long_enough = u64::from_le_bytes(*len) == text.len() as u64;
        is_long_enough.then_some(rest)?.strip_prefix(text.as_bytes())
    }
}

/// Tells texts from what is only called so: method lookup takes the first of [`ByText`] and [`ByNoText`] that fits.
pub trait ByText<'a> {
    fn text(&self) -> Option<&'a str>;
}

impl<'a> ByText<'a> for &Param<'a, str> {
    #[inline]
    fn text(&self) -> Option<&'a str> {
        Some(self.0)
    }
}

impl<'a> ByText<'a> for &Param<'a, String> {
    #[inline]
    fn text(&self) -> Option<&'a str> {
        Some(self.0)
    }
}

pub trait ByNoText<'a> {
    #[inline]
    fn text(&self) -> Option<&'a str> {
        None
    }
}

impl<'a, T: ?Sized> ByNoText<'a> for Param<'a, T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{CacheKey, KeyHasher};

    fn kept(texts: [&str; 2], numbers: (u32, u8)) -> KeptKey {
        let mut key = KeyHasher::in_memory();
        texts[0].encode(&mut key);
        numbers.encode(&mut key);
        texts[1].encode(&mut key);
        KeptKey::from(key.seal())
    }

    fn asked(texts: [&str; 2], numbers: (u32, u8)) -> Option<impl Question> {
        let [first, last] = texts.map(Some);
        Parts::new().text(first).number(&numbers.0).number(&numbers.1).text(last).hash()
    }

    #[test]
    fn parameters_are_their_key_and_no_other() {
        let long = "x".repeat(BLOCK - 8);
        let texts = ["", "a", "b", "aa", "a longer text", "\0", &long];
        let calls: Vec<_> = texts
            .iter()
            .flat_map(|&a| texts.iter().map(move |&b| [a, b]))
            .flat_map(|texts| [(0, 0), (0, 1), (256, 0), (97, 1)].map(|numbers| (texts, numbers)))
            .filter(|(texts, _)| texts.concat().len() < BLOCK)
            .collect();
        for one in &calls {
            let question = asked(one.0, one.1).unwrap();
            for other in &calls {
                assert_eq!(question.is(&kept(other.0, other.1)), one == other, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_stands_in_a_key_as_a_digest_is_not_asked_for() {
        let [block, longer] = [BLOCK, BLOCK + 1].map(|len| "x".repeat(len));
        assert!(asked([&block, ""], (0, 0)).is_some());
        assert!(asked([&longer, ""], (0, 0)).is_none());
        assert!(asked([&block, &block], (0, 0)).is_none());
        assert!(Parts::new().text(None).hash().is_none());
        assert!(Parts::new().number(&(1,)).hash().is_none());
    }
}
