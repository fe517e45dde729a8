//! Findings that were there before: a saved `--message-format json` output.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use cachelit_lints::Finding;
use cachelit_lints::spec::lints;
use serde::Deserialize;

use crate::place::name_in;

/// Why a baseline can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BaselineError {
    #[error(
        "cannot read the baseline `{}`: {error}; write one with `cargo cache-lint --message-format json`",
        file.display()
    )]
    Read { file: PathBuf, error: io::Error },
    #[error("{}:{line}: not a finding as `--message-format json` prints it: {error}", file.display())]
    Parse { file: PathBuf, line: usize, error: serde_json::Error },
}

/// What identifies a finding however lines move.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Known {
    code: &'static str,
    file: String,
    function: String,
    parameter: Option<String>,
    message: String,
}

/// The known findings, each as often as it was there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baseline {
    known: HashMap<Known, usize>,
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Line {
    #[serde(rename = "cache-lint")]
    Finding {
        lint: String,
        file: String,
        function: String,
        parameter: Option<String>,
        message: String,
    },
    #[serde(other)]
    Other,
}

impl Baseline {
    pub(crate) fn read(file: &Path) -> Result<Self, BaselineError> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| BaselineError::Read { file: file.to_owned(), error })?;
        let mut baseline = Baseline::default();
        for (line, at) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let parsed = serde_json::from_str(line).map_err(|error| BaselineError::Parse {
                file: file.to_owned(),
                line: at,
                error,
            })?;
            let Line::Finding { lint, file, function, parameter, message } = parsed else {
                continue;
            };
            // A lint that is gone finds nothing any more.
            let Some(lint) = lints::find(&lint) else { continue };
            let known = Known { code: lint.code, file, function, parameter, message };
            *baseline.known.entry(known).or_default() += 1;
        }
        Ok(baseline)
    }

    /// Takes known findings out; returns how many of the baseline were not found.
    pub(crate) fn subtract(mut self, findings: &mut Vec<Finding>, root: &Path) -> usize {
        findings.retain(|finding| {
            let known = Known {
                code: finding.lint.code,
                file: name_in(root, &finding.place.file),
                function: finding.function.clone(),
                parameter: finding.parameter.clone(),
                message: finding.message.clone(),
            };
            match self.known.get_mut(&known) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    false
                }
                _ => true,
            }
        });
        self.known.values().sum()
    }
}
