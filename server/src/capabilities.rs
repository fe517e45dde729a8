//! What the client can do, and what this server offers it.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;
use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability,
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern,
    HoverProviderCapability, InitializeParams, OneOf, Registration, RelativePattern, SaveOptions,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use crate::line_index::Encoding;

/// The kind of the code action that applies every machine-applicable fix of a file.
pub(crate) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.cachelit");

/// What was agreed on with the client; fixed from `initialize` on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has a flag for each capability")]
pub(crate) struct Agreement {
    /// The unit of columns.
    pub(crate) encoding: Encoding,
    /// The client shows related information; otherwise it becomes part of the message.
    pub(crate) related_information: bool,
    /// Edits may name the version of the document that they are for.
    pub(crate) document_changes: bool,
    /// The client shows progress that the server begins.
    pub(crate) progress: bool,
    /// The client watches files if asked to.
    pub(crate) watches_files: bool,
    /// It understands patterns below a folder that is named apart.
    pub(crate) relative_patterns: bool,
    /// The client wants `experimental/serverStatus`.
    pub(crate) server_status: bool,
    /// What the user set.
    pub(crate) options: Options,
}

/// `initializationOptions`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Options {
    /// Whether to check while typing; otherwise upon opening and saving only.
    pub(crate) check_on_type: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { check_on_type: true }
    }
}

impl Agreement {
    /// From what the client says of itself. The second part says what is wrong with its options,
    /// which then are the default ones.
    pub(crate) fn new(params: &InitializeParams) -> (Self, Option<String>) {
        let client = &params.capabilities;
        let (options, problem) = match &params.initialization_options {
            None | Some(serde_json::Value::Null) => (Options::default(), None),
            Some(value) => match Options::deserialize(value) {
                Ok(options) => (options, None),
                Err(error) => {
                    (Options::default(), Some(format!("initialization options ignored: {error}")))
                }
            },
        };
        let agreement = Agreement {
            encoding: Encoding::negotiate(
                client.general.as_ref().and_then(|it| it.position_encodings.as_deref()),
            ),
            related_information: related_information(client).unwrap_or(false),
            document_changes: document_changes(client).unwrap_or(false),
            progress: client.window.as_ref().and_then(|it| it.work_done_progress).unwrap_or(false),
            watches_files: watches_files(client).unwrap_or(false),
            relative_patterns: relative_patterns(client).unwrap_or(false),
            server_status: client
                .experimental
                .as_ref()
                .and_then(|it| it.get("serverStatusNotification")?.as_bool())
                .unwrap_or(false),
            options,
        };
        (agreement, problem)
    }

    /// What this server offers.
    pub(crate) fn server_capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                        include_text: Some(false),
                    })),
                    ..TextDocumentSyncOptions::default()
                },
            )),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, FIX_ALL]),
                ..CodeActionOptions::default()
            })),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                file_operations: None,
            }),
            ..ServerCapabilities::default()
        }
    }
}

/// Asks the client to tell of every file in its folders that findings depend on.
pub(crate) fn watch_files() -> Registration {
    let globs = [
        "**/*.rs",
        "**/Cargo.toml",
        "**/Cargo.lock",
        "**/cache-lint.toml",
        "**/.cargo/config.toml",
        "**/.cargo/config",
        "**/rust-toolchain.toml",
        "**/rust-toolchain",
    ];
    let watchers = globs.map(|glob| GlobPattern::String(glob.to_owned()));
    watch("cachelit-watched-files".to_owned(), watchers)
}

/// The same for packages that workspaces depend on by path, in folders that the client hasn't open.
pub(crate) fn watch_packages(roots: &[PathBuf], relative: bool) -> Registration {
    let watchers = roots.iter().flat_map(|root| {
        ["**/*.rs", "Cargo.toml"].map(|glob| match Uri::from_file_path(root) {
            Some(base) if relative => GlobPattern::Relative(RelativePattern {
                base_uri: OneOf::Right(base),
                pattern: glob.to_owned(),
            }),
            _ => GlobPattern::String(root.join(glob).to_string_lossy().into_owned()),
        })
    });
    let first = roots.first().map_or(Cow::Borrowed(""), |root| root.to_string_lossy());
    watch(format!("cachelit-watched-packages {first}"), watchers)
}

fn watch(id: String, patterns: impl IntoIterator<Item = GlobPattern>) -> Registration {
    let watcher = |glob_pattern| FileSystemWatcher { glob_pattern, kind: None };
    let watchers = patterns.into_iter().map(watcher).collect();
    let options = DidChangeWatchedFilesRegistrationOptions { watchers };
    Registration {
        id,
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: serde_json::to_value(options).ok(),
    }
}

fn related_information(client: &ClientCapabilities) -> Option<bool> {
    client.text_document.as_ref()?.publish_diagnostics.as_ref()?.related_information
}

fn document_changes(client: &ClientCapabilities) -> Option<bool> {
    client.workspace.as_ref()?.workspace_edit.as_ref()?.document_changes
}

fn watches_files(client: &ClientCapabilities) -> Option<bool> {
    client.workspace.as_ref()?.did_change_watched_files.as_ref()?.dynamic_registration
}

fn relative_patterns(client: &ClientCapabilities) -> Option<bool> {
    client.workspace.as_ref()?.did_change_watched_files.as_ref()?.relative_pattern_support
}
