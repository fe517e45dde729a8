//! Beginning and end of a session.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::client::{Client, frame};
use crate::project::Project;

const CLEAN: &str = "pub fn f() {}\n";

#[test]
fn shutdown_then_exit_ends_with_zero() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    client.request("shutdown", &Value::Null);
    client.notify("exit", &Value::Null);
    assert_eq!(client.exit_status().code(), Some(0));
}

#[test]
fn exit_without_shutdown_ends_with_one() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    client.notify("exit", &Value::Null);
    assert_eq!(client.exit_status().code(), Some(1));
}

#[test]
fn the_end_of_the_input_ends_the_server() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    client.hang_up();
    assert_eq!(client.exit_status().code(), Some(1));
}

#[test]
fn the_end_of_the_parent_ends_the_server() {
    let mut parent = Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat is there");
    let project = Project::new(CLEAN);
    let more = json!({ "processId": parent.id() });
    let mut client = Client::start_with(&[project.root()], &more);
    assert!(client.request("shutdown", &Value::Null).is_null(), "it lives while the parent does");
    parent.kill().expect("it runs");
    parent.wait().expect("it was started");
    assert_eq!(client.exit_status().code(), Some(0));
}

#[test]
fn an_unknown_request_is_an_error_and_an_unknown_notification_is_nothing() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    client.notify("cachelit/nonsense", &json!({}));
    let answer = client.answer("cachelit/nonsense", &json!({}));
    assert_eq!(answer["error"]["code"], -32601);
}

#[test]
fn a_request_before_initialize_is_refused() {
    let mut client = Client::spawn();
    let answer = client.answer(
        "textDocument/hover",
        &json!({
            "textDocument": { "uri": "file:///a.rs" }, "position": { "line": 0, "character": 0 },
        }),
    );
    assert_eq!(answer["error"]["code"], -32002);
}

#[test]
fn parameters_of_the_wrong_shape_are_an_error_and_the_session_goes_on() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    let answer = client.answer("textDocument/hover", &json!({ "textDocument": 3 }));
    assert_eq!(answer["error"]["code"], -32602);
    client.notify("textDocument/didChange", &json!({ "oops": [] }));
    client.request("shutdown", &Value::Null);
}

#[test]
fn a_body_that_is_no_json_is_answered_and_ends_the_session() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    client.send_bytes(b"Content-Length: 5\r\n\r\n{oops");
    let answer = client.wait("an error", |message| !message["error"].is_null());
    assert_eq!(answer["error"]["code"], -32700);
    assert_eq!(client.exit_status().code(), Some(1));
}

#[test]
fn options_that_are_wrong_are_said_and_ignored() {
    let project = Project::new(CLEAN);
    let more = json!({ "initializationOptions": { "checkOnType": "often" } });
    let mut client = Client::start_with(&[project.root()], &more);
    let message = client.wait_notification("window/showMessage");
    let text = message["message"].as_str().expect("a text");
    assert!(text.contains("initialization options ignored"), "{text}");
}

#[test]
fn every_file_that_findings_depend_on_is_watched() {
    let project = Project::new(CLEAN);
    let mut client = Client::start(project.root());
    let asked = client.wait_notification("client/registerCapability");
    let globs: Vec<_> = asked["registrations"][0]["registerOptions"]["watchers"]
        .as_array()
        .expect("watchers")
        .iter()
        .map(|watcher| watcher["globPattern"].as_str().expect("a glob"))
        .collect();
    let (ours, cargos) = globs.split_at(4);
    assert_eq!(ours, ["**/*.rs", "**/Cargo.toml", "**/Cargo.lock", "**/cache-lint.toml"]);
    assert_eq!(cargos[..2], ["**/.cargo/config.toml", "**/.cargo/config"]);
    assert_eq!(cargos[2..], ["**/rust-toolchain.toml", "**/rust-toolchain"]);
}

#[test]
fn a_client_that_cannot_register_is_not_asked_to() {
    let project = Project::new(CLEAN);
    let more = json!({
        "capabilities": { "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": false } } },
    });
    let mut client = Client::start_with(&[project.root()], &more);
    client.request("shutdown", &Value::Null);
    assert!(client.unread().all(|message| message["method"] != "client/registerCapability"));
}

#[track_caller]
fn check_arguments(arguments: &[&str], status: i32, stdout: &str, stderr: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_cachelit-server"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the server starts");
    assert_eq!(output.status.code(), Some(status));
    let out = String::from_utf8(output.stdout).expect("text");
    assert!(out.starts_with(stdout), "{out}");
    let err = String::from_utf8(output.stderr).expect("text");
    assert!(err.contains(stderr), "{err}");
}

#[test]
fn version_and_help_are_printed() {
    let version = concat!("cachelit-server ", env!("CARGO_PKG_VERSION"), "\n");
    check_arguments(&["--version"], 0, version, "");
    check_arguments(&["--help"], 0, "The language server of cachelit", "");
}

#[test]
fn an_unknown_argument_is_refused() {
    check_arguments(&["--port=1"], 2, "", "unknown argument `--port=1`");
}

#[test]
fn answers_to_what_was_asked_before_the_end_of_the_input_are_still_written() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_cachelit-server"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} },
    });
    let mut input = server.stdin.take().expect("piped");
    input.write_all(&frame(&request)).expect("written");
    drop(input);
    let output = server.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("hoverProvider"), "{text}");
}
