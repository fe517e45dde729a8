//! The keys of a git revision: its files are checked out into a temporary folder, through an index
//! of its own, so that the repository and the working tree stay as they are.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use cachelit_workspace::{LoadOptions, Selection, Workspace};

use super::record::{self, Listed};

/// Why a revision can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum RevisionError {
    #[error("cannot run git: {0}")]
    Run(std::io::Error),
    #[error("git cannot read the revision `{revision}`: {message}")]
    Git { revision: String, message: String },
}

/// The keys of all members of a revision of the workspace at `root`.
pub(super) fn keys(
    revision: &str,
    root: &Path,
    mut options: LoadOptions,
) -> Result<Vec<Listed>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let git = Git { revision, index: folder.path().join("index") };
    let top = git.run(root, ["rev-parse", "--show-toplevel"])?;
    let below_top = git.run(root, ["rev-parse", "--show-prefix"])?;
    // Also of a path dependency that lies beside the workspace: everything is checked out.
    let top = Path::new(&top);
    let commit = format!("{revision}^{{commit}}");
    let commit = git.run(top, ["rev-parse", "--verify", "--end-of-options", &commit])?;
    git.run(top, ["read-tree", &commit])?;
    let files = folder.path().join("files");
    let mut prefix = OsString::from("--prefix=");
    prefix.push(&files);
    prefix.push("/");
    git.run(top, [OsStr::new("checkout-index"), OsStr::new("--all"), &prefix])?;

    options.current_dir = files.join(below_top);
    options.manifest_path = None;
    let workspace = Workspace::load(&options)?;
    Ok(record::list(&workspace.snapshot(), &Selection::Workspace)?)
}

struct Git<'a> {
    revision: &'a str,
    index: PathBuf,
}

impl Git<'_> {
    fn run<S: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<String, RevisionError> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env("GIT_INDEX_FILE", &self.index)
            .output()
            .map_err(RevisionError::Run)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
        Err(RevisionError::Git { revision: self.revision.to_owned(), message })
    }
}
