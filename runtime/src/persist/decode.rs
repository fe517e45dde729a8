//! Bytes to values, and what a type looks like to serde.
//!
//! The bytes may come from anybody. No length is believed that the bytes which are left could not hold, and
//! values are not nested deeper than [`MAX_DEPTH`]. Reading takes stack for each level, in amounts that are up to
//! the type: what is nested deeper than [`SHALLOW`] is read on a stack of its own.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::encode::Error;
use super::shape::{Request, Shape, ShapeHash};
use super::tag::{self, MAX_DEPTH, Tag};

impl de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Error::Custom(message.to_string())
    }
}

/// Values that are nested this deep fit on any stack.
const SHALLOW: usize = 16;
/// Of the stack for others: enough for structs of several KiB in each level, without optimisation.
const STACK: usize = MAX_DEPTH * 128 * 1024;

/// The value of these bytes, and what its type asked for on the way.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, ShapeHash), Error> {
    let (value, is_too_deep) = decode_within(bytes, SHALLOW);
    if !is_too_deep {
        return value;
    }
    drop(value);
    let (value, is_too_deep) = stacker::grow(STACK, || decode_within(bytes, MAX_DEPTH));
    if is_too_deep { Err(Error::TooDeep) } else { value }
}

/// The same, and whether something was nested deeper than the limit, which a type may have ignored.
fn decode_within<T: DeserializeOwned>(
    bytes: &[u8],
    limit: usize,
) -> (Result<(T, ShapeHash), Error>, bool) {
    let mut decoder = Decoder {
        rest: bytes,
        names: Vec::new(),
        scalar: None,
        depth: 0,
        limit,
        is_too_deep: false,
        shape: Shape::default(),
    };
    let value = T::deserialize(&mut decoder);
    let is_whole = decoder.rest.is_empty();
    let value = value.and_then(|value| if is_whole { Ok(value) } else { Err(Error::Length) });
    (value.map(|value| (value, decoder.shape.finish())), decoder.is_too_deep)
}

struct Decoder<'de> {
    rest: &'de [u8],
    names: Vec<&'de str>,
    /// The tag of the members, while those of a sequence of scalars are read.
    scalar: Option<Tag>,
    depth: usize,
    limit: usize,
    is_too_deep: bool,
    shape: Shape,
}

impl<'de> Decoder<'de> {
    fn take(&mut self, len: usize) -> Result<&'de [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Error::Length)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Error::Length)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn len(&mut self) -> Result<usize, Error> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| Error::Length)
    }

    /// How many members follow, each of at least so many bytes.
    fn members(&mut self, least: usize) -> Result<usize, Error> {
        let members = self.len()?;
        if members > self.rest.len() / least { Err(Error::Length) } else { Ok(members) }
    }

    fn bytes(&mut self) -> Result<&'de [u8], Error> {
        let len = self.len()?;
        self.take(len)
    }

    fn text(&mut self) -> Result<&'de str, Error> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Error::Senseless)
    }

    fn name(&mut self) -> Result<&'de str, Error> {
        let number = usize::from(u16::from_le_bytes(self.array()?));
        if number == self.names.len() {
            let name = self.text()?;
            self.names.push(name);
        }
        self.names.get(number).copied().ok_or(Error::Senseless)
    }

    fn tag(&mut self) -> Result<Tag, Error> {
        match self.scalar {
            Some(tag) => Ok(tag),
            None => Ok(self.array::<1>()?[0]),
        }
    }

    /// The tag that comes next.
    fn peek(&self) -> Option<Tag> {
        self.scalar.or(self.rest.first().copied())
    }

    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.depth += 1;
        if self.depth > self.limit {
            self.is_too_deep = true;
            return Err(Error::TooDeep);
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Whatever comes next.
    fn value<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.tag()? {
            tag::UNIT => visitor.visit_unit(),
            tag::NONE => visitor.visit_none(),
            tag::SOME => self.inside(|decoder| visitor.visit_some(decoder)),
            tag::FALSE => visitor.visit_bool(false),
            tag::TRUE => visitor.visit_bool(true),
            tag::U8 => visitor.visit_u8(u8::from_le_bytes(self.array()?)),
            tag::U16 => visitor.visit_u16(u16::from_le_bytes(self.array()?)),
            tag::U32 => visitor.visit_u32(u32::from_le_bytes(self.array()?)),
            tag::U64 => visitor.visit_u64(u64::from_le_bytes(self.array()?)),
            tag::U128 => visitor.visit_u128(u128::from_le_bytes(self.array()?)),
            tag::I8 => visitor.visit_i8(i8::from_le_bytes(self.array()?)),
            tag::I16 => visitor.visit_i16(i16::from_le_bytes(self.array()?)),
            tag::I32 => visitor.visit_i32(i32::from_le_bytes(self.array()?)),
            tag::I64 => visitor.visit_i64(i64::from_le_bytes(self.array()?)),
            tag::I128 => visitor.visit_i128(i128::from_le_bytes(self.array()?)),
            tag::F32 => visitor.visit_f32(f32::from_le_bytes(self.array()?)),
            tag::F64 => visitor.visit_f64(f64::from_le_bytes(self.array()?)),
            tag::CHAR => {
                let code = u32::from_le_bytes(self.array()?);
                visitor.visit_char(char::from_u32(code).ok_or(Error::Senseless)?)
            }
            tag::TEXT => visitor.visit_borrowed_str(self.text()?),
            tag::BYTES => visitor.visit_borrowed_bytes(self.bytes()?),
            tag::SEQUENCE => {
                let left = self.members(1)?;
                self.inside(|decoder| {
                    whole(Members { decoder, left, is_record: false }, |m| visitor.visit_seq(m))
                })
            }
            tag::SCALARS => self.scalars(visitor),
            tag::MAP => {
                let left = self.members(2)?;
                self.inside(|decoder| {
                    whole(Members { decoder, left, is_record: false }, |m| visitor.visit_map(m))
                })
            }
            tag::RECORD => {
                let left = self.members(3)?;
                self.inside(|decoder| {
                    whole(Members { decoder, left, is_record: true }, |m| visitor.visit_map(m))
                })
            }
            tag::UNIT_VARIANT => visitor.visit_borrowed_str(self.name()?),
            tag::VARIANT => {
                self.inside(|decoder| visitor.visit_map(OneVariant { decoder, is_named: false }))
            }
            _ => Err(Error::Senseless),
        }
    }

    fn scalars<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let left = self.len()?;
        let [tag] = self.array()?;
        let width = tag::width(tag).ok_or(Error::Senseless)?;
        if left > self.rest.len() / width {
            return Err(Error::Length);
        }
        self.scalar = Some(tag);
        let members = Members { decoder: &mut *self, left, is_record: false };
        let value = whole(members, |members| visitor.visit_seq(members));
        self.scalar = None;
        value
    }
}

/// Lets members be read, all of them: what a type leaves unread would be taken for what comes next.
fn whole<'a, 'de, T>(
    mut members: Members<'a, 'de>,
    read: impl FnOnce(&mut Members<'a, 'de>) -> Result<T, Error>,
) -> Result<T, Error> {
    let value = read(&mut members)?;
    if members.left == 0 { Ok(value) } else { Err(Error::Length) }
}

/// What is left of something with members.
struct Members<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    left: usize,
    is_record: bool,
}

impl<'de> SeqAccess<'de> for &mut Members<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for &mut Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        if self.is_record {
            let name: StrDeserializer<'_, Error> = self.decoder.name()?.into_deserializer();
            return seed.deserialize(name).map(Some);
        }
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.decoder)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A variant, for who doesn't know that it is one: a map from its name to its content.
struct OneVariant<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    is_named: bool,
}

impl<'de> MapAccess<'de> for OneVariant<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if std::mem::replace(&mut self.is_named, true) {
            return Ok(None);
        }
        let name: StrDeserializer<'_, Error> = self.decoder.name()?.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.decoder)
    }
}

/// A variant, for an enum.
struct Variant<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    is_unit: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.decoder.name()?.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.decoder.shape.note(Request::Unit);
        if self.is_unit { Ok(()) } else { Err(Error::OtherShape) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.decoder.shape.note_names(Request::Newtype, "", &[]);
        if self.is_unit { Err(Error::OtherShape) } else { seed.deserialize(self.decoder) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.decoder.shape.note_tuple("", len);
        if self.is_unit { Err(Error::OtherShape) } else { self.decoder.value(visitor) }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.decoder.shape.note_names(Request::Record, "", fields);
        if self.is_unit { Err(Error::OtherShape) } else { self.decoder.value(visitor) }
    }
}

macro_rules! requests {
    ($($method:ident $request:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.shape.note(Request::$request);
            self.value(visitor)
        }
    )*};
}

macro_rules! numbers {
    ($($method:ident $kind:ident $visit:ident($ty:ty))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.shape.note(Request::$kind);
            // What is mostly there, so that a row of numbers is read without a look at each.
            if self.scalar == Some(tag::$kind) {
                return visitor.$visit(<$ty>::from_le_bytes(self.array()?));
            }
            self.value(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Decoder<'de> {
    type Error = Error;

    numbers! {
        deserialize_u8 U8 visit_u8(u8)
        deserialize_u16 U16 visit_u16(u16)
        deserialize_u32 U32 visit_u32(u32)
        deserialize_u64 U64 visit_u64(u64)
        deserialize_u128 U128 visit_u128(u128)
        deserialize_i8 I8 visit_i8(i8)
        deserialize_i16 I16 visit_i16(i16)
        deserialize_i32 I32 visit_i32(i32)
        deserialize_i64 I64 visit_i64(i64)
        deserialize_i128 I128 visit_i128(i128)
        deserialize_f32 F32 visit_f32(f32)
        deserialize_f64 F64 visit_f64(f64)
    }

    requests! {
        deserialize_any Any
        deserialize_bool Bool
        deserialize_char Char
        deserialize_str Text
        deserialize_string Text
        deserialize_bytes Bytes
        deserialize_byte_buf Bytes
        deserialize_unit Unit
        deserialize_seq Sequence
        deserialize_map Map
        deserialize_identifier Identifier
        deserialize_ignored_any Ignored
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.shape.note(Request::Optional);
        match self.peek() {
            Some(tag::NONE | tag::SOME) => self.value(visitor),
            _ => self.inside(|decoder| visitor.visit_some(decoder)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.shape.note_names(Request::Record, name, &[]);
        self.value(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.shape.note_names(Request::Newtype, name, &[]);
        self.inside(|decoder| visitor.visit_newtype_struct(decoder))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.shape.note_tuple("", len);
        self.value(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.shape.note_tuple(name, len);
        self.value(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.shape.note_names(Request::Record, name, fields);
        self.value(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.shape.note_names(Request::Enum, name, variants);
        match self.tag()? {
            tag::UNIT_VARIANT => visitor.visit_enum(Variant { decoder: self, is_unit: true }),
            tag::VARIANT => {
                self.inside(|decoder| visitor.visit_enum(Variant { decoder, is_unit: false }))
            }
            _ => Err(Error::OtherShape),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}
