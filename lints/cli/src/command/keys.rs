//! `cargo cache-lint keys`: what keys are made of, and what changed about them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use cachelit_lints::settings::Levels;
use cachelit_workspace::Selection;

use crate::args::{AnswerFormat, Keys};
use crate::command::{DENIED, Outcome, PASSED, load};
use crate::report::json;

mod compare;
mod record;
mod revision;

use compare::Change;
use record::{Key, Listed};

/// Why keys can't be compared.
#[derive(Debug, thiserror::Error)]
enum KeysError {
    #[error("cannot read `{}`: {error}; write it with `cargo cache-lint keys --write`", file.display())]
    Read { file: PathBuf, error: std::io::Error },
    #[error("{}:{line}: not a key as `--message-format json` prints it: {error}", file.display())]
    Parse { file: PathBuf, line: usize, error: serde_json::Error },
    #[error("cannot write `{}`: {error}", file.display())]
    Write { file: PathBuf, error: std::io::Error },
}

pub(crate) fn run(args: &Keys, out: &mut dyn Write) -> Outcome {
    let workspace = load(&args.load, Levels::new())?;
    let snapshot = workspace.snapshot();
    let selection = args.packages.selection();
    let now = record::list(&snapshot, &selection)?;
    if let Some(file) = &args.write {
        write(file, &now)?;
        return Ok(PASSED);
    }
    if let Some(file) = &args.check {
        let changes = compare::changes(read(file)?, now);
        print_changes(args.message_format, &changes, out)?;
        return Ok(if changes.is_empty() { PASSED } else { DENIED });
    }
    if let Some(revision) = &args.diff {
        let options = args.load.options(Levels::new())?;
        let mut before = revision::keys(revision, workspace.root(), options)?;
        let all = snapshot.members(&Selection::Workspace)?;
        let selected = snapshot.members(&selection)?;
        if selected.len() < all.len() {
            // The revision may have other packages, and other ones that are chosen by default.
            let project = snapshot.project();
            let is_selected =
                |name: &str| selected.iter().any(|&at| project.package(at).name == name);
            before.retain(|listed| is_selected(&listed.key.package));
        }
        print_changes(args.message_format, &compare::changes(before, now), out)?;
        return Ok(PASSED);
    }
    for Listed { key, .. } in &now {
        match args.message_format {
            AnswerFormat::Json => json::line(key, out)?,
            AnswerFormat::Human => key.print(out)?,
        }
    }
    if now.is_empty() && args.message_format == AnswerFormat::Human {
        writeln!(out, "no cached functions")?;
    }
    Ok(PASSED)
}

fn print_changes(
    format: AnswerFormat,
    changes: &[Change],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for change in changes {
        match format {
            AnswerFormat::Json => json::line(&change.wire(), out)?,
            AnswerFormat::Human => change.print(out)?,
        }
    }
    if changes.is_empty() && format == AnswerFormat::Human {
        writeln!(out, "no key changed")?;
    }
    Ok(())
}

fn write(file: &Path, keys: &[Listed]) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = Vec::new();
    for Listed { key, .. } in keys {
        json::line(key, &mut text)?;
    }
    fs::write(file, text).map_err(|error| KeysError::Write { file: file.to_owned(), error })?;
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Listed>, KeysError> {
    let text = fs::read_to_string(file)
        .map_err(|error| KeysError::Read { file: file.to_owned(), error })?;
    let parse = |(line, text): (usize, &str)| -> Result<Listed, KeysError> {
        let key: Key = serde_json::from_str(text).map_err(|error| KeysError::Parse {
            file: file.to_owned(),
            line,
            error,
        })?;
        Ok(Listed { key, source: None })
    };
    (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()).map(parse).collect()
}
