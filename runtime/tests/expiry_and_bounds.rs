//! `ttl`, `max_entries` and `max_size` (conformance F, G, S).

use std::sync::Mutex;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::{cache_data, cache_resource};

/// Calls at these seconds; true for those that hit.
fn hits_at<R>(times: &[f64], misses: impl Fn() -> u64, call: impl Fn() -> R) -> Vec<bool> {
    let clock = ManualClock::new();
    let _entered = clock.enter();
    let served = |time: &f64| {
        clock.set(Duration::from_secs_f64(*time));
        let before = misses();
        call();
        misses() == before
    };
    times.iter().map(served).collect()
}

#[test]
fn s85_an_entry_as_old_as_its_ttl_has_expired() {
    #[cache_data(ttl = 10)]
    fn f() -> u8 {
        1
    }
    let hits = hits_at(&[0.0, 9.999, 10.0, 19.9, 20.0], || f::stats().misses, f);
    assert_eq!(hits, [false, true, false, true, false]);
}

#[test]
fn s86_reading_does_not_prolong_life() {
    #[cache_data(ttl = 10)]
    fn f() -> u8 {
        1
    }
    let hits = hits_at(&[0.0, 3.0, 6.0, 9.0, 9.5, 10.1], || f::stats().misses, f);
    assert_eq!(hits, [false, true, true, true, true, false]);
}

#[test]
fn s87_life_is_per_entry() {
    #[cache_data(ttl = 10)]
    fn f(x: u8) -> u8 {
        x
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    f(1);
    clock.advance(Duration::from_secs(5));
    f(2);
    clock.advance(Duration::from_secs(6));
    f(1);
    f(2);
    assert_eq!((f::stats().misses, f::stats().hits, f::stats().evictions.ttl), (3, 1, 1));
}

#[test]
fn s88_all_forms_of_ttl_mean_what_they_say() {
    const HOUR: Duration = Duration::from_hours(1);
    #[cache_data(ttl = 10)]
    fn integer() {}
    #[cache_data(ttl = 10.5)]
    fn float() {}
    #[cache_data(ttl = HOUR * 2)]
    fn expression() {}
    #[cache_data(ttl = "1.5 days")]
    fn days() {}
    #[cache_data(ttl = "1h23s")]
    fn mixed() {}
    let ttls = [integer::info(), float::info(), expression::info(), days::info(), mixed::info()]
        .map(|info| info.ttl.unwrap().as_millis());
    assert_eq!(ttls, [10_000, 10_500, 7_200_000, 129_600_000, 3_623_000]);
}

#[test]
fn s91_a_zero_duration_never_hits() {
    #[cache_data(ttl = Duration::ZERO)]
    fn f() {}
    f();
    f();
    assert_eq!((f::stats().misses, f::stats().hits), (2, 0));
}

#[test]
fn s93_the_oldest_goes_first() {
    #[cache_data(max_entries = 2)]
    fn f(x: u8) -> u8 {
        x
    }
    for x in [1, 2, 3, 3, 2, 1] {
        f(x);
    }
    assert_eq!((f::stats().misses, f::stats().hits), (4, 2));
}

#[test]
fn s94_least_recently_used_goes_first() {
    #[cache_data(max_entries = 2)]
    fn data(x: u8) -> u8 {
        x
    }
    #[cache_resource(max_entries = 2)]
    fn resource(x: u8) -> u8 {
        x
    }
    for x in [1, 2, 1, 3, 1, 3] {
        data(x);
        resource(x);
    }
    assert_eq!((data::stats().misses, resource::stats().misses), (3, 3));
    data(2);
    resource(2);
    assert_eq!((data::stats().misses, resource::stats().misses), (4, 4));
}

#[test]
fn s95_s203_counters_under_a_bound_of_one() {
    #[cache_data(max_entries = 1)]
    fn f(x: u8) -> u8 {
        x
    }
    f(1);
    f(1);
    f(2);
    f::clear();
    f(2);
    let stats = f::stats();
    assert_eq!((stats.hits, stats.misses, stats.evictions.max_entries), (1, 3, 1));
}

#[test]
fn s97_the_bound_is_per_session() {
    use cachelit::session::Session;
    #[cache_data(max_entries = 1)]
    fn f(x: u8) -> u8 {
        x
    }
    let (a, b) = (Session::new(), Session::new());
    a.run(|| f(1));
    b.run(|| f(2));
    a.run(|| f(1));
    b.run(|| f(2));
    assert_eq!((f::stats().misses, f::stats().hits), (2, 2));
}

#[test]
fn s98_s128_an_evicted_resource_lives_on_with_its_holders() {
    static RELEASED: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    #[cache_resource(max_entries = 1, on_release = |x| RELEASED.lock().unwrap().push(*x))]
    fn f(x: u8) -> u8 {
        x
    }
    let held = f(1);
    f(2);
    assert_eq!(*RELEASED.lock().unwrap(), [1]);
    assert!(!std::sync::Arc::ptr_eq(&held, &f(1)));
    assert_eq!(*RELEASED.lock().unwrap(), [1, 2]);
}

#[test]
fn s99_max_size_bounds_the_stored_bytes() {
    #[cache_data(max_size = 350)]
    fn f(x: u8) -> Vec<u8> {
        vec![x; 100]
    }
    for x in [1, 2, 3, 1, 4] {
        f(x);
    }
    assert_eq!(f::stats().evictions.max_size, 1);
    assert!(f::stats().bytes <= 350);
    for x in [1, 3, 4] {
        f(x);
    }
    assert_eq!(f::stats().misses, 4);
    f(2);
    assert_eq!(f::stats().misses, 5);
}

#[test]
fn a_result_larger_than_max_size_is_returned_but_not_kept() {
    #[cache_data(max_size = 100)]
    fn f(len: usize) -> Vec<u8> {
        vec![0; len]
    }
    f(10);
    assert_eq!(f(1000).len(), 1000);
    assert_eq!((f::stats().entries, f::stats().misses), (1, 2));
    assert_eq!(f(1000).len(), 1000);
    assert_eq!(f::stats().misses, 3);
}

#[test]
fn entries_that_left_do_not_pile_up_under_a_ttl() {
    #[cache_data(ttl = 1000, max_entries = 2)]
    fn f(x: u32) -> u32 {
        x
    }
    let clock = ManualClock::new();
    let _entered = clock.enter();
    for x in 0..1000 {
        f(x);
        clock.advance(Duration::from_millis(1));
    }
    clock.advance(Duration::from_secs(1000));
    f(1);
    let stats = f::stats();
    assert_eq!((stats.entries, stats.evictions.max_entries, stats.evictions.ttl), (1, 998, 2));
}

#[test]
fn s81_a_result_that_can_not_be_measured_is_returned_but_not_kept() {
    struct Unwritable(u8);
    impl serde::Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _to: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("unwritable"))
        }
    }
    impl<'de> serde::Deserialize<'de> for Unwritable {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            serde::Deserialize::deserialize(from).map(Unwritable)
        }
    }
    impl Clone for Unwritable {
        fn clone(&self) -> Self {
            Unwritable(self.0)
        }
    }
    #[cache_data(max_size = "1KB")]
    fn f() -> Unwritable {
        Unwritable(7)
    }
    assert_eq!((f().0, f().0), (7, 7));
    assert_eq!((f::stats().misses, f::stats().entries), (2, 0));
}

#[test]
fn s92_without_a_ttl_nothing_expires() {
    #[cache_data]
    fn f() {}
    #[cache_data(ttl = Duration::MAX)]
    fn endless() {}
    let century = 100.0 * 365.25 * 86_400.0;
    assert_eq!(hits_at(&[0.0, century], || f::stats().misses, f), [false, true]);
    assert_eq!(hits_at(&[0.0, century], || endless::stats().misses, endless), [false, true]);
    assert_eq!(f::info().ttl, None);
}

#[test]
fn s100_all_forms_of_max_size_mean_what_they_say() {
    #[cache_data(max_size = "500MB")]
    fn whole() {}
    #[cache_data(max_size = "1.5GiB")]
    fn binary() {}
    #[cache_data(max_size = "1.1KB")]
    fn cut() {}
    #[cache_data(max_size = "10 mb")]
    fn lower() {}
    #[cache_data(max_size = 1234)]
    fn bytes() {}
    let sizes = [whole::info(), binary::info(), cut::info(), lower::info(), bytes::info()]
        .map(|info| info.max_size.unwrap());
    assert_eq!(sizes, [524_288_000, 1_610_612_736, 1126, 10_485_760, 1234]);
}

#[test]
fn s204_evictions_are_counted_by_reason() {
    #[cache_data(ttl = 10, max_entries = 2, max_size = 250)]
    fn data(x: u8, size: usize) -> Vec<u8> {
        vec![x; size]
    }
    #[cache_resource(validate = |()| false)]
    fn resource() {}
    let clock = ManualClock::new();
    let _entered = clock.enter();
    for (x, size) in [(1, 10), (2, 10), (3, 10), (4, 245), (4, 245)] {
        data(x, size);
    }
    clock.advance(Duration::from_secs(10));
    data(5, 1);
    resource();
    resource();
    let evictions = data::stats().evictions;
    assert_eq!((evictions.max_entries, evictions.max_size, evictions.ttl), (2, 1, 1));
    assert_eq!(resource::stats().evictions.validate, 1);
}
