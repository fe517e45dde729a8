//! `textDocument/didSave`.

use tower_lsp::ls_types::DidSaveTextDocumentParams;

use crate::from_proto;
use crate::state::{Pause, State};

/// Checks the files that are not open, too: they may depend on what was saved.
pub(crate) fn handle(state: &mut State, params: &DidSaveTextDocumentParams) {
    let Some(path) = from_proto::path(&params.text_document.uri) else {
        return;
    };
    state.advance();
    for slot in &mut state.slots {
        slot.update(|workspace| workspace.files_changed([path.as_path()]));
    }
    state.want_typing(Pause::None);
    state.want_sweep(Pause::None);
}
