//! Clearing, sessions, methods, and hooks of resources (conformance H, K, L).

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::session::Session;
use cachelit::{Scope, cache_data, cache_resource};

#[test]
fn s102_s103_s104_s105_s109_clearing_entries_and_functions() {
    #[cache_data]
    fn f(_who: &str, x: u32) -> u32 {
        x
    }
    #[cache_data]
    fn other() {}
    f::clear();
    f::clear_entry("nobody", 7);
    other();
    f("a", 1);
    f("a", 2);
    f::clear_entry("b", 1);
    f("a", 1);
    f("a", 2);
    assert_eq!((f::stats().misses, f::stats().hits), (3, 1));
    f::clear();
    assert_eq!((f::stats().entries, other::stats().entries), (0, 1));
}

#[test]
fn s108_s110_functions_may_clear_each_other() {
    #[cache_data]
    fn inner() -> u32 {
        1
    }
    #[cache_data]
    fn outer() -> u32 {
        let value = inner();
        inner::clear();
        value
    }
    outer();
    outer();
    inner();
    assert_eq!((outer::stats().misses, inner::stats().misses), (1, 2));
}

#[test]
fn clearing_during_a_run_keeps_its_result_out() {
    #[cache_data]
    fn f(clear_all: bool) -> u32 {
        if clear_all {
            f::clear();
        } else {
            f::clear_entry(false);
        }
        5
    }
    assert_eq!((f(true), f(false)), (5, 5));
    assert_eq!(f::stats().entries, 0);
}

#[test]
fn s122_s123_s124_validate_decides_on_hits_only() {
    static FRESH: AtomicBool = AtomicBool::new(true);
    static ASKED: AtomicU32 = AtomicU32::new(0);
    static RELEASED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn is_fresh(_value: &String) -> bool {
        ASKED.fetch_add(1, Ordering::Relaxed);
        FRESH.load(Ordering::Relaxed)
    }
    #[cache_resource(validate = is_fresh, on_release = |value| RELEASED.lock().unwrap().push(value.to_string()))]
    fn f() -> String {
        RUNS.fetch_add(1, Ordering::Relaxed).to_string()
    }
    let asked = || ASKED.load(Ordering::Relaxed);
    assert_eq!((&**f(), asked()), ("0", 0));
    assert_eq!((&**f(), asked()), ("0", 1));
    FRESH.store(false, Ordering::Relaxed);
    assert_eq!((&**f(), asked()), ("1", 2));
    assert_eq!((&**f(), asked()), ("2", 3));
    FRESH.store(true, Ordering::Relaxed);
    assert_eq!(*f(), "2");
    assert_eq!(*RELEASED.lock().unwrap(), ["0", "1"]);
    assert_eq!(f::stats().evictions.validate, 2);
}

#[test]
fn s125_a_panic_of_validate_poisons_nothing() {
    static PANICS: AtomicBool = AtomicBool::new(false);
    #[cache_resource(validate = |_| { assert!(!PANICS.load(Ordering::Relaxed), "invalid"); true })]
    fn f() -> u32 {
        1
    }
    f();
    PANICS.store(true, Ordering::Relaxed);
    assert!(std::panic::catch_unwind(f).is_err());
    PANICS.store(false, Ordering::Relaxed);
    assert_eq!(*f(), 1);
    assert_eq!(f::stats().misses, 1);
}

#[test]
fn s126_a_rejected_object_is_made_anew_once_for_all_threads() {
    static OLDEST: AtomicU32 = AtomicU32::new(0);
    static RUNS: AtomicU32 = AtomicU32::new(0);
    static GATE: Barrier = Barrier::new(5);
    #[cache_resource(validate = |value| *value >= OLDEST.load(Ordering::Relaxed))]
    fn f() -> u32 {
        RUNS.fetch_add(1, Ordering::Relaxed)
    }
    assert_eq!(*f(), 0);
    OLDEST.store(1, Ordering::Relaxed);
    let call = || {
        GATE.wait();
        f()
    };
    let threads: Vec<_> = (0..5).map(|_| std::thread::spawn(call)).collect();
    for thread in threads {
        assert_eq!(*thread.join().unwrap(), 1);
    }
    assert_eq!((RUNS.load(Ordering::Relaxed), f::stats().evictions.validate), (2, 1));
}

#[test]
fn s127_s132_clearing_releases_in_order_whatever_the_hooks_do() {
    static RELEASED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    #[expect(clippy::needless_pass_by_value, reason = "a hook gets the `Arc`")]
    fn release(value: Arc<u32>) {
        RELEASED.lock().unwrap().push(*value);
        assert_ne!(*value, 2, "the second one fails");
    }
    #[cache_resource(on_release = release)]
    fn f(x: u32) -> u32 {
        x
    }
    for x in [1, 2, 3] {
        f(x);
    }
    f::clear_entry(3);
    f(4);
    f::clear();
    assert_eq!(*RELEASED.lock().unwrap_or_else(std::sync::PoisonError::into_inner), [3, 1, 2, 4]);
    assert_eq!(f::stats().entries, 0);
}

#[test]
fn s129_s130_expired_objects_are_released_after_the_new_one_is_made() {
    static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    fn log(event: &str, x: u32) {
        EVENTS.lock().unwrap().push(format!("{event} {x}"));
    }
    #[cache_resource(ttl = 10, on_release = |x| log("release", *x))]
    fn f(x: u32) -> u32 {
        log("make", x);
        x
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    f(1);
    clock.advance(Duration::from_secs(10));
    assert_eq!(EVENTS.lock().unwrap().len(), 1);
    f(1);
    clock.advance(Duration::from_secs(20));
    f(2);
    let expected = ["make 1", "make 1", "release 1", "make 2", "release 1"];
    assert_eq!(*EVENTS.lock().unwrap(), expected);
}

#[test]
fn s131_s138_s139_sessions_end_with_their_entries() {
    static RELEASED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    #[cache_resource(scope = "session", on_release = |x| RELEASED.lock().unwrap().push(*x))]
    fn f(x: u32) -> u32 {
        x
    }
    let (a, b) = (Session::new(), Session::new());
    a.run(|| f(1));
    b.run(|| f(2));
    b.run(f::clear);
    assert_eq!(*RELEASED.lock().unwrap(), [2]);
    b.run(|| f(3));
    let other_handle = a.clone();
    drop(a);
    assert_eq!(f::stats().entries, 2);
    drop(other_handle);
    assert_eq!(*RELEASED.lock().unwrap(), [2, 1]);
    b.run(|| f(3));
    assert_eq!((f::stats().hits, f::stats().entries), (1, 1));
}

#[test]
fn s135_s136_s137_data_belongs_to_a_session_and_resources_to_everybody() {
    #[cache_data]
    fn own() {}
    #[cache_data(scope = "global")]
    fn common() {}
    #[cache_resource]
    fn object() {}
    let (a, b) = (Session::new(), Session::new());
    for session in [&a, &a, &b, &a] {
        session.run(|| {
            own();
            common();
            object();
        });
    }
    let misses = [own::stats(), common::stats(), object::stats()].map(|stats| stats.misses);
    assert_eq!(misses, [2, 1, 1]);
    let scopes = [own::info(), common::info(), object::info()].map(|info| info.scope);
    assert_eq!(scopes, [Scope::Session, Scope::Global, Scope::Global]);
}

#[test]
fn s141_without_a_session_the_process_is_one() {
    #[cache_data]
    fn f() -> u32 {
        1
    }
    f();
    std::thread::spawn(f).join().unwrap();
    assert_eq!((f::stats().misses, f::stats().hits), (1, 1));
}

struct Scaled<T> {
    factor: T,
    label: &'static str,
}

impl<T: cachelit::CacheKey + Copy + Into<f64> + 'static> Scaled<T> {
    /// `hash_funcs` covers the receiver.
    #[cache_data(hash_funcs = { Self: |scaled| scaled.factor })]
    fn scale(&self, x: f64) -> f64 {
        self.factor.into() * x
    }

    #[cache_data]
    fn zero() -> f64
    where
        Self: Sized,
    {
        0.0
    }
}

#[test]
fn s29_s31_s32_s33_methods_have_associated_handles() {
    let double = Scaled { factor: 2_u8, label: "double" };
    let twice = Scaled { factor: 2_u8, label: "twice" };
    let double_float = Scaled { factor: 2.0_f32, label: "float" };
    assert_ne!(double.label, twice.label);
    assert_eq!((double.scale(1.5), twice.scale(1.5), double_float.scale(1.5)), (3.0, 3.0, 3.0));
    let stats = Scaled::<u8>::scale_stats();
    assert_eq!((stats.misses, stats.hits), (2, 1), "`Self` is part of the key");
    Scaled::<u8>::scale_clear_entry(&double, 1.5);
    twice.scale(1.5);
    assert_eq!(Scaled::<u8>::scale_stats().misses, 3);
    assert_eq!(Scaled::<u8>::scale_info().hashed, ["self", "x"]);
    assert_eq!(Scaled::<u8>::scale_info().path, "handles::scale");
    assert_eq!(Scaled::<u8>::zero().to_bits(), Scaled::<f32>::zero().to_bits());
    assert_eq!(Scaled::<u8>::zero_stats().misses, 2);
    Scaled::<u8>::scale_clear();
    assert_eq!(Scaled::<u8>::scale_stats().entries, 0);
}
