//! Keys that are never there.

use std::hint::black_box;

use crate::contenders;
use crate::harness::{Case, compare};

const CALLS: u64 = 20_000;

pub fn run(rounds: usize) {
    for bounded in [false, true] {
        let mut cases = Vec::new();
        for (at, one) in contenders::all().into_iter().enumerate() {
            let Some(call) = (if bounded { one.thousand } else { one.number }) else { continue };
            let mut next = (at as u64 + 1) << 40;
            let run = move |calls| {
                for _ in 0..calls {
                    next += 1;
                    black_box(call(black_box(next.wrapping_mul(0x9e37_79b9_7f4a_7c15))));
                }
            };
            cases.push(Case { who: one.who, name: one.name, run: Box::new(run) });
        }
        let title =
            if bounded { "A miss that evicts, at 1,000 entries" } else { "A miss, growing" };
        compare(title, rounds, CALLS, cases);
    }
}
