//! Messages to the client, sent in order by a task of their own: a client that is slow to read must
//! not keep the owner of the state waiting.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};
use tower_lsp::Client;
use tower_lsp::ls_types::notification::Notification;
use tower_lsp::ls_types::{Diagnostic, MessageType, ProgressToken, Registration, Uri};

/// How long loading may take before the client is told of it.
const PROGRESS_AFTER: Duration = Duration::from_millis(500);

/// How long the client may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A message.
#[derive(Debug)]
enum Message {
    Diagnostics { uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32> },
    Show(MessageType, String),
    Log(MessageType, String),
    Register(Registration),
    Progress { token: u32, title: String, done: Arc<Notify> },
    Status(ServerStatus),
}

/// How the server fares, as rust-analyzer tells it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct ServerStatus {
    /// Whether it works.
    pub(crate) health: Health,
    /// Whether it is done with what it knows of.
    pub(crate) quiescent: bool,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// Whether the server works.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Health {
    /// It does.
    Ok,
    /// With less than it needs to know everything.
    Warning,
    /// It has nothing to go by, or goes by what was true before.
    Error,
}

enum ServerStatusNotification {}

impl Notification for ServerStatusNotification {
    type Params = ServerStatus;
    const METHOD: &'static str = "experimental/serverStatus";
}

/// Takes messages for the client without waiting.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    messages: mpsc::UnboundedSender<Message>,
    ready: Arc<Notify>,
}

impl Outbox {
    /// Starts the task that sends, which begins once the client is ready.
    pub(crate) fn new(client: Client) -> Self {
        let (messages, receiver) = mpsc::unbounded_channel();
        let ready = Arc::new(Notify::new());
        tokio::spawn(deliver(client, receiver, Arc::clone(&ready)));
        Outbox { messages, ready }
    }

    /// The client is ready: what was sent so far is delivered, in order.
    pub(crate) fn open(&self) {
        self.ready.notify_one();
    }

    /// Replaces the diagnostics of a file.
    pub(crate) fn diagnostics(&self, uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        self.send(Message::Diagnostics { uri, diagnostics, version });
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, kind: MessageType, text: impl Into<String>) {
        self.send(Message::Show(kind, text.into()));
    }

    /// Writes to the client's log.
    pub(crate) fn log(&self, kind: MessageType, text: impl Into<String>) {
        self.send(Message::Log(kind, text.into()));
    }

    /// Registers a capability with the client.
    pub(crate) fn register(&self, registration: Registration) {
        self.send(Message::Register(registration));
    }

    /// Shows progress, unless `done` is notified soon, and until it is.
    pub(crate) fn progress(&self, token: u32, title: impl Into<String>, done: Arc<Notify>) {
        self.send(Message::Progress { token, title: title.into(), done });
    }

    /// Tells how the server fares.
    pub(crate) fn status(&self, status: ServerStatus) {
        self.send(Message::Status(status));
    }

    fn send(&self, message: Message) {
        // Fails only once the runtime stops, and nobody is left to tell.
        let _ = self.messages.send(message);
    }
}

async fn deliver(
    client: Client,
    mut messages: mpsc::UnboundedReceiver<Message>,
    ready: Arc<Notify>,
) {
    ready.notified().await;
    while let Some(message) = messages.recv().await {
        match message {
            Message::Diagnostics { uri, diagnostics, version } => {
                client.publish_diagnostics(uri, diagnostics, version).await;
            }
            Message::Show(kind, text) => client.show_message(kind, text).await,
            Message::Log(kind, text) => client.log_message(kind, text).await,
            Message::Status(status) => {
                client.send_notification::<ServerStatusNotification>(status).await;
            }
            Message::Register(registration) => {
                tokio::spawn(register(client.clone(), registration));
            }
            Message::Progress { token, title, done } => {
                let token = ProgressToken::String(format!("cachelit/{token}"));
                tokio::spawn(show_progress(client.clone(), token, title, done));
            }
        }
    }
}

async fn register(client: Client, registration: Registration) {
    let method = registration.method.clone();
    let answer = client.register_capability(vec![registration]);
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!("the client refused to register `{method}`: {error}"),
        Err(_) => tracing::warn!("the client did not answer whether it registered `{method}`"),
    }
}

async fn show_progress(client: Client, token: ProgressToken, title: String, done: Arc<Notify>) {
    tokio::select! {
        () = done.notified() => return,
        () = tokio::time::sleep(PROGRESS_AFTER) => {}
    }
    let created = client.create_work_done_progress(token.clone());
    if !matches!(tokio::time::timeout(ANSWER_WITHIN, created).await, Ok(Ok(()))) {
        return;
    }
    let progress = client.progress(token, title).begin().await;
    done.notified().await;
    progress.finish().await;
}
