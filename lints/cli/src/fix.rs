//! Applying fixes: machine-applicable ones only, and never two on the same text.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachelit_lints::finding::{Fix, TextEdit};
use cachelit_lints::{Applicability, Finding};
use cachelit_workspace::Snapshot;
use tempfile::NamedTempFile;

/// Why a fixed file could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FixError {
    #[error("cannot write `{}`: {error}", file.display())]
    Write { file: PathBuf, error: io::Error },
    #[error("`{}` changed while it was checked; run again", file.display())]
    Changed { file: PathBuf },
}

/// The new texts of files, and how many findings they settle.
#[derive(Debug, Default)]
pub(crate) struct Fixed {
    pub(crate) files: BTreeMap<Arc<Path>, Rewritten>,
    pub(crate) findings: usize,
}

/// A file before and after.
#[derive(Debug)]
pub(crate) struct Rewritten {
    pub(crate) before: Arc<str>,
    pub(crate) after: String,
}

/// Works out the fixes that go together. A finding whose fix overlaps one taken before is left for
/// the next round.
pub(crate) fn plan(findings: &[Finding], snapshot: &Snapshot) -> Fixed {
    let mut taken: BTreeMap<Arc<Path>, Vec<&TextEdit>> = BTreeMap::new();
    let mut fixed = Fixed::default();
    for fix in findings.iter().filter_map(applicable) {
        let is_free = fix.edits.iter().all(|edit| {
            snapshot.package_of(&edit.place.file).is_some()
                && taken
                    .get(&edit.place.file)
                    .is_none_or(|others| others.iter().all(|other| are_apart(edit, other)))
        });
        if is_free {
            fixed.findings += 1;
            for edit in &fix.edits {
                taken.entry(Arc::clone(&edit.place.file)).or_default().push(edit);
            }
        }
    }
    for (file, mut edits) in taken {
        let Some(before) = snapshot.text(&file) else { continue };
        edits.sort_by_key(|edit| edit.place.range.start());
        let after = apply(&before, &edits);
        fixed.files.insert(file, Rewritten { before, after });
    }
    fixed
}

fn applicable(finding: &Finding) -> Option<&Fix> {
    let mut fixes = finding.fixes.iter();
    fixes.find(|fix| fix.applicability == Applicability::MachineApplicable && !fix.edits.is_empty())
}

/// Two edits are apart if they don't even touch: an insertion beside a replacement may depend on it.
fn are_apart(one: &TextEdit, other: &TextEdit) -> bool {
    one.place.range.intersect(other.place.range).is_none()
}

fn apply(text: &str, edits: &[&TextEdit]) -> String {
    let mut after = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        after.push_str(&text[at..usize::from(edit.place.range.start())]);
        after.push_str(&edit.text_in(text));
        at = edit.place.range.end().into();
    }
    after.push_str(&text[at..]);
    after
}

/// Replaces a file in one step; readers see the old text or the new one.
pub(crate) fn write(file: &Path, rewritten: &Rewritten) -> Result<(), FixError> {
    let failed = |error| FixError::Write { file: file.to_owned(), error };
    // The file itself, not a link to it, is replaced.
    let target = fs::canonicalize(file).map_err(failed)?;
    if fs::read(&target).map_err(failed)? != rewritten.before.as_bytes() {
        return Err(FixError::Changed { file: file.to_owned() });
    }
    let permissions = fs::metadata(&target).map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err(failed(io::ErrorKind::PermissionDenied.into()));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(folder).map_err(failed)?;
    new.write_all(rewritten.after.as_bytes()).map_err(failed)?;
    new.as_file().set_permissions(permissions).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    new.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use cachelit_lints::TextRange;
    use cachelit_lints::source::FileRange;

    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> TextEdit {
        let range = TextRange::new(start.into(), end.into());
        TextEdit { place: FileRange { file: Path::new("/a.rs").into(), range }, text: text.into() }
    }

    #[test]
    fn edits_keep_what_is_around_them() {
        let (one, two) = (edit(3, 4, "_a"), edit(6, 6, "!"));
        assert_eq!(apply("fn a(é)", &[&one]), "fn _a(é)");
        assert_eq!(apply("fn a()", &[&one, &two]), "fn _a()!");
    }

    #[test]
    fn inserted_lines_end_as_the_file_s_do() {
        let insertion = edit(3, 3, "b\n");
        assert_eq!(apply("a\r\nc\r\n", &[&insertion]), "a\r\nb\r\nc\r\n");
        assert_eq!(apply("aa\nc\n", &[&insertion]), "aa\nb\nc\n");
    }

    #[test]
    fn touching_edits_are_not_apart() {
        assert!(are_apart(&edit(0, 2, ""), &edit(3, 4, "")));
        assert!(!are_apart(&edit(0, 2, ""), &edit(2, 2, "x")));
        assert!(!are_apart(&edit(0, 2, ""), &edit(1, 3, "x")));
    }
}
