//! `cargo xtask differential`: asks rustc and the linter about the public types of crates, and
//! prints where they differ.
//!
//! The crates are the dependencies of `tests/differential` or `tests/strangers`, at the versions of its lock file.
//! Candidates for types are read from their source, generously: rustc refuses what isn't one.

mod candidates;
mod cases;
mod linter;
mod scan;

use std::collections::BTreeMap;
use std::path::Path;

use crate::probe::{Program, asking};
use crate::{Outcome, shell};
use candidates::Candidate;
use cases::Case;
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

/// Where the crates are listed unless it is said.
const PACKAGE: &str = "differential";

/// Flags of `cargo xtask differential`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Ask about the types of these crates, instead of those in `tests/differential`: names, with features after
    /// a slash
    #[arg(value_name = "CRATE[/FEATURE,…]")]
    crates: Vec<String>,
    /// Print every question that the linter can't answer, rather than how many there are
    #[arg(long)]
    unknown: bool,
    /// Ask the linter only, about the types of the last run
    #[arg(long, conflicts_with = "crates")]
    again: bool,
    /// Keep some of the answers as the cases of the package, which its test asks about
    #[arg(long, conflicts_with = "crates")]
    keep: bool,
    /// The package below `tests/` that lists the crates
    #[arg(long, value_name = "NAME", default_value = PACKAGE)]
    package: String,
    /// Of each crate ask about so many types at most
    #[arg(long, value_name = "COUNT", default_value_t = 600)]
    types: usize,
}

/// What came out for a crate.
#[derive(Default)]
struct Tally {
    types: usize,
    wrong: Vec<String>,
    unknown: BTreeMap<&'static str, Vec<String>>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    // What a few crates need is built apart, so that a run of all finds its own again.
    let name = match (args.crates.as_slice(), args.package.as_str()) {
        ([], PACKAGE) => "all",
        ([], other) => other,
        _ => "some",
    };
    let folder = shell::root().join("target/differential").join(name);
    let kept = folder.join("cases.jsonl");
    let package = shell::root().join("tests").join(&args.package);
    let program = Program::new(
        folder.clone(),
        &dependencies(&package, &args.crates)?,
        Some(&package.join("Cargo.lock")),
    )?;
    // The types are named from here: the linter must not see the program that asks rustc.
    std::fs::write(folder.join("src/lib.rs"), "")?;
    if !args.again {
        let sources = scan::crates(&program.manifest())?;
        let local = |krate: &str| sources.iter().any(|it| it.is_local && it.root == krate);
        let candidates = types(&program, &sources, args.types, local)?;
        cases::write(&kept, &ask_rustc(&program, candidates)?)?;
    }
    let cases = cases::read(&kept)?;
    if args.keep {
        cases::keep(cases::read(&kept)?, &package.join("cases.jsonl"))?;
    }
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
fn dependencies(package: &Path, crates: &[String]) -> Result<String, Box<dyn std::error::Error>> {
    let manifest = std::fs::read_to_string(package.join("Cargo.toml"))?;
    let listed = manifest.split("[dependencies]\n").nth(1).ok_or("it has no dependencies")?;
    let here = format!("path = \"{}/", package.display());
    let listed = listed.split("\n[").next().unwrap_or_default().replace("path = \"", &here);
    if crates.is_empty() {
        return Ok(listed);
    }
    let line = |asked: &str| {
        if let Some((name, features)) = asked.split_once('/') {
            let features: Vec<&str> = features.split(',').collect();
            return format!("{name} = {{ version = \"*\", features = {features:?} }}");
        }
        let own = listed.lines().find(|line| line.split(' ').next() == Some(asked));
        own.map_or_else(|| format!("{asked} = \"*\""), str::to_owned)
    };
    let names = std::iter::once("serde").chain(crates.iter().map(String::as_str));
    Ok(names.map(|name| line(name) + "\n").collect())
}

/// The candidates whose paths lead somewhere and that are types.
fn types(
    program: &Program,
    sources: &[scan::Source],
    of_each: usize,
    is_local: impl Fn(&str) -> bool,
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
    let at_most = |krate: &str, count| if is_local(krate) { usize::MAX } else { count };
    let mut candidates = candidates::some_of_each(
        candidates,
        |krate| at_most(krate, 2 * of_each),
        |candidate| candidate,
    );
    candidates.extend(candidates::around(&candidates));
    let signatures: Vec<String> = candidates
        .iter()
        .enumerate()
        .map(|(i, candidate)| format!("fn f{i}(_: &{}) {{}}", candidate.text))
        .collect();
    let good = program.compiles("", &signatures)?;
    let good = candidates.into_iter().zip(good).filter_map(|(one, good)| good.then_some(one));
    let good = candidates::some_of_each(
        good.collect(),
        |krate| at_most(krate, of_each),
        |candidate| candidate,
    );
    Ok(good)
}

fn ask_rustc(
    program: &Program,
    candidates: Vec<Candidate>,
) -> Result<Vec<Case>, Box<dyn std::error::Error>> {
    let question = |text: &str, word: &str| format!("{word}::<{text}>::YES");
    let questions: Vec<String> = candidates
        .iter()
        .flat_map(|candidate| TRAITS.map(|(word, _)| question(&candidate.text, word)))
        .collect();
    let answers = program.answers(&asking(TRAITS), &questions)?;
    let cases = candidates.into_iter().zip(answers.chunks(TRAITS.len()));
    Ok(cases
        .map(|(candidate, answers)| {
            // An impl for some lifetimes only fails after it was chosen: there is none for all.
            let answers = std::array::from_fn(|i| answers[i].unwrap_or(false));
            Case { candidate, answers }
        })
        .collect())
}

impl Tally {
    fn count(&mut self, case: &Case, said: &Said) {
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
