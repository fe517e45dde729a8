//! How findings are printed: a format, a file.

use std::io::{self, Write};
use std::time::Duration;

use cachelit_lints::spec::lints::{Level, LintSpec};
use cachelit_lints::{Applicability, Finding};

use crate::args::Format;
use crate::place::Places;

mod github;
mod human;
pub(crate) mod json;
mod sarif;
mod short;

/// The totals of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) files: usize,
    pub(crate) functions: usize,
    pub(crate) deny: usize,
    pub(crate) warn: usize,
    /// How many findings `--fix` would repair.
    pub(crate) fixable: usize,
    pub(crate) elapsed: Duration,
}

impl Summary {
    /// Counts findings in.
    pub(crate) fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            match finding.level {
                Level::Deny => self.deny += 1,
                Level::Warn => self.warn += 1,
                Level::Allow => {}
            }
            self.fixable += usize::from(is_fixable(finding));
        }
    }
}

/// How often a lint fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) lint: &'static LintSpec,
    pub(crate) findings: usize,
    pub(crate) fixable: usize,
}

impl Count {
    /// Counts findings by lint, the most frequent first.
    pub(crate) fn all(findings: &[Finding]) -> Vec<Count> {
        let mut counts: Vec<Count> = Vec::new();
        for finding in findings {
            let at = counts.iter().position(|it| it.lint == finding.lint).unwrap_or_else(|| {
                counts.push(Count { lint: finding.lint, findings: 0, fixable: 0 });
                counts.len() - 1
            });
            counts[at].findings += 1;
            counts[at].fixable += usize::from(is_fixable(finding));
        }
        counts.sort_by(|a, b| b.findings.cmp(&a.findings).then(a.lint.code.cmp(b.lint.code)));
        counts
    }
}

/// Whether `--fix` repairs a finding.
fn is_fixable(finding: &Finding) -> bool {
    finding.fixes.iter().any(|fix| fix.applicability == Applicability::MachineApplicable)
}

/// Prints findings one by one, then the totals.
pub(crate) trait Reporter {
    /// Prints a finding.
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()>;

    /// Prints counts instead of findings.
    fn statistics(&mut self, counts: &[Count], out: &mut dyn Write) -> io::Result<()> {
        for Count { lint, findings, fixable } in counts {
            let fixable =
                if *fixable == 0 { String::new() } else { format!(" ({fixable} fixable)") };
            writeln!(out, "{findings:>5}  {}  {}{fixable}", lint.code, lint.name)?;
        }
        Ok(())
    }

    /// Prints the totals; nothing comes after.
    fn summary(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()>;
}

/// The reporter of a format.
pub(crate) fn reporter(format: Format) -> Box<dyn Reporter> {
    match format {
        Format::Human => Box::new(human::Human),
        Format::Short => Box::new(short::Short),
        Format::Json => Box::new(json::Json),
        Format::Sarif => Box::new(sarif::Sarif::default()),
        Format::Github => Box::new(github::Github),
    }
}

/// The sentence with the totals.
fn totals(summary: &Summary) -> String {
    let found = match (summary.deny, summary.warn) {
        (0, 0) => "no problems".to_owned(),
        (deny, 0) => number(deny, "error"),
        (0, warn) => number(warn, "warning"),
        (deny, warn) => format!("{}, {}", number(deny, "error"), number(warn, "warning")),
    };
    format!(
        "checked {} in {}: {found} ({} ms)",
        number(summary.functions, "cached function"),
        number(summary.files, "file"),
        summary.elapsed.as_millis()
    )
}

fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
