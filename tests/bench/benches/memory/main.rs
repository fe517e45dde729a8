//! What a cached call costs, beside what a Rust developer would use instead.
//!
//! `cargo bench` runs everything, `cargo bench -- hits threads` a part, `--rounds 3` fewer rounds. All contenders
//! run in one process and take turns; a figure is the median of the rounds, and the ratio is to the fastest contender
//! that is not ours. The bodies cost next to nothing, on purpose.

mod bodies;
mod contenders;
mod harness;
mod hits;
mod misses;
mod ours;
mod stampede;
mod stores;
mod threads;

/// A table of the benchmark, by name: measures in that many rounds, and prints.
type Part = (&'static str, fn(usize));

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let rounds = args.iter().position(|arg| arg == "--rounds").map(|at| &args[at + 1]);
    let rounds = rounds.map_or(9, |text| text.parse().expect("`--rounds` wants a number"));
    let parts: [Part; 4] = [
        ("hits", hits::run),
        ("threads", threads::run),
        ("misses", misses::run),
        ("stampede", stampede::run),
    ];
    let any_named = parts.iter().any(|(name, _)| args.iter().any(|arg| arg == name));
    for (name, run) in parts {
        if !any_named || args.iter().any(|arg| arg == name) {
            run(rounds);
        }
    }
}
