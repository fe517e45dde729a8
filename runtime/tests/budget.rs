//! The bytes that all functions share (conformance S204: its evictions are counted apart).

use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use cachelit::budget;
use cachelit::cache_data;
use cachelit::clock::ManualClock;
use cachelit::session::Session;

/// The budget is the program's: a test has it for itself, and this many bytes.
fn alone(bytes: u64) -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    cachelit::cache_data::clear_all();
    budget::set(bytes);
    turn
}

/// A result that takes 100 bytes.
fn hundred(x: u8) -> Vec<u8> {
    vec![x; 99]
}

macro_rules! hundreds {
    ($($name:ident),*) => {$(
        #[cache_data]
        fn $name(x: u8) -> Vec<u8> {
            hundred(x)
        }
    )*};
}

#[test]
fn the_least_recently_used_goes_first_whosever_it_is() {
    hundreds!(a, b);
    let _alone = alone(300);
    a(1);
    b(1);
    a(2);
    // Twice, for the second one is served from what the thread remembers.
    a(1);
    a(1);
    b(2);
    assert_eq!((a::stats().evictions.budget, b::stats().evictions.budget), (0, 1));
    a(3);
    assert_eq!((a::stats().evictions.budget, b::stats().evictions.budget), (1, 1));
    let misses = (a::stats().misses, b::stats().misses);
    a(1);
    b(2);
    a(3);
    assert_eq!((a::stats().misses, b::stats().misses), misses);
    assert_eq!(budget::used(), 300);
}

/// Numbers stand elsewhere where nothing bounds them, and are looked up where they are called.
#[test]
fn a_number_that_was_used_stays_and_one_from_before_the_budget_is_still_known() {
    #[cache_data(scope = "global")]
    fn number(x: u32) -> u64 {
        u64::from(x)
    }
    #[cache_data]
    fn own(x: u32) -> u64 {
        u64::from(x)
    }
    for (call, stats) in [(number as fn(u32) -> u64, number::stats as fn() -> _), (own, own::stats)]
    {
        let _alone = alone(2);
        budget::set(None);
        assert_eq!((call(0), call(0)), (0, 0));
        budget::set(2);
        // The last use of the first one is served from what the thread remembers.
        for x in [1, 1, 2, 2, 1, 3] {
            assert_eq!(call(x), u64::from(x));
        }
        let seen = stats();
        assert_eq!((seen.misses, seen.hits, seen.evictions.budget), (4, 4, 1));
        assert_eq!(budget::used(), 2);
        for x in [0, 1, 3, 0, 1, 3] {
            assert_eq!(call(x), u64::from(x));
        }
        assert_eq!((stats().misses, stats().hits), (4, 10));
        assert_eq!((call(2), stats().misses), (2, 5));
    }
}

/// Those that make room for each other stand elsewhere, too, but for those that the budget counts.
#[test]
fn numbers_make_room_by_use_whether_the_budget_counts_them_or_not() {
    #[cache_data(scope = "global", max_entries = 2)]
    fn bounded(x: u32) -> u64 {
        u64::from(x)
    }
    let calls = |xs: &[u32]| xs.iter().for_each(|x| assert_eq!(bounded(*x), u64::from(*x)));
    let seen = || {
        let stats = bounded::stats();
        (stats.misses, stats.hits, stats.evictions.max_entries, stats.entries, budget::used())
    };
    let _alone = alone(100);
    budget::set(None);
    calls(&[0, 1, 0]);
    assert_eq!(seen(), (2, 1, 0, 2, 0));
    budget::set(100);
    // First one leaves that is not counted, then one that is.
    calls(&[2, 0]);
    assert_eq!(seen(), (3, 2, 1, 2, 1));
    calls(&[3, 3, 0]);
    assert_eq!(seen(), (4, 4, 2, 2, 1));
    budget::set(None);
    calls(&[4, 0]);
    assert_eq!(seen(), (5, 5, 3, 2, 0));
}

#[test]
fn a_result_larger_than_the_budget_is_returned_but_not_kept() {
    hundreds!(small);
    #[cache_data]
    fn large(len: usize) -> Vec<u8> {
        vec![0; len]
    }
    let _alone = alone(250);
    small(1);
    assert_eq!(large(300).len(), 300);
    assert_eq!((large::stats().entries, small::stats().entries, budget::used()), (0, 1, 100));
    assert_eq!(large(300).len(), 300);
    assert_eq!(large::stats().misses, 2);
}

#[test]
fn whatever_leaves_pays_back() {
    hundreds!(cleared);
    #[cache_data(max_entries = 1)]
    fn bounded(x: u8) -> Vec<u8> {
        hundred(x)
    }
    #[cache_data(max_size = 50)]
    fn refused(x: u8) -> Vec<u8> {
        hundred(x)
    }
    #[cache_data(ttl = 10)]
    fn timed(x: u8) -> Vec<u8> {
        hundred(x)
    }
    #[cache_data]
    fn clearing(x: u8) -> Vec<u8> {
        clearing::clear();
        hundred(x)
    }
    let _alone = alone(1000);
    let steps: [(&str, fn(), u64); 6] = [
        ("a clear", || drop((cleared(1), cleared(2), cleared::clear_entry(1))), 100),
        ("a bound", || drop((bounded(1), bounded(2))), 200),
        ("a result that is refused", || drop(refused(1)), 200),
        ("time", || drop((timed(1), ManualClock::new())), 300),
        ("a session's end", || Session::new().run(|| drop(cleared(5))), 300),
        ("a clear while it is made", || drop(clearing(1)), 300),
    ];
    for (what, step, expected) in steps {
        step();
        assert_eq!(budget::used(), expected, "after {what}");
    }
    cachelit::cache_data::clear_all();
    assert_eq!(budget::used(), 0);
}

#[test]
fn an_expired_result_pays_back_as_it_is_replaced() {
    #[cache_data(ttl = 10)]
    fn timed(x: u8) -> Vec<u8> {
        hundred(x)
    }
    let _alone = alone(1000);
    let clock = ManualClock::new();
    let _entered = clock.enter();
    timed(1);
    clock.advance(Duration::from_secs(10));
    timed(1);
    assert_eq!(budget::used(), 100);
}

#[test]
fn a_lower_budget_evicts_at_once() {
    hundreds!(f);
    let _alone = alone(1000);
    for x in 0..5 {
        f(x);
    }
    f(0);
    assert_eq!(budget::limit(), Some(1000));
    budget::set(250);
    assert_eq!((budget::used(), f::stats().entries), (200, 2));
    let misses = f::stats().misses;
    f(0);
    f(4);
    assert_eq!(f::stats().misses, misses);
    budget::set(None);
    assert_eq!(budget::limit(), None);
}

#[test]
fn a_bound_of_its_own_holds_beside_the_budget() {
    #[cache_data(max_entries = 2)]
    fn bounded(x: u8) -> Vec<u8> {
        hundred(x)
    }
    hundreds!(other);
    let _alone = alone(300);
    bounded(1);
    bounded(2);
    bounded(1);
    bounded(3);
    assert_eq!((bounded::stats().evictions.max_entries, bounded::stats().entries), (1, 2));
    let misses = bounded::stats().misses;
    bounded(1);
    assert_eq!(bounded::stats().misses, misses);
    other(1);
    other(2);
    assert_eq!((bounded::stats().evictions.budget, bounded::stats().entries), (1, 1));
}

#[test]
fn many_threads_never_hold_more() {
    hundreds!(a, b, c);
    let _alone = alone(750);
    thread::scope(|scope| {
        for thread in 0..4_u8 {
            scope.spawn(move || {
                let session = Session::new();
                let _entered = (thread % 2 == 0).then(|| session.enter());
                for n in 0..500_u16 {
                    let x = u8::try_from(n * u16::from(thread + 3) % 11).unwrap();
                    assert_eq!([a, b, c][usize::from(x % 3)](x), hundred(x));
                    assert!(budget::used() <= 750);
                    if n % 100 == 99 {
                        b::clear();
                    }
                }
            });
        }
    });
    cachelit::cache_data::clear_all();
    assert_eq!(budget::used(), 0);
}
