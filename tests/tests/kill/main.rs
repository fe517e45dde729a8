//! Processes that use persisted functions are killed at any moment, and again.
//!
//! `CACHELIT_TEST_KILLS` says how often in each test, `CACHELIT_TEST_SEED` when.

mod history;
#[path = "../../../runtime/tests/segments/mod.rs"]
mod segments;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use cachelit_tests::now;
use history::History;

/// The bound of the function that has one.
const BOUND: usize = 10;
/// A process is killed when it has said fewer lines than this, of which 64 are of its first look.
const LINES: usize = 400;

/// How many of 100 calls clear something.
const CLEARING: u32 = 40;

/// What a process said, or that it says no more.
type Said = (usize, Option<String>);

struct Arena {
    folder: tempfile::TempDir,
    random: fastrand::Rng,
    history: History,
    started: usize,
    sender: Sender<Said>,
    receiver: Receiver<Said>,
}

/// A process that runs.
struct Restless {
    number: usize,
    child: Child,
}

impl Arena {
    fn new() -> Self {
        let given = env::var("CACHELIT_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(now);
        println!("CACHELIT_TEST_SEED={seed}");
        let (sender, receiver) = mpsc::channel();
        Arena {
            folder: tempfile::tempdir().expect("a folder"),
            random: fastrand::Rng::with_seed(seed),
            history: History::default(),
            started: 0,
            sender,
            receiver,
        }
    }

    /// Starts a process of whose calls so many of 100 clear something.
    fn start(&mut self, clearing: u32) -> Restless {
        self.started += 1;
        let number = self.started;
        let mut child = Command::new(env!("CARGO_BIN_EXE_restless"))
            .args([self.random.u64(..).to_string(), clearing.to_string()])
            .env("CACHELIT_DIR", self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let sender = self.sender.clone();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                sender.send((number, Some(line))).expect("the test listens");
            }
            sender.send((number, None)).expect("the test listens");
        });
        Restless { number, child }
    }

    /// Listens until `process` has said something, or all that it had to say when it `is_gone`. Whether it has.
    fn listen(&mut self, process: usize, is_gone: bool) {
        loop {
            let wait = Duration::from_mins(1);
            let (number, line) = self.receiver.recv_timeout(wait).expect("no process hangs");
            let is_end = line.is_none();
            if let Some(line) = line {
                self.history.note(number, &line);
            }
            assert!(!is_end || (number == process && is_gone), "process {number} ended by itself");
            if number == process && is_end == is_gone {
                return;
            }
        }
    }

    /// Kills a process when it has said a few lines.
    fn kill(&mut self, mut process: Restless) {
        for _ in 0..self.random.usize(..LINES) {
            self.listen(process.number, false);
        }
        process.child.kill().expect("it runs");
        process.child.wait().expect("it is ours");
        let gone = now();
        self.listen(process.number, true);
        self.history.gone(process.number, gone);
        let entries = self.function("bounded-").map_or(0, |function| count(&function));
        assert!(entries <= BOUND, "{entries} entries, and {BOUND} are the bound");
    }

    /// The folder of a function.
    fn function(&self, name: &str) -> Option<PathBuf> {
        below(&self.folder.path().join("restless")).into_iter().find(|path| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name))
        })
    }

    /// The segments of the function without a bound.
    fn segments(&self) -> Vec<PathBuf> {
        self.function("plain-").map(|function| segments::files(&function)).unwrap_or_default()
    }

    /// When all processes are gone.
    fn verdict(self) {
        let (faults, history) = self.history.faults();
        assert!(
            faults.is_empty(),
            "{} faults: {:#?}",
            faults.len(),
            &faults[..faults.len().min(5)]
        );
        let History { found, owed, .. } = history;
        println!(
            "{} processes were killed; {owed} entries had to be found, {found} were",
            self.started
        );
        assert!(owed > 10 * self.started, "the processes hardly stored anything");
    }
}

/// How many entries a function has, when no process is about to store one.
fn count(function: &Path) -> usize {
    let locks = below(function).into_iter().map(|code| code.join("lock"));
    let locks: Vec<fs::File> = locks.filter_map(|lock| fs::File::open(lock).ok()).collect();
    for lock in &locks {
        lock.lock().expect("it can be locked");
    }
    segments::entries(function)
}

/// What is in a folder, if it is there.
fn below(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten();
    found.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

fn kills(usual: usize) -> usize {
    env::var("CACHELIT_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_killed_process_loses_nothing_that_it_stored() {
    let mut arena = Arena::new();
    for _ in 0..kills(300) {
        let process = arena.start(CLEARING);
        arena.kill(process);
    }
    let last = arena.start(CLEARING);
    arena.kill(last);
    arena.verdict();
}

#[test]
fn a_process_that_runs_beside_a_killed_one_is_not_disturbed() {
    let mut arena = Arena::new();
    let mut running = vec![arena.start(CLEARING), arena.start(CLEARING)];
    for _ in 0..kills(250) {
        let victim = running.swap_remove(arena.random.usize(..2));
        arena.kill(victim);
        running.push(arena.start(CLEARING));
    }
    for process in running {
        arena.kill(process);
    }
    arena.verdict();
}

/// Without an `fsync`, a power failure may cost any of what was written last.
#[test]
fn a_power_failure_costs_the_entries_that_it_damages_and_no_others() {
    let mut arena = Arena::new();
    for _ in 0..6 {
        let process = arena.start(0);
        let is_full = |function: PathBuf| segments::entries(&function) >= 64;
        while !arena.function("plain-").is_some_and(is_full) {
            arena.listen(process.number, false);
        }
        arena.kill(process);
        let left: usize =
            arena.segments().iter().map(|segment| fail(segment, &mut arena.random)).sum();
        // What was there before says nothing any more.
        arena.history = History::default();
        let process = arena.start(0);
        for _ in 0..64 {
            arena.listen(process.number, false);
        }
        arena.kill(process);
        let (faults, history) = std::mem::take(&mut arena.history).faults();
        assert!(faults.is_empty(), "{faults:#?}");
        assert_eq!(history.found, left, "of 64 entries");
    }
}

/// What a power failure does to a file that was just written. How many entries it leaves.
fn fail(path: &Path, random: &mut fastrand::Rng) -> usize {
    let bytes = fs::read(path).expect("it is there");
    if bytes.is_empty() {
        return 0;
    }
    let cut = random.usize(..bytes.len());
    let (kept, damaged) = match random.u8(..4) {
        0 => (0, Vec::new()),
        1 => (cut, bytes[..cut].to_vec()),
        2 => (cut, [&bytes[..cut], &vec![0; bytes.len() - cut]].concat()),
        _ => (bytes.len(), bytes.clone()),
    };
    fs::write(path, damaged).expect("it can be damaged");
    segments::frames(&bytes).iter().filter(|frame| frame.range.end <= kept).count()
}

#[test]
fn segments_of_killed_processes_are_taken_over() {
    let mut arena = Arena::new();
    for _ in 0..20 {
        let process = arena.start(0);
        arena.kill(process);
        assert!(arena.segments().len() <= 1, "{:?}", arena.segments());
    }
    arena.verdict();
}
