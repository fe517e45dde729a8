//! Calls of functions from numbers to numbers.

use std::any::Any;

use super::{Function, Shape};
use crate::engine::lookup::trace_hit;
use crate::engine::{front, word};
use crate::key::Short;

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
    pub fn and<T: Any>(self, number: &T) -> Self {
        let add = |(len, bits): (u32, u128)| {
            let (width, word) = word::encoded(number)?;
            (len + width <= 16).then(|| (len + width, bits | u128::from(word) << (8 * len)))
        };
        Numbers(self.0.and_then(add))
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "each half becomes a word")]
    fn short(self) -> Option<Short> {
        let (len, bits) = self.0?;
        Some((u64::from(len), [bits as u64, (bits >> 64) as u64]))
    }
}

/// What a call with these parameters returns, if that is a number and this thread remembers it.
#[inline]
pub fn remembered<S: Shape>(
    function: &'static Function,
    _shape: &S,
    numbers: Numbers,
) -> Option<S::Output>
where
    S::Value: Any + Clone,
{
    // Where a result is only called like a number, there are no words.
    let value = word::to(front::word(function.place(), numbers.short()?)?)?;
    trace_hit(function);
    Some(S::join(value))
}

/// Does the rest of a call that is not remembered, by itself, so that one that is makes no room for it.
#[inline(never)]
pub fn apart<R>(call: impl FnOnce() -> R) -> R {
    call()
}
