//! `textDocument/didClose`.

use std::sync::Arc;

use tower_lsp::ls_types::DidCloseTextDocumentParams;

use crate::from_proto;
use crate::state::{Pause, State};

/// The file's text counts again; what was unsaved is gone.
pub(crate) fn handle(state: &mut State, params: &DidCloseTextDocumentParams) {
    let Some(path) = from_proto::path(&params.text_document.uri) else {
        return;
    };
    if Arc::make_mut(&mut state.documents).close(&path).is_none() {
        return;
    }
    state.advance();
    let mut stays = false;
    for slot in &mut state.slots {
        slot.update(|workspace| {
            workspace.close_buffer(&path);
            workspace.files_changed([path.as_path()]);
        });
        if slot.checks(&path) {
            slot.touched.insert(path.clone());
            stays = true;
        }
    }
    if !stays {
        state.published.clear(&path, &state.documents, &state.outbox);
    }
    remove_orphaned(state);
    state.want_typing(Pause::None);
    state.want_sweep(Pause::None);
}

/// Lets go of workspaces that were loaded for an open file only, once there is none.
fn remove_orphaned(state: &mut State) {
    let open: Vec<_> = state.documents.iter().map(|(path, _)| path.to_owned()).collect();
    let unused: Vec<_> = state
        .slots
        .iter()
        .filter(|slot| slot.folders.is_empty())
        .filter_map(|slot| (!open.iter().any(|path| slot.serves(path))).then_some(slot.id))
        .collect();
    state.remove_slots(|slot| unused.contains(&slot.id));
}
