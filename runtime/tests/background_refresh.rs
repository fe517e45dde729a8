//! `refresh_mode = "background"` (conformance M).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::frontend::Recording;
use cachelit::session::Session;
use cachelit::{cache_data, cache_resource, st};

/// Lets refreshing threads finish.
fn until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

#[test]
fn s143_an_expired_value_is_served_once_more_while_a_fresh_one_is_made() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    static GATE: Mutex<()> = Mutex::new(());
    #[cache_data(ttl = 10, refresh_mode = "background")]
    fn version(name: &str, mut list: Vec<u32>) -> String {
        let _open = GATE.lock().unwrap();
        list.push(RUNS.fetch_add(1, Ordering::Relaxed));
        format!("{name} {list:?}")
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    let call = || version("v", vec![7]);
    assert_eq!(call(), "v [7, 0]");
    clock.set(Duration::from_secs(9));
    assert_eq!(call(), "v [7, 0]");
    clock.set(Duration::from_secs(11));
    let closed = GATE.lock().unwrap();
    // The second one finds a refresh under way.
    assert_eq!([call(), call()], ["v [7, 0]", "v [7, 0]"]);
    drop(closed);
    until(|| version::stats().evictions.ttl == 1);
    assert_eq!(call(), "v [7, 1]");
    assert_eq!(version::stats().misses, 2);
}

#[test]
fn s144_a_value_that_expired_long_ago_is_made_anew_in_the_foreground() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(ttl = 10, refresh_mode = "background")]
    fn version() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    assert_eq!(version(), 0);
    clock.set(Duration::from_secs(20));
    assert_eq!(version(), 1);
}

#[test]
fn s145_readers_get_the_expired_value_while_one_refresh_runs() {
    static GATE: Mutex<()> = Mutex::new(());
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(ttl = 10, scope = "global", refresh_mode = "background")]
    fn version() -> u32 {
        let _open = GATE.lock().unwrap();
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    assert_eq!(version(), 0);
    clock.set(Duration::from_secs(11));
    let closed = GATE.lock().unwrap();
    let read = || {
        let _entered = clock.enter();
        version()
    };
    thread::scope(|scope| {
        let readers: Vec<_> = (0..10).map(|_| scope.spawn(read)).collect();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), 0);
        }
    });
    drop(closed);
    until(|| version::stats().evictions.ttl == 1);
    assert_eq!((version(), version::stats().misses), (1, 2));
}

#[test]
fn a_failed_refresh_leaves_the_value_and_is_tried_again() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(ttl = 10, refresh_mode = "background")]
    fn version() -> Result<u32, String> {
        match RUNS.fetch_add(1, Ordering::Relaxed) {
            1 => Err("down".to_owned()),
            run => Ok(run),
        }
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    assert_eq!(version(), Ok(0));
    clock.set(Duration::from_secs(11));
    assert_eq!(version(), Ok(0));
    until(|| {
        let _ = version();
        version::stats().evictions.ttl == 1
    });
    assert_eq!(version(), Ok(2));
}

#[test]
fn s147_a_refreshed_resource_is_released_once() {
    static RELEASED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_resource(
        ttl = 10,
        refresh_mode = "background",
        on_release = |value| RELEASED.lock().unwrap().push(*value)
    )]
    fn version() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    assert_eq!(*version(), 0);
    clock.set(Duration::from_secs(11));
    assert_eq!(*version(), 0);
    until(|| !RELEASED.lock().unwrap().is_empty());
    assert_eq!(*version(), 1);
    assert_eq!(*RELEASED.lock().unwrap(), [0]);
}

#[test]
fn s182_what_a_refresh_shows_is_seen_on_the_next_hit() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(ttl = 10, refresh_mode = "background")]
    fn version() -> u32 {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        st::text(format!("run {run}"));
        run
    }
    let screen = Arc::new(Recording::new());
    let clock = ManualClock::new();
    let _entered = clock.enter();
    Session::with_frontend(screen.clone()).run(|| {
        version();
        clock.set(Duration::from_secs(11));
        version();
        until(|| version::stats().evictions.ttl == 1);
        version();
    });
    assert_eq!(screen.texts(), ["run 0", "run 0", "run 1"]);
}
