//! Values to bytes.
//!
//! Every value carries what serde says of it: its kind, the names of its fields and of its variant. So nothing
//! has to be guessed on the way back, `Some(None)` stays what it is, fields may be skipped, and types that ask
//! "what is it?" get an answer. Names stand in full where they come first, as a number after that.
//!
//! Integers are little-endian and of fixed width. A sequence of at least two scalars of one kind has the kind
//! once.

use std::fmt::Display;

use foldhash::{HashMap, HashMapExt};

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};

use super::tag::{self, MAX_DEPTH, Tag};

/// What can't be written, or read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// What an implementation of `Serialize` or `Deserialize` says.
    #[error("{0}")]
    Custom(String),
    #[error("there are more than {} members in one sequence", u32::MAX)]
    TooLong,
    #[error("there are more than {} different names", u16::MAX)]
    TooManyNames,
    #[error("values are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("the bytes end too early, or go on too long")]
    Length,
    #[error("the bytes make no sense")]
    Senseless,
    #[error("the type reads it in another way than the one that wrote it")]
    OtherShape,
    #[error("its `Serialize` or `Deserialize` panicked")]
    Panicked,
    #[error("it hangs on the widget `{0}`, whose value belongs to one session")]
    Widget(String),
}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Error::Custom(message.to_string())
    }
}

/// The bytes of a value.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder { bytes: Vec::new(), names: HashMap::new(), run: None, depth: 0 };
    value.serialize(&mut encoder)?;
    Ok(encoder.bytes)
}

struct Encoder {
    bytes: Vec<u8>,
    names: HashMap<&'static str, u16>,
    /// The members that the sequence has so far, while all are scalars of one kind.
    run: Option<Run>,
    depth: usize,
}

/// Scalars of one kind, which stands before the first of them only.
#[derive(Clone, Copy)]
struct Run {
    tag: Tag,
    /// Where the tag stands.
    at: usize,
}

impl Encoder {
    #[inline]
    fn tag(&mut self, tag: Tag) {
        if let Some(run) = self.run.take() {
            self.give_tags(run);
        }
        self.bytes.push(tag);
    }

    #[inline]
    fn scalar<const N: usize>(&mut self, tag: Tag, bytes: [u8; N]) {
        if self.run.is_none_or(|run| run.tag != tag) {
            self.tag(tag);
        }
        self.bytes.extend_from_slice(&bytes);
    }

    /// Gives each scalar of a run its tag, for another kind of member follows.
    #[cold]
    fn give_tags(&mut self, run: Run) {
        let Some(width) = tag::width(run.tag) else { return };
        let scalars = self.bytes.split_off(run.at + 1 + width);
        for scalar in scalars.chunks_exact(width) {
            self.bytes.push(run.tag);
            self.bytes.extend_from_slice(scalar);
        }
    }

    fn len(&mut self, len: usize) -> Result<(), Error> {
        let len = u32::try_from(len).map_err(|_| Error::TooLong)?;
        self.bytes.extend_from_slice(&len.to_le_bytes());
        Ok(())
    }

    fn text(&mut self, tag: Tag, bytes: &[u8]) -> Result<(), Error> {
        self.tag(tag);
        self.len(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn name(&mut self, name: &'static str) -> Result<(), Error> {
        let next = u16::try_from(self.names.len()).map_err(|_| Error::TooManyNames)?;
        let number = *self.names.entry(name).or_insert(next);
        self.bytes.extend_from_slice(&number.to_le_bytes());
        if number == next {
            self.len(name.len())?;
            self.bytes.extend_from_slice(name.as_bytes());
        }
        Ok(())
    }

    fn descend(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Error::TooDeep) } else { Ok(()) }
    }

    fn inner<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.descend()?;
        value.serialize(&mut *self)?;
        self.depth -= 1;
        Ok(())
    }

    fn compound(&mut self, tag: Tag) -> Result<Compound<'_>, Error> {
        self.descend()?;
        self.tag(tag);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        Ok(Compound { encoder: self, start, members: 0 })
    }

    fn variant(&mut self, name: &'static str) -> Result<(), Error> {
        self.tag(tag::VARIANT);
        self.name(name)
    }
}

/// Something with members, whose number is written last.
struct Compound<'a> {
    encoder: &'a mut Encoder,
    /// Where their number stands.
    start: usize,
    members: usize,
}

impl Compound<'_> {
    #[inline]
    fn member<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.encoder)?;
        self.members += 1;
        if self.members == 1 {
            self.encoder.run = self.begins_run();
        }
        Ok(())
    }

    /// The run that the first member begins, if it is a scalar.
    fn begins_run(&self) -> Option<Run> {
        let at = self.start + 4;
        let (&tag, scalar) = self.encoder.bytes.get(at..)?.split_first()?;
        (tag::width(tag) == Some(scalar.len())).then_some(Run { tag, at })
    }

    fn entry<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.encoder.name(name)?;
        value.serialize(&mut *self.encoder)?;
        self.members += 1;
        Ok(())
    }

    fn finish(self) -> Result<(), Error> {
        let members = u32::try_from(self.members).map_err(|_| Error::TooLong)?;
        self.encoder.depth -= 1;
        let bytes = &mut self.encoder.bytes;
        bytes[self.start..self.start + 4].copy_from_slice(&members.to_le_bytes());
        if self.encoder.run.take().is_some() && members > 1 {
            bytes[self.start - 1] = tag::SCALARS;
        }
        Ok(())
    }
}

macro_rules! scalars {
    ($($method:ident($ty:ty) $tag:ident)*) => {$(
        fn $method(self, value: $ty) -> Result<(), Error> {
            self.scalar(tag::$tag, value.to_le_bytes());
            Ok(())
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Encoder {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    scalars! {
        serialize_u8(u8) U8
        serialize_u16(u16) U16
        serialize_u32(u32) U32
        serialize_u64(u64) U64
        serialize_u128(u128) U128
        serialize_i8(i8) I8
        serialize_i16(i16) I16
        serialize_i32(i32) I32
        serialize_i64(i64) I64
        serialize_i128(i128) I128
        serialize_f32(f32) F32
        serialize_f64(f64) F64
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.tag(if value { tag::TRUE } else { tag::FALSE });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.scalar(tag::CHAR, u32::from(value).to_le_bytes());
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.text(tag::TEXT, value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.text(tag::BYTES, value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.tag(tag::NONE);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.tag(tag::SOME);
        self.inner(value)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.tag(tag::UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.tag(tag::UNIT_VARIANT);
        self.name(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.inner(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant)?;
        self.inner(value)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Compound<'a>, Error> {
        self.compound(tag::SEQUENCE)
    }

    fn serialize_tuple(self, _len: usize) -> Result<Compound<'a>, Error> {
        self.compound(tag::SEQUENCE)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Compound<'a>, Error> {
        self.compound(tag::SEQUENCE)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant)?;
        self.compound(tag::SEQUENCE)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Compound<'a>, Error> {
        self.compound(tag::MAP)
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Compound<'a>, Error> {
        self.compound(tag::RECORD)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant)?;
        self.compound(tag::RECORD)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! sequences {
    ($($name:ident::$method:ident)*) => {$(
        impl $name for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.member(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

sequences! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! records {
    ($($name:ident)*) => {$(
        impl $name for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.entry(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

records!(SerializeStruct SerializeStructVariant);

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        key.serialize(&mut *self.encoder)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.encoder)?;
        self.members += 1;
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}
