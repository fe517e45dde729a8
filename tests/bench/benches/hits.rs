//! What a hit costs.
//!
//! The contenders do the same job by hand: they make a key of the arguments, look it up, and return a value of the
//! caller's own. None of them but cachelit promises single-flight, sessions or replay of elements here.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock, RwLock};

use cachelit::{cache_data, cache_resource};
use divan::{Bencher, black_box};
use foldhash::fast::RandomState;

const THREADS: [usize; 2] = [1, 2];
const LARGE: usize = 1 << 20;

fn main() {
    divan::main();
}

type Locked<K, V> = LazyLock<RwLock<HashMap<K, V, RandomState>>>;
type Quick<K, V> = LazyLock<quick_cache::sync::Cache<K, V>>;
type Moka<K, V> = LazyLock<moka::sync::Cache<K, V>>;
type Papaya<K, V> = LazyLock<papaya::HashMap<K, V, RandomState>>;

/// Makes one benchmark of each expression, which must be a hit from the second time on.
macro_rules! hits {
    ($($name:ident: $call:expr;)*) => {$(
        #[divan::bench(threads = THREADS)]
        fn $name(bencher: Bencher) {
            black_box($call);
            bencher.bench(|| black_box($call));
        }
    )*};
}

/// `fn(u64) -> u64`.
mod number {
    use super::*;

    fn body(x: u64) -> u64 {
        x.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[cache_data(scope = "global")]
    fn plain(x: u64) -> u64 {
        body(x)
    }

    #[cache_data]
    fn of_session(x: u64) -> u64 {
        body(x)
    }

    #[cache_data(scope = "global", max_entries = 1000)]
    fn bounded(x: u64) -> u64 {
        body(x)
    }

    #[cache_data(scope = "global", ttl = "1h")]
    fn timed(x: u64) -> u64 {
        body(x)
    }

    #[cached::macros::cached]
    fn by_cached(x: u64) -> u64 {
        body(x)
    }

    static LOCKED: Locked<u64, u64> = LazyLock::new(Default::default);
    static QUICK: Quick<u64, u64> = LazyLock::new(|| quick_cache::sync::Cache::new(1000));
    static MOKA: Moka<u64, u64> = LazyLock::new(|| moka::sync::Cache::new(1000));
    static PAPAYA: Papaya<u64, u64> = LazyLock::new(|| {
        papaya::HashMap::builder()
            .resize_mode(papaya::ResizeMode::Blocking)
            .hasher(RandomState::default())
            .build()
    });

    fn by_lock(x: u64) -> u64 {
        if let Some(found) = LOCKED.read().unwrap().get(&x) {
            return *found;
        }
        *LOCKED.write().unwrap().entry(x).or_insert_with(|| body(x))
    }

    hits! {
        cachelit: plain(black_box(7));
        cachelit_session: of_session(black_box(7));
        cachelit_max_entries: bounded(black_box(7));
        cachelit_ttl: timed(black_box(7));
        cached: by_cached(black_box(7));
        quick_cache: QUICK.get_or_insert_with(&black_box(7), || Ok::<_, Infallible>(body(7))).unwrap();
        moka: MOKA.get_with(black_box(7), || body(7));
        papaya: *PAPAYA.pin().get_or_insert_with(black_box(7), || body(7));
        rwlock_hashmap: by_lock(black_box(7));
    }
}

/// `fn(&str, u32) -> String`.
mod text {
    use super::*;

    const NAME: &str = "a name of usual length";

    fn body(name: &str, count: u32) -> String {
        format!("{name}, {count} times, as long as a result of this kind is")
    }

    #[cache_data(scope = "global")]
    fn plain(name: &str, count: u32) -> String {
        body(name, count)
    }

    #[cached::macros::cached(
        ty = "cached::UnboundCache<(String, u32), String>",
        create = "{ cached::UnboundCache::builder().build().unwrap() }",
        key = "(String, u32)",
        convert = r#"{ (name.to_owned(), count) }"#
    )]
    fn by_cached(name: &str, count: u32) -> String {
        body(name, count)
    }

    static LOCKED: Locked<(String, u32), String> = LazyLock::new(Default::default);
    static MOKA: Moka<(String, u32), String> = LazyLock::new(|| moka::sync::Cache::new(1000));

    fn by_lock(name: &str, count: u32) -> String {
        let key = (name.to_owned(), count);
        if let Some(found) = LOCKED.read().unwrap().get(&key) {
            return found.clone();
        }
        LOCKED.write().unwrap().entry(key).or_insert_with(|| body(name, count)).clone()
    }

    hits! {
        cachelit: plain(black_box(NAME), black_box(3));
        cached: by_cached(black_box(NAME), black_box(3));
        moka: MOKA.get_with((black_box(NAME).to_owned(), black_box(3)), || body(NAME, 3));
        rwlock_hashmap: by_lock(black_box(NAME), black_box(3));
    }
}

/// `fn(&[f64]) -> f64` of 1,000 numbers. The contenders' keys are the numbers' bits.
mod floats {
    use super::*;

    static NUMBERS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..1000).map(f64::from).collect());

    fn body(numbers: &[f64]) -> f64 {
        numbers.iter().sum()
    }

    fn bits(numbers: &[f64]) -> Vec<u64> {
        numbers.iter().map(|number| number.to_bits()).collect()
    }

    #[cache_data(scope = "global")]
    fn plain(numbers: &[f64]) -> f64 {
        body(numbers)
    }

    static LOCKED: Locked<Vec<u64>, f64> = LazyLock::new(Default::default);
    static QUICK: Quick<Vec<u64>, f64> = LazyLock::new(|| quick_cache::sync::Cache::new(1000));

    fn by_lock(numbers: &[f64]) -> f64 {
        let key = bits(numbers);
        if let Some(found) = LOCKED.read().unwrap().get(&key) {
            return *found;
        }
        *LOCKED.write().unwrap().entry(key).or_insert_with(|| body(numbers))
    }

    hits! {
        cachelit: plain(black_box(&NUMBERS));
        quick_cache: QUICK.get_or_insert_with(&bits(black_box(&NUMBERS)), || Ok::<_, Infallible>(body(&NUMBERS))).unwrap();
        rwlock_hashmap: by_lock(black_box(&NUMBERS));
        uncached: body(black_box(&NUMBERS));
    }
}

/// `fn(u64) -> Arc<Vec<u8>>` of a MiB.
mod shared {
    use super::*;

    #[cache_resource]
    fn plain(x: u64) -> Vec<u8> {
        black_box(x);
        vec![0; LARGE]
    }

    static LOCKED: Locked<u64, Arc<Vec<u8>>> = LazyLock::new(Default::default);
    static QUICK: Quick<u64, Arc<Vec<u8>>> = LazyLock::new(|| quick_cache::sync::Cache::new(1000));

    fn by_lock(x: u64) -> Arc<Vec<u8>> {
        if let Some(found) = LOCKED.read().unwrap().get(&x) {
            return found.clone();
        }
        let make = || Arc::new(vec![0; LARGE]);
        LOCKED.write().unwrap().entry(x).or_insert_with(make).clone()
    }

    hits! {
        cachelit: plain(black_box(7));
        quick_cache: QUICK.get_or_insert_with(&black_box(7), || Ok::<_, Infallible>(Arc::new(vec![0; LARGE]))).unwrap();
        rwlock_hashmap: by_lock(black_box(7));
    }
}
