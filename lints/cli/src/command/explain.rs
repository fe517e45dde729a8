//! `cargo cache-lint explain`.

use std::io::Write;

use cachelit_lints::rules::{self, RULES};

use crate::args::Explain;
use crate::command::{Outcome, PASSED};

pub(crate) fn run(args: &Explain, out: &mut dyn Write) -> Outcome {
    let Some(lint) = args.lint else {
        for rule in RULES {
            let lint = rule.lint;
            writeln!(out, "{}  {:<5}  {}", lint.code, lint.level.as_str(), lint.name)?;
        }
        return Ok(PASSED);
    };
    let Some(rule) = rules::find(lint.name) else {
        let known: Vec<&str> = RULES.iter().map(|rule| rule.lint.name).collect();
        return Err(format!(
            "this version does not check `{}` yet; it checks: {}",
            lint.name,
            known.join(", ")
        )
        .into());
    };
    writeln!(out, "{} {} ({} by default)\n", lint.code, lint.name, lint.level.as_str())?;
    writeln!(out, "{}", rule.docs.trim())?;
    Ok(PASSED)
}
