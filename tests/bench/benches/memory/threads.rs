//! Several threads on keys of which some are asked for far more often than others.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use crate::bodies::RUNS;
use crate::contenders;
use crate::harness::{Row, median, report};

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

/// Calls all keys from as many threads as there are lists: nanoseconds per call, and misses per call.
fn turn(lists: &[Vec<u64>], call: fn(u64) -> u64) -> (f64, f64) {
    let barrier = Barrier::new(lists.len() + 1);
    let calls: usize = lists.iter().map(Vec::len).sum();
    thread::scope(|scope| {
        let threads: Vec<_> = lists
            .iter()
            .map(|keys| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    for &key in keys {
                        black_box(call(black_box(key)));
                    }
                    RUNS.get()
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        let runs: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        (start.elapsed().as_secs_f64() * 1e9 / calls as f64, runs as f64 / calls as f64)
    })
}

pub fn run(rounds: usize) {
    for fits in [true, false] {
        for threads in [1, 2, 8] {
            let lists: Vec<Vec<u64>> =
                (0..threads).map(|n| zipf(CALLS / threads, 0xabcd + 977 * n as u64)).collect();
            let list: Vec<_> = contenders::all()
                .into_iter()
                .filter_map(|one| Some((one, if fits { one.ten_thousand } else { one.thousand }?)))
                .collect();
            let mut times = vec![Vec::new(); list.len()];
            let mut misses = vec![0.0; list.len()];
            for round in 0..=rounds {
                for (at, (_, call)) in list.iter().enumerate() {
                    let (time, missed) = turn(&lists, *call);
                    if round > 0 {
                        times[at].push(time);
                    }
                    misses[at] = missed;
                }
            }
            let rows =
                list.iter().zip(&mut times).zip(&misses).map(|(((one, _), times), missed)| Row {
                    who: one.who,
                    name: one.name,
                    value: median(times),
                    note: format!("{:.1} % misses", missed * 100.0),
                });
            let room = if fits { "room for all" } else { "room for 1,000" };
            let title = format!("Zipf over 10,000 keys, {threads} thread(s), {room}");
            report(&title, "ns per call", rows.collect());
        }
    }
}
