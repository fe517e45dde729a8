use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::persist::{Codec, Error, decode, encode, rows};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Record {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
    rows: Vec<(i8, f64)>,
    #[serde(flatten)]
    more: BTreeMap<String, u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    One(u8),
    Two(char, ()),
    Named { at: [u16; 3], inner: Option<Box<Kind>> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    #[expect(clippy::option_option, reason = "what is hard to keep apart")]
    Kind {
        kind: Option<Option<bool>>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    A { x: u32 },
    B,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Metres(f64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Marker;

/// Members of a linked list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node {
    next: Option<Box<Node>>,
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: T) {
    let codec = Codec::<T>::new();
    let (bytes, shape) = (codec.encode)(&value).expect("it can be written");
    assert_eq!((codec.decode)(&bytes, &shape).expect("it can be read"), value, "{bytes:?}");
}

#[test]
fn values_of_every_kind_come_back() {
    comes_back(());
    comes_back(Marker);
    comes_back((true, 'ß', "text".to_owned(), u128::MAX, i128::MIN, f32::MIN_POSITIVE));
    comes_back([Some(Some(1)), Some(None), None]);
    comes_back(vec![Some(()), None]);
    comes_back((Vec::<u8>::new(), vec![7_u8], vec![0_u8; 300], vec![(); 5]));
    comes_back(vec![Metres(1.5), Metres(-0.0)]);
    comes_back(vec![vec![1_i32, 2], vec![], vec![3]]);
    comes_back(HashMap::from([((1_u8, 'a'), vec![1.5]), ((2, 'b'), vec![])]));
    comes_back(BTreeMap::from([(Some(1), "one"), (None, "none")].map(|(k, v)| (k, v.to_owned()))));
    comes_back(Ok::<_, String>(Box::new(5_u16)));
    comes_back(std::time::Duration::new(5, 7));
    comes_back(std::net::IpAddr::from([127, 0, 0, 1]));
    comes_back(std::path::PathBuf::from("a/b"));
    comes_back(json!({"a": [1, null, -2.5, "text", {"b": true}], "c": u64::MAX}));
    let inner = Some(Box::new(Kind::Two('x', ())));
    comes_back(vec![Kind::Unit, Kind::One(1), Kind::Named { at: [1, 2, 3], inner }]);
    comes_back(vec![Tagged::A { x: 1 }, Tagged::B]);
    let kind = Some(None);
    comes_back(vec![Untagged::Number(-1), Untagged::Text("t".into()), Untagged::Kind { kind }]);
    let more = BTreeMap::from([("extra".to_owned(), 5)]);
    comes_back(vec![Record { more, rows: vec![(1, 2.0)], ..Record::default() }, Record::default()]);
}

#[test]
fn numbers_in_a_row_take_the_room_of_numbers() {
    assert_eq!(encode(&vec![1_u8; 4096]).expect("bytes").len(), 4096 + 6);
    assert_eq!(encode(&vec![1.5_f64; 100]).expect("numbers").len(), 800 + 6);
    assert_eq!(encode("a".repeat(4096).as_str()).expect("text").len(), 4096 + 5);
}

/// A member that is no scalar of the kind of those before it, at every place.
#[test]
fn a_row_ends_with_the_first_member_of_another_kind() {
    for at in 0..4 {
        for other in
            [json!("text"), json!(-1), json!(null), json!([1, 2]), json!([]), json!({"a": 1})]
        {
            let mut members = vec![json!(1), json!(2), json!(3), json!(4)];
            members[at] = other;
            comes_back(json!([members, [1, 2, 3]]));
        }
    }
    comes_back(vec![(1_u8, 2_u8, 3_u16), (4, 5, 6)]);
    comes_back(vec![Metres(1.5), Metres(2.5)]);
    comes_back((1_u64, Some(2_u64), 3_u64));
}

#[test]
fn a_row_of_numbers_and_a_text_are_written_the_same_by_both_ways() {
    fn is_same<T: Serialize + DeserializeOwned + PartialEq + Debug + 'static>(value: &T) {
        let (bytes, asked) = rows::encode(value).expect("a row");
        assert_eq!(bytes, encode(value).expect("it can be written"));
        let read = rows::decode::<T>(&bytes).expect("a row");
        assert_eq!(read, decode::<T>(&bytes).expect("it can be read"));
        assert_eq!((&read.0, read.1), (value, asked));
    }
    is_same(&vec![0_u8, 255]);
    is_same(&vec![1.5_f64, -0.0, f64::INFINITY]);
    is_same(&vec![1.5_f32; 100]);
    is_same(&vec![i128::MIN, i128::MAX, 0].into_boxed_slice());
    is_same(&vec![u16::MAX; 5].into_boxed_slice());
    for text in ["", "a", "ä text\0"] {
        is_same(&text.to_owned());
    }
}

#[test]
fn what_is_no_row_is_left_to_the_other_way() {
    assert!(rows::encode(&Vec::<u8>::new()).is_none());
    assert!(rows::encode(&vec![1_u8]).is_none());
    assert!(rows::encode(&vec![true, false]).is_none());
    let (bytes, _) = rows::encode(&vec![1_u16, 2]).expect("a row");
    assert!(rows::decode::<Vec<u8>>(&bytes).is_none());
    assert!(rows::decode::<Vec<i16>>(&bytes).is_none());
    assert!(rows::decode::<(u16, u16)>(&bytes).is_none());
    for end in 0..bytes.len() {
        assert!(rows::decode::<Vec<u16>>(&bytes[..end]).is_none());
    }
    assert!(rows::decode::<Vec<u16>>(&[&bytes[..], &[0, 0]].concat()).is_none());
}

#[test]
fn what_is_no_whole_text_is_left_to_the_other_way() {
    assert!(rows::encode(&'a').is_none());
    let (bytes, _) = rows::encode(&"aä".to_owned()).expect("a text");
    assert!(rows::decode::<Box<str>>(&bytes).is_none());
    for end in 0..bytes.len() {
        assert!(rows::decode::<String>(&bytes[..end]).is_none());
    }
    assert!(rows::decode::<String>(&[&bytes[..], b"b"].concat()).is_none());
    for at in [0, 1, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        // Another kind, another length, and no UTF-8.
        bytes[at] ^= 0x80;
        assert!(rows::decode::<String>(&bytes).is_none());
    }
}

#[test]
fn a_nan_keeps_its_bits() {
    let value = f64::from_bits(0x7ff8_0000_0000_0123);
    let bytes = encode(&value).expect("a number");
    assert_eq!(decode::<f64>(&bytes).expect("a number").0.to_bits(), value.to_bits());
}

/// Types that had the first form when an entry was written, and have the second one today.
macro_rules! changed_types {
    ($($name:ident: { $($old:tt)* } => { $($new:tt)* }, $value:expr;)*) => {$(
        #[test]
        fn $name() {
            mod old {
                #[allow(unused_imports, reason = "not every case derives")]
                use serde::{Deserialize, Serialize};
                $($old)*
                pub(super) fn value() -> T { $value }
            }
            mod new {
                #[allow(unused_imports, reason = "not every case derives")]
                use serde::{Deserialize, Serialize};
                $($new)*
            }
            let (bytes, shape) = (Codec::<old::T>::new().encode)(&old::value()).expect("bytes");
            let asked = decode::<old::T>(&bytes).expect("the old type reads them").1;
            // Of equal names, as two builds would have them.
            let read = decode::<new::T>(&bytes).map(|(_, asked_now)| asked_now == asked);
            assert!(!matches!(read, Ok(true)), "the change is not seen");
            assert!((Codec::<new::T>::new().decode)(&bytes, &shape).is_err());
        }
    )*};
}

changed_types! {
    a_field_more_with_a_default:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u8 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u8, #[serde(default)] b: u8 } },
        T { a: 1 };
    a_field_less:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u8, b: u8 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u8 } },
        T { a: 1, b: 2 };
    a_renamed_field:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { metres: f64 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { feet: f64 } },
        T { metres: 1.5 };
    fields_in_another_order:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u8, b: u8 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { b: u8, a: u8 } },
        T { a: 1, b: 2 };
    a_number_of_another_kind:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u32 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u64 } },
        T { a: 1 };
    a_field_that_became_optional:
        { #[derive(Serialize, Deserialize)] pub(super) struct T { a: u32 } }
        => { #[derive(Serialize, Deserialize)] pub(super) struct T { a: Option<u32> } },
        T { a: 1 };
    another_unit:
        { #[derive(Serialize, Deserialize)] pub(super) struct Metres(f64);
          pub(super) type T = Vec<Metres>; }
        => { #[derive(Serialize, Deserialize)] pub(super) struct Feet(f64);
             pub(super) type T = Vec<Feet>; },
        vec![Metres(1.5), Metres(2.5)];
    a_variant_more:
        { #[derive(Serialize, Deserialize)] pub(super) enum T { A, B } }
        => { #[derive(Serialize, Deserialize)] pub(super) enum T { New, A, B } },
        { let _ = T::B; T::A };
    variants_in_another_order:
        { #[derive(Serialize, Deserialize)] pub(super) enum T { A, B } }
        => { #[derive(Serialize, Deserialize)] pub(super) enum T { B, A } },
        { let _ = T::B; T::A };
    a_longer_tuple:
        { pub(super) type T = (u8, u8); } => { pub(super) type T = (u8, u8, u8); }, (1, 2);
    a_list_that_became_a_tuple:
        { pub(super) type T = Vec<u8>; } => { pub(super) type T = (u8, u8); }, vec![1, 2];
    a_change_deep_inside:
        { #[derive(Serialize, Deserialize)] pub(super) struct Inner { x: i32 }
          pub(super) type T = std::collections::HashMap<String, Vec<Option<Inner>>>; }
        => { #[derive(Serialize, Deserialize)] pub(super) struct Inner { x: f32 }
             pub(super) type T = std::collections::HashMap<String, Vec<Option<Inner>>>; },
        T::from([("a".to_owned(), vec![None, Some(Inner { x: 1 })])]);
}

#[test]
fn a_type_of_another_name_is_another_type() {
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Same(u8);
    let (bytes, shape) = (Codec::<u8>::new().encode)(&1).expect("bytes");
    assert!(matches!((Codec::<Same>::new().decode)(&bytes, &shape), Err(Error::OtherShape)));
}

/// An enum in an enum.
#[derive(Debug, Deserialize)]
enum Nest {
    #[expect(dead_code, reason = "only read")]
    Box(Box<Nest>),
}

fn nested(depth: usize) -> Node {
    (1..depth).fold(Node { next: None }, |node, _| Node { next: Some(Box::new(node)) })
}

#[test]
fn what_is_nested_too_deep_is_refused_on_both_ways() {
    comes_back(nested(60));
    assert!(matches!(encode(&nested(500)), Err(Error::TooDeep)));
    // As an attacker would write it, for a type that is nested in each way that there is.
    let some = vec![2_u8; 2_000_000];
    assert!(matches!(decode::<serde_json::Value>(&some), Err(Error::TooDeep)));
    let sequence = [20, 1, 0, 0, 0].repeat(400_000);
    assert!(matches!(decode::<serde_json::Value>(&sequence), Err(Error::TooDeep)));
    let mut record = vec![23, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, b'n', b'e', b'x', b't', 2];
    record.extend([23, 1, 0, 0, 0, 0, 0, 2].repeat(400_000));
    assert!(matches!(decode::<Node>(&record), Err(Error::TooDeep)));
    let mut variant = vec![25, 0, 0, 3, 0, 0, 0, b'B', b'o', b'x'];
    variant.extend([25, 0, 0].repeat(400_000));
    assert!(matches!(decode::<Nest>(&variant), Err(Error::TooDeep)));
}

#[test]
fn a_length_that_lies_takes_no_memory() {
    for tag in [18, 19, 20, 22, 23] {
        assert!(decode::<serde_json::Value>(&[tag, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
    for scalar in 0..=30 {
        let bytes = [21, 0xff, 0xff, 0xff, 0xff, scalar];
        assert!(decode::<Vec<u64>>(&bytes).is_err());
    }
    assert!(decode::<Vec<()>>(&[20, 0xff, 0xff, 0xff, 0xff]).is_err());
}

#[test]
fn a_panic_of_the_type_is_an_error() {
    #[derive(Serialize)]
    struct Panics;
    impl<'de> Deserialize<'de> for Panics {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("it can't be read")
        }
    }
    assert!(matches!((Codec::<Panics>::new().encode)(&Panics), Err(Error::Panicked)));
}

fn json_values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        (-1e9..1e9).prop_map(|value: f64| json!(value)),
        ".*".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::from),
            prop::collection::btree_map(".*", inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_comes_back(
        id: u64,
        note: Option<String>,
        rows in prop::collection::vec((any::<i8>(), -1e300..1e300), 0..20),
        numbers: Vec<u16>,
        nested: Vec<Option<Option<(char, bool)>>>,
        json in json_values(),
    ) {
        comes_back((Record { id, note, rows, more: BTreeMap::new() }, numbers, nested, json));
    }

    #[test]
    fn bytes_from_anywhere_are_read_or_refused(bytes: Vec<u8>) {
        drop(decode::<serde_json::Value>(&bytes));
        drop(decode::<Vec<Record>>(&bytes));
        drop(decode::<Vec<Kind>>(&bytes));
        drop(decode::<Untagged>(&bytes));
        drop(decode::<HashMap<u8, Vec<String>>>(&bytes));
    }

    #[test]
    fn damaged_values_are_read_or_refused(
        json in json_values(),
        at: prop::sample::Index,
        with: u8,
    ) {
        let mut bytes = encode(&json).expect("it can be written");
        let at = at.index(bytes.len());
        bytes[at] = with;
        drop(decode::<serde_json::Value>(&bytes));
    }
}
