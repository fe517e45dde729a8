//! Every contender as plain functions.

use std::sync::{Arc, LazyLock};

use crate::bodies::{self, FloatKey, FloatQuery, TextKey, TextQuery};
use crate::harness::Who;
use crate::ours;
use crate::stores::{Locked, Memo, Moka, Number, Papaya, Quick};

/// Something large that callers share.
type Shared = fn(&str) -> Arc<Vec<u8>>;

/// What a contender has for each line of work; `None` where it can't say it.
#[derive(Clone, Copy)]
pub struct Contender {
    pub who: Who,
    pub name: &'static str,
    pub number: Option<fn(u64) -> u64>,
    pub text: Option<fn(&str, u32) -> String>,
    pub sum: Option<fn(&[f64]) -> f64>,
    pub shared: Option<Shared>,
    /// At most 10,000 entries, where it keeps a bound.
    pub ten_thousand: Option<fn(u64) -> u64>,
    /// At most 1,000 entries; only those that keep a bound.
    pub thousand: Option<fn(u64) -> u64>,
    pub slow: Option<fn(u64) -> u64>,
}

pub const NONE: Contender = Contender {
    who: Who::Peer,
    name: "",
    number: None,
    text: None,
    sum: None,
    shared: None,
    ten_thousand: None,
    thousand: None,
    slow: None,
};

/// The functions of a store that is used by hand.
macro_rules! by_hand {
    ($module:ident, $name:literal, $store:ident, $is_bounded:literal) => {
        mod $module {
            use super::*;

            macro_rules! memo {
                ($function:ident($arg:ident: $ty:ty) -> $value:ty, $capacity:expr, $key:ty, $query:expr, $make:expr) => {
                    fn $function($arg: $ty) -> $value {
                        static MEMO: LazyLock<$store<$key, $value>> =
                            LazyLock::new(|| Memo::with_capacity($capacity));
                        MEMO.get(&$query, || $make)
                    }
                };
            }

            memo!(number(n: u64) -> u64, 1 << 20, Number, Number(n), bodies::number(n));
            memo!(sum(x: &[f64]) -> f64, 1 << 14, FloatKey, FloatQuery(x), bodies::sum(x));
            memo!(ten_thousand(n: u64) -> u64, 10_000, Number, Number(n), bodies::number(n));
            memo!(thousand(n: u64) -> u64, 1_000, Number, Number(n), bodies::number(n));
            memo!(slow(n: u64) -> u64, 1 << 14, Number, Number(n), bodies::slow(n));
            memo!(shared(name: &str) -> Arc<Vec<u8>>, 1 << 14, TextKey, TextQuery(name, 0), Arc::new(bodies::large(name)));

            fn text(name: &str, count: u32) -> String {
                static MEMO: LazyLock<$store<TextKey, String>> =
                    LazyLock::new(|| Memo::with_capacity(1 << 14));
                MEMO.get(&TextQuery(name, count), || bodies::text(name, count))
            }

            pub const CONTENDER: Contender = Contender {
                name: $name,
                number: Some(number),
                text: Some(text),
                sum: Some(sum),
                shared: Some(shared),
                ten_thousand: Some(ten_thousand),
                thousand: if $is_bounded { Some(thousand) } else { None },
                slow: Some(slow),
                ..NONE
            };
        }
    };
}

by_hand!(locked, "RwLock<HashMap>", Locked, false);
by_hand!(papaya_, "papaya", Papaya, false);
by_hand!(quick, "quick_cache", Quick, true);
by_hand!(moka_, "moka", Moka, true);

mod cached_ {
    use super::*;
    use cached::macros::cached;

    #[cached]
    fn number(n: u64) -> u64 {
        bodies::number(n)
    }
    #[cached(key = "(String, u32)", convert = { (name.to_owned(), count) })]
    fn text(name: &str, count: u32) -> String {
        bodies::text(name, count)
    }
    #[cached(key = "FloatKey", convert = { FloatKey(numbers.to_vec()) })]
    fn sum(numbers: &[f64]) -> f64 {
        bodies::sum(numbers)
    }
    #[cached(key = "String", convert = { name.to_owned() })]
    fn shared(name: &str) -> Arc<Vec<u8>> {
        Arc::new(bodies::large(name))
    }
    #[cached(max_size = 10000)]
    fn ten_thousand(n: u64) -> u64 {
        bodies::number(n)
    }
    #[cached(max_size = 1000)]
    fn thousand(n: u64) -> u64 {
        bodies::number(n)
    }
    #[cached(sync_writes = "by_key")]
    fn slow(n: u64) -> u64 {
        bodies::slow(n)
    }
    #[cached(max_size = 1000000, ttl_secs = 3600)]
    fn timed(n: u64) -> u64 {
        bodies::number(n)
    }

    pub const CONTENDER: Contender = Contender {
        name: "cached",
        number: Some(number),
        text: Some(text),
        sum: Some(sum),
        shared: Some(shared),
        ten_thousand: Some(ten_thousand),
        thousand: Some(thousand),
        ..NONE
    };
    pub const BY_KEY: Contender = Contender { name: "cached, by_key", slow: Some(slow), ..NONE };
    pub const WITH_TTL: Contender =
        Contender { name: "cached, with ttl", number: Some(timed), ..NONE };
}

mod memoize_ {
    use super::*;
    use memoize::memoize;

    #[memoize(SharedCache)]
    fn number(n: u64) -> u64 {
        bodies::number(n)
    }
    #[memoize(SharedCache)]
    fn owned_text(name: String, count: u32) -> String {
        bodies::text(&name, count)
    }
    #[memoize(SharedCache)]
    fn owned_sum(numbers: FloatKey) -> f64 {
        bodies::sum(&numbers.0)
    }
    #[memoize(SharedCache)]
    fn owned_shared(name: String) -> Arc<Vec<u8>> {
        Arc::new(bodies::large(&name))
    }
    #[memoize(SharedCache, Capacity: 10000)]
    fn ten_thousand(n: u64) -> u64 {
        bodies::number(n)
    }
    #[memoize(SharedCache, Capacity: 1000)]
    fn thousand(n: u64) -> u64 {
        bodies::number(n)
    }
    #[memoize]
    fn of_thread(n: u64) -> u64 {
        bodies::number(n)
    }

    pub const CONTENDER: Contender = Contender {
        name: "memoize",
        number: Some(number),
        text: Some(|name, count| owned_text(name.to_owned(), count)),
        sum: Some(|numbers| owned_sum(FloatKey(numbers.to_vec()))),
        shared: Some(|name| owned_shared(name.to_owned())),
        ten_thousand: Some(ten_thousand),
        thousand: Some(thousand),
        ..NONE
    };
    pub const OF_THREAD: Contender =
        Contender { name: "memoize, one per thread", number: Some(of_thread), ..NONE };
}

pub fn all() -> Vec<Contender> {
    vec![
        ours::PLAIN,
        ours::SESSION,
        ours::BOUNDED,
        ours::TIMED,
        locked::CONTENDER,
        papaya_::CONTENDER,
        quick::CONTENDER,
        moka_::CONTENDER,
        cached_::CONTENDER,
        cached_::BY_KEY,
        cached_::WITH_TTL,
        memoize_::CONTENDER,
        memoize_::OF_THREAD,
    ]
}
