//! `cargo cache-lint explain`.

use std::io::Write;

use cachelit_lints::rules;
use cachelit_lints::spec::lints::LINTS;

use crate::args::Explain;
use crate::command::{Outcome, PASSED};

pub(crate) fn run(args: &Explain, out: &mut dyn Write) -> Outcome {
    let Some(lint) = args.lint else {
        for lint in LINTS {
            writeln!(out, "{}  {:<5}  {}", lint.code, lint.level.as_str(), lint.name)?;
        }
        return Ok(PASSED);
    };
    let Some(docs) = rules::docs(lint) else {
        return Err(format!("`{}` is not implemented yet", lint.name).into());
    };
    writeln!(out, "{} {} ({} by default)\n\n{}", lint.code, lint.name, lint.level.as_str(), docs.trim())?;
    Ok(PASSED)
}
