//! Random histories of calls, clears and passing time, on one thread or on several in turn, compared step by step with a
//! cache that is as simple as it gets.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::frontend::Recording;
use cachelit::session::Session;
use cachelit::{Stats, cache_data};
use proptest::collection::vec;
use proptest::prelude::*;

const TTL: u64 = 10;
const TTL_OPTION: Duration = Duration::from_secs(TTL);

thread_local! {
    /// What a body returns beside its key: which step this is.
    static STEP: Cell<u64> = const { Cell::new(0) };
}

/// The functions have a result of a size that goes with the key, and which tells when it was made.
fn body(key: u8) -> (u64, Vec<u8>) {
    (STEP.get(), vec![key; usize::from(key) * 10])
}

/// The stored size of such a result: postcard writes small numbers as one byte, and lengths before 128 too.
fn size(key: u8, made: u64) -> u64 {
    let number = if made < 128 { 1 } else { 2 };
    number + 1 + u64::from(key) * 10
}

#[cache_data]
fn unbounded(key: u8) -> (u64, Vec<u8>) {
    body(key)
}

#[cache_data]
fn small(key: u8) -> u64 {
    body(key).0
}

#[cache_data(max_entries = 3)]
fn few(key: u8) -> u64 {
    body(key).0
}

/// Outside of sessions, numbers make room for each other without entries.
#[cache_data(scope = "global", max_entries = 3)]
fn few_of_all(key: u8) -> u64 {
    body(key).0
}

/// Those of bodies that show something have entries all the same.
#[cache_data(scope = "global", max_entries = 3)]
fn few_some_shown(key: u8) -> u64 {
    if key.is_multiple_of(2) {
        cachelit::st::write(key);
    }
    body(key).0
}

#[cache_data(max_entries = 3, ttl = TTL_OPTION)]
fn few_and_timed(key: u8) -> (u64, Vec<u8>) {
    body(key)
}

#[cache_data(max_size = 100)]
fn light(key: u8) -> (u64, Vec<u8>) {
    body(key)
}

#[cache_data(max_size = 120, max_entries = 4, ttl = TTL_OPTION)]
fn everything(key: u8) -> (u64, Vec<u8>) {
    body(key)
}

/// A cached function, and what its attribute says.
#[derive(Clone, Copy, Debug)]
struct Subject {
    call: fn(u8) -> u64,
    clear: fn(),
    clear_entry: fn(u8),
    stats: fn() -> Stats,
    ttl: Option<u64>,
    max_entries: Option<usize>,
    max_size: Option<u64>,
}

macro_rules! subject {
    ($name:ident, $call:expr, $ttl:expr, $max_entries:expr, $max_size:expr) => {
        Subject {
            call: $call,
            clear: $name::clear,
            clear_entry: $name::clear_entry,
            stats: $name::stats,
            ttl: $ttl,
            max_entries: $max_entries,
            max_size: $max_size,
        }
    };
}

const SUBJECTS: [Subject; 8] = [
    subject!(unbounded, |key| unbounded(key).0, None, None, None),
    subject!(small, small, None, None, None),
    subject!(few, few, None, Some(3), None),
    subject!(few_of_all, few_of_all, None, Some(3), None),
    subject!(few_some_shown, few_some_shown, None, Some(3), None),
    subject!(few_and_timed, |key| few_and_timed(key).0, Some(TTL), Some(3), None),
    subject!(light, |key| light(key).0, None, None, Some(100)),
    subject!(everything, |key| everything(key).0, Some(TTL), Some(4), Some(120)),
];

#[derive(Clone, Copy, Debug)]
enum Action {
    Call(u8),
    ClearEntry(u8),
    Clear,
    /// This many seconds pass.
    Pass(u64),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => (0_u8..8).prop_map(Action::Call),
        1 => (0_u8..8).prop_map(Action::ClearEntry),
        1 => Just(Action::Clear),
        2 => (0_u64..TTL).prop_map(Action::Pass),
    ]
}

struct Stored {
    key: u8,
    made: u64,
    at: u64,
}

/// Entries, the least recently used first.
#[derive(Default)]
struct Model {
    entries: Vec<Stored>,
    now: u64,
}

impl Model {
    fn expired(&self, subject: Subject, entry: &Stored) -> bool {
        subject.ttl.is_some_and(|ttl| self.now - entry.at >= ttl)
    }

    /// At which step the result was made that the call returns.
    fn call(&mut self, subject: Subject, key: u8, step: u64) -> u64 {
        if let Some(at) = self.entries.iter().position(|entry| entry.key == key) {
            let found = self.entries.remove(at);
            if !self.expired(subject, &found) {
                let made = found.made;
                self.entries.push(found);
                return made;
            }
        }
        let entries = std::mem::take(&mut self.entries);
        self.entries = entries.into_iter().filter(|entry| !self.expired(subject, entry)).collect();
        if subject.max_size.is_some_and(|max| size(key, step) > max) {
            return step;
        }
        self.entries.push(Stored { key, made: step, at: self.now });
        while subject.max_entries.is_some_and(|max| self.entries.len() > max)
            || subject.max_size.is_some_and(|max| self.bytes() > max)
        {
            self.entries.remove(0);
        }
        step
    }

    fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| size(entry.key, entry.made)).sum()
    }

    /// Does the same to function and model, and compares.
    fn step(&mut self, subject: Subject, action: Action, step: u64, clock: &ManualClock) {
        STEP.set(step);
        match action {
            Action::Call(key) => {
                assert_eq!((subject.call)(key), self.call(subject, key, step));
            }
            Action::ClearEntry(key) => {
                (subject.clear_entry)(key);
                self.entries.retain(|entry| entry.key != key);
            }
            Action::Clear => {
                (subject.clear)();
                self.entries.clear();
            }
            Action::Pass(seconds) => {
                clock.advance(Duration::from_secs(seconds));
                self.now += seconds;
            }
        }
        let stats = (subject.stats)();
        assert_eq!(stats.entries, self.entries.len() as u64);
        if subject.max_size.is_some() {
            assert_eq!(stats.bytes, self.bytes());
        }
    }
}

/// Threads that do what they are told, one at a time, in one session and by one clock.
struct Turns(Vec<(Sender<Order>, JoinHandle<()>)>);

type Order = Box<dyn FnOnce() + Send>;

impl Drop for Turns {
    /// Waits for the threads, so that the session is over.
    fn drop(&mut self) {
        for (orders, thread) in self.0.drain(..) {
            drop(orders);
            // One that panicked has been reported.
            drop(thread.join());
        }
    }
}

impl Turns {
    fn new(threads: usize, session: &Session, clock: &ManualClock) -> Self {
        let start = |_| {
            let (orders, received) = channel::<Order>();
            let (session, clock) = (session.clone(), clock.clone());
            let thread = thread::spawn(move || {
                let _session = session.enter();
                let _clock = clock.enter();
                for order in received {
                    order();
                }
            });
            (orders, thread)
        };
        Turns((0..threads).map(start).collect())
    }

    /// Runs this on that thread, to its end; a panic there ends this thread, too.
    fn run<R: Send + 'static>(
        &self,
        thread: usize,
        order: impl FnOnce() -> R + Send + 'static,
    ) -> R {
        let (done, result) = channel();
        let order = Box::new(move || done.send(order()).expect("somebody waits"));
        self.0[thread].0.send(order).expect("the thread lives");
        result.recv().expect("the order was carried out")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_history_goes_as_the_model_says(
        subject in prop::sample::select(SUBJECTS.to_vec()),
        history in vec((0_usize..3, action()), 1..150),
    ) {
        let screen = Arc::new(Recording::new());
        let (session, clock) = (Session::with_frontend(screen), ManualClock::new());
        // Of the last history, where the entries are not the session's.
        (subject.clear)();
        let turns = Turns::new(3, &session, &clock);
        let mut model = Model::default();
        for (step, (thread, action)) in (0..).zip(history) {
            let clock = clock.clone();
            model = turns.run(thread, move || {
                model.step(subject, action, step, &clock);
                model
            });
        }
    }
}
