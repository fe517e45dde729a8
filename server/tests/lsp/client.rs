//! A client over standard input and output of the real server, for tests: frames messages, answers
//! what the server asks, and waits for what a test wants to see.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Nothing takes this long; a test that waits in vain fails after it.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    /// Messages that nobody waited for yet.
    seen: VecDeque<Value>,
    next_id: i64,
    encoding: Value,
}

impl Client {
    /// The server, before `initialize`.
    pub(crate) fn spawn() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_cachelit-server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("CARGO_NET_OFFLINE", "true")
            .spawn()
            .expect("the server starts");
        let input = process.stdin.take();
        let stdout = process.stdout.take().expect("piped");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read_message(&mut reader) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client { process, input, output, seen: VecDeque::new(), next_id: 0, encoding: Value::Null }
    }

    /// The server, initialized with what VS Code says of itself and the folder.
    pub(crate) fn start(folder: &Path) -> Self {
        Client::start_with(&[folder], &json!({}))
    }

    /// The server, initialized; `more` is merged into the parameters.
    pub(crate) fn start_with(folders: &[&Path], more: &Value) -> Self {
        let mut client = Client::spawn();
        let folders: Vec<Value> =
            folders.iter().map(|folder| json!({ "uri": uri(folder), "name": "test" })).collect();
        let mut params = json!({
            "processId": std::process::id(),
            "workspaceFolders": folders,
            "capabilities": {
                "textDocument": { "publishDiagnostics": { "relatedInformation": true, "versionSupport": true } },
                "workspace": {
                    "workspaceEdit": { "documentChanges": true },
                    "didChangeWatchedFiles": { "dynamicRegistration": true },
                },
                "experimental": { "serverStatusNotification": true },
            },
        });
        merge(&mut params, more);
        let result = client.request("initialize", &params);
        client.encoding = result["capabilities"]["positionEncoding"].clone();
        client.notify("initialized", &json!({}));
        client
    }

    pub(crate) fn encoding(&self) -> &Value {
        &self.encoding
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The result of a request; panics if it fails.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer["error"].is_null(), "{method} failed: {answer}");
        answer["result"].clone()
    }

    /// The answer to a request, be it a result or an error.
    #[track_caller]
    pub(crate) fn answer(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(&format!("the answer to {method}"), |message| {
            message["id"] == id && message["method"].is_null()
        })
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.send_bytes(&frame(message));
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// The first message, of those not waited for yet, that `wanted` accepts; others are kept.
    #[track_caller]
    pub(crate) fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&wanted) {
            return self.seen.remove(at).expect("it is there");
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(message) => {
                    self.oblige(&message);
                    if wanted(&message) {
                        return message;
                    }
                    self.seen.push_back(message);
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what}; seen: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended before {what}; seen: {:#?}", self.seen)
                }
            }
        }
    }

    #[track_caller]
    pub(crate) fn wait_notification(&mut self, method: &str) -> Value {
        self.wait(method, |message| message["method"] == method)["params"].clone()
    }

    /// The diagnostics that the server publishes for a file next, of this version.
    #[track_caller]
    pub(crate) fn diagnostics(&mut self, file: &Path, version: Option<i32>) -> Vec<Value> {
        let uri = uri(file);
        let what = format!("diagnostics for {uri}, version {version:?}");
        let message = self.wait(&what, |message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"].as_i64() == version.map(i64::from)
        });
        message["params"]["diagnostics"].as_array().expect("a list").clone()
    }

    /// Every message so far that nobody waited for.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &Value> {
        self.seen.iter()
    }

    pub(crate) fn open(&mut self, file: &Path, text: &str) {
        let document =
            json!({ "uri": uri(file), "languageId": "rust", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub(crate) fn change(&mut self, file: &Path, version: i32, text: &str) {
        self.edit(file, version, &json!([{ "text": text }]));
    }

    pub(crate) fn edit(&mut self, file: &Path, version: i32, changes: &Value) {
        let document = json!({ "uri": uri(file), "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", &params);
    }

    pub(crate) fn save(&mut self, file: &Path) {
        self.notify("textDocument/didSave", &json!({ "textDocument": { "uri": uri(file) } }));
    }

    pub(crate) fn close(&mut self, file: &Path) {
        self.notify("textDocument/didClose", &json!({ "textDocument": { "uri": uri(file) } }));
    }

    pub(crate) fn changed_on_disk(&mut self, file: &Path) {
        let changes = json!([{ "uri": uri(file), "type": 2 }]);
        self.notify("workspace/didChangeWatchedFiles", &json!({ "changes": changes }));
    }

    /// Ends the input, as an editor that crashed does.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// How the server ended.
    #[track_caller]
    pub(crate) fn exit_status(&mut self) -> ExitStatus {
        // The output ends when the process does; what it still says doesn't matter.
        let deadline = Instant::now() + PATIENCE;
        while let Ok(_) | Err(RecvTimeoutError::Timeout) =
            self.output.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            assert!(Instant::now() < deadline, "the server does not end");
        }
        self.process.wait().expect("it was started")
    }

    /// Answers requests of the server's, as a client must.
    fn oblige(&mut self, message: &Value) {
        if !message["method"].is_null() && !message["id"].is_null() {
            let id = &message["id"];
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A file's URI.
pub(crate) fn uri(file: &Path) -> String {
    let encoded = file.to_str().expect("tests use UTF-8 paths").bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    format!("file://{}", encoded.collect::<String>())
}

/// A message with its header.
pub(crate) fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn read_message(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").expect("nothing but messages is written");
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.parse().expect("a number"));
        }
    }
    let mut body = vec![0; length.expect("every message has a length")];
    reader.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("messages are JSON"))
}

fn merge(base: &mut Value, more: &Value) {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            for (key, value) in more {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, more) => *base = more.clone(),
    }
}
