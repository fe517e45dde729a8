//! `cargo xtask hash-agreement`: proves that macros and linter compute the same code hash.
//!
//! Real functions, from the sources of our dependencies, are hashed twice: by a proc macro that
//! rustc runs on them (`probe.rs`, in a generated workspace under `target/`), and from their text.

mod collect;
mod compile;
mod digest;

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::Command;

use cachelit_spec::code_hash;
use cachelit_spec::token::TokenBuffer;
use serde_json::Value;

use crate::Outcome;
use collect::Function;
use compile::Probed;

/// Flags of `cargo xtask hash-agreement`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Check this many functions, taken from each package in turn, instead of all
    #[arg(long, value_name = "N")]
    functions: Option<usize>,
}

/// What came out.
struct Report {
    agreed: usize,
    packages: usize,
    /// Functions that rustc doesn't even parse, such as those that need a nightly compiler.
    refused: usize,
    /// Functions for which the two sides differ, and how.
    disagreements: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let report = compare("all", args.functions)?;
    for disagreement in &report.disagreements {
        eprintln!("{disagreement}");
    }
    let total = report.agreed + report.disagreements.len();
    println!(
        "{} of {total} agree: functions of {} packages, {} more are refused by rustc",
        report.agreed, report.packages, report.refused
    );
    if report.disagreements.is_empty() { Ok(()) } else { Err("macros and linter disagree".into()) }
}

/// Hashes up to `limit` functions on both sides; `name` keeps parallel runs apart.
fn compare(name: &str, limit: Option<usize>) -> Result<Report, Box<dyn std::error::Error>> {
    let metadata = cargo_metadata()?;
    let target = metadata["target_directory"].as_str().ok_or("cargo metadata has no target")?;
    let folder = PathBuf::from(target).join("hash-agreement");
    let mut functions = collect::odd_functions();
    functions.extend(collect::functions_of_dependencies(&metadata, limit));
    let packages: HashSet<_> = functions.iter().map(|function| &function.package).collect();
    let probed = compile::probe(&folder, name, &functions)?;

    let mut report =
        Report { agreed: 0, packages: packages.len(), refused: 0, disagreements: Vec::new() };
    for (function, probed) in functions.iter().zip(&probed) {
        match probed {
            Probed::Refused { why } if function.package == collect::ODD => {
                report.disagreements.push(format!("{}: refused: {why}", function.origin));
            }
            Probed::Refused { .. } => report.refused += 1,
            Probed::Missing => {
                report.disagreements.push(format!("{}: rustc never expanded it", function.origin));
            }
            Probed::Hashed { code_hash, tokens } => match difference(function, code_hash, tokens) {
                None => report.agreed += 1,
                Some(what) => report.disagreements.push(format!("{}: {what}", function.origin)),
            },
        }
    }
    Ok(report)
}

/// How the hashes from the text differ from those from the compiler.
fn difference(function: &Function, hash: &str, digest: &str) -> Option<String> {
    let buffer = TokenBuffer::from_source(&function.text, function.edition);
    let here = code_hash(buffer.tokens()).to_string();
    if here != hash {
        return Some(format!("code hash {here} from the text, {hash} from the compiler"));
    }
    let seen = TokenBuffer::from_source(&function.unconditional_text(), function.edition);
    let tokens = digest::digest(seen.tokens());
    (tokens != digest).then(|| "equal code hash, but the token sequences differ".to_owned())
}

fn cargo_metadata() -> Result<Value, Box<dyn std::error::Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_and_linter_hash_alike() {
        let report = compare("test", Some(2000)).unwrap();
        assert_eq!(report.disagreements, [""; 0]);
        assert!(report.agreed > 1500, "only {} functions were hashed", report.agreed);
    }
}
