//! Types with rustc's answers, as lines of JSON.

use std::path::Path;

use serde_json::{Value, json};

use super::TRAITS;
use super::candidates::{Candidate, some_of_each};

/// A type that rustc accepts, with its answers.
pub(super) struct Case {
    pub(super) candidate: Candidate,
    pub(super) answers: [bool; TRAITS.len()],
}

/// Of each crate so many cases are kept.
const KEPT: usize = 25;

/// The crate that is written for this: all of its cases are kept.
const LOCAL: &str = "hard";

/// Writes cases, a line each.
///
/// # Errors
///
/// When the file can't be written.
pub(super) fn write(path: &Path, cases: &[Case]) -> std::io::Result<()> {
    let mut text = String::new();
    for Case { candidate, answers } in cases {
        let mut line = json!({ "type": candidate.text, "crate": candidate.krate });
        for ((word, _), answer) in TRAITS.into_iter().zip(answers) {
            line[word] = Value::Bool(*answer);
        }
        text.push_str(&line.to_string());
        text.push('\n');
    }
    std::fs::write(path, text)
}

/// What [`write()`] wrote.
///
/// # Errors
///
/// When there is no such file, or it has something else in it.
pub(super) fn read(path: &Path) -> Result<Vec<Case>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("no answers of an earlier run: {}: {error}", path.display()))?;
    let case = |line: &str| {
        let value: Value = serde_json::from_str(line)?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let candidate = Candidate { krate: text("crate"), text: text("type") };
        Ok(Case { candidate, answers: TRAITS.map(|(word, _)| value[word] == true) })
    };
    text.lines().map(case).collect()
}

/// Writes some of the cases, and all of the crate that is written for this.
///
/// # Errors
///
/// When the file can't be written.
pub(super) fn keep(cases: Vec<Case>, path: &Path) -> std::io::Result<()> {
    let at_most = |krate: &str| if krate == LOCAL { usize::MAX } else { KEPT };
    let mut kept = some_of_each(cases, at_most, |case| &case.candidate);
    kept.sort_by(|a, b| {
        (&a.candidate.krate, &a.candidate.text).cmp(&(&b.candidate.krate, &b.candidate.text))
    });
    write(path, &kept)
}
