//! The protocol's methods. Each turns its message into an [`Event`] before it first waits: handlers
//! run concurrently, and only this keeps messages in the order in which the client sent them.

use std::path::PathBuf;

use tokio::sync::{mpsc, oneshot, watch};
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeActionParams, CodeActionResponse, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, Hover,
    HoverParams, InitializeParams, InitializeResult, InitializedParams, ServerInfo,
};

use crate::capabilities::Agreement;
use crate::event::{Event, Reply};
use crate::from_proto;
use crate::lifecycle::Lifecycle;

/// The protocol's side of the server.
pub(crate) struct Backend {
    events: mpsc::UnboundedSender<Event>,
    lifecycle: watch::Sender<Lifecycle>,
}

impl Backend {
    /// Sends events to the owner of the state, and tells of the end of the session.
    pub(crate) fn new(
        events: mpsc::UnboundedSender<Event>,
        lifecycle: watch::Sender<Lifecycle>,
    ) -> Self {
        Backend { events, lifecycle }
    }

    fn send(&self, event: Event) {
        if self.events.send(event).is_err() {
            tracing::error!("the main loop has ended; a message is lost");
        }
    }

    async fn ask<T>(&self, event: impl FnOnce(Reply<T>) -> Event) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.send(event(reply));
        let mut lifecycle = self.lifecycle.subscribe();
        tokio::select! {
            answer = answer => answer.unwrap_or_else(|_| Err(Error::internal_error())),
            // Whoever shuts down doesn't wait for answers, and must not have to wait for them.
            _ = lifecycle.wait_for(|now| now.shut_down) => Err(Error::request_cancelled()),
        }
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let (agreement, problem) = Agreement::new(&params);
        let capabilities = agreement.server_capabilities();
        self.send(Event::Initialize { agreement, folders: folders(&params), problem });
        self.lifecycle.send_modify(|now| now.parent = params.process_id);
        Ok(InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.send(Event::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        self.lifecycle.send_modify(|now| now.shut_down = true);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.send(Event::Open(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.send(Event::Change(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.send(Event::Save(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.send(Event::Close(params));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.send(Event::WatchedFiles(params));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.send(Event::Folders(params));
    }

    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {
        // Options come with `initialize` only, and some clients send this whatever they hear.
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.ask(|reply| Event::Hover(params, reply)).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.ask(|reply| Event::CodeAction(params, reply)).await
    }
}

/// The folders that are open in the editor; older clients know one only.
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    if let Some(folders) = params.workspace_folders.as_ref().filter(|it| !it.is_empty()) {
        return folders.iter().filter_map(|folder| from_proto::path(&folder.uri)).collect();
    }
    #[expect(deprecated, reason = "older clients send nothing else")]
    let (uri, path) = (&params.root_uri, &params.root_path);
    match uri {
        Some(uri) => from_proto::path(uri).into_iter().collect(),
        None => path.iter().map(PathBuf::from).filter(|path| path.is_absolute()).collect(),
    }
}
