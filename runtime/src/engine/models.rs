//! What the engine promises whatever the order in which threads take turns. Loom tries them:
//!
//! `cargo xtask models`
//!
//! The store, its entries and its flights are the real ones; `find`, `publish` and `abandon` are called as
//! [`lookup`](super::lookup) does.

use std::sync::Arc;
use std::time::Duration;

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::entry::{Entry, Stored, Value};
use super::function::{Function, FunctionSpec, Limits, PLAIN, Place};
use super::seqlock::{self, Line};
use super::store::{Found, Made, Store};
use crate::clock;
use crate::key::{CacheKey, KeyHasher, KeyParts};

static FUNCTION: Function = Function::new(FunctionSpec { max_entries: Some(1), ..PLAIN });

static UNBOUNDED: Function = Function::new(PLAIN);

const ALL: Limits = Limits { ttl: None, max_entries: None, max_size: None };
const ONE: Limits = Limits { ttl: None, max_entries: Some(1), max_size: None };
const TTL: Duration = Duration::from_secs(1);
const TIMED: Limits = Limits { ttl: Some(TTL), ..ONE };

fn store() -> Arc<Store> {
    Arc::new(Store::new(Place { function: &FUNCTION, session: None }))
}

fn key(x: u8) -> KeyParts {
    let mut key = KeyHasher::in_memory();
    x.encode(&mut key);
    key.seal().clone()
}

/// Ends a run with a result, as the caller that leads does.
fn publish(store: &Store, run: &Arc<Entry>, now: Duration, limits: &Limits) {
    let stored =
        Stored { value: Value::Shared(Arc::new(0_u8)), since: clock::nanos(now), extras: None };
    let made = Made { stored, is_wanted: true, took: 0 };
    drop(store.publish(None, run, None, made, limits));
    run.announce();
}

/// A call whose body succeeds or not.
fn call(store: &Store, x: u8, body: impl FnMut() -> bool) -> Option<Arc<Entry>> {
    call_at(store, x, Duration::ZERO, &ONE, body)
}

fn call_at(
    store: &Store,
    x: u8,
    now: Duration,
    limits: &Limits,
    mut body: impl FnMut() -> bool,
) -> Option<Arc<Entry>> {
    loop {
        match store.find(&key(x), now, limits) {
            Found::Hit(entry) => return Some(entry),
            Found::Wait(run) => {
                assert!(run.flight.wait(None));
                if run.flight.result().is_some() {
                    return Some(run);
                }
            }
            Found::Lead(run) if body() => {
                publish(store, &run, now, limits);
                return Some(run);
            }
            Found::Lead(run) => {
                store.abandon(&run, 0);
                run.announce();
                return None;
            }
            Found::Number(_) | Found::Again => {
                unreachable!("it is no number, and no body calls itself")
            }
        }
    }
}

/// The same of a number, which is `x`.
fn number(store: &Store, x: u8) -> u64 {
    let entry = match store.find(&key(x), Duration::ZERO, &ONE) {
        Found::Hit(entry) => entry,
        Found::Wait(run) => {
            assert!(run.flight.wait(None));
            run
        }
        Found::Lead(run) => {
            drop(store.publish_only(&run, 0, 0, &ONE, |run| run.end_with(u64::from(x), 0)));
            run.announce();
            run
        }
        Found::Number(_) | Found::Again => {
            unreachable!("it has an entry, and no body calls itself")
        }
    };
    let Value::Word(word) = entry.value() else { panic!("it is no number") };
    word
}

fn unbounded() -> Arc<Store> {
    Arc::new(Store::new(Place { function: &UNBOUNDED, session: None }))
}

/// A number that needs no entry, which `body` makes.
fn bare_number(store: &Store, x: u8, body: impl FnOnce() -> u64) -> u64 {
    match store.find(&key(x), Duration::ZERO, &ALL) {
        Found::Number(seen) => seen.word,
        Found::Wait(run) => {
            assert!(run.flight.wait(None));
            let Value::Word(word) = run.value() else { panic!("it is no number") };
            word
        }
        Found::Lead(run) => {
            let number = body();
            assert!(store.publish_number(&run, number, 0));
            run.announce();
            number
        }
        Found::Hit(_) | Found::Again => {
            unreachable!("no entry is stored, and no body calls itself")
        }
    }
}

/// Tries every order in which no thread is interrupted more than twice, which is where bugs of this kind show.
fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(check);
}

/// Runs the closures at the same time, in every order.
fn together<const N: usize, R: 'static>(threads: [Box<dyn FnOnce() -> R>; N]) -> [R; N] {
    threads.map(thread::spawn).map(|thread| thread.join().unwrap())
}

#[test]
fn one_caller_runs_the_body_and_all_get_its_result() {
    model(|| {
        let (store, runs) = (store(), Arc::new(AtomicUsize::new(0)));
        let caller = || -> Box<dyn FnOnce() -> Arc<Entry>> {
            let (store, runs) = (store.clone(), runs.clone());
            Box::new(move || {
                let body = || runs.fetch_add(1, Ordering::Relaxed) == 0;
                call(&store, 1, body).expect("the first run succeeds, and there is no other")
            })
        };
        let [a, b, c] = together([caller(), caller(), caller()]);
        assert!(Arc::ptr_eq(&a, &b) && Arc::ptr_eq(&b, &c) && a.is_live());
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn after_a_failure_one_of_those_who_waited_runs_the_body() {
    model(|| {
        let (store, runs) = (store(), Arc::new(AtomicUsize::new(0)));
        let caller = || -> Box<dyn FnOnce() -> bool> {
            let (store, runs) = (store.clone(), runs.clone());
            Box::new(move || call(&store, 1, || runs.fetch_add(1, Ordering::Relaxed) > 0).is_some())
        };
        let served = together([caller(), caller(), caller()]);
        assert_eq!(served.iter().filter(|served| **served).count(), 2);
        assert_eq!(runs.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn what_was_cleared_before_a_call_is_not_served_by_what_a_thread_remembers() {
    model(|| {
        let store = store();
        let remembered = call(&store, 1, || true).unwrap();
        let cleared = Arc::new(AtomicBool::new(false));
        let clear = {
            let (store, cleared) = (store.clone(), cleared.clone());
            thread::spawn(move || {
                drop(store.clear());
                cleared.store(true, Ordering::Release);
            })
        };
        let was_cleared = cleared.load(Ordering::Acquire);
        let is_served = remembered.is_live();
        assert!(!(was_cleared && is_served));
        clear.join().unwrap();
        assert!(!remembered.is_live());
    });
}

#[test]
fn a_run_that_is_cleared_meanwhile_is_not_stored() {
    model(|| {
        let store = store();
        let Found::Lead(entry) = store.find(&key(1), Duration::ZERO, &ONE) else {
            panic!("the store is empty");
        };
        let run = {
            let (store, entry) = (store.clone(), entry.clone());
            thread::spawn(move || publish(&store, &entry, Duration::ZERO, &ONE))
        };
        drop(store.clear());
        run.join().unwrap();
        assert!(!entry.is_live());
        assert_eq!(store.totals().entries, 0);
    });
}

#[test]
fn numbers_that_all_threads_share_are_read_whole_or_not_at_all() {
    model(|| {
        let line = Arc::new(Line::new());
        let writer = |number| -> Box<dyn FnOnce()> {
            let line = line.clone();
            Box::new(move || {
                line.write(|words| *words = [number; seqlock::WORDS]);
            })
        };
        let read = line.clone();
        let reader = move || {
            let seen = read.read(|line| Some([0, 1, 6].map(|at| line.word(at))));
            assert!(seen.is_none_or(|[a, b, c]| a == b && b == c));
        };
        together([writer(1), writer(2), Box::new(reader)]);
        assert!(line.read(|line| Some(line.word(0))).is_some_and(|last| last != 0));
    });
}

#[test]
fn a_bound_holds_and_only_what_is_stored_is_live() {
    model(|| {
        let store = store();
        let caller = |x| -> Box<dyn FnOnce() -> Arc<Entry>> {
            let store = store.clone();
            Box::new(move || call(&store, x, || true).unwrap())
        };
        let entries = together([caller(1), caller(2)]);
        assert_eq!(store.totals().entries, 1);
        assert_eq!(entries.iter().filter(|entry| entry.is_live()).count(), 1);
    });
}

#[test]
fn the_memory_of_a_number_that_made_room_is_used_again_only_once_nobody_reads_it() {
    model(|| {
        let store = store();
        let caller = |xs: [u8; 2]| -> Box<dyn FnOnce()> {
            let store = store.clone();
            Box::new(move || {
                for x in xs {
                    assert_eq!(number(&store, x), u64::from(x));
                }
            })
        };
        together([caller([1, 2]), caller([1, 3])]);
        assert_eq!(store.totals().entries, 1);
    });
}

#[test]
fn numbers_that_need_no_entry_are_made_once_in_memory_that_nobody_reads() {
    model(|| {
        let (store, runs) = (unbounded(), Arc::new(AtomicUsize::new(0)));
        let caller = |xs: [u8; 2]| -> Box<dyn FnOnce()> {
            let (store, runs) = (store.clone(), runs.clone());
            Box::new(move || {
                for x in xs {
                    let body = || {
                        runs.fetch_add(1, Ordering::Relaxed);
                        u64::from(x)
                    };
                    assert_eq!(bare_number(&store, x, body), u64::from(x));
                }
            })
        };
        together([caller([1, 2]), caller([1, 3])]);
        assert_eq!((store.totals().entries, runs.load(Ordering::Relaxed)), (3, 3));
    });
}

#[test]
fn a_number_that_was_begun_before_a_clear_is_not_served_after_it() {
    model(|| {
        let (store, clears) = (unbounded(), Arc::new(AtomicUsize::new(0)));
        let is_cleared = Arc::new(AtomicBool::new(false));
        let clear = {
            let (store, clears, is_cleared) = (store.clone(), clears.clone(), is_cleared.clone());
            move || {
                clears.store(1, Ordering::SeqCst);
                drop(store.clear());
                is_cleared.store(true, Ordering::SeqCst);
            }
        };
        let caller = || -> Box<dyn FnOnce()> {
            let (store, clears, is_cleared) = (store.clone(), clears.clone(), is_cleared.clone());
            Box::new(move || {
                let was_cleared = is_cleared.load(Ordering::SeqCst);
                let number = bare_number(&store, 1, || clears.load(Ordering::SeqCst) as u64);
                assert!(!was_cleared || number == 1);
            })
        };
        together([caller(), caller(), Box::new(clear)]);
    });
}

#[test]
fn one_caller_renews_what_expired_also_while_that_leaves() {
    model(|| {
        let (store, runs) = (store(), Arc::new(AtomicUsize::new(0)));
        let expired = call_at(&store, 1, Duration::ZERO, &TIMED, || true).unwrap();
        let caller = |x| -> Box<dyn FnOnce() -> Arc<Entry>> {
            let (store, runs) = (store.clone(), runs.clone());
            Box::new(move || {
                let body = || {
                    runs.fetch_add(1, Ordering::Relaxed);
                    true
                };
                call_at(&store, x, TTL, &TIMED, body).unwrap()
            })
        };
        // What is stored for the other key takes the expired entry out, or the one that renews it.
        let [a, b, _] = together([caller(1), caller(1), caller(2)]);
        assert!(!expired.is_live());
        assert_eq!(store.totals().entries, 1);
        let was_evicted = !Arc::ptr_eq(&a, &b);
        assert_eq!(runs.load(Ordering::Relaxed), if was_evicted { 3 } else { 2 });
    });
}

#[test]
fn a_renewal_that_is_cleared_meanwhile_is_not_stored() {
    model(|| {
        let store = store();
        let expired = call_at(&store, 1, Duration::ZERO, &TIMED, || true).unwrap();
        let Found::Lead(renewal) = store.find(&key(1), TTL, &TIMED) else {
            panic!("it has expired");
        };
        let run = {
            let (store, renewal) = (store.clone(), renewal.clone());
            thread::spawn(move || publish(&store, &renewal, TTL, &TIMED))
        };
        drop(store.clear_entry(&key(1)));
        run.join().unwrap();
        assert!(!expired.is_live() && !renewal.is_live());
        assert_eq!(store.totals().entries, 0);
    });
}
