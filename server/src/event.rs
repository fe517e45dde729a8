//! Everything that can happen to the server's state, in the order in which it happened.

use std::path::PathBuf;

use cachelit_workspace::{LoadError, Workspace};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc;
use tower_lsp::ls_types::{
    CodeActionParams, CodeActionResponse, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, Hover, HoverParams,
};

use crate::capabilities::Agreement;
use crate::schedule::Panicked;
use crate::slot::SlotId;
use crate::tasks::{Checked, Extent};

/// Where the answer to a request goes.
pub(crate) type Reply<T> = oneshot::Sender<jsonrpc::Result<T>>;

/// What happened.
pub(crate) enum Event {
    /// The client introduced itself.
    Initialize {
        /// What was agreed on.
        agreement: Agreement,
        /// The folders that are open in the editor.
        folders: Vec<PathBuf>,
        /// What to tell the user about the options.
        problem: Option<String>,
    },
    /// The client is ready for messages.
    Initialized,
    /// A document was opened.
    Open(DidOpenTextDocumentParams),
    /// A document was edited.
    Change(DidChangeTextDocumentParams),
    /// A document was saved.
    Save(DidSaveTextDocumentParams),
    /// A document was closed.
    Close(DidCloseTextDocumentParams),
    /// Files changed on disk.
    WatchedFiles(DidChangeWatchedFilesParams),
    /// Folders were added to the editor's window or removed from it.
    Folders(DidChangeWorkspaceFoldersParams),
    /// A hover is asked for.
    Hover(HoverParams, Reply<Option<Hover>>),
    /// Code actions are asked for.
    CodeAction(CodeActionParams, Reply<Option<CodeActionResponse>>),
    /// A workspace was loaded, or could not be.
    Loaded(SlotId, Result<Result<Box<Workspace>, LoadError>, Panicked>),
    /// Files were checked.
    Checked(SlotId, Extent, Result<Checked, Panicked>),
}
