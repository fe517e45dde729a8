//! `cargo xtask std-table`: makes the linter's table of the standard library by asking rustc.
//!
//! The names come from the documentation that the toolchain carries; what is in the table was
//! compiled. `--check` tells whether the table is what this toolchain would make.

mod declaration;
mod docs;
mod facts;
mod markers;
mod names;
mod render;
mod subjects;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::{Outcome, shell};

/// The flags of `cargo xtask std-table`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compare with the table in the repo instead of writing it
    #[arg(long)]
    check: bool,
    /// Measure only every N-th type, and compare no others
    #[arg(long, value_name = "N", requires = "check", default_value_t = 1)]
    every: usize,
}

/// Makes the table, or compares it.
pub(crate) fn run(args: &Args) -> Outcome {
    let made = render::table(args.every)?;
    let path = path();
    if !args.check {
        return Ok(fs::write(path, made)?);
    }
    let found = fs::read_to_string(&path)?;
    let differences = difference(&found, &made, args.every > 1);
    if differences.is_empty() {
        return Ok(());
    }
    let shown = differences.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    Err(format!(
        "{} lines of the table are not what this toolchain says; run `cargo xtask std-table` and \
         look at what changed\n{shown}",
        differences.len()
    )
    .into())
}

fn path() -> PathBuf {
    shell::root().join("lints/src/resolve/std_table/items.txt")
}

/// The lines that only one of the tables has, but for types that were not asked about.
fn difference(found: &str, made: &str, sampled: bool) -> Vec<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (found, made) = (lines(found), lines(made));
    let is_type = |line: &str| {
        let kind = line.split(' ').nth(1).unwrap_or_default();
        ["struct", "enum", "union", "primitive", "special"].contains(&kind)
    };
    let gone = found.difference(&made).filter(|line| !sampled || !is_type(line));
    let gone = gone.map(|line| format!("- {line}"));
    gone.chain(made.difference(&found).map(|line| format!("+ {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All names, and enough types that a change of the toolchain shows; `cargo xtask std-table
    /// --check` compares all of them, which takes minutes.
    #[test]
    fn the_table_is_what_the_toolchain_says() {
        run(&Args { check: true, every: 40 }).unwrap_or_else(|error| panic!("{error}"));
    }
}
