//! Several threads on keys of which some are asked for far more often than others.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::bodies::{self, RUNS};
use crate::contenders;
use crate::harness::{Row, Who, median, report, worked};

const KEYS: usize = 10_000;
const CALLS: usize = 200_000;

/// Keys by a Zipf distribution of exponent 1, from a generator with this seed.
fn zipf(len: usize, mut seed: u64) -> Vec<u64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = Vec::with_capacity(KEYS);
    for rank in 1..=KEYS {
        sum += 1.0 / rank as f64;
        sums.push(sum);
    }
    let key = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let at = (seed >> 11) as f64 / (1_u64 << 53) as f64 * sum;
        let rank = sums.partition_point(|&upto| upto < at) as u64;
        // Neighbours in rank are none in a map.
        rank.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    (0..len).map(key).collect()
}

/// What a call took: nanoseconds of a processor, nanoseconds from the first start to the last end, and misses.
struct Turn {
    worked: f64,
    passed: f64,
    missed: f64,
}

/// Calls all keys from as many threads as there are lists. Each thread has called its own once before, as one of a pool
/// has that serves for long.
fn turn(lists: &[Vec<u64>], call: fn(u64) -> u64) -> Turn {
    let call = black_box(call);
    let barrier = Barrier::new(lists.len());
    let called = |keys: &[u64]| {
        for &key in keys {
            black_box(call(black_box(key)));
        }
    };
    let threads: Vec<(Duration, Instant, Instant, u64)> = thread::scope(|scope| {
        let run = |keys| {
            let (barrier, called) = (&barrier, &called);
            scope.spawn(move || {
                called(keys);
                barrier.wait();
                let (runs, worked_before, start) = (RUNS.get(), worked(), Instant::now());
                called(keys);
                (worked() - worked_before, start, Instant::now(), RUNS.get() - runs)
            })
        };
        let running: Vec<_> = lists.iter().map(|keys| run(keys)).collect();
        running.into_iter().map(|thread| thread.join().expect("no call panics")).collect()
    });
    let calls = lists.iter().map(Vec::len).sum::<usize>() as f64;
    let work: Duration = threads.iter().map(|(worked, ..)| *worked).sum();
    let start = threads.iter().map(|(_, start, ..)| *start).min().expect("there is a thread");
    let end = threads.iter().map(|(_, _, end, _)| *end).max().expect("there is a thread");
    let runs: u64 = threads.iter().map(|(.., runs)| runs).sum();
    let per_call = |time: Duration| time.as_secs_f64() * 1e9 / calls;
    Turn { worked: per_call(work), passed: per_call(end - start), missed: runs as f64 / calls }
}

pub fn run(rounds: usize) {
    for fits in [true, false] {
        for threads in [1, 2, 8] {
            let lists: Vec<Vec<u64>> =
                (0..threads).map(|n| zipf(CALLS / threads, 0xabcd + 977 * n as u64)).collect();
            let mut list: Vec<_> = contenders::all()
                .into_iter()
                .filter_map(|one| {
                    let call = if fits { one.ten_thousand } else { one.thousand }?;
                    Some((one.who, one.name, call))
                })
                .collect();
            list.push((Who::Floor, "a call", bodies::number));
            let mut turns: Vec<Vec<Turn>> = list.iter().map(|_| Vec::new()).collect();
            for _ in 0..rounds {
                for ((.., call), turns) in list.iter().zip(&mut turns) {
                    turns.push(turn(&lists, *call));
                }
            }
            let rows = list.iter().zip(&turns).map(|((who, name, _), turns)| {
                let middle = |part: fn(&Turn) -> f64| {
                    median(&mut turns.iter().map(part).collect::<Vec<f64>>())
                };
                let passed = middle(|turn| turn.passed);
                let missed = middle(|turn| turn.missed) * 100.0;
                let note = match who {
                    Who::Floor => format!("{passed:.1} ns passed"),
                    _ => format!("{passed:.1} ns passed, {missed:.1} % misses"),
                };
                Row { who: *who, name, value: middle(|turn| turn.worked), note }
            });
            let room = if fits { "room for all" } else { "room for 1,000" };
            let title = format!("Zipf over 10,000 keys, {threads} thread(s), {room}");
            report(&title, "ns of a processor", rows.collect());
        }
    }
}
