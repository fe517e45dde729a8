//! Types of other crates, each behind the feature of its crate's name.
//!
//! An encoding holds what a body can tell apart, also where the type's own `==` holds less: the zone of a
//! date with its instant, the scale of a decimal number. Maps and sets are no exception to the rule that
//! their order doesn't count.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(feature = "polars")]
mod polars;
#[cfg(feature = "time")]
mod time;

#[cfg(any(
    feature = "bytes",
    feature = "chrono-tz",
    feature = "indexmap",
    feature = "ordered-float",
    feature = "rust_decimal",
    feature = "serde_json",
    feature = "smallvec",
    feature = "url",
    feature = "uuid"
))]
use super::{CacheKey, KeyHasher};

#[cfg(feature = "bytes")]
impl CacheKey for bytes::Bytes {
    fn encode(&self, key: &mut KeyHasher) {
        (**self).encode(key);
    }
}

#[cfg(feature = "bytes")]
impl CacheKey for bytes::BytesMut {
    fn encode(&self, key: &mut KeyHasher) {
        (**self).encode(key);
    }
}

#[cfg(feature = "chrono-tz")]
impl CacheKey for chrono_tz::Tz {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self.name());
    }
}

#[cfg(feature = "indexmap")]
impl<K: CacheKey, V: CacheKey, S> CacheKey for indexmap::IndexMap<K, V, S> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), super::collections::encode_pair);
    }
}

#[cfg(feature = "indexmap")]
impl<T: CacheKey, S> CacheKey for indexmap::IndexSet<T, S> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), CacheKey::encode);
    }
}

#[cfg(feature = "ordered-float")]
impl<T: CacheKey> CacheKey for ordered_float::OrderedFloat<T> {
    fn encode(&self, key: &mut KeyHasher) {
        self.0.encode(key);
    }
}

#[cfg(feature = "ordered-float")]
impl<T: CacheKey + ordered_float::FloatCore> CacheKey for ordered_float::NotNan<T> {
    fn encode(&self, key: &mut KeyHasher) {
        (**self).encode(key);
    }
}

#[cfg(feature = "rust_decimal")]
impl CacheKey for rust_decimal::Decimal {
    /// With the scale: `1.0` and `1.00` print differently.
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&self.serialize());
    }
}

#[cfg(feature = "serde_json")]
impl CacheKey for serde_json::Value {
    fn encode(&self, key: &mut KeyHasher) {
        use serde_json::Value;
        match self {
            Value::Null => key.write(&[0]),
            Value::Bool(value) => (1_u8, *value).encode(key),
            Value::Number(number) => (2_u8, number).encode(key),
            Value::String(text) => (3_u8, text).encode(key),
            Value::Array(values) => (4_u8, values).encode(key),
            Value::Object(members) => (5_u8, members).encode(key),
        }
    }
}

#[cfg(feature = "serde_json")]
impl CacheKey for serde_json::Number {
    /// As it is printed: `1` and `1.0` differ, and so do numbers of any precision.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(&self.to_string());
    }
}

#[cfg(feature = "serde_json")]
impl CacheKey for serde_json::Map<String, serde_json::Value> {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_unordered(self.iter(), super::collections::encode_pair);
    }
}

#[cfg(feature = "smallvec")]
impl<A: smallvec::Array> CacheKey for smallvec::SmallVec<A>
where
    A::Item: CacheKey,
{
    fn encode(&self, key: &mut KeyHasher) {
        self.as_slice().encode(key);
    }
}

#[cfg(feature = "url")]
impl CacheKey for url::Url {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self.as_str());
    }
}

#[cfg(feature = "uuid")]
impl CacheKey for uuid::Uuid {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(self.as_bytes());
    }
}
