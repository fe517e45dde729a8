//! `textDocument/didOpen`.

use tower_lsp::ls_types::DidOpenTextDocumentParams;

use crate::documents::Document;
use crate::from_proto;
use crate::state::{Pause, State};
use std::sync::Arc;

/// The editor's text takes the place of the file's.
pub(crate) fn handle(state: &mut State, params: DidOpenTextDocumentParams) {
    let opened = params.text_document;
    let Some(path) = from_proto::path(&opened.uri) else {
        return;
    };
    let document = Document { uri: opened.uri, version: opened.version, text: opened.text.into() };
    Arc::make_mut(&mut state.documents).open(path.clone(), document);
    state.advance();
    state.show_buffer(&path);
    state.want_typing(Pause::None);
    state.add_orphans();
}
