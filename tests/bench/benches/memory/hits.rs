//! One thread, keys that are all there.

use std::hash::BuildHasher;
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::Instant;

use foldhash::fast::RandomState;
use rustix::time::{ClockId, clock_gettime};

use crate::bodies::{FloatQuery, TextQuery};
use crate::case;
use crate::contenders::{self, Contender};
use crate::harness::{Case, compare};

/// A case for each contender that has the function.
fn cases<'a, F: Copy + 'a>(
    function: impl Fn(&Contender) -> Option<F>,
    call: impl Fn(F, u64) + Copy + 'a,
) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    for contender in contenders::all() {
        let Some(function) = function(&contender) else { continue };
        // Which function it is must not be known where it is called.
        let function = black_box(function);
        let run = move |calls| (0..calls).for_each(|n| call(function, n));
        cases.push(Case { who: contender.who, name: contender.name, run: Box::new(run) });
    }
    cases
}

pub fn run(rounds: usize) {
    let session = cachelit::session::Session::new();
    let _entered = session.enter();
    numbers(rounds);
    texts(rounds);
    floats(rounds);
    shared(rounds);
}

fn numbers(rounds: usize) {
    let random = RandomState::default();
    let lock = RwLock::new(1_u64);
    let mutex = parking_lot::Mutex::new(1_u64);
    let arc = Arc::new(1_u64);
    let (lock, arc, mutex) = (&lock, &arc, &mutex);
    let mut all = cases(
        |contender| contender.number,
        |call, n| {
            black_box(call(black_box(n & 63)));
        },
    );
    let call: fn(u64) -> u64 = black_box(|n| n + 1);
    all.extend([
        case!(Floor "a call", |n| call(black_box(n))),
        case!(Floor "hash of the key", |n| random.hash_one(black_box(n))),
        case!(Floor "read lock and unlock", |_| *black_box(lock).read().unwrap()),
        case!(Floor "mutex lock and unlock", |_| *black_box(mutex).lock()),
        case!(Floor "clone and drop of an Arc", |_| black_box(arc).clone()),
        case!(Floor "Instant::now", |_| Instant::now()),
        case!(Floor "coarse clock", |_| clock_gettime(ClockId::MonotonicCoarse)),
    ]);
    compare("A hit of `fn(u64) -> u64`", rounds, 200_000, all);
}

fn texts(rounds: usize) {
    let names: Vec<String> = (0..64).map(|n| format!("{n:032}")).collect();
    let names = &*names;
    let random = RandomState::default();
    let value = "x".repeat(64);
    let name = |n: u64| black_box(&*names[n as usize & 63]);
    let mut all = cases(
        |contender| contender.text,
        |call, n| {
            black_box(call(name(n), 7));
        },
    );
    let call: fn(&str, u32) -> usize = black_box(|name, _| name.len());
    all.extend([
        case!(Floor "a call", |n| call(name(n), 7)),
        case!(Floor "hash of the key", |n| random.hash_one(TextQuery(name(n), 7))),
        case!(Floor "clone and drop of the text", |_| black_box(&value).clone()),
    ]);
    compare("A hit of `fn(&str, u32) -> String`: 32 bytes in, 64 out", rounds, 100_000, all);
}

fn floats(rounds: usize) {
    let lists: Vec<Vec<f64>> = (0..8_u32)
        .map(|list| (0..1000).map(|n| f64::from(list * 1000 + n) * 0.1).collect())
        .collect();
    let lists = &*lists;
    let random = RandomState::default();
    let list = |n: u64| black_box(&*lists[n as usize & 7]);
    let copies = lists.to_vec();
    let copy = |n: u64| black_box(&*copies[n as usize & 7]);
    let mut all = cases(
        |contender| contender.sum,
        |call, n| {
            black_box(call(list(n)));
        },
    );
    let call: fn(&[f64]) -> f64 = black_box(|numbers| numbers[0]);
    all.extend([
        case!(Floor "a call", |n| call(list(n))),
        case!(Floor "hash of the key", |n| random.hash_one(FloatQuery(list(n)))),
        case!(Floor "comparison of the key", |n| bytes(list(n)) == bytes(copy(n))),
        case!(Floor "the body", |n| crate::bodies::sum(list(n))),
        case!(Floor "xxh3-128 of the key", |n| xxhash_rust::xxh3::xxh3_128(bytes(list(n)))),
    ]);
    compare("A hit of `fn(&[f64]) -> f64` of 1,000 numbers", rounds, 4_000, all);
}

fn bytes(numbers: &[f64]) -> &[u8] {
    bytemuck::cast_slice(numbers)
}

fn shared(rounds: usize) {
    let names: Vec<String> = (0..8).map(|n| format!("large object {n}")).collect();
    let names = &*names;
    let value = Arc::new(0_u8);
    let mut all = cases(
        |contender| contender.shared,
        |call, n| {
            black_box(call(black_box(&names[n as usize & 7])));
        },
    );
    let call: fn(&str) -> usize = black_box(str::len);
    all.extend([
        case!(Floor "a call", |n| call(black_box(&names[n as usize & 7]))),
        case!(Floor "clone and drop of an Arc", |_| black_box(&value).clone()),
    ]);
    compare("A hit of `fn(&str) -> Arc<Vec<u8>>` of a MiB", rounds, 100_000, all);
}
