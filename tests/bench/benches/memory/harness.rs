//! Contenders that take turns, and the table of how they did.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Who runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Ours,
    Peer,
    /// A part of every hit, alone.
    Floor,
}

/// One contender: does this many calls.
pub struct Case<'a> {
    pub who: Who,
    pub name: &'static str,
    pub run: Box<dyn FnMut(u64) + 'a>,
}

/// One line of a table.
pub struct Row {
    pub who: Who,
    pub name: &'static str,
    pub value: f64,
    pub note: String,
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Makes a [`Case`] of a call with the number of the round in which it happens.
#[macro_export]
macro_rules! case {
    ($who:ident $name:literal, |$n:pat_param| $call:expr) => {
        $crate::harness::Case {
            who: $crate::harness::Who::$who,
            name: $name,
            run: Box::new(move |calls| {
                for n in 0..calls {
                    let $n = n;
                    ::std::hint::black_box($call);
                }
            }),
        }
    };
}

/// What this thread has had of the processor: a busy machine doesn't count.
pub fn worked() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time is not negative")
}

/// Prints the median time of a call, as time of the processor.
pub fn compare(title: &str, rounds: usize, calls: u64, mut cases: Vec<Case<'_>>) {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for case in &mut cases {
        (case.run)(calls);
    }
    for _ in 0..rounds {
        for (case, times) in cases.iter_mut().zip(&mut times) {
            let start = worked();
            (case.run)(calls);
            times.push((worked() - start).as_secs_f64() * 1e9 / calls as f64);
        }
    }
    let rows = cases.iter().zip(&mut times).map(|(case, times)| Row {
        who: case.who,
        name: case.name,
        value: median(times),
        note: String::new(),
    });
    report(title, "ns", rows.collect());
}

/// Prints a table, the best first, with ratios to the best peer.
pub fn report(title: &str, unit: &str, mut rows: Vec<Row>) {
    rows.sort_by(|a, b| a.value.total_cmp(&b.value));
    let peers = rows.iter().filter(|row| row.who == Who::Peer);
    let best = peers.map(|row| row.value).fold(f64::INFINITY, f64::min);
    println!("\n## {title}\n\n| | ratio | {unit} | |\n|---|---|---|---|");
    for Row { who, name, value, note } in rows {
        let name = match who {
            Who::Ours => format!("**{name}**"),
            Who::Peer => name.to_owned(),
            Who::Floor => format!("*{name}*"),
        };
        println!("| {name} | {:.2} | {value:.1} | {note} |", value / best);
    }
}
