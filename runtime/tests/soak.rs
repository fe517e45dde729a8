//! Everything at once, for a while: threads, sessions, bounds, time, clears, failures and panics.
//!
//! `CACHELIT_SOAK_SECONDS` says for how long, 4 by default.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cachelit::session::{self, Session};
use cachelit::{budget, cache_data, cache_resource, wait_timeout};

const KEYS: u64 = 40;

static CALLS: AtomicU64 = AtomicU64::new(0);
static MADE: AtomicU64 = AtomicU64::new(0);
static RELEASED: AtomicU64 = AtomicU64::new(0);
static ALIVE: AtomicU64 = AtomicU64::new(0);

/// Whose results a call sees here.
fn owner() -> String {
    format!("{:?}", session::current().map(|session| session.id()))
}

#[cache_data]
fn of_session(x: u64) -> (String, u64) {
    (owner(), x)
}

#[cache_data(scope = "global", max_entries = 7)]
fn bounded(x: u64) -> u64 {
    x * 3
}

#[cache_data(scope = "global", max_size = 400)]
fn light(x: u64) -> Vec<u8> {
    vec![1; 50 + usize::try_from(x).unwrap()]
}

#[cache_data(scope = "global", ttl = 0.001)]
fn timed(x: u64) -> String {
    x.to_string()
}

#[cache_data(scope = "global", max_entries = 20)]
fn nested(x: u64) -> u64 {
    if x == 0 { 0 } else { nested(x / 2) + bounded(x) }
}

#[cache_data(scope = "global", max_entries = 5)]
fn failing(x: u64, fails: bool) -> Result<u64, String> {
    if fails { Err(x.to_string()) } else { Ok(x) }
}

#[cache_data(scope = "global", max_entries = 5)]
fn panicking(x: u64) -> u64 {
    std::panic::resume_unwind(Box::new(x));
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

struct Object(u64);

impl Object {
    fn new(x: u64) -> Self {
        count(&MADE);
        count(&ALIVE);
        Object(x)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cache_resource(max_entries = 6, validate = |object| object.0 % 7 != 3, on_release = |_| count(&RELEASED))]
fn object(x: u64) -> Object {
    Object::new(x)
}

#[cache_resource(scope = "session", on_release = |_| count(&RELEASED))]
fn object_of_session(x: u64) -> Object {
    Object::new(x)
}

/// One call or clear, and whether what came of it is right.
fn act(dice: u64) {
    let x = (dice >> 8) % KEYS;
    match dice % 64 {
        0 => bounded::clear(),
        1 => of_session::clear_entry(x),
        // Not those of objects: one whose run is cleared meanwhile is never stored, and so never leaves.
        2 => of_session::clear(),
        3 => timed::clear_entry(x),
        4 => light::clear(),
        5 => budget::set(500 + x * 100),
        6 => budget::set(None),
        7..16 => assert_eq!(of_session(x), (owner(), x)),
        16..24 => {
            count(&CALLS);
            assert_eq!(light(x).len() as u64, 50 + x);
        }
        24..32 => assert_eq!(timed(x), x.to_string()),
        32..40 => assert_eq!(nested(x), (0..6).map(|n| (x >> n) * 3).sum::<u64>()),
        40..44 => {
            let fails = x < 20;
            assert_eq!(failing(x, fails).is_err(), fails);
        }
        44..46 => {
            let panic = catch_unwind(|| panicking(x)).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&x));
        }
        46..54 => assert_eq!(object(x).0, x),
        54..58 => assert_eq!(object_of_session(x).0, x),
        58 => {
            let outcome = wait_timeout(Duration::from_micros(10), || bounded(x));
            assert!(outcome.is_err() || outcome == Ok(x * 3));
        }
        _ => assert_eq!(bounded(x), x * 3),
    }
}

#[test]
fn everything_at_once() {
    let seconds = std::env::var("CACHELIT_SOAK_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(4));
    let shared: Vec<Session> = (0..2).map(|_| Session::new()).collect();
    thread::scope(|scope| {
        for seed in 1..=6_u64 {
            let shared = &shared;
            scope.spawn(move || {
                let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let mut throw = || {
                    dice ^= dice << 13;
                    dice ^= dice >> 7;
                    dice ^= dice << 17;
                    dice
                };
                while Instant::now() < end {
                    let session = match throw() % 4 {
                        0 => None,
                        1 => Some(Session::new()),
                        2 => Some(shared[0].clone()),
                        _ => Some(shared[1].clone()),
                    };
                    let _entered = session.as_ref().map(Session::enter);
                    for _ in 0..200 {
                        act(throw());
                    }
                    assert!(bounded::stats().entries <= 7 && light::stats().bytes <= 400);
                }
            });
        }
    });
    drop(shared);
    settle();
}

/// Once all is over, what was made has left, and every call was a hit or a miss.
fn settle() {
    cachelit::cache_resource::clear_all();
    cachelit::cache_data::clear_all();
    let made = MADE.load(Ordering::Relaxed);
    assert!(made > 0);
    assert_eq!(ALIVE.load(Ordering::Relaxed), 0);
    assert_eq!(RELEASED.load(Ordering::Relaxed), made);
    let stats = light::stats();
    assert_eq!(stats.hits + stats.misses, CALLS.load(Ordering::Relaxed));
    assert_eq!((panicking::stats().entries, budget::used()), (0, 0));
    assert!(cachelit::functions().iter().all(|function| function.stats.entries == 0));
}
