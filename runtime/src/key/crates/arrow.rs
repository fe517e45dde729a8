//! Types of arrow: what is in the rows, however their buffers are laid out.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, ByteArrayType, ByteViewType, RunEndIndexType,
};
use arrow_array::{
    Array, BooleanArray, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray,
    GenericByteArray, GenericByteViewArray, GenericListArray, GenericListViewArray, MapArray,
    NullArray, OffsetSizeTrait, PrimitiveArray, RecordBatch, RunArray, StructArray, UnionArray,
    downcast_primitive_array, downcast_run_array,
};
use arrow_buffer::{IntervalDayTime, IntervalMonthDayNano, i256};
use arrow_schema::{DataType, Field, Schema};
use half::f16;

use super::super::{CacheKey, KeyHasher};

impl CacheKey for RecordBatch {
    /// Names, types, order and content of the columns.
    fn encode(&self, key: &mut KeyHasher) {
        self.schema_ref().encode(key);
        key.write_len(self.num_rows());
        for column in self.columns() {
            encode_rows(column, key);
        }
    }
}

impl CacheKey for Schema {
    /// With the metadata: bodies can see them.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_sequence(self.fields().iter(), CacheKey::encode);
        key.write_unordered(self.metadata().iter(), super::super::collections::encode_pair);
    }
}

impl CacheKey for Field {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self.name());
        self.data_type().encode(key);
        (self.is_nullable(), self.dict_is_ordered()).encode(key);
        key.write_unordered(self.metadata().iter(), super::super::collections::encode_pair);
    }
}

impl CacheKey for DataType {
    fn encode(&self, key: &mut KeyHasher) {
        match self {
            DataType::List(field) => (1_u8, field).encode(key),
            DataType::LargeList(field) => (2_u8, field).encode(key),
            DataType::ListView(field) => (3_u8, field).encode(key),
            DataType::LargeListView(field) => (4_u8, field).encode(key),
            DataType::FixedSizeList(field, len) => (5_u8, field, *len).encode(key),
            DataType::Map(field, sorted) => (6_u8, field, *sorted).encode(key),
            DataType::Struct(fields) => {
                key.write(&[7]);
                key.write_sequence(fields.iter(), CacheKey::encode);
            }
            DataType::Union(fields, mode) => {
                key.write(&[8]);
                key.write_text(&format!("{mode:?}"));
                key.write_sequence(
                    fields.iter().collect::<Vec<_>>().into_iter(),
                    |(id, field), key| {
                        (id, field).encode(key);
                    },
                );
            }
            DataType::Dictionary(of, values) => (9_u8, of, values).encode(key),
            DataType::RunEndEncoded(ends, values) => (10_u8, ends, values).encode(key),
            // Types without fields are their names and numbers.
            plain => {
                key.write(&[0]);
                key.write_text(&format!("{plain:?}"));
            }
        }
    }
}

impl CacheKey for dyn Array {
    /// The type, and what is in the rows: slices, null rows and dictionaries by what they say, whatever else
    /// their buffers hold.
    fn encode(&self, key: &mut KeyHasher) {
        encode_array(self, key);
    }
}

macro_rules! arrays {
    ($([$($generics:tt)*] $ty:ty),* $(,)?) => {$(
        impl<$($generics)*> CacheKey for $ty {
            fn encode(&self, key: &mut KeyHasher) {
                encode_array(self, key);
            }
        }
    )*};
}

arrays! {
    [] BooleanArray,
    [] FixedSizeBinaryArray,
    [] FixedSizeListArray,
    [] MapArray,
    [] NullArray,
    [] StructArray,
    [] UnionArray,
    [K: ArrowDictionaryKeyType] DictionaryArray<K>,
    [T: ByteArrayType] GenericByteArray<T>,
    [T: ByteViewType] GenericByteViewArray<T>,
    [O: OffsetSizeTrait] GenericListArray<O>,
    [O: OffsetSizeTrait] GenericListViewArray<O>,
    [T: ArrowPrimitiveType] PrimitiveArray<T>,
    [R: RunEndIndexType] RunArray<R>,
}

impl CacheKey for f16 {
    /// All `NaN`s are one.
    fn encode(&self, key: &mut KeyHasher) {
        let value = if self.is_nan() { Self::NAN } else { *self };
        key.write(&value.to_bits().to_le_bytes());
    }
}

impl CacheKey for i256 {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&self.to_le_bytes());
    }
}

impl CacheKey for IntervalDayTime {
    fn encode(&self, key: &mut KeyHasher) {
        (self.days, self.milliseconds).encode(key);
    }
}

impl CacheKey for IntervalMonthDayNano {
    fn encode(&self, key: &mut KeyHasher) {
        (self.months, self.days, self.nanoseconds).encode(key);
    }
}

fn encode_array(array: &dyn Array, key: &mut KeyHasher) {
    array.data_type().encode(key);
    encode_rows(array, key);
}

/// Encodes the rows of an array, whose type was encoded before.
fn encode_rows(array: &dyn Array, key: &mut KeyHasher) {
    downcast_primitive_array!(
        array => encode_primitives(array, key),
        DataType::Null => key.write_len(array.len()),
        DataType::Boolean => {
            let rows = array.as_boolean();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::Utf8 => {
            let rows = array.as_string::<i32>();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::LargeUtf8 => {
            let rows = array.as_string::<i64>();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::Utf8View => {
            let rows = array.as_string_view();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::Binary => {
            let rows = array.as_binary::<i32>();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::LargeBinary => {
            let rows = array.as_binary::<i64>();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::BinaryView => {
            let rows = array.as_binary_view();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        DataType::FixedSizeBinary(_) => {
            let rows = array.as_fixed_size_binary();
            each_row(array, key, |row, key| rows.value(row).encode(key));
        }
        _ => encode_nested(array, key),
    );
}

fn encode_nested(array: &dyn Array, key: &mut KeyHasher) {
    match array.data_type() {
        DataType::List(_) => {
            let rows = array.as_list::<i32>();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::LargeList(_) => {
            let rows = array.as_list::<i64>();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::ListView(_) => {
            let rows = array.as_list_view::<i32>();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::LargeListView(_) => {
            let rows = array.as_list_view::<i64>();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::FixedSizeList(..) => {
            let rows = array.as_fixed_size_list();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::Map(..) => {
            let rows = array.as_map();
            each_row(array, key, |row, key| encode_rows(&rows.value(row), key));
        }
        DataType::Struct(_) => {
            let columns = array.as_struct().columns();
            if array.null_count() == 0 {
                key.write_len(array.len());
                key.write(&[0]);
                for column in columns {
                    encode_rows(column, key);
                }
            } else {
                each_row(array, key, |row, key| {
                    for column in columns {
                        encode_rows(&column.slice(row, 1), key);
                    }
                });
            }
        }
        DataType::Union(..) => {
            let rows = array.as_union();
            key.write_len(rows.len());
            for row in 0..rows.len() {
                rows.type_id(row).encode(key);
                encode_rows(&rows.value(row), key);
            }
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = encodings(dictionary.values(), key);
            let keys = if values.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
            each_row(array, key, |row, key| values[keys[row]].encode(key));
        }
        DataType::RunEndEncoded(..) => downcast_run_array!(
            array => {
                let values = encodings(array.values(), key);
                each_row(array, key, |row, key| values[array.get_physical_index(row)].encode(key));
            },
            other => unreachable!("the type of a run array is {other}"),
        ),
        other => unreachable!("`downcast_primitive_array` knows {other}"),
    }
}

fn encode_primitives<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, key: &mut KeyHasher)
where
    T::Native: CacheKey,
{
    if array.null_count() == 0 {
        key.write_len(array.len());
        key.write(&[0]);
        T::Native::encode_slice(array.values(), key);
    } else {
        each_row(array, key, |row, key| array.value(row).encode(key));
    }
}

/// Writes how many rows there are, and each that is not null. What buffers hold where one is says nothing.
fn each_row(array: &dyn Array, key: &mut KeyHasher, mut row: impl FnMut(usize, &mut KeyHasher)) {
    let nulls = array.logical_nulls().filter(|nulls| nulls.null_count() > 0);
    key.write_len(array.len());
    nulls.is_some().encode(key);
    for n in 0..array.len() {
        if let Some(nulls) = &nulls {
            nulls.is_valid(n).encode(key);
            if nulls.is_null(n) {
                continue;
            }
        }
        row(n, key);
    }
}

/// The encoding of each row by itself, for rows that others point to.
fn encodings(array: &dyn Array, key: &mut KeyHasher) -> Vec<Vec<u8>> {
    let rows = 0..array.len();
    rows.map(|row| key.part(|key| encode_rows(&array.slice(row, 1), key))).collect()
}
