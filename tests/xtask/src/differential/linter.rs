//! Asking the linter, by its command.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use serde_json::Value;

use crate::shell;

/// What the linter says of a type.
pub(super) enum Said {
    /// By the word of a trait; what it doesn't know is missing.
    Verdicts(BTreeMap<String, bool>),
    /// It takes this for no type.
    Refused(String),
}

/// What the linter says of types that are named in the root of a package.
///
/// # Errors
///
/// When the command can't be built or run, or does not answer each question.
pub(super) fn ask(
    manifest: &Path,
    types: &[&str],
) -> Result<Vec<Said>, Box<dyn std::error::Error>> {
    shell::run(&mut shell::cargo(&["build", "--release", "--package", "cargo-cache-lint"]))?;
    // Thousands of types would fill the pipe of answers before the last question is written.
    let questions = manifest.with_file_name("types.txt");
    std::fs::write(&questions, types.join("\n"))?;
    let mut command = shell::command("target/release/cargo-cache-lint", &["type", "-"]);
    command.args(["--message-format", "json", "--manifest-path"]).arg(manifest);
    let output = command.stdin(File::open(questions)?).output()?;
    let text = String::from_utf8(output.stdout)?;
    let said: Vec<Said> = text
        .lines()
        .map(|line| Ok(said(&serde_json::from_str(line)?)))
        .collect::<Result<_, serde_json::Error>>()?;
    if said.len() == types.len() {
        return Ok(said);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("the linter answered {} of {} questions: {why}", said.len(), types.len()).into())
}

fn said(answer: &Value) -> Said {
    if let Some(why) = answer["error"].as_str() {
        return Said::Refused(why.to_owned());
    }
    let known =
        answer.as_object().into_iter().flatten().filter_map(|(word, verdict)| {
            match verdict.as_str()? {
                "yes" => Some((word.clone(), true)),
                "no" => Some((word.clone(), false)),
                _ => None,
            }
        });
    Said::Verdicts(known.collect())
}
