//! `cargo xtask differential`: asks rustc and the linter about the public types of crates, and
//! prints where they differ.
//!
//! Candidates for types are read from the crates' source, generously: rustc refuses what isn't one.

mod candidates;
mod linter;
mod scan;

use std::collections::BTreeMap;

use crate::probe::{Program, asking};
use crate::{Outcome, shell};
use candidates::Candidate;
use linter::Said;

/// What is asked, by the linter's word for it.
const TRAITS: [(&str, &str); 6] = [
    ("hash", "std::hash::Hash"),
    ("send", "Send"),
    ("sync", "Sync"),
    ("clone", "Clone"),
    ("serialize", "serde::Serialize"),
    ("deserialize_owned", "serde::de::DeserializeOwned"),
];

/// The crates that are asked about by default, as lines of a manifest.
const CRATES: &str = include_str!("differential/crates.toml");

/// Flags of `cargo xtask differential`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Ask about the types of these crates, instead of those in `differential/crates.toml`
    #[arg(value_name = "CRATE")]
    crates: Vec<String>,
    /// Print every question that the linter can't answer, rather than how many there are
    #[arg(long)]
    unknown: bool,
}

/// A type that rustc accepts, with its answers.
struct Case<'a> {
    candidate: &'a Candidate,
    answers: [bool; TRAITS.len()],
}

/// What came out for a crate.
#[derive(Default)]
struct Tally {
    types: usize,
    wrong: Vec<String>,
    unknown: BTreeMap<&'static str, Vec<String>>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let folder = shell::root().join("target/differential/probe");
    let program = Program::new(folder.clone(), &dependencies(&args.crates), None)?;
    // The types are named from here: the linter must not see the program that asks rustc.
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let candidates = types(&program, &scan::dependencies(&program.manifest())?)?;
    let cases = ask_rustc(&program, &candidates)?;
    let asked: Vec<&str> = cases.iter().map(|case| case.candidate.text.as_str()).collect();
    let said = linter::ask(&program.manifest(), &asked)?;

    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (case, said) in cases.iter().zip(&said) {
        tallies.entry(&case.candidate.krate).or_default().count(case, said);
    }
    print(&tallies, args.unknown);
    let wrong: usize = tallies.values().map(|tally| tally.wrong.len()).sum();
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} answers are wrong").into()) }
}

/// The manifest's lines for the crates, with the features in the list for those that are there.
fn dependencies(crates: &[String]) -> String {
    let mut lines = "serde = { version = \"1\", features = [\"derive\", \"rc\"] }\n".to_owned();
    if crates.is_empty() {
        lines.push_str(CRATES);
    }
    for name in crates {
        let listed = CRATES.lines().find(|line| line.split(' ').next() == Some(name));
        lines.push_str(&listed.map_or_else(|| format!("{name} = \"*\""), str::to_owned));
        lines.push('\n');
    }
    lines
}

/// The candidates whose paths lead somewhere and that are types.
fn types(
    program: &Program,
    sources: &[scan::Source],
) -> Result<Vec<Candidate>, Box<dyn std::error::Error>> {
    let paths = candidates::paths(sources);
    let imports: Vec<String> = paths
        .iter()
        .enumerate()
        .map(|(i, path)| format!("mod m{i} {{ use ::{} as one; }}", path.text))
        .collect();
    let good = program.compiles("", &imports)?;
    let paths = paths.into_iter().zip(good).filter_map(|(path, good)| good.then_some(path));
    let candidates = candidates::instances(paths.collect());
    let signatures: Vec<String> = candidates
        .iter()
        .enumerate()
        .map(|(i, candidate)| format!("fn f{i}(_: &{}) {{}}", candidate.text))
        .collect();
    let good = program.compiles("", &signatures)?;
    Ok(candidates.into_iter().zip(good).filter_map(|(one, good)| good.then_some(one)).collect())
}

fn ask_rustc<'a>(
    program: &Program,
    candidates: &'a [Candidate],
) -> Result<Vec<Case<'a>>, Box<dyn std::error::Error>> {
    let question = |text: &str, word: &str| format!("{word}::<{text}>::YES");
    let questions: Vec<String> = candidates
        .iter()
        .flat_map(|candidate| TRAITS.map(|(word, _)| question(&candidate.text, word)))
        .collect();
    let answers = program.answers(&asking(TRAITS), &questions)?;
    let cases = candidates.iter().zip(answers.chunks(TRAITS.len()));
    Ok(cases
        .map(|(candidate, answers)| {
            // An impl for some lifetimes only fails after it was chosen: there is none for all.
            let answers = std::array::from_fn(|i| answers[i].unwrap_or(false));
            Case { candidate, answers }
        })
        .collect())
}

impl Tally {
    fn count(&mut self, case: &Case<'_>, said: &Said) {
        self.types += 1;
        let ty = &case.candidate.text;
        let verdicts = match said {
            Said::Verdicts(verdicts) => verdicts,
            Said::Refused(why) => return self.wrong.push(format!("{ty}: {why}")),
        };
        for ((word, _), rustc) in TRAITS.into_iter().zip(case.answers) {
            match verdicts.get(word) {
                None => self.unknown.entry(word).or_default().push(ty.clone()),
                Some(linter) if *linter == rustc => {}
                Some(linter) => {
                    self.wrong.push(format!("{ty}: {word}: rustc {rustc}, linter {linter}"));
                }
            }
        }
    }

    fn unknowns(&self) -> usize {
        self.unknown.values().map(Vec::len).sum()
    }
}

fn print(tallies: &BTreeMap<&str, Tally>, all_unknown: bool) {
    for line in tallies.values().flat_map(|tally| &tally.wrong) {
        println!("wrong: {line}");
    }
    for (word, ty) in tallies.values().flat_map(|tally| &tally.unknown).flat_map(|(word, types)| {
        let shown = if all_unknown { types.len() } else { 0 };
        types[..shown].iter().map(move |ty| (word, ty))
    }) {
        println!("unknown: {ty}: {word}");
    }
    println!("{:<20} {:>6} {:>6} {:>6} {:>8}", "crate", "types", "asked", "wrong", "unknown");
    let line = |name: &str, types: usize, wrong: usize, unknown: usize| {
        let asked = types * TRAITS.len();
        print!("{name:<20} {types:>6} {asked:>6} {wrong:>6} {unknown:>8}");
    };
    let (mut types, mut wrong, mut unknown) = (0, 0, 0);
    for (name, tally) in tallies {
        line(name, tally.types, tally.wrong.len(), tally.unknowns());
        for (word, types) in &tally.unknown {
            print!("  {word} {}", types.len());
        }
        println!();
        types += tally.types;
        wrong += tally.wrong.len();
        unknown += tally.unknowns();
    }
    line("total", types, wrong, unknown);
    println!();
}
