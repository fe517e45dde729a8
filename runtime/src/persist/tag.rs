//! What a stored value begins with.

pub(super) type Tag = u8;

/// Values may be nested this deep. A stack has room for it, whatever the bytes say.
pub(super) const MAX_DEPTH: usize = 128;

pub(super) const UNIT: Tag = 0;
pub(super) const NONE: Tag = 1;
/// A value follows.
pub(super) const SOME: Tag = 2;
pub(super) const FALSE: Tag = 3;
pub(super) const TRUE: Tag = 4;
pub(super) const U8: Tag = 5;
pub(super) const U16: Tag = 6;
pub(super) const U32: Tag = 7;
pub(super) const U64: Tag = 8;
pub(super) const U128: Tag = 9;
pub(super) const I8: Tag = 10;
pub(super) const I16: Tag = 11;
pub(super) const I32: Tag = 12;
pub(super) const I64: Tag = 13;
pub(super) const I128: Tag = 14;
pub(super) const F32: Tag = 15;
pub(super) const F64: Tag = 16;
pub(super) const CHAR: Tag = 17;
/// A length and UTF-8 follow.
pub(super) const TEXT: Tag = 18;
/// A length and bytes follow.
pub(super) const BYTES: Tag = 19;
/// A number and that many values follow.
pub(super) const SEQUENCE: Tag = 20;
/// A number, a tag, and that many values without it follow.
pub(super) const SCALARS: Tag = 21;
/// A number and that many pairs of values follow.
pub(super) const MAP: Tag = 22;
/// A number and that many names, each with a value, follow.
pub(super) const RECORD: Tag = 23;
/// A name follows.
pub(super) const UNIT_VARIANT: Tag = 24;
/// A name and a value follow.
pub(super) const VARIANT: Tag = 25;

/// How many bytes follow, of scalars of fixed width.
pub(super) fn width(tag: Tag) -> Option<usize> {
    match tag {
        U8 | I8 => Some(1),
        U16 | I16 => Some(2),
        U32 | I32 | F32 | CHAR => Some(4),
        U64 | I64 | F64 => Some(8),
        U128 | I128 => Some(16),
        _ => None,
    }
}
