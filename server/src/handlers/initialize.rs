//! `initialize` and `initialized`: the session begins.

use std::path::PathBuf;
use std::sync::Arc;

use tower_lsp::ls_types::MessageType;

use crate::capabilities::{self, Agreement};
use crate::state::State;

/// Starts loading at once: the answer to `initialize` need not have arrived.
pub(crate) fn initialize(
    state: &mut State,
    agreement: Agreement,
    folders: Vec<PathBuf>,
    problem: Option<String>,
) {
    state.agreement = Arc::new(agreement);
    state.folders = folders;
    if let Some(problem) = problem {
        state.outbox.show(MessageType::WARNING, format!("cachelit: {problem}"));
    }
    state.add_folders();
}

/// From now on the client takes requests.
pub(crate) fn initialized(state: &mut State) {
    state.outbox.open();
    if state.agreement.watches_files {
        state.outbox.register(capabilities::watch_files());
    }
}
