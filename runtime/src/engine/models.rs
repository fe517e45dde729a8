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

use super::bare::WithoutEntry;
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
        match store.find(&key(x), now, limits, WithoutEntry::Nothing) {
            Found::Hit(entry) => return Some(entry),
            Found::Wait(run, _) => {
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
            Found::LeadBare(_) | Found::Number(_) | Found::Noted(_) | Found::Again => {
                unreachable!("it is no number, and no body calls itself")
            }
        }
    }
}

/// The same of a number, which is `x`.
fn number(store: &Store, x: u8) -> u64 {
    let entry = match store.find(&key(x), Duration::ZERO, &ONE, WithoutEntry::Nothing) {
        Found::Hit(entry) => entry,
        Found::Wait(run, _) => {
            assert!(run.flight.wait(None));
            run
        }
        Found::Lead(run) => {
            drop(store.publish_only(&run, 0, 0, &ONE, |run| run.end_with(u64::from(x), 0)));
            run.announce();
            run
        }
        Found::LeadBare(_) | Found::Number(_) | Found::Noted(_) | Found::Again => {
            unreachable!("it has an entry, and no body calls itself")
        }
    };
    let Value::Word(word) = entry.value() else { panic!("it is no number") };
    word
}

/// Where numbers need no entries, and don't make room.
const BARE: Place = Place { function: &UNBOUNDED, session: None };

/// A call there, whose body makes a number or not. Async ones run in an entry all the same.
fn bare_number(
    store: &Store,
    x: u8,
    is_async: bool,
    mut body: impl FnMut() -> Option<u64>,
) -> Option<u64> {
    let key = key(x);
    let short = key.short_key().unwrap();
    loop {
        let run = match store.find(&key, Duration::ZERO, &ALL, WithoutEntry::Run) {
            Found::Number(seen) => return Some(seen.word),
            Found::Noted(number) => return Some(number),
            Found::Wait(run, _) => {
                assert!(run.flight.wait(None));
                match run.flight.result().map(Stored::value) {
                    Some(Value::Word(word)) => return Some(word),
                    Some(Value::Shared(_)) => panic!("it is no number"),
                    None => continue,
                }
            }
            Found::LeadBare(run) => run,
            Found::Lead(_) | Found::Hit(_) | Found::Again => {
                unreachable!("no entry is stored, and no body calls itself")
            }
        };
        let entered = is_async.then(|| store.enter(BARE, &short, run));
        let number = body();
        match (&entered, number) {
            (None, Some(number)) => store.publish_number(&short, run, number, 0),
            (None, None) => store.abandon_number(&short, run, 0),
            (Some(entry), Some(number)) => {
                assert!(store.publish_number_of(entry, number, 0).is_some())
            }
            (Some(entry), None) => store.abandon(entry, 0),
        }
        if let Some(entry) = entered {
            entry.announce();
        }
        return number;
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
        let Found::Lead(entry) = store.find(&key(1), Duration::ZERO, &ONE, WithoutEntry::Nothing)
        else {
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
fn a_number_that_needs_no_entry_is_made_once_or_again_after_a_failure() {
    for failures in [0, 1] {
        model(move || {
            let (store, runs) = (Arc::new(Store::new(BARE)), Arc::new(AtomicUsize::new(0)));
            let caller = |is_async| -> Box<dyn FnOnce() -> Option<u64>> {
                let (store, runs) = (store.clone(), runs.clone());
                Box::new(move || {
                    let body = || (runs.fetch_add(1, Ordering::Relaxed) >= failures).then_some(7);
                    bare_number(&store, 1, is_async, body)
                })
            };
            let numbers = together([caller(false), caller(true), caller(false)]);
            let made: Vec<u64> = numbers.into_iter().flatten().collect();
            assert_eq!(made, vec![7; 3 - failures]);
            assert_eq!(runs.load(Ordering::Relaxed), 1 + failures);
            assert_eq!(store.totals().entries, 1);
        });
    }
}

#[test]
fn a_number_is_read_as_that_of_its_key_while_others_take_its_place() {
    model(|| {
        let store = store();
        bare_number(&store, 1, false, || Some(1));
        let caller = |xs: [u8; 2]| -> Box<dyn FnOnce()> {
            let store = store.clone();
            Box::new(move || {
                for x in xs {
                    let number = bare_number(&store, x, false, || Some(u64::from(x)));
                    assert_eq!(number, Some(u64::from(x)));
                }
            })
        };
        let read = store.clone();
        let reader = move || {
            let number = read.slab_number(key(1).short().unwrap());
            assert!(number.is_none_or(|number| number == 1));
        };
        together([caller([2, 1]), Box::new(reader)]);
        assert_eq!(store.totals().entries, 1);
        assert_eq!(store.totals().counts.evictions.max_entries, store.totals().counts.misses - 1);
    });
}

#[test]
fn a_number_that_was_cleared_before_a_call_is_not_read() {
    let clears: [fn(&Store); 2] =
        [|store| drop(store.clear()), |store| drop(store.clear_entry(&key(1)))];
    for clear in clears {
        model(move || {
            let store = store();
            bare_number(&store, 1, false, || Some(1));
            let cleared = Arc::new(AtomicBool::new(false));
            let clearing = {
                let (store, cleared) = (store.clone(), cleared.clone());
                thread::spawn(move || {
                    clear(&store);
                    cleared.store(true, Ordering::Release);
                })
            };
            let was_cleared = cleared.load(Ordering::Acquire);
            let number = store.slab_number(key(1).short().unwrap());
            assert!(!(was_cleared && number.is_some()));
            clearing.join().unwrap();
        });
    }
}

#[test]
fn a_number_that_was_begun_before_a_clear_is_not_served_after_it() {
    let clears: [fn(&Store); 2] =
        [|store| drop(store.clear()), |store| drop(store.clear_entry(&key(1)))];
    for clear in clears {
        model(move || {
            let (store, cleared) = (Arc::new(Store::new(BARE)), Arc::new(AtomicUsize::new(0)));
            let is_cleared = Arc::new(AtomicBool::new(false));
            let clearing = {
                let (store, cleared, is_cleared) =
                    (store.clone(), cleared.clone(), is_cleared.clone());
                move || {
                    cleared.store(1, Ordering::SeqCst);
                    clear(&store);
                    is_cleared.store(true, Ordering::SeqCst);
                }
            };
            let caller = |is_async| -> Box<dyn FnOnce()> {
                let (store, cleared, is_cleared) =
                    (store.clone(), cleared.clone(), is_cleared.clone());
                Box::new(move || {
                    let was_cleared = is_cleared.load(Ordering::SeqCst);
                    let body = || Some(cleared.load(Ordering::SeqCst) as u64);
                    let number = bare_number(&store, 1, is_async, body);
                    assert!(!was_cleared || number == Some(1));
                })
            };
            together([caller(false), caller(true), Box::new(clearing)]);
        });
    }
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
        let Found::Lead(renewal) = store.find(&key(1), TTL, &TIMED, WithoutEntry::Nothing) else {
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
