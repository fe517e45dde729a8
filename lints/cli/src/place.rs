//! From byte offsets to the lines and columns that people and editors count.

use std::collections::HashMap;
use std::path::{Component, Path};
use std::sync::Arc;

use cachelit_lints::source::FileRange;
use cachelit_lints::{TextRange, TextSize};
use cachelit_workspace::Snapshot;
use serde::Serialize;

/// A position: both count from 1, columns in Unicode scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A place as output names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Relative to the workspace root, with `/`.
    pub(crate) file: String,
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// The texts that places are in.
pub(crate) struct Places<'a> {
    snapshot: &'a Snapshot,
    files: HashMap<Arc<Path>, Lines>,
}

/// A text and where its lines begin.
pub(crate) struct Lines {
    pub(crate) text: Arc<str>,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        Places { snapshot, files: HashMap::new() }
    }

    /// Where a range is.
    pub(crate) fn place(&mut self, range: &FileRange) -> Place {
        let file = self.name(&range.file);
        let lines = self.lines(&range.file);
        Place {
            file,
            start: lines.position(range.range.start()),
            end: lines.position(range.range.end()),
        }
    }

    /// A file's name in output.
    pub(crate) fn name(&self, file: &Path) -> String {
        name_in(&self.snapshot.project().root, file)
    }

    /// A file's text.
    pub(crate) fn lines(&mut self, file: &Arc<Path>) -> &Lines {
        self.files.entry(Arc::clone(file)).or_insert_with(|| {
            Lines::new(self.snapshot.text(file).unwrap_or_else(|| Arc::from("")))
        })
    }
}

/// A path relative to a root, with `/`; one elsewhere stays as it is.
pub(crate) fn name_in(root: &Path, file: &Path) -> String {
    let Ok(relative) = file.strip_prefix(root) else { return file.display().to_string() };
    let parts: Vec<_> = relative
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts.join("/")
}

impl Lines {
    pub(crate) fn new(text: Arc<str>) -> Self {
        let starts = std::iter::once(0)
            .chain(text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n').map(|(_, at)| at))
            .collect();
        Lines { text, starts }
    }

    /// Where an offset is.
    pub(crate) fn position(&self, offset: TextSize) -> Position {
        let offset = usize::from(offset).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = self.text.get(self.starts[line - 1]..offset).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }

    /// The whole lines that a range touches: their first line's number and their bytes.
    pub(crate) fn around(&self, range: TextRange) -> (usize, std::ops::Range<usize>) {
        let line = self.position(range.start()).line;
        let end_line = self.position(range.end()).line;
        let end = self.starts.get(end_line).copied().unwrap_or(self.text.len());
        (line, self.starts[line - 1]..end)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Lines, Position, name_in};

    fn position(text: &str, offset: u32) -> (usize, usize) {
        let Position { line, column } = Lines::new(text.into()).position(offset.into());
        (line, column)
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("é😀x", 6), (1, 3));
        assert_eq!(position("a\r\nb", 3), (2, 1));
        assert_eq!(position("a\n", 2), (2, 1));
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn an_offset_beyond_the_text_is_its_end() {
        assert_eq!(position("ab", 9), (1, 3));
    }

    #[test]
    fn names_are_relative_to_the_root() {
        assert_eq!(name_in(Path::new("/w"), Path::new("/w/src/a.rs")), "src/a.rs");
        assert_eq!(name_in(Path::new("/w"), Path::new("/v/a.rs")), "/v/a.rs");
    }
}
