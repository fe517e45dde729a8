//! What a lint says: plain data, in byte offsets, without any protocol.

use std::borrow::Cow;

use cachelit_spec::lints::{Level, LintSpec};

use crate::resolve::Reason;
use crate::source::FileRange;

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which lint.
    pub lint: &'static LintSpec,
    /// Its level after settings; never [`Level::Allow`].
    pub level: Level,
    /// One line that stands alone.
    pub message: String,
    /// The primary range.
    pub place: FileRange,
    /// The cached function, as `cachelit::functions()` names it: `crate::module::fetch_data`.
    pub function: String,
    /// The parameter, where the finding is about one.
    pub parameter: Option<String>,
    /// Why, and what to do; those with a place are related information in an editor.
    pub notes: Vec<Note>,
    /// Ways to repair it, the preferred one first.
    pub fixes: Vec<Fix>,
}

/// A further line of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text.
    pub message: String,
    /// What it is about, if that is a place.
    pub place: Option<FileRange>,
}

impl Reason {
    /// A note per step, from the outside in.
    pub(crate) fn into_notes(self) -> impl Iterator<Item = Note> {
        self.steps.into_iter().map(|step| Note { message: step.message, place: step.place })
    }
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// Keeps the program's meaning, or what the user certainly wants: `--fix` applies it.
    MachineApplicable,
    /// A suggestion that needs a look.
    MaybeIncorrect,
}

impl Applicability {
    /// `machine-applicable` or `maybe-incorrect`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Applicability::MachineApplicable => "machine-applicable",
            Applicability::MaybeIncorrect => "maybe-incorrect",
        }
    }
}

/// A repair: edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: ``Rename to `_conn` ``.
    pub title: String,
    /// How far to trust it.
    pub applicability: Applicability,
    /// Sorted, not overlapping.
    pub edits: Vec<TextEdit>,
}

/// Replaces a range by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced; empty to insert.
    pub place: FileRange,
    /// The new text.
    pub text: String,
}

impl TextEdit {
    /// What to write into a file of that text, whose lines may end in `\r\n`.
    #[must_use]
    pub fn text_in(&self, file: &str) -> Cow<'_, str> {
        if self.text.contains('\n') && file.contains("\r\n") {
            self.text.replace("\r\n", "\n").replace('\n', "\r\n").into()
        } else {
            (&*self.text).into()
        }
    }
}
