//! `textDocument/didChange`.

use std::sync::Arc;

use tower_lsp::ls_types::DidChangeTextDocumentParams;

use crate::from_proto;
use crate::state::{Pause, State};

/// Applies edits.
pub(crate) fn handle(state: &mut State, params: DidChangeTextDocumentParams) {
    let identifier = params.text_document;
    let Some(path) = from_proto::path(&identifier.uri) else {
        return;
    };
    let encoding = state.agreement.encoding;
    let documents = Arc::make_mut(&mut state.documents);
    if !documents.change(&path, identifier.version, params.content_changes, encoding) {
        tracing::warn!("`{}` was changed without being open", path.display());
        return;
    }
    state.advance();
    state.show_buffer(&path);
    if state.agreement.options.check_on_type {
        state.want_typing(Pause::Typing);
    }
}
