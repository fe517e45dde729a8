//! Many callers at once on what is not there yet. A body takes 50 ms.

use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;

use crate::bodies::SLOW_RUNS;
use crate::contenders;
use crate::harness::{Row, median, report};

const CALLERS: u64 = 64;

pub fn run(rounds: usize) {
    for one_key in [true, false] {
        let mut rows = Vec::new();
        for one in contenders::all() {
            let Some(call) = one.slow else { continue };
            let (mut times, mut runs) = (Vec::new(), Vec::new());
            for round in 0..rounds.min(5) as u64 {
                SLOW_RUNS.store(0, Ordering::Relaxed);
                let barrier = Barrier::new(CALLERS as usize + 1);
                let start = thread::scope(|scope| {
                    for caller in 0..CALLERS {
                        let barrier = &barrier;
                        scope.spawn(move || {
                            let key = if one_key { round } else { (round + 1) << 20 | caller };
                            barrier.wait();
                            assert_eq!(call(key), key + 1);
                        });
                    }
                    barrier.wait();
                    Instant::now()
                });
                times.push(start.elapsed().as_secs_f64() * 1e3);
                runs.push(SLOW_RUNS.load(Ordering::Relaxed) as f64);
            }
            rows.push(Row {
                who: one.who,
                name: one.name,
                value: median(&mut times),
                note: format!("{} runs", median(&mut runs)),
            });
        }
        let keys = if one_key { "one cold key" } else { "64 cold keys" };
        report(&format!("64 callers at once, {keys}"), "ms", rows);
    }
}
