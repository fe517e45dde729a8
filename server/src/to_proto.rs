//! This program's terms in the client's words.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachelit_lints::source::FileRange;
use cachelit_lints::spec::lints::Level;
use cachelit_lints::{Finding, TextEdit};
use cachelit_workspace::Snapshot;
use tower_lsp::ls_types::{
    self as lsp, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentChanges,
    Location, NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier, Range,
    TextDocumentEdit, Uri, WorkspaceEdit,
};

use crate::capabilities::Agreement;
use crate::documents::Documents;
use crate::line_index::LineIndex;

/// Translates places of one revision. Remembers the lines of the files that it met.
pub(crate) struct Translator<'a> {
    snapshot: &'a Snapshot,
    documents: &'a Documents,
    agreement: &'a Agreement,
    lines: HashMap<PathBuf, Option<(Arc<str>, LineIndex)>>,
}

impl<'a> Translator<'a> {
    /// `documents` are those that `snapshot` was made with.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        documents: &'a Documents,
        agreement: &'a Agreement,
    ) -> Self {
        Translator { snapshot, documents, agreement, lines: HashMap::new() }
    }

    /// A finding as a diagnostic of its file; `None` if the file is gone by now.
    pub(crate) fn diagnostic(&mut self, finding: &Finding) -> Option<Diagnostic> {
        let mut message = finding.message.clone();
        let mut related = Vec::new();
        for note in &finding.notes {
            let location = note
                .place
                .as_ref()
                .filter(|_| self.agreement.related_information)
                .and_then(|place| self.location(place));
            if let Some(location) = location {
                let message = note.message.clone();
                related.push(DiagnosticRelatedInformation { location, message });
            } else {
                message.push_str("\nnote: ");
                message.push_str(&note.message);
            }
        }
        Some(Diagnostic {
            range: self.range(&finding.place)?,
            severity: Some(match finding.level {
                Level::Deny => DiagnosticSeverity::ERROR,
                Level::Warn | Level::Allow => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String(finding.lint.code.to_owned())),
            source: Some("cachelit".to_owned()),
            message,
            related_information: (!related.is_empty()).then_some(related),
            ..Diagnostic::default()
        })
    }

    /// Edits as one change of the workspace; `None` if a file is gone by now.
    pub(crate) fn workspace_edit<'e>(
        &mut self,
        edits: impl IntoIterator<Item = &'e TextEdit>,
    ) -> Option<WorkspaceEdit> {
        let mut by_file: Vec<(&Path, Vec<lsp::TextEdit>)> = Vec::new();
        for edit in edits {
            let range = self.range(&edit.place)?;
            let (text, _) = self.lines(&edit.place.file)?;
            let translated = lsp::TextEdit { range, new_text: edit.text_in(text).into_owned() };
            match by_file.iter_mut().find(|(file, _)| *file == &*edit.place.file) {
                Some((_, edits)) => edits.push(translated),
                None => by_file.push((&edit.place.file, vec![translated])),
            }
        }
        if !self.agreement.document_changes {
            let changes = by_file
                .into_iter()
                .map(|(file, edits)| Some((uri(self.documents, file)?, edits)))
                .collect::<Option<_>>()?;
            return Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
        }
        let edits = by_file
            .into_iter()
            .map(|(file, edits)| {
                let text_document = OptionalVersionedTextDocumentIdentifier {
                    uri: uri(self.documents, file)?,
                    version: self.documents.get(file).map(|document| document.version),
                };
                let edits = edits.into_iter().map(OneOf::Left).collect();
                Some(TextDocumentEdit { text_document, edits })
            })
            .collect::<Option<_>>()?;
        Some(WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(edits)),
            ..WorkspaceEdit::default()
        })
    }

    /// A byte range of a file, in its lines and columns.
    pub(crate) fn range(&mut self, place: &FileRange) -> Option<Range> {
        let encoding = self.agreement.encoding;
        let (text, lines) = self.lines(&place.file)?;
        Some(lines.range(text, place.range, encoding))
    }

    fn location(&mut self, place: &FileRange) -> Option<Location> {
        Some(Location { uri: uri(self.documents, &place.file)?, range: self.range(place)? })
    }

    fn lines(&mut self, file: &Path) -> Option<&(Arc<str>, LineIndex)> {
        if !self.lines.contains_key(file) {
            let lines = self.snapshot.text(file).map(|text| {
                let lines = LineIndex::new(&text);
                (text, lines)
            });
            self.lines.insert(file.to_owned(), lines);
        }
        self.lines[file].as_ref()
    }
}

/// A file's URI, spelled as the client spells it where it has the file open.
pub(crate) fn uri(documents: &Documents, file: &Path) -> Option<Uri> {
    match documents.get(file) {
        Some(document) => Some(document.uri.clone()),
        None => Uri::from_file_path(file),
    }
}
