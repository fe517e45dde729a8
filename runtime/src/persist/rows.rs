//! Rows of numbers, and texts, moved as one block: what [`encode`](super::encode) and [`decode`](super::decode) make of them
//! piece by piece, in less time.

use std::any::Any;

use super::shape::{Request, Shape, ShapeHash};
use super::tag::{self, Tag};

/// A number of fixed width.
trait Number: Copy + 'static {
    const TAG: Tag;
    const REQUEST: Request;

    fn append(row: &[Self], to: &mut Vec<u8>);
    fn read(bytes: &[u8]) -> Option<Vec<Self>>;
}

macro_rules! numbers {
    ($($ty:ident $kind:ident)*) => {
        $(impl Number for $ty {
            const TAG: Tag = tag::$kind;
            const REQUEST: Request = Request::$kind;

            fn append(row: &[Self], to: &mut Vec<u8>) {
                let from = to.len();
                to.resize(from + size_of_val(row), 0);
                for (place, number) in to[from..].as_chunks_mut().0.iter_mut().zip(row) {
                    *place = number.to_le_bytes();
                }
            }

            fn read(bytes: &[u8]) -> Option<Vec<Self>> {
                let (numbers, rest) = bytes.as_chunks();
                rest.is_empty().then(|| numbers.iter().map(|&bytes| $ty::from_le_bytes(bytes)).collect())
            }
        })*

        /// The bytes of a value that is a row of numbers or a text, and what its type asks for.
        pub(super) fn encode<T: 'static>(value: &T) -> Option<(Vec<u8>, ShapeHash)> {
            let value: &dyn Any = value;
            $(
                let row = value.downcast_ref::<Vec<$ty>>().map(Vec::as_slice);
                if let Some(row) = row.or_else(|| Some(&**value.downcast_ref::<Box<[$ty]>>()?)) {
                    return bytes_of(row);
                }
            )*
            text_bytes(value.downcast_ref::<String>()?)
        }

        /// The value of these bytes, if its type is one of these, and what the type asks for.
        pub(super) fn decode<T: 'static>(bytes: &[u8]) -> Option<(T, ShapeHash)> {
            let mut value: Option<T> = None;
            let place: &mut dyn Any = &mut value;
            $(
                if let Some(place) = place.downcast_mut::<Option<Vec<$ty>>>() {
                    *place = numbers_in(bytes);
                    return Some((value?, shape::<$ty>()));
                }
                if let Some(place) = place.downcast_mut::<Option<Box<[$ty]>>>() {
                    *place = numbers_in(bytes).map(Vec::into_boxed_slice);
                    return Some((value?, shape::<$ty>()));
                }
            )*
            let place = place.downcast_mut::<Option<String>>()?;
            *place = text_in(bytes);
            Some((value?, shape_of(&[Request::Text])))
        }
    };
}

numbers! {
    u8 U8
    u16 U16
    u32 U32
    u64 U64
    u128 U128
    i8 I8
    i16 I16
    i32 I32
    i64 I64
    i128 I128
    f32 F32
    f64 F64
}

/// Nothing for rows so short that they are written in another way, or too long to be written.
fn bytes_of<N: Number>(row: &[N]) -> Option<(Vec<u8>, ShapeHash)> {
    let len = u32::try_from(row.len()).ok().filter(|&len| len > 1)?;
    let mut bytes = Vec::with_capacity(6 + size_of_val(row));
    bytes.push(tag::SCALARS);
    bytes.extend_from_slice(&len.to_le_bytes());
    bytes.push(N::TAG);
    N::append(row, &mut bytes);
    Some((bytes, shape::<N>()))
}

/// Nothing for bytes that are no row of such numbers; [`decode`](super::decode) knows what else they may be.
fn numbers_in<N: Number>(bytes: &[u8]) -> Option<Vec<N>> {
    let (&[tag, ref len @ .., kind], bytes) = bytes.split_first_chunk::<6>()?;
    if tag != tag::SCALARS || kind != N::TAG {
        return None;
    }
    let numbers = N::read(bytes)?;
    (numbers.len() > 1 && u32::try_from(numbers.len()) == Ok(u32::from_le_bytes(*len)))
        .then_some(numbers)
}

fn text_bytes(text: &str) -> Option<(Vec<u8>, ShapeHash)> {
    let len = u32::try_from(text.len()).ok()?;
    let mut bytes = Vec::with_capacity(5 + text.len());
    bytes.push(tag::TEXT);
    bytes.extend_from_slice(&len.to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
    Some((bytes, shape_of(&[Request::Text])))
}

fn text_in(bytes: &[u8]) -> Option<String> {
    let (&[tag, ref len @ ..], text) = bytes.split_first_chunk::<5>()?;
    let is_right = tag == tag::TEXT && u32::try_from(text.len()) == Ok(u32::from_le_bytes(*len));
    let text = std::str::from_utf8(text).ok().filter(|_| is_right)?;
    Some(text.to_owned())
}

fn shape<N: Number>() -> ShapeHash {
    shape_of(&[Request::Sequence, N::REQUEST])
}

fn shape_of(requests: &[Request]) -> ShapeHash {
    let mut shape = Shape::default();
    for request in requests {
        shape.note(*request);
    }
    shape.finish()
}
