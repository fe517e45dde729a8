//! Golden bytes: the encoding of a value of every type, which is the same on every platform. A change of these is
//! a change of every persisted key.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use cachelit::key::encoding;
use cachelit::{CacheKey, FileContent};

/// The bytes of an encoding, without the last, which says whether they are all or a digest of all.
fn bytes<T: CacheKey + ?Sized>(value: &T) -> String {
    let encoding = encoding(value);
    let (kind, bytes) = encoding.split_last().expect("there is a last byte");
    let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    if *kind == 0 { hex } else { format!("blake3:{hex}") }
}

macro_rules! golden {
    ($($value:expr => $bytes:expr;)*) => {
        let mut wrong = Vec::new();
        $(
            let found = bytes(&$value);
            if found != $bytes.replace(' ', "") {
                wrong.push(format!("{} => \"{found}\";", stringify!($value)));
            }
        )*
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    };
}

#[test]
fn scalars() {
    golden! {
        () => "";
        true => "01";
        false => "00";
        'é' => "e9000000";
        200_u8 => "c8";
        0x0102_u16 => "0201";
        0x0102_0304_u32 => "04030201";
        0x0102_0304_0506_0708_u64 => "0807060504030201";
        0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10_u128 => "100f0e0d0c0b0a090807060504030201";
        258_usize => "0201000000000000";
        -2_i8 => "fe";
        -2_i16 => "feff";
        -2_i32 => "feffffff";
        -2_i64 => "feffffffffffffff";
        -2_i128 => "feffffffffffffffffffffffffffffff";
        -2_isize => "feffffffffffffff";
        1.5_f32 => "0000c03f";
        -0.0_f32 => "00000080";
        f32::NAN => "0000c07f";
        -f32::NAN => "0000c07f";
        1.5_f64 => "000000000000f83f";
        -0.0_f64 => "0000000000000080";
        f64::NAN => "000000000000f87f";
        f64::NEG_INFINITY => "000000000000f0ff";
        NonZero::new(258_usize) => "01 0201000000000000";
        Wrapping(7_u8) => "07";
        Saturating(7_u8) => "07";
        Reverse(7_u8) => "07";
        Ordering::Less => "ff";
        Ordering::Greater => "01";
        PhantomData::<fn()> => "";
    }
}

#[test]
fn texts_paths_and_addresses() {
    golden! {
        "hé" => "0300000000000000 68c3a9";
        String::from("hé") => "0300000000000000 68c3a9";
        Cow::Borrowed("hé") => "0300000000000000 68c3a9";
        c"ab" => "0200000000000000 6162";
        CString::new("ab").unwrap() => "0200000000000000 6162";
        OsStr::new("ab") => "0200000000000000 6162";
        OsString::from("ab") => "0200000000000000 6162";
        Path::new("/a//b/../c") =>
            "0500000000000000 01 01000000000000002f 04 010000000000000061 04 010000000000000062 \
             03 02000000000000002e2e 04 010000000000000063";
        PathBuf::from("a") => "0100000000000000 04 010000000000000061";
        Ipv4Addr::new(1, 2, 3, 4) => "01020304";
        Ipv6Addr::LOCALHOST => "00000000000000000000000000000001";
        IpAddr::from([1, 2, 3, 4]) => "04 01020304";
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80) => "7f000001 5000";
        SocketAddrV6::new(Ipv6Addr::LOCALHOST, 80, 1, 2) =>
            "00000000000000000000000000000001 5000 01000000 02000000";
        SocketAddr::from(([127, 0, 0, 1], 80)) => "04 7f000001 5000";
        Duration::new(1, 2) => "0100000000000000 02000000";
        UNIX_EPOCH + Duration::new(1, 2) => "01 0100000000000000 02000000";
        UNIX_EPOCH - Duration::new(1, 2) => "00 0100000000000000 02000000";
    }
}

#[test]
fn containers() {
    golden! {
        Box::new(7_u8) => "07";
        Rc::new(7_u8) => "07";
        Arc::new(7_u8) => "07";
        &7_u8 => "07";
        &mut 7_u8 => "07";
        (1_u8, "a", 2_u16) => "01 010000000000000061 0200";
        None::<u8> => "00";
        Some(7_u8) => "01 07";
        Ok::<u8, u16>(7) => "01 07";
        Err::<u8, u16>(7) => "00 0700";
        ControlFlow::<u8, u16>::Break(7) => "01 07";
        ControlFlow::<u8, u16>::Continue(7) => "00 0700";
        .. => "";
        1_u8..2 => "01 02";
        1_u8..=2 => "01 02 00";
        1_u8.. => "01";
        ..2_u8 => "02";
        ..=2_u8 => "02";
        Bound::Included(7_u8) => "00 01 07";
        Bound::Excluded(7_u8) => "01 01 07";
        Bound::<u8>::Unbounded => "02 00";
        [1_u16, 2] => "0200000000000000 0100 0200";
        vec![1_u16, 2] => "0200000000000000 0100 0200";
        VecDeque::from([1_u16, 2]) => "0200000000000000 0100 0200";
        LinkedList::from([1_u16, 2]) => "0200000000000000 0100 0200";
        [258_usize] => "0100000000000000 0201000000000000";
        [-2_isize] => "0100000000000000 feffffffffffffff";
        [1.5, -f64::NAN] => "0200000000000000 000000000000f83f 000000000000f87f";
        [1.5_f32] => "0100000000000000 0000c03f";
        ["ab", "c"] => "0200000000000000 02000000000000006162 010000000000000063";
        // Members by the order of their encodings, each with its length and the byte that ends it.
        BinaryHeap::from([2_u8, 1, 1]) =>
            "0300000000000000 02000000000000000100 02000000000000000100 02000000000000000200";
        HashSet::from([2_u8, 1]) => "0200000000000000 02000000000000000100 02000000000000000200";
        BTreeSet::from([256_u16, 1]) =>
            "0200000000000000 0300000000000000 000100 0300000000000000 010000";
        HashMap::from([("b", 1_u8), ("a", 2)]) =>
            "0200000000000000 0b00000000000000 01000000000000006102 00 \
             0b00000000000000 01000000000000006201 00";
        BTreeMap::from([(1_u8, 2_u8)]) => "0100000000000000 0300000000000000 010200";
    }
}

#[test]
fn records() {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "what `with` takes")]
    fn wide(z: &u8) -> u16 {
        u16::from(*z)
    }
    #[derive(CacheKey)]
    struct Point {
        x: u8,
        #[cache_key(skip)]
        _y: u8,
        #[cache_key(with = wide)]
        z: u8,
    }
    #[derive(CacheKey)]
    enum Shape {
        Dot,
        Line(u8),
    }
    golden! {
        Point { x: 1, _y: 2, z: 3 } =>
            "0d00000000000000 676f6c64656e3a3a506f696e74 1f00000000000000 783a75382c5f793a753820736b69702c7a3a7538207769746820776964652c 01 0300";
        Shape::Dot => "0d00000000000000 676f6c64656e3a3a5368617065 0400000000000000 3a75382c 0300000000000000 446f74";
        Shape::Line(1) => "0d00000000000000 676f6c64656e3a3a5368617065 0400000000000000 3a75382c 0400000000000000 4c696e65 01";
    }
}

#[test]
fn long_ones_are_digests() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "abc").unwrap();
    golden! {
        // The digest of "abc", as the paper on blake3 has it.
        FileContent::of(folder.path().join("a")).unwrap() =>
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
        vec![7_u8; 100_000] => "blake3:8c0ced1ab930644ebdf0c56ad8a6894a5221c3dd5914b52adb0d9697eeddfd28";
        vec![-2_i64; 10_000] => "blake3:6d67b624c428a6763d301ff73fde2c5f535f25b564023770ca2d0212a03a618e";
        vec![1.5_f64; 10_000] => "blake3:eb2a898444af360fd038f52e42d65c6a199237e659c8a7245aa351e2017e539e";
        vec!["ab"; 10_000] => "blake3:dfdecd251e9b39d60f6e9f0c75a9fe8c0f19152e60d4c0e1487c099f88fc491b";
        (0..10_000_u32).collect::<HashSet<_>>() => "blake3:e5ce6493c5a29ac8b974508a89a9f9acdd0a65a76f7b40bb2435247462c4d399";
    }
    assert_eq!(bytes(&vec![0_u8; 16 * 1024 - 8]).len(), 2 * 16 * 1024);
}

#[cfg(feature = "arrow")]
#[test]
fn of_arrow() {
    use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
    let ids = Int32Array::from(vec![Some(1), None]);
    let names: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    golden! {
        ids => "00 0500000000000000 496e743332 0200000000000000 01 01 01000000 00";
        Int32Array::from(vec![1, 2]) =>
            "00 0500000000000000 496e743332 0200000000000000 00 01000000 02000000";
        RecordBatch::try_from_iter([("name", names)]).unwrap() =>
            "0100000000000000 0400000000000000 6e616d65 00 0400000000000000 55746638 00 00 0000000000000000 \
             0000000000000000 0200000000000000 \
             0200000000000000 00 010000000000000061 010000000000000062";
    }
}

#[cfg(feature = "chrono-tz")]
#[test]
fn of_chrono() {
    use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
    let noon: DateTime<Utc> = "2024-05-01T12:00:00.5Z".parse().unwrap();
    golden! {
        NaiveDate::from_ymd_opt(2024, 5, 1).unwrap() => "bf460b00";
        noon => "bf460b00 c0a80000 0065cd1d 00000000";
        chrono_tz::Tz::Europe__Berlin.from_utc_datetime(&noon.naive_utc()) =>
            "bf460b00 c0a80000 0065cd1d 201c0000 0d00000000000000 4575726f70652f4265726c696e";
        TimeDelta::milliseconds(-1500) => "ffffffffffffffff 009b32e2";
    }
}

#[cfg(feature = "jiff")]
#[test]
fn of_jiff() {
    use jiff::civil::date;
    let noon = date(2024, 5, 1).at(12, 0, 0, 5);
    golden! {
        noon => "e807 05 01 0c 00 00 05000000";
        jiff::SignedDuration::new(1, 2) => "0100000000000000 02000000";
        jiff::tz::TimeZone::UTC.to_timestamp(noon).unwrap() => "058063f8995bcb17 0000000000000000";
    }
}

#[cfg(feature = "ndarray")]
#[test]
fn of_ndarray() {
    golden! {
        ndarray::array![[1_u16, 2], [3, 4]] =>
            "0200000000000000 0200000000000000 0200000000000000 0100 0200 0300 0400";
        ndarray::array![[1_u16, 3], [2, 4]].t() =>
            "0200000000000000 0200000000000000 0200000000000000 0100 0200 0300 0400";
    }
}

#[cfg(feature = "polars")]
#[test]
fn of_polars() {
    use polars_core::prelude::{Column, DataFrame};
    let columns =
        vec![Column::new("id".into(), [Some(1_i32), None]), Column::new("f".into(), [1.5, 2.5])];
    golden! {
        DataFrame::new(2, columns).unwrap() =>
            "0200000000000000 0200000000000000 \
             0200000000000000 6964 00 0500000000000000 496e743332 01 0200000000000000 01 01000000 00 \
             0100000000000000 66 00 0700000000000000 466c6f61743634 00 0200000000000000 000000000000f83f 0000000000000440";
    }
}

#[cfg(all(feature = "serde_json", feature = "uuid", feature = "url", feature = "rust_decimal"))]
#[test]
fn of_small_crates() {
    golden! {
        serde_json::json!({"a": [null, 1.0, "b", true]}) =>
            "05 0100000000000000 2c00000000000000 0100000000000000 61 \
             04 0400000000000000 00 02 0300000000000000 312e30 03 0100000000000000 62 01 01 00";
        uuid::Uuid::from_u128(1) => "00000000000000000000000000000001";
        "https://a.b/".parse::<url::Url>().unwrap() => "0c00000000000000 68747470733a2f2f612e622f";
        "1.50".parse::<rust_decimal::Decimal>().unwrap() => "00000200 96000000 00000000 00000000";
    }
}
