//! Keys of arrays and tables of other crates, each behind its feature: layout never counts, content always
//! does (conformance S64 to S66).

#![cfg(any(feature = "arrow", feature = "ndarray", feature = "polars"))]

use std::collections::HashSet;

use cachelit::CacheKey;
use cachelit::key::encoding;

/// All of these encode differently from one another.
#[track_caller]
fn differ(encodings: &[Vec<u8>]) {
    let distinct: HashSet<&Vec<u8>> = encodings.iter().collect();
    let twins: Vec<_> = (0..encodings.len())
        .flat_map(|a| (0..a).map(move |b| (b, a)))
        .filter(|(a, b)| encodings[*a] == encodings[*b])
        .collect();
    assert_eq!(distinct.len(), encodings.len(), "alike: {twins:?}");
}

/// Both encode alike, by themselves and as the argument of a call.
#[track_caller]
fn alike<T: CacheKey + ?Sized, U: CacheKey + ?Sized>(one: &T, other: &U) {
    assert_eq!(encoding(one), encoding(other));
}

#[cfg(feature = "ndarray")]
mod ndarray {
    use cachelit::cache_data;
    use ndarray::{Array1, Array2, ArrayView2, Axis, Slice, array};

    use super::{alike, differ, encoding};

    fn numbered() -> Array2<f64> {
        let numbers = (0_u16..600).map(f64::from).collect();
        Array2::from_shape_vec((3, 200), numbers).unwrap()
    }

    #[test]
    fn s64_shape_and_elements_count_and_strides_do_not() {
        let wide = numbered();
        let mut columns_first = Array2::zeros((200, 3)).reversed_axes();
        columns_first.assign(&wide);
        assert!(columns_first.as_slice().is_none(), "the layout differs");
        let doubled = Array2::from_shape_fn((3, 400), |(row, column)| wide[[row, column / 2]]);
        let every_second = doubled.slice_axis(Axis(1), Slice::from(..).step_by(2));
        alike(&wide, &columns_first);
        alike(&wide, &every_second);
        alike(&wide, &wide.view());
        alike(&wide, &wide.to_shared());
        alike(&wide, &*wide.view());
        alike(&wide, &wide.clone().into_dyn());
        let mut other = wide.clone();
        other[[2, 199]] = -0.5;
        differ(&[
            encoding(&wide),
            encoding(&other),
            encoding(&wide.t()),
            encoding(&wide.to_shape((600, 1)).unwrap()),
            encoding(&wide.to_shape(600).unwrap()),
            encoding(&Array2::<f32>::zeros((3, 200))),
            encoding(&wide.slice_axis(Axis(1), Slice::from(..).step_by(-1))),
            encoding(&wide.slice_axis(Axis(0), Slice::from(..2))),
        ]);
    }

    #[test]
    fn s64_arrays_of_any_layout_hit_one_entry() {
        #[cache_data]
        fn total(values: ArrayView2<'_, f64>) -> f64 {
            values.sum()
        }
        let wide = numbered();
        let mut columns_first = Array2::zeros((200, 3)).reversed_axes();
        columns_first.assign(&wide);
        assert_eq!(total(wide.view()).to_bits(), total(columns_first.view()).to_bits());
        total(wide.t());
        assert_eq!((total::stats().misses, total::stats().hits), (2, 1));
    }

    #[test]
    fn elements_may_be_of_any_type_and_number() {
        let names = array!["a".to_owned(), "b".to_owned()];
        alike(&names, &array!["a", "b"]);
        differ(&[
            encoding(&names),
            encoding(&array!["ab".to_owned(), String::new()]),
            encoding(&Array1::<String>::from_vec(vec![])),
            encoding(&Array2::<String>::from_elem((0, 3), String::new())),
            encoding(&ndarray::arr0("a")),
            encoding(&array![Some(1), None].insert_axis(Axis(0))),
        ]);
    }
}

#[cfg(feature = "arrow")]
mod arrow {
    use std::collections::HashMap;
    use std::sync::Arc;

    use arrow_array::builder::{
        FixedSizeListBuilder, Int32Builder, ListViewBuilder, MapBuilder, StringBuilder,
        StringRunBuilder, UnionBuilder,
    };
    use arrow_array::types::{Float64Type, Int8Type, Int32Type};
    use arrow_array::{
        ArrayRef, BinaryArray, BooleanArray, Decimal128Array, Decimal256Array, DictionaryArray,
        FixedSizeBinaryArray, Float16Array, Float64Array, Int32Array, Int64Array, LargeStringArray,
        ListArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray,
        TimestampSecondArray, UInt32Array,
    };
    use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer, i256};
    use arrow_schema::{DataType, Field, Schema};
    use half::f16;

    use super::{alike, differ, encoding};

    #[test]
    fn s64_slices_and_what_is_under_nulls_do_not_count() {
        let numbers = Int32Array::from(vec![Some(7), Some(1), None, Some(3), Some(9)]);
        alike(&numbers.slice(1, 3), &Int32Array::from(vec![Some(1), None, Some(3)]));
        let nulls = NullBuffer::from(vec![true, false, true]);
        let hidden =
            |under| Int32Array::new(ScalarBuffer::from(vec![1, under, 3]), Some(nulls.clone()));
        alike(&hidden(2), &hidden(-2));
        let all_valid = NullBuffer::from(vec![true; 3]);
        let mentioned = Int32Array::new(ScalarBuffer::from(vec![1, 2, 3]), Some(all_valid));
        alike(&mentioned, &Int32Array::from(vec![1, 2, 3]));
        let texts = StringArray::from(vec![Some("x"), Some("ab"), None, Some(""), Some("c")]);
        alike(&texts.slice(1, 4), &StringArray::from(vec![Some("ab"), None, Some(""), Some("c")]));
        let bits = BooleanArray::from(vec![true, false, true, true]);
        alike(&bits.slice(1, 2), &BooleanArray::from(vec![false, true]));
    }

    #[test]
    fn s64_arrays_differ_by_type_length_and_any_row() {
        differ(&[
            encoding(&Int32Array::from(vec![1, 2])),
            encoding(&Int32Array::from(vec![1, 3])),
            encoding(&Int32Array::from(vec![2, 1])),
            encoding(&Int32Array::from(vec![Some(1), Some(2), None])),
            encoding(&Int32Array::from(vec![Some(1), None, Some(2)])),
            encoding(&Int32Array::from(Vec::<i32>::new())),
            encoding(&Int64Array::from(vec![1, 2])),
            encoding(&UInt32Array::from(vec![1, 2])),
            encoding(&Float64Array::from(vec![0.0, 1.0])),
            encoding(&Float64Array::from(vec![-0.0, 1.0])),
            encoding(&Float16Array::from(vec![f16::ONE, f16::NAN])),
            encoding(&TimestampSecondArray::from(vec![1, 2])),
            encoding(&TimestampSecondArray::from(vec![1, 2]).with_timezone("UTC")),
            encoding(&Decimal128Array::from(vec![1, 2])),
            encoding(&Decimal128Array::from(vec![1, 2]).with_precision_and_scale(5, 1).unwrap()),
            encoding(&Decimal256Array::from(vec![i256::ONE, i256::MINUS_ONE])),
            encoding(&StringArray::from(vec!["ab", "c"])),
            encoding(&StringArray::from(vec!["a", "bc"])),
            encoding(&StringArray::from(vec![Some(""), None])),
            encoding(&LargeStringArray::from(vec!["ab", "c"])),
            encoding(&StringViewArray::from(vec!["ab", "c"])),
            encoding(&BinaryArray::from(vec![&b"ab"[..], b"c"])),
            encoding(&FixedSizeBinaryArray::try_from_iter([b"ab", b"cd"].into_iter()).unwrap()),
            encoding(&NullArray::new(2)),
            encoding(&NullArray::new(3)),
        ]);
        alike(&Float64Array::from(vec![f64::NAN]), &Float64Array::from(vec![-f64::NAN]));
    }

    #[test]
    fn dictionaries_and_runs_count_by_what_they_say() {
        let dictionary = |values: &[&str], keys: &[Option<i8>]| {
            let keys = keys.iter().copied().collect();
            DictionaryArray::<Int8Type>::new(keys, Arc::new(StringArray::from(values.to_vec())))
        };
        let one = dictionary(&["a", "b"], &[Some(0), Some(1), None]);
        alike(&one, &dictionary(&["x", "b", "a", "b"], &[Some(2), Some(3), None]));
        alike(&one, &one.slice(0, 3));
        differ(&[
            encoding(&one),
            encoding(&dictionary(&["a", "b"], &[Some(1), Some(0), None])),
            encoding(&dictionary(&[], &[None, None, None])),
            encoding(&StringArray::from(vec![Some("a"), Some("b"), None])),
        ]);

        let runs = |texts: &[&str]| {
            let mut builder = StringRunBuilder::<Int32Type>::new();
            builder.extend(texts.iter().map(Some));
            builder.finish()
        };
        let long = runs(&["x", "a", "a", "b", "b"]);
        alike(&long.slice(2, 3), &runs(&["a", "b", "b"]));
        let split = arrow_array::RunArray::<Int32Type>::try_new(
            &Int32Array::from(vec![1, 2, 3]),
            &StringArray::from(vec!["a", "b", "b"]),
        );
        alike(&split.unwrap(), &runs(&["a", "b", "b"]));
        differ(&[encoding(&runs(&["a", "b"])), encoding(&runs(&["a", "a", "b"]))]);
    }

    #[test]
    fn nested_arrays_count_by_rows() {
        let lists = |rows: &[Option<&[i32]>]| {
            let rows = rows.iter().map(|row| row.map(|row| row.iter().copied().map(Some)));
            ListArray::from_iter_primitive::<Int32Type, _, _>(rows)
        };
        let some = lists(&[Some(&[0]), Some(&[1, 2]), None, Some(&[])]);
        alike(&some.slice(1, 3), &lists(&[Some(&[1, 2]), None, Some(&[])]));
        let field = Arc::new(Field::new_list_field(DataType::Int32, true));
        let over_null = ListArray::new(
            field.clone(),
            OffsetBuffer::from_lengths([2, 1, 0]),
            Arc::new(Int32Array::from(vec![1, 2, 99])),
            Some(NullBuffer::from(vec![true, false, true])),
        );
        alike(&over_null, &lists(&[Some(&[1, 2]), None, Some(&[])]));
        let mut fixed = FixedSizeListBuilder::new(Int32Builder::new(), 2);
        let mut view = ListViewBuilder::new(Int32Builder::new());
        for n in [1, 2] {
            fixed.values().append_value(n);
            view.values().append_value(n);
        }
        fixed.append(true);
        view.append(true);
        differ(&[
            encoding(&lists(&[Some(&[1]), Some(&[2])])),
            encoding(&lists(&[Some(&[1, 2])])),
            encoding(&lists(&[Some(&[1, 2]), Some(&[])])),
            encoding(&lists(&[Some(&[1, 2]), None])),
            encoding(&fixed.finish()),
            encoding(&view.finish()),
        ]);
    }

    #[test]
    fn structs_maps_and_unions_count_by_rows() {
        let record = |under: i32, nulls: Option<Vec<bool>>| {
            let fields = vec![Field::new("a", DataType::Int32, true)];
            let column: ArrayRef = Arc::new(Int32Array::from(vec![1, under]));
            StructArray::new(fields.into(), vec![column], nulls.map(NullBuffer::from))
        };
        alike(&record(2, Some(vec![true, false])), &record(3, Some(vec![true, false])));
        alike(&record(2, None), &record(2, Some(vec![true, true])));
        differ(&[encoding(&record(2, None)), encoding(&record(3, None))]);

        let map = |pairs: &[(&str, i32)]| {
            let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
            for (name, value) in pairs {
                map.keys().append_value(name);
                map.values().append_value(*value);
            }
            map.append(true).unwrap();
            map.finish()
        };
        differ(&[encoding(&map(&[("a", 1)])), encoding(&map(&[("a", 2)])), encoding(&map(&[]))]);

        let union = |names: [&str; 2]| {
            let mut union = UnionBuilder::new_dense();
            union.append::<Int32Type>(names[0], 1).unwrap();
            union.append::<Float64Type>("c", 1.0).unwrap();
            union.append_null::<Int32Type>(names[1]).unwrap();
            union.build().unwrap()
        };
        differ(&[encoding(&union(["a", "a"])), encoding(&union(["a", "b"]))]);
        alike(&union(["a", "b"]), &union(["a", "b"]));
    }

    #[test]
    fn s65_tables_differ_by_name_type_order_and_any_cell() {
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2]));
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None]));
        let table = |columns: Vec<(&str, &ArrayRef)>| {
            let columns = columns.into_iter().map(|(name, column)| (name, column.clone()));
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, it)| (name, it, true)))
                .unwrap()
        };
        let base = table(vec![("id", &ids), ("name", &names)]);
        alike(&base, &table(vec![("id", &ids), ("name", &names)]));
        let tagged =
            base.schema().as_ref().clone().with_metadata(HashMap::from([("a".into(), "b".into())]));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        differ(&[
            encoding(&base),
            encoding(&table(vec![("name", &names), ("id", &ids)])),
            encoding(&table(vec![("key", &ids), ("name", &names)])),
            encoding(&table(vec![("id", &numbers), ("name", &names)])),
            encoding(&table(vec![("id", &ids)])),
            encoding(&base.slice(0, 1)),
            encoding(&base.clone().with_schema(Arc::new(tagged)).unwrap()),
        ]);
        let field = |nullable| Schema::new(vec![Field::new("id", DataType::Int32, nullable)]);
        differ(&[encoding(&field(true)), encoding(&field(false))]);
    }
}

#[cfg(feature = "polars")]
mod polars {
    use polars_core::prelude::*;

    use super::{alike, differ, encoding};

    fn series<T, U: ?Sized>(values: T) -> Series
    where
        Series: NamedFrom<T, U>,
    {
        Series::new("a".into(), values)
    }

    #[test]
    fn s64_chunks_do_not_count() {
        let whole = series([Some(1_i32), Some(2), None, Some(4)]);
        let mut parts = series([Some(1_i32), Some(2)]);
        parts.append(&series([None, Some(4_i32)])).unwrap();
        assert_eq!(parts.n_chunks(), 2);
        alike(&whole, &parts);
        alike(&whole, &series([Some(0_i32), Some(1), Some(2), None, Some(4)]).slice(1, 4));
        let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
        let mut parts = series(&numbers[..400]);
        parts.append(&series(&numbers[400..])).unwrap();
        alike(&series(&numbers[..]), &parts);
    }

    #[test]
    fn s64_series_differ_by_name_type_and_any_row() {
        let dates = series([1_i32, 2]);
        let times = series([1_i64, 2]);
        let as_type = |series: &Series, dtype| encoding(&series.cast(&dtype).unwrap());
        let datetime = |unit, zone: Option<&str>| {
            DataType::Datetime(unit, TimeZone::opt_try_new(zone).unwrap())
        };
        differ(&[
            encoding(&dates),
            encoding(&series([1_i32, 3])),
            encoding(&series([2_i32, 1])),
            encoding(&series([Some(1_i32), Some(2), None])),
            encoding(&series([Some(1_i32), None, Some(2)])),
            encoding(&Series::new("b".into(), [1_i32, 2])),
            encoding(&times),
            as_type(&dates, DataType::Int8),
            as_type(&dates, DataType::UInt16),
            as_type(&dates, DataType::UInt128),
            as_type(&dates, DataType::Date),
            as_type(&times, DataType::Time),
            as_type(&times, DataType::Duration(TimeUnit::Milliseconds)),
            as_type(&times, DataType::Duration(TimeUnit::Microseconds)),
            as_type(&times, datetime(TimeUnit::Milliseconds, None)),
            as_type(&times, datetime(TimeUnit::Microseconds, None)),
            as_type(&dates, DataType::Decimal(10, 0)),
            as_type(&dates, DataType::Decimal(10, 1)),
            encoding(&series([0.0_f64, 1.0])),
            encoding(&series([-0.0_f64, 1.0])),
            encoding(&series([0.0_f32, 1.0])),
            encoding(&series([true, false])),
            encoding(&series(["ab", "c"])),
            encoding(&series(["a", "bc"])),
            encoding(&series([Some(""), None])),
            encoding(&series([&b"ab"[..], b"c"])),
            encoding(&Series::new_null("a".into(), 2)),
            encoding(&Series::new_null("a".into(), 3)),
        ]);
        alike(&series([f64::NAN]), &series([-f64::NAN]));
    }

    #[test]
    fn categories_count_by_their_texts() {
        let global = DataType::from_categories(Categories::global());
        let first = series(["z", "a", "b"]).cast(&global).unwrap();
        let second = series(["a", "b", "z"]).cast(&global).unwrap();
        alike(&first.slice(1, 2), &second.slice(0, 2));
        let frozen = |names: [&str; 2]| {
            let categories = FrozenCategories::new(names).unwrap();
            series(["a", "b"]).cast(&DataType::from_frozen_categories(categories)).unwrap()
        };
        differ(&[
            encoding(&first),
            encoding(&second),
            encoding(&frozen(["a", "b"])),
            encoding(&frozen(["b", "a"])),
            encoding(&series(["z", "a", "b"])),
        ]);
    }

    #[test]
    fn nested_columns_count_by_rows() {
        let lists = |rows: &[Option<&[i32]>]| {
            let rows: Vec<Option<Series>> =
                rows.iter().map(|row| row.map(|row| Series::new("".into(), row))).collect();
            Series::new("a".into(), rows)
        };
        let some = lists(&[Some(&[0]), Some(&[1, 2]), None, Some(&[])]);
        alike(&some.slice(1, 3), &lists(&[Some(&[1, 2]), None, Some(&[])]));
        let pairs = lists(&[Some(&[1, 2]), Some(&[3, 4])]);
        let array = pairs.cast(&DataType::Array(Box::new(DataType::Int32), 2)).unwrap();
        differ(&[
            encoding(&lists(&[Some(&[1]), Some(&[2])])),
            encoding(&lists(&[Some(&[1, 2])])),
            encoding(&lists(&[Some(&[1, 2]), None])),
            encoding(&lists(&[Some(&[1, 2]), Some(&[])])),
            encoding(&pairs),
            encoding(&array),
        ]);
        let record = |names: [&str; 2], second: [Option<i32>; 2]| {
            let columns =
                [Series::new(names[0].into(), ["x", "y"]), Series::new(names[1].into(), second)];
            StructChunked::from_series("a".into(), 2, columns.iter()).unwrap().into_series()
        };
        differ(&[
            encoding(&record(["a", "b"], [Some(1), None])),
            encoding(&record(["a", "c"], [Some(1), None])),
            encoding(&record(["a", "b"], [None, Some(1)])),
            encoding(&record(["a", "b"], [Some(1), None]).slice(0, 1)),
        ]);
    }

    #[test]
    fn s65_tables_differ_by_name_type_order_and_any_cell() {
        let ids = || Column::new("id".into(), [1_i32, 2]);
        let names = || Column::new("name".into(), [Some("a"), None]);
        let table = |columns| DataFrame::new(2, columns).unwrap();
        let base = table(vec![ids(), names()]);
        alike(&base, &table(vec![ids(), names()]));
        let same = Column::new_scalar("id".into(), Scalar::from(7_i32), 2);
        alike(&same, &Column::new("id".into(), [7_i32, 7]));
        differ(&[
            encoding(&base),
            encoding(&table(vec![names(), ids()])),
            encoding(&table(vec![ids().with_name("key".into()), names()])),
            encoding(&table(vec![ids().cast(&DataType::Int64).unwrap(), names()])),
            encoding(&table(vec![ids()])),
            encoding(&table(vec![])),
            encoding(&DataFrame::new(3, vec![]).unwrap()),
            encoding(&base.reverse()),
            encoding(&base.slice(0, 1)),
        ]);
        let schema = base.schema();
        differ(&[encoding(&**schema), encoding(&**table(vec![names(), ids()]).schema())]);
    }
}
