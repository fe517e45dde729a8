//! Hits on what a thread remembers: they are as right as those that ask the store.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::session::Session;
use cachelit::{cache_data, cache_resource};
use serde::{Deserialize, Serialize};

/// Runs a call on a thread of its own, to its end.
fn elsewhere<R: Send>(call: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(call).join().unwrap())
}

#[test]
fn an_entry_that_another_thread_cleared_is_not_served() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global")]
    fn run(x: u8) -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed) + u32::from(x)
    }
    let clears: [fn(); 2] = [run::clear, || run::clear_entry(0)];
    for (clear, expected) in clears.into_iter().zip(0..) {
        for _ in 0..3 {
            assert_eq!(run(0), expected);
        }
        elsewhere(clear);
    }
}

/// Numbers stand where all threads look, so that threads meet there whatever they ask for.
#[test]
fn what_was_cleared_before_a_call_is_not_served_while_all_threads_read_and_write_the_same_lines() {
    const KEYS: u64 = 300;
    static MADE_IN: AtomicU64 = AtomicU64::new(0);
    static CLEARED_IN: AtomicU64 = AtomicU64::new(0);
    fn number(x: u64) -> u64 {
        MADE_IN.load(Ordering::SeqCst) * KEYS + x
    }
    #[cache_data(scope = "global")]
    fn plain(x: u64) -> u64 {
        number(x)
    }
    #[cache_data(scope = "global")]
    fn wide(x: u64, y: u64) -> u64 {
        number(x + y)
    }
    #[cache_data(scope = "global", ttl = "1h")]
    fn timed(x: u64) -> u64 {
        number(x)
    }
    #[cache_data(scope = "global", max_entries = 250)]
    fn bounded(x: u64) -> u64 {
        number(x)
    }
    #[cache_data]
    fn own(x: u64) -> u64 {
        number(x)
    }
    let session = Session::new();
    let check = |seed: u64| {
        let mut random = fastrand::Rng::with_seed(seed);
        let _entered = session.enter();
        for _ in 0..40_000 {
            let x = random.u64(0..KEYS);
            let cleared_in = CLEARED_IN.load(Ordering::SeqCst);
            let got = match random.u8(0..5) {
                0 => plain(x),
                1 => wide(x / 2, x - x / 2),
                2 => timed(x),
                3 => bounded(x),
                _ => own(x),
            };
            assert_eq!(got % KEYS, x);
            assert!(got / KEYS >= cleared_in);
            if random.u16(0..1500) == 0 {
                let next = MADE_IN.fetch_add(1, Ordering::SeqCst) + 1;
                let clears = [plain::clear, wide::clear, timed::clear, bounded::clear, own::clear];
                for clear in clears {
                    clear();
                }
                CLEARED_IN.fetch_max(next, Ordering::SeqCst);
            }
        }
    };
    thread::scope(|scope| {
        let check = &check;
        (0..4).for_each(|seed| drop(scope.spawn(move || check(seed))));
    });
    let functions = [plain::stats(), wide::stats(), timed::stats(), bounded::stats()];
    assert!(functions.iter().all(|stats| stats.hits > stats.misses / 2), "{functions:?}");
}

#[test]
fn what_remains_after_another_entry_was_cleared_is_served_and_still_cleared_later() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global")]
    fn run(x: u32) -> u32 {
        10 * x + RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let twice = |x| (run(x), run(x));
    assert_eq!((twice(0), twice(1)), ((0, 0), (11, 11)));
    elsewhere(|| run::clear_entry(1));
    assert_eq!((twice(0), twice(1), twice(0)), ((0, 0), (12, 12), (0, 0)));
    elsewhere(|| run::clear_entry(0));
    assert_eq!((twice(0), twice(1)), ((3, 3), (12, 12)));
}

#[test]
fn a_number_that_made_room_is_not_taken_for_those_that_came_after_it() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global", max_entries = 2)]
    fn run(x: u32) -> u32 {
        100 * x + RUNS.fetch_add(1, Ordering::Relaxed)
    }
    for round in 0..4_u32 {
        let first = 6 * round;
        for _ in 0..3 {
            assert_eq!(run(0), first);
            assert_eq!(run(1), 100 + first + 1);
        }
        for x in 2..6 {
            let call = || (run(x), run(x));
            let expected = 100 * x + first + x;
            let got = if x % 2 == 0 { elsewhere(call) } else { call() };
            assert_eq!(got, (expected, expected));
        }
    }
    assert_eq!(run::stats().evictions.max_entries, 22);
}

#[test]
fn keys_of_any_length_are_told_apart() {
    #[cache_data(scope = "global")]
    fn run(x: &[u8]) -> usize {
        x.len() * 1000 + x.iter().zip(1..).map(|(&x, at)| usize::from(x) * at).sum::<usize>()
    }
    for _ in 0..3 {
        for len in 0..80_usize {
            let zeros = vec![0; len];
            assert_eq!(run(&zeros), len * 1000);
            for at in 0..len {
                let mut one = zeros.clone();
                one[at] = 1;
                assert_eq!(run(&one), len * 1000 + at + 1);
            }
        }
    }
}

#[test]
fn an_entry_that_another_thread_evicted_is_not_served() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global", max_entries = 2)]
    fn run(x: u32) -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed) + x * 100
    }
    for _ in 0..3 {
        assert_eq!(run(0), 0);
    }
    elsewhere(|| (run(1), run(2)));
    assert_eq!(run(0), 3);
}

#[test]
fn a_hit_counts_as_use_on_whatever_thread() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global", max_entries = 3)]
    fn run(x: u32) -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed) + 10 * x
    }
    for x in [0, 1, 2, 2, 1, 0, 0, 1, 2] {
        run(x);
    }
    elsewhere(|| (run(1), run(1)));
    run(0);
    // From the least recently used on: 2, 1, 0.
    run(3);
    assert_eq!((run(1), run(0), RUNS.load(Ordering::Relaxed)), (11, 0, 4));
    assert_eq!(run(2), 24);
}

#[test]
fn an_expired_entry_is_not_served() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(ttl = 10)]
    fn run() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    assert_eq!((run(), run(), run()), (0, 0, 0));
    clock.advance(Duration::from_secs(10));
    assert_eq!(run(), 1);
}

#[test]
fn a_session_is_not_served_from_another() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data]
    fn run() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    let (a, b) = (Session::new(), Session::new());
    for _ in 0..3 {
        assert_eq!((a.run(run), b.run(run), run()), (0, 1, 2));
    }
}

#[test]
fn no_thread_keeps_an_object_that_left() {
    #[cache_resource]
    fn object(x: u8) -> String {
        x.to_string()
    }
    let weak: Weak<String> = {
        let first = object(1);
        assert!(Arc::ptr_eq(&first, &object(1)) && Arc::ptr_eq(&first, &object(1)));
        Arc::downgrade(&first)
    };
    elsewhere(object::clear);
    assert!(weak.upgrade().is_none());
}

#[test]
fn an_object_that_left_belongs_to_its_last_holder() {
    #[cache_resource]
    fn object(x: u8) -> String {
        x.to_string()
    }
    // The second hit is served by the way to the object that the first one left with this thread.
    let mut held = [1, 2].map(|x| [object(x), object(x), object(x)][2].clone());
    object::clear();
    Arc::make_mut(&mut held[0]).push('!');
    assert_eq!(held.map(Arc::try_unwrap), [Ok("1!".to_owned()), Ok("2".to_owned())]);
}

#[test]
fn hits_of_threads_are_counted_also_after_their_end() {
    #[cache_data(scope = "global")]
    fn counted(x: u8) -> u8 {
        x
    }
    counted(0);
    for threads in 1..=5 {
        elsewhere(|| (0..10).for_each(|_| assert_eq!(counted(0), 0)));
        assert_eq!(counted::stats().hits, threads * 10);
    }
}

#[test]
fn a_value_may_call_cached_functions_as_it_is_copied() {
    #[cache_data]
    fn inner(x: u32) -> u32 {
        x + 1
    }
    #[derive(Serialize, Deserialize)]
    struct Calling(u32);
    impl Clone for Calling {
        fn clone(&self) -> Self {
            Calling(inner(self.0) - 1)
        }
    }
    #[cache_data]
    fn outer(x: u32) -> Calling {
        Calling(x)
    }
    for x in 0..2000 {
        assert_eq!((outer(x % 3).0, outer(x % 700).0), (x % 3, x % 700));
    }
    let stats = inner::stats();
    assert_eq!((stats.misses, stats.hits), (700, 2 * 2000 - 700));
}

#[test]
fn parameters_that_are_numbers_are_told_apart() {
    #[cache_data(scope = "global")]
    fn small(a: u8, _ignored: &str, b: &u16, c: char) -> u64 {
        u64::from(a) << 48 | u64::from(*b) << 32 | u64::from(u32::from(c))
    }
    #[cache_data(scope = "global")]
    fn large(a: i64, b: f64) -> f64 {
        if a < 0 { -b } else { b }
    }
    #[cache_data(scope = "global")]
    fn none() -> Result<char, String> {
        Ok('x')
    }
    for round in 0..3 {
        for (a, b, c) in [(0, 1, 'a'), (1, 0, 'a'), (0, 256, 'a'), (1, 0, 'b'), (0, 1, '\u{10061}')]
        {
            let expected = u64::from(a) << 48 | u64::from(b) << 32 | u64::from(u32::from(c));
            assert_eq!(small(a, &round.to_string(), &b, c), expected);
        }
        for (a, b) in [(1, 0.0), (1, -0.0), (-1, 0.0), (-1, -0.0), (0, 1.0), (-1, 1.0)] {
            let expected = if a < 0 { -b } else { b };
            assert_eq!(large(a, b).to_bits(), expected.to_bits());
        }
        assert_eq!(none(), Ok('x'));
    }
    let runs =
        [small::stats(), large::stats(), none::stats()].map(|stats| (stats.misses, stats.hits));
    assert_eq!(runs, [(5, 10), (6, 12), (1, 2)]);
}

#[test]
fn texts_and_numbers_are_told_apart_whatever_is_returned() {
    #[cache_data(scope = "global")]
    fn joined(a: &str, b: String, n: u16, _note: &str) -> String {
        format!("{a}/{b}/{n}")
    }
    #[cache_resource]
    fn shared(a: &String, n: u64, b: &str) -> (String, u64, String) {
        (a.clone(), n, b.to_owned())
    }
    #[cache_data(scope = "global")]
    fn wide(a: u64, b: i64, c: f64) -> (u64, i64, f64) {
        (a, b, c)
    }
    let long = "long ".repeat(200);
    let texts = ["", "a", "ab", "b", "a text of some length", "\0", &long];
    for _ in 0..4 {
        for (a, b) in texts.iter().flat_map(|a| texts.map(|b| ((*a).to_owned(), b))) {
            for n in [0, 1, 256] {
                let note = format!("{n}");
                assert_eq!(joined(&a, b.to_owned(), n, &note), format!("{a}/{b}/{n}"));
                let large = u64::from(n);
                assert_eq!(*shared(&a, large, b), (a.clone(), large, b.to_owned()));
                let number = i64::from(n) - 1;
                assert_eq!(wide(7, number, 0.5), (7, number, 0.5));
            }
        }
    }
    let calls = 4 * 49 * 3;
    let runs =
        [joined::stats(), shared::stats(), wide::stats()].map(|stats| (stats.misses, stats.hits));
    assert_eq!(runs, [(147, calls - 147), (147, calls - 147), (3, calls - 3)]);
}

#[test]
fn a_text_that_another_thread_cleared_is_not_served() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data(scope = "global")]
    fn run(x: &str) -> String {
        x.repeat(1 + RUNS.fetch_add(1, Ordering::Relaxed) as usize)
    }
    for (x, runs) in [("a", 1), ("a long text, of which no thread keeps a copy", 3)] {
        assert_eq!([run(x), run(x), run(x)], [0; 3].map(|_| x.repeat(runs)));
        elsewhere(|| run::clear_entry(x));
        assert_eq!([run(x), run(x)], [0; 2].map(|_| x.repeat(runs + 1)));
        elsewhere(run::clear);
    }
}

#[test]
fn a_text_that_expired_was_evicted_or_belongs_to_another_session_is_not_served() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn next(x: &str) -> String {
        format!("{x}{}", RUNS.fetch_add(1, Ordering::Relaxed))
    }
    #[cache_data(scope = "global", ttl = 10)]
    fn aging(x: &str) -> String {
        next(x)
    }
    #[cache_data(scope = "global", max_entries = 1)]
    fn one(x: &str) -> String {
        next(x)
    }
    #[cache_data]
    fn of_session(x: &str) -> String {
        next(x)
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    let text = "a text of more than sixteen bytes";
    let call = |f: fn(&str) -> String| {
        let mut first = f(text);
        assert_eq!([f(text), f(text)], [first.clone(), first.clone()]);
        first.push('!');
        assert_ne!(f(text), first, "callers change copies of their own");
        f(text)
    };
    let before = call(aging);
    clock.advance(Duration::from_secs(10));
    assert_ne!(call(aging), before);
    let before = call(one);
    elsewhere(|| one("another text that takes its place"));
    assert_ne!(call(one), before);
    let [first, second] = [Session::new(), Session::new()];
    let of_first = first.run(|| call(of_session));
    assert_ne!(second.run(|| call(of_session)), of_first);
    assert_eq!(first.run(|| call(of_session)), of_first);
}

#[test]
fn what_is_only_called_like_a_text_is_part_of_the_key_by_its_own_rules() {
    #[allow(non_camel_case_types)]
    #[derive(cachelit::CacheKey)]
    struct str(u8);
    #[derive(cachelit::CacheKey)]
    struct String(u8);
    #[cache_data(scope = "global")]
    fn sum(a: &str, b: &String) -> Vec<u8> {
        vec![a.0, b.0]
    }
    for _ in 0..3 {
        for (a, b) in [(0, 0), (0, 1), (1, 0)] {
            assert_eq!(sum(&str(a), &String(b)), [a, b]);
        }
    }
    assert_eq!((sum::stats().misses, sum::stats().hits), (3, 6));
}

#[test]
fn every_nan_is_one_number() {
    #[cache_data(scope = "global")]
    fn bits(x: f64) -> u64 {
        x.to_bits()
    }
    let first = bits(f64::NAN);
    for _ in 0..3 {
        assert_eq!(bits(f64::from_bits(f64::NAN.to_bits() ^ 1)), first);
    }
    assert_eq!(bits::stats().misses, 1);
}

#[test]
fn what_is_only_called_like_a_number_is_part_of_the_key_by_its_own_rules() {
    #[allow(non_camel_case_types)]
    #[derive(cachelit::CacheKey)]
    struct u64(String);
    #[cache_data(scope = "global")]
    fn len(x: &u64) -> usize {
        x.0.len()
    }
    for text in ["a", "ab", "a long text", "another one"] {
        assert_eq!(
            (len(&u64(text.to_owned())), len(&u64(text.to_owned()))),
            (text.len(), text.len())
        );
    }
    assert_eq!((len::stats().misses, len::stats().hits), (4, 4));
}

#[test]
fn calls_are_answered_while_a_thread_ends_and_its_objects_are_let_go() {
    #[cache_data(scope = "global")]
    fn double(x: u64) -> u64 {
        2 * x
    }
    struct Last(u64);
    impl Drop for Last {
        fn drop(&mut self) {
            for _ in 0..3 {
                assert_eq!(double(self.0), 2 * self.0);
            }
        }
    }
    thread_local! {
        static EARLY: Last = const { Last(1) };
        static LATE: Last = const { Last(2) };
    }
    let calls = || {
        EARLY.with(|last| double(last.0));
        LATE.with(|last| double(last.0));
        double(1);
    };
    elsewhere(calls);
    let stats = double::stats();
    assert_eq!((stats.misses, stats.hits), (2, 7));
}
