//! One JSON object per line, for programs.

use std::io::{self, Write};

use cachelit_lints::Finding;
use serde::Serialize;

use crate::place::{Places, Position};
use crate::report::{Count, Reporter, Summary};

pub(super) struct Json;

#[derive(Serialize)]
struct WireFinding<'a> {
    reason: &'static str,
    lint: &'static str,
    code: &'static str,
    level: &'static str,
    message: &'a str,
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    function: &'a str,
    parameter: Option<&'a str>,
    notes: Vec<&'a str>,
    fixes: Vec<WireFix<'a>>,
}

#[derive(Serialize)]
struct WireFix<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<WireEdit<'a>>,
}

#[derive(Serialize)]
struct WireEdit<'a> {
    file: String,
    start: Position,
    end: Position,
    text: &'a str,
}

#[derive(Serialize)]
struct WireCount {
    reason: &'static str,
    lint: &'static str,
    code: &'static str,
    count: usize,
    fixable: usize,
}

#[derive(Serialize)]
struct WireSummary {
    reason: &'static str,
    files: usize,
    functions: usize,
    deny: usize,
    warn: usize,
    elapsed_ms: u128,
}

impl Reporter for Json {
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let place = places.place(&finding.place);
        let fixes = finding.fixes.iter().map(|fix| WireFix {
            title: &fix.title,
            applicability: fix.applicability.as_str(),
            edits: fix
                .edits
                .iter()
                .map(|edit| {
                    let place = places.place(&edit.place);
                    WireEdit {
                        file: place.file,
                        start: place.start,
                        end: place.end,
                        text: &edit.text,
                    }
                })
                .collect(),
        });
        let wire = WireFinding {
            reason: "cache-lint",
            lint: finding.lint.name,
            code: finding.lint.code,
            level: finding.level.as_str(),
            message: &finding.message,
            file: place.file,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            function: &finding.function,
            parameter: finding.parameter.as_deref(),
            fixes: fixes.collect(),
            notes: finding.notes.iter().map(|note| &*note.message).collect(),
        };
        line(&wire, out)
    }

    fn statistics(&mut self, counts: &[Count], out: &mut dyn Write) -> io::Result<()> {
        for Count { lint, findings, fixable } in counts {
            let wire = WireCount {
                reason: "statistics",
                lint: lint.name,
                code: lint.code,
                count: *findings,
                fixable: *fixable,
            };
            line(&wire, out)?;
        }
        Ok(())
    }

    fn summary(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let wire = WireSummary {
            reason: "summary",
            files: summary.files,
            functions: summary.functions,
            deny: summary.deny,
            warn: summary.warn,
            elapsed_ms: summary.elapsed.as_millis(),
        };
        line(&wire, out)
    }
}

/// Prints a value on a line of its own.
pub(crate) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
