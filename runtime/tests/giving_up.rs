//! Callers that don't wait for ever for another one's run.

use std::panic::catch_unwind;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use cachelit::{WaitTimeout, cache_data, wait_timeout};

const FOR_EVER: Duration = Duration::MAX;

/// Runs `call` while `leader`, on another thread, is between two meetings at `gate`.
fn meanwhile<R>(gate: &'static Barrier, leader: fn() -> u32, call: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        let leader = scope.spawn(leader);
        gate.wait();
        let result = call();
        gate.wait();
        leader.join().unwrap();
        result
    })
}

#[test]
fn a_caller_gives_up_and_the_run_goes_on() {
    static GATE: Barrier = Barrier::new(2);
    #[cache_data(scope = "global")]
    fn slow() -> u32 {
        GATE.wait();
        GATE.wait();
        7
    }
    let gave_up = meanwhile(&GATE, slow, || wait_timeout(Duration::ZERO, slow));
    let WaitTimeout { function, .. } = gave_up.clone().unwrap_err();
    assert!(function.ends_with("::slow"), "{function}");
    let text = gave_up.unwrap_err().to_string();
    assert!(text.contains("did not end in time"), "{text}");
    assert_eq!(wait_timeout(Duration::ZERO, slow), Ok(7));
    assert_eq!((slow::stats().misses, slow::stats().waits), (1, 0));
}

#[test]
fn a_run_that_ends_in_time_is_waited_for() {
    static GATE: Barrier = Barrier::new(2);
    #[cache_data(scope = "global")]
    fn slow() -> u32 {
        GATE.wait();
        GATE.wait();
        7
    }
    for limit in [FOR_EVER, Duration::from_hours(1)] {
        slow::clear();
        let waiter = meanwhile(&GATE, slow, || thread::spawn(move || wait_timeout(limit, slow)));
        assert_eq!(waiter.join().unwrap(), Ok(7));
    }
}

#[test]
fn a_body_of_ones_own_is_not_limited() {
    #[cache_data]
    fn own(x: u32) -> u32 {
        x + 1
    }
    assert_eq!(wait_timeout(Duration::ZERO, || own(1)), Ok(2));
}

#[test]
fn a_body_that_was_left_runs_again() {
    static GATE: Barrier = Barrier::new(2);
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global")]
    fn inner() -> u32 {
        GATE.wait();
        GATE.wait();
        7
    }
    #[cache_data(scope = "global")]
    fn outer() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed);
        inner() + 1
    }
    let gave_up = meanwhile(&GATE, inner, || wait_timeout(Duration::ZERO, outer));
    assert!(gave_up.unwrap_err().function.ends_with("::inner"));
    assert_eq!((outer(), outer()), (8, 8));
    assert_eq!(RUNS.load(Ordering::Relaxed), 2);
}

#[test]
fn the_earlier_of_two_ends_holds() {
    static GATE: Barrier = Barrier::new(2);
    #[cache_data(scope = "global")]
    fn slow() -> u32 {
        GATE.wait();
        GATE.wait();
        7
    }
    let nested = |outer, inner| wait_timeout(outer, move || wait_timeout(inner, slow));
    meanwhile(&GATE, slow, || {
        for (outer, inner) in [(Duration::ZERO, FOR_EVER), (FOR_EVER, Duration::ZERO)] {
            assert!(matches!(nested(outer, inner), Ok(Err(WaitTimeout { .. }))));
        }
    });
}

#[test]
fn a_panic_passes() {
    let panic = catch_unwind(|| wait_timeout(FOR_EVER, || panic!("of its own"))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of its own"));
}
