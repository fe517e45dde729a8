//! The texts that are open in the editor, which win over what is on disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use crate::line_index::{Encoding, LineIndex};

/// An open document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// As the client spells it; answers spell it the same.
    pub(crate) uri: Uri,
    /// The client's number for this state of the text.
    pub(crate) version: i32,
    /// The text.
    pub(crate) text: Arc<str>,
}

/// The open documents by path. Cloning is cheap: the texts are shared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    by_path: HashMap<PathBuf, Document>,
}

impl Documents {
    /// Takes over a document that the editor opened.
    pub(crate) fn open(&mut self, path: PathBuf, document: Document) {
        self.by_path.insert(path, document);
    }

    /// Applies edits to an open document, in order; `false` if it is not open.
    pub(crate) fn change(
        &mut self,
        path: &Path,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> bool {
        let Some(document) = self.by_path.get_mut(path) else {
            return false;
        };
        document.version = version;
        document.text = apply(&document.text, changes, encoding).into();
        true
    }

    /// Forgets a document, which from now on is what the disk says.
    pub(crate) fn close(&mut self, path: &Path) -> Option<Document> {
        self.by_path.remove(path)
    }

    /// An open document.
    pub(crate) fn get(&self, path: &Path) -> Option<&Document> {
        self.by_path.get(path)
    }

    /// Every open document.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, &Document)> {
        self.by_path.iter().map(|(path, document)| (path.as_path(), document))
    }
}

/// A text after edits, each of which counts on the result of the one before it.
pub(crate) fn apply(
    text: &str,
    changes: Vec<TextDocumentContentChangeEvent>,
    encoding: Encoding,
) -> String {
    let mut text = text.to_owned();
    for change in changes {
        match change.range {
            None => text = change.text,
            Some(range) => {
                let range = LineIndex::new(&text).byte_range(&text, range, encoding);
                text.replace_range(range, &change.text);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tower_lsp::ls_types::{Position, Range};

    use super::*;

    /// A text as rows of characters, with the end of each row kept apart: slow, and plainly right.
    fn model(text: &str, range: Range, new: &str, encoding: Encoding) -> String {
        let mut rows: Vec<(Vec<char>, String)> = vec![(Vec::new(), String::new())];
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let end = match char {
                '\r' if chars.next_if_eq(&'\n').is_some() => "\r\n",
                '\r' => "\r",
                '\n' => "\n",
                _ => {
                    rows.last_mut().expect("never empty").0.push(char);
                    continue;
                }
            };
            rows.last_mut().expect("never empty").1 = end.to_owned();
            rows.push((Vec::new(), String::new()));
        }
        let before = |position: Position| -> String {
            let line = position.line as usize;
            if line >= rows.len() {
                return text.to_owned();
            }
            let whole =
                rows[..line].iter().flat_map(|(row, end)| row.iter().copied().chain(end.chars()));
            let mut units = 0;
            let part = rows[line].0.iter().copied().take_while(|char| {
                units += match encoding {
                    Encoding::Utf8 => char.len_utf8(),
                    Encoding::Utf16 => char.encode_utf16(&mut [0; 2]).len(),
                    Encoding::Utf32 => 1,
                };
                units <= position.character as usize
            });
            whole.chain(part).collect()
        };
        let (start, end) = (before(range.start), before(range.end));
        let (start, end) = if start.len() <= end.len() { (start, end) } else { (end, start) };
        start + new + &text[end.len()..]
    }

    fn piece() -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &["a", "é", "🦀", "\n", "\r\n", "\r", "fn f() {}", "\u{301}"];
        proptest::collection::vec(proptest::sample::select(PARTS), 0..8)
            .prop_map(|parts| parts.concat())
    }

    fn position() -> impl Strategy<Value = Position> {
        (0..8u32, 0..12u32).prop_map(|(line, character)| Position { line, character })
    }

    proptest! {
        #[test]
        fn any_sequence_of_edits_gives_what_the_model_gives(
            start in piece(),
            edits in proptest::collection::vec((position(), position(), piece()), 1..12),
            encoding in proptest::sample::select(&[Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]),
        ) {
            let mut expected = start.clone();
            let mut changes = Vec::new();
            for (from, to, text) in edits {
                let range = Range { start: from, end: to };
                expected = model(&expected, range, &text, encoding);
                changes.push(TextDocumentContentChangeEvent {
                    range: Some(range),
                    range_length: None,
                    text,
                });
            }
            prop_assert_eq!(apply(&start, changes, encoding), expected);
        }
    }

    #[test]
    fn a_change_without_a_range_replaces_everything() {
        let change = TextDocumentContentChangeEvent {
            range: None,
            range_length: None,
            text: "new".to_owned(),
        };
        assert_eq!(apply("old", vec![change], Encoding::Utf16), "new");
    }
}
