//! `workspace/didChangeWatchedFiles`: a build, a checkout, another program.

use std::path::PathBuf;

use tokio::time::Instant;
use tower_lsp::ls_types::DidChangeWatchedFilesParams;

use crate::from_proto;
use crate::state::{Pause, State};

/// Loads the workspaces anew whose manifests changed, and checks those whose source did.
pub(crate) fn handle(state: &mut State, params: &DidChangeWatchedFilesParams) {
    let paths: Vec<PathBuf> =
        params.changes.iter().filter_map(|change| from_proto::path(&change.uri)).collect();
    state.advance();
    let now = Instant::now();
    for slot in &mut state.slots {
        if paths.iter().any(|path| slot.depends_on(path)) {
            slot.load.want(now, Pause::Disk.duration());
        }
        let Some(workspace) = slot.workspace() else {
            continue;
        };
        let target = workspace.target_directory().to_owned();
        let sources: Vec<_> = paths
            .iter()
            .filter(|path| path.extension().is_some_and(|it| it == "rs"))
            .filter(|path| !path.starts_with(&target))
            .map(PathBuf::as_path)
            .collect();
        if !sources.is_empty() {
            slot.update(|workspace| workspace.files_changed(sources.iter().copied()));
            slot.want_typing(now, Pause::Disk.duration());
            slot.sweep.want(now, Pause::Disk.duration());
        }
    }
    if paths.iter().any(|path| path.ends_with("Cargo.toml")) {
        state.add_folders();
        state.add_orphans();
    }
}
