//! `workspace/didChangeWorkspaceFolders`.

use tower_lsp::ls_types::DidChangeWorkspaceFoldersParams;

use crate::from_proto;
use crate::state::State;

/// Lets go of the workspaces of removed folders and loads those of added ones.
pub(crate) fn handle(state: &mut State, params: &DidChangeWorkspaceFoldersParams) {
    let removed: Vec<_> =
        params.event.removed.iter().filter_map(|folder| from_proto::path(&folder.uri)).collect();
    let is_removed = |folder: &std::path::PathBuf| removed.contains(folder);
    state.folders.retain(|folder| !is_removed(folder));
    let mut emptied = Vec::new();
    for slot in &mut state.slots {
        let before = slot.folders.len();
        slot.folders.retain(|folder| !is_removed(folder));
        if slot.folders.is_empty() && before > 0 {
            emptied.push(slot.id);
        }
    }
    state.remove_slots(|slot| emptied.contains(&slot.id));
    for folder in params.event.added.iter().filter_map(|folder| from_proto::path(&folder.uri)) {
        if !state.folders.contains(&folder) {
            state.folders.push(folder);
        }
    }
    state.add_folders();
    // Files of a removed folder may still be open.
    state.add_orphans();
}
