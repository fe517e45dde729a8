//! What an edit costs, and what the first answer does: salsa beside the linter's memos.
//!
//! The work is a model of the linter's: files are parsed to summaries, names are followed through re-exports, and the
//! types that 50 cached functions of one file return are asked whether all that they hold is `Sync`. The other files
//! stand for fetched packages, which nobody edits.

mod memos;
mod model;
mod tracked;

use std::time::{Duration, Instant};

use model::Sources;

const ROUNDS: usize = 5;
const EDITS: usize = 30;

/// Something that answers for a workspace, and takes edits of its last file.
trait Contender {
    /// How many of the file's functions return something `Sync`.
    fn check(&mut self) -> usize;
    fn edit(&mut self, text: String);
}

const CONTENDERS: [(&str, fn(Sources) -> Box<dyn Contender>); 3] = [
    ("salsa", |sources| Box::new(tracked::Tracked::new(sources))),
    ("memos of names in packages", |sources| Box::new(memos::Memos::new(sources, false))),
    ("the same, and of verdicts", |sources| Box::new(memos::Memos::new(sources, true))),
];

fn main() {
    // Memory is that of a process of its own.
    if let Some(at) = std::env::args().nth(1).and_then(|it| it.parse::<usize>().ok()) {
        let (_, make) = CONTENDERS[at];
        let mut contender = make(Sources::new());
        println!("{} {}", contender.check(), peak_kilobytes().unwrap_or_default());
        return;
    }
    let mut firsts: [Vec<Duration>; 3] = Default::default();
    let mut edits: [Vec<Duration>; 3] = Default::default();
    let mut expected = None;
    // In turns, so that whatever else the machine does falls on all of them alike.
    for _ in 0..ROUNDS {
        for (at, (name, make)) in CONTENDERS.iter().enumerate() {
            let sources = Sources::new();
            let own = sources.own().to_owned();
            let begin = Instant::now();
            let mut contender = make(sources);
            let found = contender.check();
            firsts[at].push(begin.elapsed());
            assert_eq!(found, *expected.get_or_insert(found), "{name} differs");
            for edit in 0..EDITS {
                let text = format!("{own}\nfn edited() -> Local{edit} {{ loop {{}} }}\n");
                let begin = Instant::now();
                contender.edit(text);
                let found = contender.check();
                edits[at].push(begin.elapsed());
                assert_eq!(Some(found), expected, "{name} differs");
            }
        }
    }
    println!("{:<28} {:>10} {:>12} {:>9}", "", "first, ms", "an edit, ms", "peak, MB");
    for (at, (name, _)) in CONTENDERS.iter().enumerate() {
        let [first, edit] = [&mut firsts[at], &mut edits[at]].map(|times| median(times));
        println!("{name:<28} {first:>10.1} {edit:>12.3} {:>9}", memory(at));
    }
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn memory(contender: usize) -> String {
    let program = std::env::current_exe().expect("it runs");
    let output = std::process::Command::new(program).arg(contender.to_string()).output();
    let text = String::from_utf8(output.expect("it runs again").stdout).expect("text");
    let peak = text.split_whitespace().nth(1).and_then(|it| it.parse::<f64>().ok());
    peak.filter(|it| *it > 0.0).map_or("?".to_owned(), |kb| format!("{:.0}", kb / 1024.0))
}

/// As Linux tells it.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
