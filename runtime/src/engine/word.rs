//! Values that fit a word, which a thread remembers by themselves.

#![expect(clippy::cast_possible_truncation, reason = "what comes back has the width that it had")]

use std::any::{Any, TypeId};

macro_rules! words {
    ($($ty:ty: |$value:ident| $of:expr, |$word:ident| $to:expr;)*) => {
        /// A number as a word. Which type `T` is, the compiler knows, so that little remains of this.
        #[inline]
        pub(crate) fn of<T: Any>(value: &T) -> Option<u64> {
            let value: &dyn Any = value;
            $(if let Some(&$value) = value.downcast_ref::<$ty>() {
                return Some($of);
            })*
            None
        }

        /// Whether that is the type of a number.
        #[inline]
        pub(crate) fn is<T: Any>() -> bool {
            let own = TypeId::of::<T>();
            [$(TypeId::of::<$ty>()),*].contains(&own)
        }

        /// The number of that type.
        #[inline]
        pub(crate) fn to<T: Any + Clone>(word: u64) -> Option<T> {
            $({
                let $word = word;
                let value: $ty = $to;
                if let Some(value) = (&value as &dyn Any).downcast_ref::<T>() {
                    return Some(value.clone());
                }
            })*
            None
        }
    };
}

words! {
    u64: |value| value, |word| word;
    u32: |value| u64::from(value), |word| word as u32;
    u16: |value| u64::from(value), |word| word as u16;
    u8: |value| u64::from(value), |word| word as u8;
    usize: |value| value as u64, |word| word as usize;
    i64: |value| value.cast_unsigned(), |word| word.cast_signed();
    i32: |value| u64::from(value.cast_unsigned()), |word| (word as u32).cast_signed();
    i16: |value| u64::from(value.cast_unsigned()), |word| (word as u16).cast_signed();
    i8: |value| u64::from(value.cast_unsigned()), |word| (word as u8).cast_signed();
    isize: |value| value.cast_unsigned() as u64, |word| (word as usize).cast_signed();
    f64: |value| value.to_bits(), |word| f64::from_bits(word);
    f32: |value| u64::from(value.to_bits()), |word| f32::from_bits(word as u32);
    bool: |value| u64::from(value), |word| word != 0;
    char: |value| u64::from(u32::from(value)), |word| char::from_u32(word as u32)?;
}

macro_rules! encodings {
    ($($ty:ty: |$value:ident| $bytes:expr;)*) => {
        /// A number as `CacheKey` encodes it: how many bytes, and these, the first one lowest.
        #[inline]
        pub(crate) fn encoded<T: Any>(number: &T) -> Option<(u32, u64)> {
            let number: &dyn Any = number;
            $(if let Some(&$value) = number.downcast_ref::<$ty>() {
                let bytes = $bytes.to_le_bytes();
                let mut word = [0; 8];
                word[..bytes.len()].copy_from_slice(&bytes);
                return Some((bytes.len() as u32, u64::from_le_bytes(word)));
            })*
            None
        }

        /// How many bytes that are, of every number of the type.
        #[inline]
        pub(crate) fn width<T: Any>() -> Option<usize> {
            $(if TypeId::of::<T>() == TypeId::of::<$ty>() {
                let $value = <$ty>::default();
                return Some(size_of_val(&$bytes));
            })*
            None
        }
    };
}

encodings! {
    u64: |value| value;
    u32: |value| value;
    u16: |value| value;
    u8: |value| value;
    usize: |value| (value as u64);
    i64: |value| value;
    i32: |value| value;
    i16: |value| value;
    i8: |value| value;
    isize: |value| (value as i64);
    f64: |value| if value.is_nan() { f64::NAN } else { value };
    f32: |value| if value.is_nan() { f32::NAN } else { value };
    bool: |value| u8::from(value);
    char: |value| u32::from(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{CacheKey, KeyHasher};

    fn returns<T: Any + Clone + PartialEq>(values: &[T]) -> bool {
        values.iter().all(|value| of(value).and_then(to).is_some_and(|back: T| back == *value))
    }

    #[test]
    fn numbers_of_every_type_come_back() {
        assert!(returns(&[0, 1, u64::MAX]) && returns(&[0, 1, i64::MIN, -1]));
        assert!(returns(&[0, 1, u32::MAX]) && returns(&[0, 1, i32::MIN, -1]));
        assert!(returns(&[0, 1, u16::MAX]) && returns(&[0, 1, i16::MIN, -1]));
        assert!(returns(&[0, 1, u8::MAX]) && returns(&[0, 1, i8::MIN, -1]));
        assert!(returns(&[0, 1, usize::MAX]) && returns(&[0, 1, isize::MIN, -1]));
        assert!(returns(&[0.0, -1.5, f64::INFINITY]) && returns(&[0.0, -1.5, f32::MIN]));
        assert!(returns(&[true, false]) && returns(&['a', char::MAX]));
        assert_eq!(to(of(&-0.0_f64).unwrap()).map(f64::to_bits), Some((-0.0_f64).to_bits()));
    }

    fn is_encoded<T: Any + CacheKey>(values: &[T]) -> bool {
        values.iter().all(|value| {
            let mut key = KeyHasher::in_memory();
            value.encode(&mut key);
            let (len, words) = key.seal().short().unwrap();
            width::<T>() == usize::try_from(len).ok()
                && encoded(value)
                    .is_some_and(|(width, word)| (u64::from(width), [word, 0]) == (len, words))
        })
    }

    #[test]
    fn numbers_of_every_type_are_encoded_as_in_keys() {
        assert!(is_encoded(&[0, 1, u64::MAX]) && is_encoded(&[0, i64::MIN, -1]));
        assert!(is_encoded(&[0, 1, u32::MAX]) && is_encoded(&[0, i32::MIN, -1]));
        assert!(is_encoded(&[0, 1, u16::MAX]) && is_encoded(&[0, i16::MIN, -1]));
        assert!(is_encoded(&[0, 1, u8::MAX]) && is_encoded(&[0, i8::MIN, -1]));
        assert!(is_encoded(&[0, 1, usize::MAX]) && is_encoded(&[0, isize::MIN, -1]));
        let nan = f64::from_bits(f64::NAN.to_bits() ^ 1);
        assert!(is_encoded(&[0.0, -0.0, 1.5, f64::INFINITY, f64::NAN, nan]));
        let nan = f32::from_bits(f32::NAN.to_bits() ^ 1);
        assert!(is_encoded(&[0.0, -0.0, 1.5, f32::INFINITY, f32::NAN, nan]));
        assert!(is_encoded(&[true, false]) && is_encoded(&['a', char::MAX]));
    }

    #[test]
    fn what_is_no_number_is_no_word() {
        assert_eq!((of(&"a"), of(&(1_u64,)), of(&[1_u8])), (None, None, None));
        assert_eq!((to::<(u64,)>(1), width::<(u64,)>()), (None, None));
        assert!(is::<u64>() && is::<char>() && !is::<(u64,)>() && !is::<String>());
    }
}
