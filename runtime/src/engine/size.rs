//! How much room a value takes when it is stored.

use postcard::ser_flavors::Size;
use serde::Serialize;

/// The bytes of the value in postcard's format, without writing them.
pub(crate) fn of<T: Serialize>(value: &T) -> Result<u64, postcard::Error> {
    postcard::serialize_with_flavor(value, Size::default()).map(|size| size as u64)
}
