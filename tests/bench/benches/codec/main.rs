//! What it costs to make bytes of results that go to disk, and to read them back, beside other codecs.
//!
//! `cargo bench --bench codec`, with `-- --rounds 3` for fewer rounds. All contenders take turns; a figure is the median
//! of the rounds. Ours does more: to encode is also to read back, which shows that it can be, and in both directions
//! what the type asks for is hashed. The table ends with what the checksum of the bytes costs.

#[allow(dead_code, reason = "the library uses more of it")]
#[path = "../../../../runtime/src/persist/codec.rs"]
mod codec;
#[allow(dead_code, reason = "the library uses more of it")]
#[path = "../../../../runtime/src/persist/decode.rs"]
mod decode;
#[allow(dead_code, reason = "the library uses more of it")]
#[path = "../../../../runtime/src/persist/encode.rs"]
mod encode;
#[allow(dead_code, reason = "a part of another benchmark")]
#[path = "../memory/harness.rs"]
mod harness;
#[path = "../../../../runtime/src/persist/rows.rs"]
mod rows;
#[path = "../../../../runtime/src/persist/shape.rs"]
mod shape;
#[path = "../../../../runtime/src/persist/tag.rs"]
mod tag;

use std::fmt::Debug;

use codec::Codec;
use harness::compare;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u64,
    customer: String,
    address: Option<Address>,
    lines: Vec<Line>,
    state: State,
    is_paid: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Address {
    street: String,
    city: String,
    position: (f64, f64),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    article: String,
    count: u32,
    price: f64,
    discount: Option<f32>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Open,
    Sent { parcel: u64, carrier: String },
}

fn order(id: u64) -> Order {
    let line = |n: u32| Line {
        article: format!("article {n}"),
        count: n,
        price: f64::from(n) * 1.25,
        discount: (n % 2 == 0).then_some(0.5),
    };
    let address = Address {
        street: "Rue de la Paix 7".to_owned(),
        city: "Paris".to_owned(),
        position: (48.87, 2.33),
    };
    let state = if id.is_multiple_of(3) {
        State::Open
    } else {
        State::Sent { parcel: id * 7, carrier: "post".to_owned() }
    };
    let lines = (0..5).map(line).collect();
    Order {
        id,
        customer: format!("customer {id}"),
        address: Some(address),
        lines,
        state,
        is_paid: true,
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rounds = args.iter().position(|arg| arg == "--rounds").map(|at| &args[at + 1]);
    let rounds = rounds.map_or(9, |text| text.parse().expect("`--rounds` wants a number"));
    let bytes: Vec<u8> = (0..4096_u32).map(|n| (n * 37 % 251) as u8).collect();
    measure("4 KiB of bytes", rounds, &bytes);
    measure("a text of 4 KiB", rounds, &"0123456789abcdef".repeat(256));
    let floats: Vec<f64> = (0..1000).map(|n| f64::from(n) * 1.1).collect();
    measure("1,000 floats", rounds, &floats);
    let texts: Vec<Vec<String>> =
        (0..20).map(|n| (0..20).map(|m| format!("text {n} {m}")).collect()).collect();
    measure("20 lists of 20 texts", rounds, &texts);
    measure("50 structs", rounds, &(0..50).map(order).collect::<Vec<Order>>());
}

fn measure<T>(title: &str, rounds: usize, value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    let codec = &Codec::<T>::new();
    let (bytes, shape) = (codec.encode)(value).expect("it can be written");
    assert_eq!((codec.decode)(&bytes, &shape).as_ref().expect("it can be read"), value);
    let compact = postcard::to_allocvec(value).expect("it can be written");
    let text = serde_json::to_vec(value).expect("it can be written");
    let (bytes, shape, compact, text) = (&bytes[..], &shape, &compact[..], &text[..]);
    let calls = 2000;
    let lengths = format!("{}, {} and {} bytes", bytes.len(), compact.len(), text.len());
    compare(
        &format!("{title}: encode ({lengths})"),
        rounds,
        calls,
        vec![
            case!(Ours "cachelit, with reading back", |_| (codec.encode)(value).expect("it can be written")),
            case!(Ours "cachelit, the bytes alone", |_| {
            match rows::encode(value) {
                        Some((bytes, _)) => bytes,
                        None => encode::encode(value).expect("it can be written"),
                    }
                    }),
            case!(Peer "postcard", |_| postcard::to_allocvec(value).expect("it can be written")),
            case!(Peer "serde_json", |_| serde_json::to_vec(value).expect("it can be written")),
            case!(Floor "blake3 of the bytes", |_| blake3::hash(bytes)),
        ],
    );
    compare(
        &format!("{title}: decode"),
        rounds,
        calls,
        vec![
            case!(Ours "cachelit", |_| (codec.decode)(bytes, shape).expect("it can be read")),
            case!(Peer "postcard", |_| postcard::from_bytes::<T>(compact).expect("it can be read")),
            case!(Peer "serde_json", |_| serde_json::from_slice::<T>(text).expect("it can be read")),
        ],
    );
}
