//! Keys of types of other crates, each behind its feature: which values are equal in one, and which are not.

#![cfg(any(
    feature = "bytes",
    feature = "chrono",
    feature = "chrono-tz",
    feature = "indexmap",
    feature = "jiff",
    feature = "ordered-float",
    feature = "rust_decimal",
    feature = "serde_json",
    feature = "smallvec",
    feature = "time",
    feature = "url",
    feature = "uuid"
))]

use std::collections::HashSet;

use cachelit::CacheKey;
use cachelit::key::encoding;

/// All of these encode differently from one another, and each as its clone.
#[track_caller]
fn differ<T: CacheKey + Clone>(values: &[T]) {
    let encodings: HashSet<Vec<u8>> = values.iter().map(encoding).collect();
    assert_eq!(encodings.len(), values.len());
    assert!(values.iter().all(|value| encodings.contains(&encoding(&value.clone()))));
}

#[cfg(feature = "bytes")]
#[test]
fn bytes_encode_as_vectors() {
    use bytes::{Bytes, BytesMut};
    differ(&[Bytes::from_static(b"a"), Bytes::from_static(b""), Bytes::from_static(b"ab")]);
    assert_eq!(encoding(&Bytes::from_static(b"ab")), encoding(&vec![b'a', b'b']));
    assert_eq!(encoding(&BytesMut::from(&b"ab"[..])), encoding(&vec![b'a', b'b']));
}

#[cfg(feature = "chrono")]
#[test]
fn s54_chrono_dates_differ_by_instant_and_by_offset() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
    let times = ["2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "2024-05-01T12:00:00.5Z"];
    let times = times.map(|text| text.parse::<DateTime<FixedOffset>>().unwrap());
    assert_eq!(times[0], times[1]);
    differ(&times);
    differ(&times[1..].iter().map(DateTime::to_utc).collect::<Vec<DateTime<Utc>>>());
    differ(
        &["2024-05-01", "2024-05-02", "-0001-05-01"].map(|text| text.parse::<NaiveDate>().unwrap()),
    );
    differ(&["23:59:59", "23:59:60", "23:59:59.5"].map(|text| text.parse::<NaiveTime>().unwrap()));
    differ(&[TimeDelta::milliseconds(-1), TimeDelta::milliseconds(1), TimeDelta::zero()]);
    differ(&[Weekday::Mon, Weekday::Sun]);
}

#[cfg(feature = "chrono-tz")]
#[test]
fn dates_in_zones_differ_by_zone() {
    use chrono::{DateTime, TimeZone, Utc};
    use chrono_tz::Tz;
    let zones = [Tz::Europe__Berlin, Tz::Europe__Paris, Tz::UTC];
    let noon = Utc.with_ymd_and_hms(2024, 5, 1, 12, 0, 0).unwrap();
    let dates = zones.map(|zone| noon.with_timezone(&zone));
    assert_eq!(dates[0], dates[1]);
    differ(&zones);
    differ::<DateTime<Tz>>(&dates);
}

#[cfg(feature = "indexmap")]
#[test]
fn indexmap_collections_encode_by_content() {
    use indexmap::{IndexMap, IndexSet};
    let map = |pairs: [(&'static str, u8); 2]| IndexMap::<_, _>::from(pairs);
    differ(&[map([("a", 1), ("b", 2)]), map([("a", 2), ("b", 1)])]);
    assert_eq!(encoding(&map([("a", 1), ("b", 2)])), encoding(&map([("b", 2), ("a", 1)])));
    assert_eq!(encoding(&IndexSet::<u8>::from([1, 2])), encoding(&IndexSet::<u8>::from([2, 1])));
}

#[cfg(feature = "jiff")]
#[test]
fn s54_jiff_dates_differ_by_instant_zone_and_unit() {
    use jiff::civil::date;
    use jiff::tz::{Offset, TimeZone, offset};
    use jiff::{SignedDuration, Timestamp, ToSpan};
    let noon = date(2024, 5, 1).at(12, 0, 0, 0);
    let zones = [
        TimeZone::UTC,
        offset(2).to_time_zone(),
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(),
    ];
    let dates = zones.map(|zone| TimeZone::UTC.to_timestamp(noon).unwrap().to_zoned_datetime(zone));
    assert_eq!(dates[0], dates[1]);
    differ(&dates);
    differ(&[noon, date(2024, 5, 2).at(12, 0, 0, 0), date(2024, 5, 1).at(12, 0, 0, 1)]);
    differ(&[1.hour(), 60.minutes(), 1.hour().nanoseconds(1), -1.hour()]);
    differ(&[Timestamp::UNIX_EPOCH, Timestamp::from_nanosecond(-1).unwrap()]);
    differ(&[SignedDuration::from_nanos(-1), SignedDuration::from_nanos(1)]);
    differ(&[Offset::UTC, offset(-3)]);
}

#[cfg(feature = "ordered-float")]
#[test]
fn ordered_floats_encode_as_floats() {
    use ordered_float::{NotNan, OrderedFloat};
    differ(&[OrderedFloat(0.0), OrderedFloat(-0.0), OrderedFloat(f64::NAN)]);
    assert_eq!(encoding(&OrderedFloat(1.5_f32)), encoding(&1.5_f32));
    assert_eq!(encoding(&NotNan::new(1.5).unwrap()), encoding(&1.5));
}

#[cfg(feature = "rust_decimal")]
#[test]
fn s52_decimals_differ_by_scale() {
    let decimals =
        ["1.0", "1.00", "-1.0", "10"].map(|text| text.parse::<rust_decimal::Decimal>().unwrap());
    assert_eq!(decimals[0], decimals[1]);
    differ(&decimals);
}

#[cfg(feature = "serde_json")]
#[test]
fn s39_s45_s46_json_encodes_by_content() {
    use serde_json::json;
    differ(&[
        json!(null),
        json!(false),
        json!(0),
        json!(0.0),
        json!(-0.0),
        json!("0"),
        json!([0]),
        json!([[0]]),
        json!({"0": 0}),
        json!({}),
        json!([]),
        json!(""),
        json!(u64::MAX),
        json!(i64::MIN),
    ]);
    let texts = [r#"{"a": 1, "b": [2]}"#, r#"{"b": [2], "a": 1}"#];
    let [one, other] = texts.map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
    assert_eq!(encoding(&one), encoding(&other));
}

#[cfg(feature = "smallvec")]
#[test]
fn small_vectors_encode_as_vectors() {
    use smallvec::{SmallVec, smallvec};
    let spilled: SmallVec<[u32; 1]> = smallvec![1, 2];
    assert_eq!(encoding(&spilled), encoding(&vec![1_u32, 2]));
}

#[cfg(feature = "time")]
#[test]
fn s54_time_dates_differ_by_instant_and_by_offset() {
    use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};
    let epoch = OffsetDateTime::UNIX_EPOCH;
    let later = epoch + Duration::NANOSECOND;
    let there = epoch.to_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
    assert_eq!(epoch, there);
    differ(&[epoch, later, there]);
    differ(&[Date::MIN, Date::MAX]);
    differ(&[Time::MIDNIGHT, Time::from_hms_nano(0, 0, 0, 1).unwrap()]);
    differ(&[Duration::milliseconds(-1), Duration::milliseconds(1)]);
}

#[cfg(feature = "url")]
#[test]
fn urls_differ_by_any_part() {
    let texts = ["https://a.b/", "https://a.b/?", "https://a.b/#c", "http://a.b/"];
    differ(&texts.map(|text| text.parse::<url::Url>().unwrap()));
}

#[cfg(feature = "uuid")]
#[test]
fn s56_uuids_differ() {
    differ(&[uuid::Uuid::nil(), uuid::Uuid::max()]);
}
