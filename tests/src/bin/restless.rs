//! Calls persisted functions, from two threads and without end, and says each call in a line. To be killed.
//!
//! `restless SEED CLEARING`, where so many of 100 calls clear something.
//!
//! It begins by reading every key once, when its memory is empty. Times are those of [`cachelit_tests::now`]; a
//! value says when its body ran. What each line says is in `tests/kill/history.rs`.

use std::cell::Cell;
use std::io::Write;
use std::thread;

use cachelit::cache_data;
use cachelit_tests::now;
use serde::{Deserialize, Serialize};

/// Keys of [`plain()`].
const KEYS: u32 = 64;

/// A value that tells whether it is whole, and whose it is.
#[derive(Clone, Serialize, Deserialize)]
struct Made {
    key: u32,
    at: u64,
    filler: Vec<u8>,
}

thread_local! {
    /// When this thread ran a body last.
    static RAN: Cell<u64> = const { Cell::new(0) };
}

fn make(key: u32) -> Made {
    let at = now();
    RAN.set(at);
    Made { key, at, filler: filler(key, at) }
}

/// Up to 16 KiB that only this run of the body makes.
fn filler(key: u32, at: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(at ^ u64::from(key));
    let most = 1 << random.u32(4..=14);
    let len = random.usize(..most);
    std::iter::repeat_with(|| random.u8(..)).take(len).collect()
}

#[cache_data(scope = "global", persist = "disk", show_spinner = false)]
fn plain(key: u32) -> Made {
    make(key)
}

#[cache_data(scope = "global", persist = "disk", max_entries = 10, show_spinner = false)]
fn bounded(key: u32) -> Made {
    make(key)
}

fn main() {
    let given: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let &[seed, clearing] = &given[..] else { panic!("`restless SEED CLEARING`") };
    for key in 0..KEYS {
        call("fresh", key, plain);
    }
    thread::scope(|scope| {
        for seed in [seed, !seed] {
            scope.spawn(move || run(&mut fastrand::Rng::with_seed(seed), clearing));
        }
    });
}

fn run(random: &mut fastrand::Rng, clearing: u64) {
    loop {
        let key = random.u32(..KEYS);
        match random.u64(..10_000) {
            // Seldom, or there would be nothing to find.
            dice if dice < clearing => clear("*", plain::clear),
            dice if dice < 100 * clearing => clear(&key.to_string(), || plain::clear_entry(key)),
            dice if dice < 9_000 => call("call", key, plain),
            _ => call("bounded", key, bounded),
        }
    }
}

fn call(what: &str, key: u32, function: fn(u32) -> Made) {
    let begun = now();
    let made = function(key);
    let ended = now();
    let is_right = made.key == key && made.filler == filler(key, made.at);
    // Who waited for another thread's run returns when the result is in memory, maybe before it is on disk.
    let has_waited = what == "call" && made.at >= begun && RAN.get() != made.at;
    let what = match (is_right, has_waited) {
        (false, _) => "wrong",
        (true, true) => "waited",
        (true, false) => what,
    };
    say(&format!("{what} {key} {begun} {ended} {}", made.at));
}

fn clear(keys: &str, clear: impl FnOnce()) {
    let begun = now();
    say(&format!("clear {keys} {begun}"));
    clear();
    say(&format!("cleared {keys} {begun} {}", now()));
}

/// In one write, so that whoever reads it reads all of it or nothing.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let said = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    if said.is_err() {
        // Nobody listens any more.
        std::process::exit(0);
    }
}
