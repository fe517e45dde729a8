//! Pointers, tuples, options and ranges: types that pass on what they hold.

use std::cmp::{Ordering, Reverse};
use std::num::{Saturating, Wrapping};
use std::ops::{
    Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive,
};
use std::rc::Rc;
use std::sync::Arc;

use super::{CacheKey, KeyHasher};

macro_rules! pointers {
    ($($ty:ty),*) => {$(
        impl<T: CacheKey + ?Sized> CacheKey for $ty {
            fn encode(&self, key: &mut KeyHasher) {
                (**self).encode(key);
            }
        }
    )*};
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! wrappers {
    ($($ty:ident),*) => {$(
        impl<T: CacheKey> CacheKey for $ty<T> {
            fn encode(&self, key: &mut KeyHasher) {
                self.0.encode(key);
            }
        }
    )*};
}

wrappers!(Wrapping, Saturating, Reverse);

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: CacheKey),+> CacheKey for ($($name,)+) {
            #[expect(non_snake_case, reason = "one name for the type and its value")]
            fn encode(&self, key: &mut KeyHasher) {
                let ($($name,)+) = self;
                $($name.encode(key);)+
            }
        }
    )*};
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    (A B C D E F G H I) (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

impl<T: CacheKey> CacheKey for Option<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.is_some().encode(key);
        if let Some(value) = self {
            value.encode(key);
        }
    }
}

impl<T: CacheKey, E: CacheKey> CacheKey for Result<T, E> {
    fn encode(&self, key: &mut KeyHasher) {
        self.is_ok().encode(key);
        match self {
            Ok(value) => value.encode(key),
            Err(error) => error.encode(key),
        }
    }
}

impl<B: CacheKey, C: CacheKey> CacheKey for ControlFlow<B, C> {
    fn encode(&self, key: &mut KeyHasher) {
        self.is_break().encode(key);
        match self {
            ControlFlow::Break(value) => value.encode(key),
            ControlFlow::Continue(value) => value.encode(key),
        }
    }
}

impl CacheKey for Ordering {
    fn encode(&self, key: &mut KeyHasher) {
        (*self as i8).encode(key);
    }
}

impl CacheKey for RangeFull {
    fn encode(&self, _key: &mut KeyHasher) {}
}

impl<T: CacheKey> CacheKey for Range<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.start.encode(key);
        self.end.encode(key);
    }
}

impl<T: CacheKey + PartialOrd> CacheKey for RangeInclusive<T> {
    /// A range that was iterated to its end keeps its bounds, but is empty.
    fn encode(&self, key: &mut KeyHasher) {
        self.start().encode(key);
        self.end().encode(key);
        self.is_empty().encode(key);
    }
}

impl<T: CacheKey> CacheKey for RangeFrom<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.start.encode(key);
    }
}

impl<T: CacheKey> CacheKey for RangeTo<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.end.encode(key);
    }
}

impl<T: CacheKey> CacheKey for RangeToInclusive<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.end.encode(key);
    }
}

impl<T: CacheKey> CacheKey for Bound<T> {
    fn encode(&self, key: &mut KeyHasher) {
        let (tag, value) = match self {
            Bound::Included(value) => (0_u8, Some(value)),
            Bound::Excluded(value) => (1, Some(value)),
            Bound::Unbounded => (2, None),
        };
        tag.encode(key);
        value.encode(key);
    }
}
