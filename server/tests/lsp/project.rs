//! Workspaces on disk, for tests.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with packages that depend on cachelit.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// One package with this library.
    pub(crate) fn new(lib: &str) -> Self {
        let project = Project::empty();
        project.package("", lib);
        project
    }

    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Project { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Adds a package, a workspace of its own, in a subfolder.
    pub(crate) fn package(&self, folder: &str, lib: &str) {
        self.write(&join(folder, "Cargo.toml"), &manifest());
        // Locked like this repository, so that nothing must be looked up.
        let lock = fs::read_to_string(repository().join("Cargo.lock")).expect("a lock file");
        self.write(&join(folder, "Cargo.lock"), &lock);
        self.write(&join(folder, "src/lib.rs"), lib);
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub(crate) fn lib(&self) -> PathBuf {
        self.path("src/lib.rs")
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("made");
        fs::write(path, text).expect("written");
    }
}

/// A manifest with cachelit as its dependency.
pub(crate) fn manifest() -> String {
    // A JSON string is a TOML string, whatever the path holds.
    let runtime = serde_json::json!(repository().join("runtime"));
    format!(
        "[package]\nname = \"sample\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ncachelit = {{ path = {runtime} }}\n\n[workspace]\n"
    )
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn join(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}
