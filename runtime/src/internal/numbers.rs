//! Calls whose parameters are a few numbers.

use std::any::Any;

use crate::engine::front::{Asked, Question};
use crate::engine::word;
use crate::key::{KeptKey, Short};

/// The parameters of a call, as far as they are numbers: made of constants and registers, so that a call whose result
/// this thread remembers builds no key.
#[derive(Clone, Copy)]
pub struct Numbers(Option<(u32, u128)>);

impl Numbers {
    /// Of no parameters.
    #[expect(clippy::new_without_default, reason = "called by expansions only")]
    #[inline]
    pub const fn new() -> Self {
        Numbers(Some((0, 0)))
    }

    /// With another one, as `CacheKey` encodes it. A type that is only called like a number makes the whole unknown.
    #[inline]
    #[must_use]
    pub fn number<T: Any>(self, number: &T) -> Self {
        let add = |(len, bits): (u32, u128)| {
            let (width, word) = word::encoded(number)?;
            (len + width <= 16).then(|| (len + width, bits | u128::from(word) << (8 * len)))
        };
        Numbers(self.0.and_then(add))
    }

    /// To ask by. Nothing if the key of such a call is to be made first.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "each half becomes a word")]
    pub fn short(self) -> Option<Whole> {
        let (len, bits) = self.0?;
        Some(Whole((u64::from(len), [bits as u64, (bits >> 64) as u64])))
    }
}

/// Parameters that are all of their key.
#[derive(Clone, Copy)]
pub struct Whole(pub(super) Short);

impl Question for Whole {
    #[inline]
    fn short(&self) -> Option<Short> {
        Some(self.0)
    }

    #[inline]
    fn hashed(&self) -> u64 {
        unreachable!("a short key is known by its content")
    }

    #[inline]
    fn is(&self, key: &KeptKey) -> bool {
        key.short() == Some(self.0)
    }

    #[inline]
    fn asked(&self) -> Asked {
        Asked::ByKey(self.0)
    }
}
