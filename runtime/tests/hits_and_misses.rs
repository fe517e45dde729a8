//! What runs, what is served, and what callers get (conformance A).

#![expect(
    clippy::used_underscore_binding,
    reason = "that is how a parameter is left out of the key"
)]

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cachelit::{Stats, cache_data, cache_resource};

/// Hits and misses so far.
fn counts(stats: Stats) -> (u64, u64) {
    (stats.hits, stats.misses)
}

#[test]
fn s1_s2_equal_arguments_hit_and_others_miss() {
    #[cache_data]
    fn square(x: u64) -> u64 {
        x * x
    }
    assert_eq!([square(1), square(1), square(2), square(1)], [1, 1, 4, 1]);
    assert_eq!(counts(square::stats()), (2, 2));
}

/// Numbers by keys of several lengths, of which not all can stand in one table of pairs.
#[test]
fn keys_of_all_lengths_have_numbers_of_their_own() {
    #[cache_data(scope = "global")]
    fn sum(x: Option<u64>, y: Option<u8>) -> u64 {
        x.map_or(1000, |x| x * 10) + y.map_or(100, u64::from)
    }
    #[cache_data(scope = "global")]
    fn total(numbers: &[u32]) -> u32 {
        numbers.iter().sum()
    }
    for _ in 0..3 {
        assert_eq!([sum(None, None), sum(None, Some(0)), sum(Some(0), None)], [1100, 1000, 100]);
        assert_eq!([sum(Some(1), Some(1)), sum(Some(2), None)], [11, 120]);
        assert_eq!([&[][..], &[1], &[1, 2], &[1, 2, 3]].map(total), [0, 1, 3, 6]);
    }
    assert_eq!((counts(sum::stats()), sum::stats().entries), ((10, 5), 5));
    assert_eq!((counts(total::stats()), total::stats().entries), ((8, 4), 4));
    sum::clear_entry(None, Some(0));
    total::clear_entry(&[1, 2]);
    assert_eq!((sum::stats().entries, total::stats().entries), (4, 3));
    sum::clear();
    total::clear();
    assert_eq!((sum(None, None), sum::stats().entries), (1100, 1));
    assert_eq!((total(&[1]), total::stats().entries), (1, 1));
}

#[test]
fn s3_no_parameters_is_one_key() {
    #[cache_data]
    fn answer() -> u32 {
        42
    }
    assert_eq!([answer(), answer(), answer()], [42; 3]);
    assert_eq!(counts(answer::stats()), (2, 1));
}

#[test]
fn s4_nothing_is_a_value() {
    #[cache_data]
    fn unit() {}
    #[cache_data]
    fn none() -> Option<u8> {
        None
    }
    #[cache_resource]
    fn shared_unit() {}
    for _ in 0..2 {
        unit();
        assert_eq!(none(), None);
        assert_eq!(*shared_unit(), ());
    }
    assert_eq!(counts(unit::stats()), (1, 1));
    assert_eq!(counts(none::stats()), (1, 1));
    assert_eq!(counts(shared_unit::stats()), (1, 1));
}

#[test]
fn s5_s6_s7_callers_own_what_they_get() {
    #[cache_data]
    fn list() -> Vec<u32> {
        vec![1, 2, 3]
    }
    list().push(4);
    let mut second = list();
    second.clear();
    assert_eq!(list(), [1, 2, 3]);
    assert_eq!(list::stats().misses, 1);
}

#[test]
fn s8_s9_resources_are_one_object() {
    #[cache_resource]
    fn counter() -> AtomicU32 {
        AtomicU32::new(0)
    }
    let first: Arc<AtomicU32> = counter();
    let elsewhere = std::thread::spawn(counter).join().unwrap();
    assert!(Arc::ptr_eq(&first, &elsewhere));
    elsewhere.fetch_add(1, Ordering::Relaxed);
    assert_eq!(first.load(Ordering::Relaxed), 1);
}

#[test]
fn s10_resources_need_not_be_data() {
    struct Connection {
        log: std::sync::Mutex<Vec<&'static str>>,
        close: Box<dyn Fn() + Send + Sync>,
    }
    #[cache_resource]
    fn connection() -> Connection {
        Connection { log: Vec::new().into(), close: Box::new(|| ()) }
    }
    connection().log.lock().unwrap().push("asked");
    (connection().close)();
    assert_eq!(*connection().log.lock().unwrap(), ["asked"]);
}

#[test]
fn s11_errors_are_not_cached() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data]
    fn flaky() -> Result<u32, String> {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        if run < 2 {
            return Err(format!("run {run}"));
        }
        Ok(run)
    }
    assert_eq!(flaky(), Err("run 0".to_owned()));
    assert_eq!(flaky(), Err("run 1".to_owned()));
    assert_eq!([flaky(), flaky()], [Ok(2), Ok(2)]);
    assert_eq!(counts(flaky::stats()), (1, 3));
}

#[test]
fn s11_panics_are_not_cached() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data]
    fn flaky() -> u32 {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        assert!(run > 0, "first run");
        run
    }
    let panic = std::panic::catch_unwind(flaky).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"first run"));
    assert_eq!([flaky(), flaky()], [1, 1]);
    assert_eq!(counts(flaky::stats()), (1, 2));
}

#[test]
fn s11_an_alias_of_result_is_a_result() {
    type Outcome = Result<u32, String>;
    #[cache_data]
    fn failing() -> Outcome {
        Err("no".to_owned())
    }
    assert!(failing().is_err());
    assert!(failing().is_err());
    assert_eq!(counts(failing::stats()), (0, 2));
}

#[test]
fn s12_an_error_as_value_is_cached() {
    #[cache_data]
    fn verdict() -> Result<Result<u32, String>, &'static str> {
        Ok(Err("rejected".to_owned()))
    }
    assert_eq!(verdict(), Ok(Err("rejected".to_owned())));
    assert_eq!(verdict(), Ok(Err("rejected".to_owned())));
    assert_eq!(counts(verdict::stats()), (1, 1));
}

#[test]
fn s13_the_key_is_taken_before_the_body_changes_a_parameter() {
    #[cache_data]
    fn extended(mut list: Vec<u32>) -> Vec<u32> {
        list.push(9);
        list
    }
    assert_eq!(extended(vec![1]), [1, 9]);
    assert_eq!(extended(vec![1]), [1, 9]);
    assert_eq!(counts(extended::stats()), (1, 1));
}

#[test]
fn s14_what_a_body_reads_elsewhere_is_no_part_of_the_key() {
    static RATE: AtomicU32 = AtomicU32::new(2);
    #[cache_data]
    fn price(amount: u32) -> u32 {
        amount * RATE.load(Ordering::Relaxed)
    }
    assert_eq!(price(10), 20);
    RATE.store(3, Ordering::Relaxed);
    assert_eq!(price(10), 20);
}

#[test]
fn s16_threads_without_a_session_share_what_is_global() {
    #[cache_data(scope = "global")]
    fn f() -> u32 {
        1
    }
    cachelit::session::Session::new().run(f);
    std::thread::spawn(f).join().unwrap();
    assert_eq!(counts(f::stats()), (1, 1));
}

#[test]
fn s18_type_arguments_never_share() {
    #[cache_data]
    fn name_of<T: Default>(_marker: Option<T>, x: u8) -> String {
        format!("{} {x}", std::any::type_name::<T>())
    }
    assert_eq!(name_of::<u8>(None, 1), "u8 1");
    assert_eq!(name_of::<i64>(None, 1), "i64 1");
    assert_eq!(name_of::<u8>(None, 1), "u8 1");
    assert_eq!(counts(name_of::stats()), (1, 2));
}

#[test]
fn s18_const_arguments_never_share() {
    #[cache_data]
    fn zeros<const N: usize>() -> Vec<u8> {
        vec![0; N]
    }
    assert_eq!(zeros::<1>().len(), 1);
    assert_eq!(zeros::<2>().len(), 2);
    assert_eq!(counts(zeros::stats()), (0, 2));
}

#[test]
fn s19_s20_s21_every_function_has_its_own_entries() {
    mod a {
        #[cachelit::cache_data]
        pub(crate) fn same() -> u8 {
            7
        }
    }
    mod b {
        #[cachelit::cache_data]
        pub(crate) fn same() -> u8 {
            7
        }
    }
    mod c {
        #[cachelit::cache_resource]
        pub(crate) fn same() -> u8 {
            7
        }
    }
    fn block() -> u64 {
        #[cache_data]
        fn same() -> u8 {
            7
        }
        same();
        same::stats().misses
    }
    a::same();
    b::same();
    c::same();
    for stats in [a::same::stats(), b::same::stats(), c::same::stats()] {
        assert_eq!(counts(stats), (0, 1));
    }
    assert_eq!(block(), 1);
    assert_eq!(a::same::info().path, "hits_and_misses::a::same");
}

#[test]
fn s159_functions_that_a_body_calls_are_no_part_of_its_code() {
    mod a {
        fn helper() -> u8 {
            1
        }
        #[cachelit::cache_data]
        pub(crate) fn f() -> u8 {
            helper()
        }
    }
    mod b {
        fn helper() -> u8 {
            2
        }
        #[cachelit::cache_data]
        pub(crate) fn f() -> u8 {
            helper()
        }
    }
    assert_eq!((a::f(), b::f()), (1, 2));
    assert_eq!(a::f::info().code_hash, b::f::info().code_hash);
}

#[test]
fn a_body_may_borrow_from_its_parameters_and_return_early() {
    #[cache_data]
    fn first_word(text: &str, _log: &Cell<u32>) -> Option<String> {
        _log.set(_log.get() + 1);
        let word = text.split(' ').next()?;
        if word.is_empty() {
            return None;
        }
        Some(word.to_owned())
    }
    let runs = Cell::new(0);
    assert_eq!(first_word("one two", &runs).as_deref(), Some("one"));
    assert_eq!(first_word(&String::from("one two"), &runs).as_deref(), Some("one"));
    assert_eq!(first_word("", &runs), None);
    assert_eq!(runs.get(), 2);
}

#[test]
fn resources_in_results_and_arcs_are_wrapped_once() {
    #[cache_resource]
    fn bare() -> String {
        "bare".to_owned()
    }
    #[cache_resource]
    fn wrapped() -> Arc<str> {
        "wrapped".into()
    }
    #[cache_resource]
    fn fallible(ok: bool) -> Result<String, u8> {
        if ok { Ok("fine".to_owned()) } else { Err(1) }
    }
    #[cache_resource]
    fn fallible_wrapped() -> Result<std::sync::Arc<Vec<u8>>, u8> {
        Ok(Arc::new(vec![1]))
    }
    #[cache_resource]
    fn opaque() -> impl Fn(u32) -> u32 + Send + Sync {
        |x| x + 1
    }
    let _: Arc<String> = bare();
    let _: Result<Arc<String>, u8> = fallible(true);
    assert_eq!(fallible(false), Err(1));
    assert_eq!(fallible_wrapped().unwrap()[0], 1);
    assert!(Arc::ptr_eq(&fallible_wrapped().unwrap(), &fallible_wrapped().unwrap()));
    assert_eq!(wrapped().len(), 7);
    assert_eq!(opaque()(1), 2);
    assert_eq!(counts(opaque::stats()), (0, 1));
}

/// Doubles, and says so.
#[cache_data]
#[must_use]
pub fn documented(r#type: u32) -> u32 {
    r#type * 2
}

#[test]
fn s17_functions_are_listed_with_what_is_known_of_them() {
    let functions = cachelit::functions();
    let info = functions.iter().find(|info| info.path == "hits_and_misses::documented").unwrap();
    assert_eq!(info.hashed, ["type"]);
    assert_eq!(info.code_hash, documented::info().code_hash);
    assert_eq!(documented(2), 4);
}
