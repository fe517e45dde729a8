//! Values that fit a word, which a thread remembers by themselves.

#![expect(clippy::cast_possible_truncation, reason = "what comes back has the width that it had")]

use std::any::Any;

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
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(returns(&[true, false]));
        assert_eq!(to(of(&-0.0_f64).unwrap()).map(f64::to_bits), Some((-0.0_f64).to_bits()));
    }

    #[test]
    fn what_is_no_number_is_no_word() {
        assert_eq!((of(&"a"), of(&(1_u64,)), of(&[1_u8])), (None, None, None));
        assert_eq!(to::<(u64,)>(1), None);
    }
}
