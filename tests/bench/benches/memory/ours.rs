//! The same functions, cached by us. Beside the copying or sharing of results, each is asked for the promises that
//! the others don't make: one run per key, sessions, clearing, counting.

use std::sync::Arc;

use cachelit::{cache_data, cache_resource};

use crate::bodies;
use crate::contenders::{Contender, NONE};
use crate::harness::Who;

#[cache_data(scope = "global")]
fn number(n: u64) -> u64 {
    bodies::number(n)
}

#[cache_data(scope = "global")]
fn text(name: &str, count: u32) -> String {
    bodies::text(name, count)
}

#[cache_data(scope = "global")]
fn sum(numbers: &[f64]) -> f64 {
    bodies::sum(numbers)
}

#[cache_resource]
fn shared(name: &str) -> Vec<u8> {
    bodies::large(name)
}

#[cache_data(scope = "global", max_entries = 10_000)]
fn ten_thousand(n: u64) -> u64 {
    bodies::number(n)
}

#[cache_data(scope = "global", max_entries = 1_000)]
fn thousand(n: u64) -> u64 {
    bodies::number(n)
}

#[cache_data(scope = "global")]
fn slow(n: u64) -> u64 {
    bodies::slow(n)
}

#[cache_data]
fn of_session(n: u64) -> u64 {
    bodies::number(n)
}

#[cache_data(scope = "global", ttl = "1h")]
fn timed(n: u64) -> u64 {
    bodies::number(n)
}

#[cache_data(scope = "global", ttl = "1h", max_entries = 1_000_000)]
fn timed_text(name: &str, count: u32) -> String {
    bodies::text(name, count)
}

const OURS: Contender = Contender { who: Who::Ours, ..NONE };

pub const PLAIN: Contender = Contender {
    name: "cachelit",
    number: Some(number),
    text: Some(text),
    sum: Some(sum),
    shared: Some(shared as fn(&str) -> Arc<Vec<u8>>),
    ten_thousand: Some(number),
    slow: Some(slow),
    ..OURS
};

pub const BOUNDED: Contender = Contender {
    name: "cachelit, with max_entries",
    number: Some(ten_thousand),
    ten_thousand: Some(ten_thousand),
    thousand: Some(thousand),
    ..OURS
};

pub const TIMED: Contender =
    Contender { name: "cachelit, with ttl", number: Some(timed), text: Some(timed_text), ..OURS };

pub const SESSION: Contender =
    Contender { name: "cachelit, in a session", number: Some(of_session), ..OURS };
