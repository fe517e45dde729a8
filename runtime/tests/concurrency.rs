//! Single flight between threads (conformance I).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::session::Session;
use cachelit::{Stats, cache_data, cache_resource, wait_timeout};

/// Waits until so many callers wait for a run: they have then all begun.
fn until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

fn text_of(panic: Box<dyn std::any::Any + Send>) -> String {
    *panic.downcast::<String>().expect("a panic with a formatted message")
}

#[test]
fn s111_one_run_for_all_threads_and_sessions() {
    static GATE: Barrier = Barrier::new(8);
    #[cache_resource]
    fn shared(_who: u32) -> u32 {
        1
    }
    #[cache_data(scope = "global")]
    fn copied() -> Vec<u32> {
        vec![1]
    }
    let threads: Vec<_> = (0..8)
        .map(|n| {
            thread::spawn(move || {
                GATE.wait();
                Session::new().run(|| (shared(n), copied()))
            })
        })
        .collect();
    let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(results.iter().all(|(object, _)| Arc::ptr_eq(object, &results[0].0)));
    assert_eq!((shared::stats().misses, copied::stats().misses), (1, 1));
}

#[test]
fn s112_other_keys_do_not_wait() {
    static ALL_RUN: Barrier = Barrier::new(6);
    #[cache_data]
    fn meet(x: u32) -> u32 {
        // Only passes if all six bodies run at once.
        ALL_RUN.wait();
        x
    }
    let threads: Vec<_> = (0..6).map(|x| thread::spawn(move || meet(x))).collect();
    for (x, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap() as usize, x);
    }
}

#[test]
fn s113_after_a_failure_one_waiter_runs_the_body() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    static FIRST: Barrier = Barrier::new(2);
    #[cache_data]
    fn second_works() -> Result<u32, String> {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        if run == 0 {
            FIRST.wait();
            FIRST.wait();
            return Err("first".to_owned());
        }
        Ok(run)
    }
    let first = thread::spawn(second_works);
    FIRST.wait();
    let others: Vec<_> = (0..3).map(|_| thread::spawn(second_works)).collect();
    FIRST.wait();
    assert_eq!(first.join().unwrap(), Err("first".to_owned()));
    for other in others {
        assert_eq!(other.join().unwrap(), Ok(1));
    }
    assert_eq!(RUNS.load(Ordering::Relaxed), 2);
}

#[test]
fn s114_sessions_run_in_parallel() {
    static ALL_RUN: Barrier = Barrier::new(4);
    #[cache_data]
    fn own() -> u32 {
        ALL_RUN.wait();
        1
    }
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(|| Session::new().run(own))).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 1);
    }
    assert_eq!(own::stats().misses, 4);
}

#[test]
fn s115_s116_recursion_with_other_keys_works() {
    #[cache_data]
    fn fibonacci(n: u64) -> u64 {
        if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
    }
    #[cache_data]
    fn even(n: u32) -> bool {
        n == 0 || odd(n - 1)
    }
    #[cache_data]
    fn odd(n: u32) -> bool {
        n != 0 && even(n - 1)
    }
    assert_eq!(fibonacci(10), 55);
    assert_eq!(fibonacci::stats().misses, 11);
    assert!(even(10) && !odd(10));
}

#[test]
fn s117_waiting_for_oneself_is_an_error() {
    #[cache_data]
    fn circular(x: u32) -> u32 {
        circular(x) + 1
    }
    #[cache_data]
    fn there(x: u32) -> u32 {
        back(x)
    }
    #[cache_data]
    fn back(x: u32) -> u32 {
        there(x)
    }
    let text = text_of(thread::spawn(|| circular(1)).join().unwrap_err());
    assert!(text.contains("`concurrency::circular` waits for itself"), "{text}");
    let text = text_of(thread::spawn(|| there(1)).join().unwrap_err());
    assert!(text.contains("`concurrency::there` waits for itself"), "{text}");
    assert_eq!(circular::stats().entries + there::stats().entries + back::stats().entries, 0);
}

#[test]
fn s117_clearing_oneself_does_not_hide_the_circle() {
    #[cache_data]
    fn clearing(x: u32) -> u32 {
        clearing::clear();
        clearing(x)
    }
    let text = text_of(thread::spawn(|| clearing(1)).join().unwrap_err());
    assert!(text.contains("waits for itself"), "{text}");
    assert_eq!((clearing::stats().misses, clearing::stats().entries), (1, 0));
}

#[test]
fn s117_threads_that_wait_for_each_other_are_told() {
    static BOTH: Barrier = Barrier::new(2);
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn meet_once() {
        if RUNS.fetch_add(1, Ordering::Relaxed) < 2 {
            BOTH.wait();
        }
    }
    #[cache_data(scope = "global")]
    fn left() -> u32 {
        meet_once();
        right()
    }
    #[cache_data(scope = "global")]
    fn right() -> u32 {
        meet_once();
        left()
    }
    let (a, b) = (thread::spawn(left), thread::spawn(right));
    // One of them gives its run up; the other then runs that body itself, and meets itself in it.
    for thread in [a, b] {
        let text = text_of(thread.join().unwrap_err());
        assert!(text.contains("waits for itself"), "{text}");
    }
}

#[test]
fn s118_the_bound_holds_under_load() {
    #[cache_data(scope = "global", max_entries = 3)]
    fn bounded(x: u32) -> u32 {
        x
    }
    let threads: Vec<_> = (0..8)
        .map(|n| {
            thread::spawn(move || {
                for x in 0..200 {
                    assert_eq!(bounded((x * 7 + n) % 10), (x * 7 + n) % 10);
                    assert!(bounded::stats().entries <= 3);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let Stats { hits, misses, .. } = bounded::stats();
    assert_eq!(hits + misses, 1600);
}

#[test]
fn waiters_are_counted() {
    static GATE: Barrier = Barrier::new(2);
    #[cache_data(scope = "global")]
    fn slow() -> u32 {
        GATE.wait();
        5
    }
    let leader = thread::spawn(slow);
    until(|| slow::stats().misses == 1);
    let waiter = thread::spawn(slow);
    GATE.wait();
    assert_eq!((leader.join().unwrap(), waiter.join().unwrap()), (5, 5));
    assert_eq!((slow::stats().misses, slow::stats().hits), (1, 1));
}

#[test]
fn a_renewal_is_waited_for_also_when_the_expired_entry_has_left_meanwhile() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    static CLOCK: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
    #[cache_data(ttl = 10, max_entries = 10)]
    fn renewed(x: u32) -> u32 {
        if x == 1 && RUNS.fetch_add(1, Ordering::Relaxed) == 1 {
            // What is stored now sees that the entry of 1 has expired, and removes it.
            renewed(2);
            let other = thread::spawn(|| {
                let _entered = CLOCK.enter();
                wait_timeout(Duration::ZERO, || renewed(1))
            });
            assert!(other.join().unwrap().is_err());
        }
        x
    }
    let _entered = CLOCK.enter();
    renewed(1);
    CLOCK.advance(Duration::from_secs(10));
    assert_eq!(renewed(1), 1);
    assert_eq!(RUNS.load(Ordering::Relaxed), 2);
    let stats = renewed::stats();
    assert_eq!((stats.entries, stats.evictions.ttl), (2, 1));
}
