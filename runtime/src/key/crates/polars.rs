//! Types of polars: names, types, order and content, however the rows are divided into chunks.

use polars_core::prelude::{
    ChunkedArray, Column, DataFrame, DataType, PolarsNumericType, Schema, Series,
};

use super::super::{CacheKey, KeyHasher};

impl CacheKey for DataFrame {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_len(self.height());
        key.write_sequence(self.columns().iter(), CacheKey::encode);
    }
}

impl CacheKey for Column {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_materialized_series().encode(key);
    }
}

impl CacheKey for Series {
    /// The name, the type and the rows.
    ///
    /// # Panics
    ///
    /// If the type is `Object` or an extension, for nothing is known of what is in those.
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self.name());
        self.dtype().encode(key);
        encode_rows(self, key);
    }
}

impl CacheKey for Schema {
    fn encode(&self, key: &mut KeyHasher) {
        key.write_sequence(self.iter(), |(name, dtype), key| {
            key.write_text(name);
            dtype.encode(key);
        });
    }
}

impl CacheKey for DataType {
    fn encode(&self, key: &mut KeyHasher) {
        match self {
            DataType::List(inner) => (1_u8, inner).encode(key),
            DataType::Array(inner, width) => (2_u8, inner, *width).encode(key),
            DataType::Struct(fields) => {
                key.write(&[3]);
                key.write_sequence(fields.iter(), |field, key| {
                    key.write_text(field.name());
                    field.dtype().encode(key);
                });
            }
            DataType::Categorical(categories, _) => {
                key.write(&[4]);
                key.write_text(categories.name());
                key.write_text(categories.namespace());
                key.write_text(&format!("{:?}", categories.physical()));
            }
            DataType::Enum(categories, _) => {
                key.write(&[5]);
                let names: Vec<&str> = categories.categories().values_iter().collect();
                names.encode(key);
            }
            DataType::Datetime(unit, zone) => {
                key.write(&[6]);
                key.write_text(&format!("{unit:?}"));
                zone.as_ref().map(ToString::to_string).encode(key);
            }
            // Types without parts are their names and numbers.
            plain => {
                key.write(&[0]);
                key.write_text(&format!("{plain:?}"));
            }
        }
    }
}

/// Encodes the rows of a series, whose type was encoded before.
fn encode_rows(series: &Series, key: &mut KeyHasher) {
    let known = "polars names the type of a series truly";
    match series.dtype() {
        DataType::Categorical(..) | DataType::Enum(..) => {
            // Codes hang on what a process met first.
            encode_rows(&series.cast(&DataType::String).expect("categories are texts"), key);
        }
        DataType::Float16 => {
            encode_rows(&series.cast(&DataType::Float32).expect("each has one"), key);
        }
        DataType::Null => key.write_len(series.len()),
        DataType::Boolean => {
            key.write_sequence(series.bool().expect(known).iter(), |row, key| row.encode(key));
        }
        DataType::String => {
            key.write_sequence(series.str().expect(known).iter(), |row, key| row.encode(key));
        }
        DataType::Binary => {
            key.write_sequence(series.binary().expect(known).iter(), |row, key| row.encode(key));
        }
        DataType::BinaryOffset => {
            let rows = series.binary_offset().expect(known);
            key.write_sequence(rows.iter(), |row, key| row.encode(key));
        }
        DataType::List(_) => {
            let rows = series.list().expect(known);
            each_row(series.len(), key, |row| rows.get_as_series(row));
        }
        DataType::Array(..) => {
            let rows = series.array().expect(known);
            each_row(series.len(), key, |row| rows.get_as_series(row));
        }
        DataType::Struct(_) => encode_struct(series, key),
        _ => encode_physical(&series.to_physical_repr(), key),
    }
}

fn encode_physical(rows: &Series, key: &mut KeyHasher) {
    let known = "polars names the type of a series truly";
    match rows.dtype() {
        DataType::Int8 => encode_numbers(rows.i8().expect(known), key),
        DataType::Int16 => encode_numbers(rows.i16().expect(known), key),
        DataType::Int32 => encode_numbers(rows.i32().expect(known), key),
        DataType::Int64 => encode_numbers(rows.i64().expect(known), key),
        DataType::Int128 => encode_numbers(rows.i128().expect(known), key),
        DataType::UInt8 => encode_numbers(rows.u8().expect(known), key),
        DataType::UInt16 => encode_numbers(rows.u16().expect(known), key),
        DataType::UInt32 => encode_numbers(rows.u32().expect(known), key),
        DataType::UInt64 => encode_numbers(rows.u64().expect(known), key),
        DataType::UInt128 => encode_numbers(rows.u128().expect(known), key),
        DataType::Float32 => encode_numbers(rows.f32().expect(known), key),
        DataType::Float64 => encode_numbers(rows.f64().expect(known), key),
        other => panic!(
            "the column `{}` of type `{other}` can't be part of a cache key: cast it to a type whose \
             content is known, or say how to hash it by `hash_funcs`",
            rows.name()
        ),
    }
}

fn encode_numbers<T: PolarsNumericType>(rows: &ChunkedArray<T>, key: &mut KeyHasher)
where
    T::Native: CacheKey,
{
    let has_nulls = rows.null_count() > 0;
    has_nulls.encode(key);
    if has_nulls {
        key.write_sequence(rows.iter(), |row, key| row.encode(key));
        return;
    }
    key.write_len(rows.len());
    // At once, for chunks make no difference.
    let rows = rows.rechunk();
    T::Native::encode_slice(rows.cont_slice().expect("one chunk without nulls"), key);
}

fn each_row(len: usize, key: &mut KeyHasher, row: impl Fn(usize) -> Option<Series>) {
    key.write_sequence(0..len, |n, key| {
        let row = row(n);
        row.is_some().encode(key);
        if let Some(row) = row {
            key.write_len(row.len());
            encode_rows(&row, key);
        }
    });
}

/// What columns hold where the row is null says nothing.
fn encode_struct(series: &Series, key: &mut KeyHasher) {
    let valid = series.is_not_null();
    let columns = series.struct_().expect("it is one").fields_as_series();
    key.write_sequence(valid.iter(), |row, key| row.encode(key));
    for column in columns {
        encode_rows(&column.filter(&valid).expect("it is as long"), key);
    }
}
