//! What the client shows, so that it hears of changes only, and of every one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tower_lsp::ls_types::{Diagnostic, Uri};

use crate::documents::Documents;
use crate::outbox::Outbox;
use crate::slot::SlotId;
use crate::tasks::{Checked, CheckedFile, Extent};
use crate::to_proto;

#[derive(Debug)]
struct Shown {
    slot: SlotId,
    revision: u64,
    uri: Uri,
    version: Option<i32>,
    diagnostics: Vec<Diagnostic>,
}

/// The diagnostics that the client has.
#[derive(Debug, Default)]
pub(crate) struct Published {
    files: HashMap<PathBuf, Shown>,
}

impl Published {
    /// Tells the client of the outcome of a check, except of what is out of date by now.
    pub(crate) fn publish(
        &mut self,
        slot: SlotId,
        checked: Checked,
        documents: &Documents,
        outbox: &Outbox,
    ) {
        let Checked { extent, revision, files } = checked;
        if extent == Extent::Workspace {
            let gone: Vec<PathBuf> = self
                .files
                .iter()
                .filter(|(_, shown)| shown.slot == slot && shown.revision <= revision)
                .filter(|(path, _)| documents.get(path).is_none())
                .filter(|(path, _)| !files.iter().any(|file| file.path == **path))
                .map(|(path, _)| path.clone())
                .collect();
            for path in gone {
                self.clear(&path, documents, outbox);
            }
        }
        for file in files {
            self.publish_file(slot, revision, file, documents, outbox);
        }
    }

    /// Takes back what is shown in a file.
    pub(crate) fn clear(&mut self, path: &Path, documents: &Documents, outbox: &Outbox) {
        if let Some(shown) = self.files.remove(path)
            && !shown.diagnostics.is_empty()
        {
            let version = documents.get(path).map(|document| document.version);
            outbox.diagnostics(shown.uri, Vec::new(), version);
        }
    }

    /// Takes back everything that a workspace shows.
    pub(crate) fn clear_slot(&mut self, slot: SlotId, documents: &Documents, outbox: &Outbox) {
        let paths: Vec<PathBuf> = self
            .files
            .iter()
            .filter(|(_, shown)| shown.slot == slot)
            .map(|(path, _)| path.clone())
            .collect();
        for path in paths {
            self.clear(&path, documents, outbox);
        }
    }

    fn publish_file(
        &mut self,
        slot: SlotId,
        revision: u64,
        file: CheckedFile,
        documents: &Documents,
        outbox: &Outbox,
    ) {
        let CheckedFile { path, version, diagnostics } = file;
        let document = documents.get(&path);
        if document.map(|document| document.version) != version {
            return;
        }
        let Some(uri) = to_proto::uri(documents, &path) else {
            return;
        };
        match self.files.get_mut(&path) {
            Some(shown) if shown.revision > revision => return,
            Some(shown)
                if shown.version == version
                    && shown.diagnostics == diagnostics
                    && shown.uri == uri =>
            {
                shown.revision = revision;
                shown.slot = slot;
                return;
            }
            None if document.is_none() && diagnostics.is_empty() => return,
            Some(_) | None => {}
        }
        outbox.diagnostics(uri.clone(), diagnostics.clone(), version);
        if diagnostics.is_empty() && document.is_none() {
            self.files.remove(&path);
        } else {
            self.files.insert(path, Shown { slot, revision, uri, version, diagnostics });
        }
    }
}
