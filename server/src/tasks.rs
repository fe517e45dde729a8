//! What runs on worker threads: checks of a frozen revision, translated for the client.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cachelit_workspace::{Selection, Snapshot};
use tower_lsp::ls_types::Diagnostic;

use crate::capabilities::Agreement;
use crate::documents::Documents;
use crate::to_proto::Translator;

/// A frozen revision of one workspace with everything that an answer needs.
#[derive(Clone)]
pub(crate) struct View {
    /// The workspace.
    pub(crate) snapshot: Snapshot,
    /// The open documents, as `snapshot` sees them.
    pub(crate) documents: Arc<Documents>,
    /// What was agreed on with the client.
    pub(crate) agreement: Arc<Agreement>,
    /// Which revision this is.
    pub(crate) revision: u64,
}

/// How much a check covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Some files.
    Files,
    /// The whole workspace: files that are not mentioned have no findings.
    Workspace,
}

/// The outcome of a check.
#[derive(Debug)]
pub(crate) struct Checked {
    /// How much was checked.
    pub(crate) extent: Extent,
    /// The revision that was checked.
    pub(crate) revision: u64,
    /// Files with what is wrong in them.
    pub(crate) files: Vec<CheckedFile>,
}

/// A file that was checked.
#[derive(Debug, PartialEq)]
pub(crate) struct CheckedFile {
    /// Which.
    pub(crate) path: PathBuf,
    /// The version of the document, if it was open.
    pub(crate) version: Option<i32>,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Checks files, in order, until `superseded` says that a newer revision is going to be checked.
pub(crate) fn check_files(view: &View, files: &[PathBuf], superseded: &AtomicBool) -> Checked {
    let mut translator = Translator::new(&view.snapshot, &view.documents, &view.agreement);
    let checked = files
        .iter()
        .take_while(|_| !superseded.load(Ordering::Relaxed))
        .map(|path| {
            let findings = view.snapshot.check_file(path);
            let diagnostics = findings.iter().filter_map(|it| translator.diagnostic(it)).collect();
            checked_file(view, path, diagnostics)
        })
        .collect();
    Checked { extent: Extent::Files, revision: view.revision, files: checked }
}

/// Checks every file of the workspace.
pub(crate) fn check_workspace(view: &View) -> Checked {
    let mut translator = Translator::new(&view.snapshot, &view.documents, &view.agreement);
    let mut by_file: BTreeMap<&Path, Vec<Diagnostic>> = view
        .documents
        .iter()
        .filter(|(path, _)| view.snapshot.package_of(path).is_some())
        .map(|(path, _)| (path, Vec::new()))
        .collect();
    let report = view.snapshot.check(&Selection::Workspace).expect("no package is named");
    for finding in &report.findings {
        if let Some(diagnostic) = translator.diagnostic(finding) {
            by_file.entry(&finding.place.file).or_default().push(diagnostic);
        }
    }
    let files = by_file.into_iter().map(|(path, found)| checked_file(view, path, found)).collect();
    Checked { extent: Extent::Workspace, revision: view.revision, files }
}

fn checked_file(view: &View, path: &Path, diagnostics: Vec<Diagnostic>) -> CheckedFile {
    let version = view.documents.get(path).map(|document| document.version);
    CheckedFile { path: path.to_owned(), version, diagnostics }
}
