//! One workspace: the last state of it that could be loaded, and the work that is due on it.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cachelit_workspace::{Snapshot, Workspace};
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

use crate::documents::Documents;
use crate::schedule::Lane;

/// Names a [`Slot`]; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SlotId(pub u32);

/// A workspace, loaded or not.
pub(crate) struct Slot {
    /// Its name.
    pub(crate) id: SlotId,
    /// The manifest that it was found by.
    pub(crate) manifest: PathBuf,
    /// The editor's folders that it was found in; none if it was found around an open file.
    pub(crate) folders: Vec<PathBuf>,
    /// Why the last attempt to load failed; what was loaded before still counts.
    pub(crate) failure: Option<String>,
    /// Loading.
    pub(crate) load: Lane,
    /// Checking the open files; wishes go through [`Slot::want_typing`].
    pub(crate) typing: Lane,
    /// Checking all files.
    pub(crate) sweep: Lane,
    /// Files to check with the open ones: those that were just closed.
    pub(crate) touched: HashSet<PathBuf>,
    /// Notified when loading ends.
    pub(crate) loaded: Arc<Notify>,
    superseded: Arc<AtomicBool>,
    workspace: Option<Box<Workspace>>,
    snapshot: OnceCell<Snapshot>,
}

impl Slot {
    /// A workspace that nothing is known of but its manifest.
    pub(crate) fn new(id: SlotId, manifest: PathBuf, folders: Vec<PathBuf>) -> Self {
        Slot {
            id,
            manifest,
            folders,
            failure: None,
            load: Lane::default(),
            typing: Lane::default(),
            sweep: Lane::default(),
            touched: HashSet::new(),
            loaded: Arc::new(Notify::new()),
            superseded: Arc::default(),
            workspace: None,
            snapshot: OnceCell::new(),
        }
    }

    /// Takes over a freshly loaded workspace.
    pub(crate) fn replace(&mut self, mut workspace: Box<Workspace>, documents: &Documents) {
        for (path, document) in documents.iter() {
            workspace.set_buffer(path, Arc::clone(&document.text));
        }
        self.workspace = Some(workspace);
        self.snapshot = OnceCell::new();
        self.failure = None;
    }

    /// The workspace as it was last loaded.
    pub(crate) fn workspace(&self) -> Option<&Workspace> {
        self.workspace.as_deref()
    }

    /// Changes the workspace, if there is one.
    pub(crate) fn update(&mut self, change: impl FnOnce(&mut Workspace)) {
        if let Some(workspace) = &mut self.workspace {
            change(workspace);
            self.snapshot = OnceCell::new();
        }
    }

    /// The present revision; `None` until the workspace could be loaded.
    pub(crate) fn snapshot(&self) -> Option<&Snapshot> {
        let workspace = self.workspace.as_ref()?;
        Some(self.snapshot.get_or_init(|| workspace.snapshot()))
    }

    /// Whether a file is one of those that are checked here.
    pub(crate) fn checks(&self, path: &Path) -> bool {
        self.snapshot().is_some_and(|snapshot| snapshot.package_of(path).is_some())
    }

    /// Whether an open file keeps this workspace: it is checked here, or may be once it is loaded.
    pub(crate) fn serves(&self, path: &Path) -> bool {
        match self.workspace {
            Some(_) => self.checks(path),
            None => self.manifest.parent().is_some_and(|folder| path.starts_with(folder)),
        }
    }

    /// Whether a manifest is that of the workspace or of one of its members.
    pub(crate) fn is_of(&self, manifest: &Path) -> bool {
        self.manifest == manifest
            || self.workspace().is_some_and(|workspace| {
                let members = workspace.project().packages.iter().filter(|it| it.is_member);
                let folder = manifest.parent();
                folder == Some(workspace.root())
                    || members.map(|member| &*member.root).any(|root| folder == Some(root))
            })
    }

    /// Wishes for a check of the open files; one that runs already stops early.
    pub(crate) fn want_typing(&mut self, now: Instant, pause: Duration) {
        self.superseded.store(true, Ordering::Relaxed);
        self.typing.want(now, pause);
    }

    /// What tells the check that begins now to stop early.
    pub(crate) fn begin_typing(&mut self) -> Arc<AtomicBool> {
        self.superseded = Arc::default();
        Arc::clone(&self.superseded)
    }

    /// Whether the workspace must be loaded anew after a change of this file.
    pub(crate) fn depends_on(&self, path: &Path) -> bool {
        if let Some(folder) = governed_by(path) {
            return self.manifest.starts_with(folder);
        }
        let is_manifest = path.file_name().is_some_and(|name| {
            ["Cargo.toml", "Cargo.lock", "cache-lint.toml"].iter().any(|it| name == *it)
        });
        let Some(folder) = path.parent().filter(|_| is_manifest) else {
            return false;
        };
        if self.manifest.parent() == Some(folder) {
            return true;
        }
        self.workspace().is_some_and(|workspace| {
            !path.starts_with(workspace.target_directory())
                && (path.starts_with(workspace.root())
                    || workspace
                        .project()
                        .packages
                        .iter()
                        .any(|package| !package.is_fetched && package.root == folder))
        })
    }

    /// When something is due next.
    pub(crate) fn due(&self) -> Option<Instant> {
        [&self.load, &self.typing, &self.sweep].into_iter().filter_map(Lane::due).min()
    }

    /// Nothing is being done, and nothing is to be done.
    pub(crate) fn is_idle(&self) -> bool {
        self.load.is_idle() && self.typing.is_idle() && self.sweep.is_idle()
    }
}

/// The folder to which, and to all below it, a file says what cargo and rustup do there.
fn governed_by(path: &Path) -> Option<&Path> {
    let folder = path.parent()?;
    match path.file_name()?.to_str()? {
        "config" | "config.toml" if folder.ends_with(".cargo") => folder.parent(),
        "rust-toolchain" | "rust-toolchain.toml" => Some(folder),
        _ => None,
    }
}
