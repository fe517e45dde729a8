//! Processes that use persisted functions are killed at any moment, and again.
//!
//! `CACHELIT_TEST_KILLS` says how often in each test, `CACHELIT_TEST_SEED` when.

mod history;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, SystemTime};

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
        let entries = self.files("bounded-", "").len();
        assert!(entries <= BOUND, "{entries} entries, and {BOUND} are the bound");
    }

    /// The files that a function has on disk, below the folder of its code.
    fn files(&self, function: &str, folder: &str) -> Vec<PathBuf> {
        let program = self.folder.path().join("restless");
        let function = below(&program).into_iter().find(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(function))
        });
        let code = function.and_then(|function| below(&function).into_iter().next());
        let files = code.map(|code| below(&code.join(folder))).unwrap_or_default();
        // Beside entries stand a lock, a note, and the folder of runs.
        let is_file = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() >= 64);
        files.into_iter().filter(is_file).collect()
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

/// Without an `fsync`, a power failure may cost any of what was written last: the content of a file, a part of it, or
/// that it was renamed.
#[test]
fn a_power_failure_costs_the_entries_that_it_damages_and_no_others() {
    let mut arena = Arena::new();
    for _ in 0..3 {
        let process = arena.start(0);
        while arena.files("plain-", "").len() < 64 {
            arena.listen(process.number, false);
        }
        arena.kill(process);
        let files = arena.files("plain-", "");
        let damaged = files.iter().filter(|file| fail(file, &mut arena.random)).count();
        // What was there before says nothing any more.
        arena.history = History::default();
        let process = arena.start(0);
        for _ in 0..64 {
            arena.listen(process.number, false);
        }
        arena.kill(process);
        let (faults, history) = std::mem::take(&mut arena.history).faults();
        assert!(faults.is_empty(), "{faults:#?}");
        assert_eq!(history.found, files.len() - damaged, "of {} entries", files.len());
    }
}

/// What a power failure does to a file that was just written. Whether it does something.
fn fail(path: &Path, random: &mut fastrand::Rng) -> bool {
    let bytes = fs::read(path).expect("it is there");
    let kept = random.usize(..bytes.len());
    match random.u8(..8) {
        0 => fs::write(path, []),
        1 => fs::write(path, &bytes[..kept]),
        2 => fs::write(path, [&bytes[..kept], &vec![0; bytes.len() - kept]].concat()),
        3 => {
            let name = path.file_name().expect("a name").to_string_lossy();
            let runs = path.parent().expect("a folder").join("runs");
            fs::rename(path, runs.join(format!("{name}.1-1-1")))
        }
        _ => return false,
    }
    .expect("it can be damaged");
    true
}

#[test]
fn what_runs_of_killed_processes_left_is_collected() {
    let mut arena = Arena::new();
    let left = loop {
        let process = arena.start(CLEARING);
        arena.kill(process);
        let left = [arena.files("plain-", "runs"), arena.files("bounded-", "runs")].concat();
        if !left.is_empty() {
            break left;
        }
    };
    let week_ago = SystemTime::now() - Duration::from_hours(7 * 24);
    for path in left.iter().chain([&arena.folder.path().join("swept")]) {
        let file = fs::File::options().write(true).open(path).expect("it is there");
        file.set_modified(week_ago).expect("it is ours");
    }
    let process = arena.start(0);
    while left.iter().any(|path| path.exists()) {
        arena.listen(process.number, false);
    }
    arena.kill(process);
}
