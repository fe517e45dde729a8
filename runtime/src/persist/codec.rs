//! How results become bytes, and bytes results.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::decode::decode;
use super::encode::{Error, encode};
use super::rows;
use super::shape::ShapeHash;

/// A value's bytes, and what its type looks like.
type Encoded = (Vec<u8>, ShapeHash);

/// How values of one type become bytes, and bytes values.
pub(crate) struct Codec<T> {
    pub(super) encode: fn(&T) -> Result<Encoded, Error>,
    pub(super) decode: fn(&[u8], &ShapeHash) -> Result<T, Error>,
}

impl<T: Serialize + DeserializeOwned + 'static> Codec<T> {
    pub(crate) const fn new() -> Self {
        Codec { encode: to_bytes::<T>, decode: from_bytes::<T> }
    }
}

/// The bytes, and the shape in which they were read back: what can't be is no use on disk.
fn to_bytes<T: Serialize + DeserializeOwned + 'static>(value: &T) -> Result<Encoded, Error> {
    if let Some((bytes, asked)) = rows::encode(value) {
        return Ok((bytes, shape_of::<T>(&asked)));
    }
    let bytes = catch_unwind(AssertUnwindSafe(|| encode(value)));
    let bytes = bytes.unwrap_or(Err(Error::Panicked))?;
    let (_, shape) = read::<T>(&bytes)?;
    Ok((bytes, shape))
}

fn from_bytes<T: DeserializeOwned + 'static>(bytes: &[u8], shape: &ShapeHash) -> Result<T, Error> {
    let (value, found) = read(bytes)?;
    if found == *shape { Ok(value) } else { Err(Error::OtherShape) }
}

fn read<T: DeserializeOwned + 'static>(bytes: &[u8]) -> Result<(T, ShapeHash), Error> {
    let (value, asked) = if let Some(read) = rows::decode(bytes) {
        read
    } else {
        let read = catch_unwind(AssertUnwindSafe(|| decode::<T>(bytes)));
        read.unwrap_or(Err(Error::Panicked))?
    };
    Ok((value, shape_of::<T>(&asked)))
}

/// What a type asks for, and its name.
fn shape_of<T>(asked: &ShapeHash) -> ShapeHash {
    let mut shape = blake3::Hasher::new();
    shape.update(asked).update(std::any::type_name::<T>().as_bytes());
    *shape.finalize().as_bytes()
}
