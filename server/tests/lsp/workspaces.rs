//! Which workspaces are loaded, and what happens when one can't be.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::project::{Project, manifest};

const MISTAKE: &str = "#[cachelit::cache_data(tttl = 5)]\nfn f(n: u32) -> u32 {\n    n\n}\n";

#[test]
fn a_folder_without_a_manifest_stands_for_its_subfolders() {
    let project = Project::empty();
    project.package("a", MISTAKE);
    project.package("b", MISTAKE);
    let mut client = Client::start(project.root());
    assert_eq!(client.diagnostics(&project.path("a/src/lib.rs"), None).len(), 1);
    assert_eq!(client.diagnostics(&project.path("b/src/lib.rs"), None).len(), 1);
}

#[test]
fn an_empty_folder_waits_for_a_manifest() {
    let project = Project::empty();
    let mut client = Client::start(project.root());
    project.package("", MISTAKE);
    client.changed_on_disk(&project.path("Cargo.toml"));
    assert_eq!(client.diagnostics(&project.lib(), None).len(), 1);
}

#[test]
fn a_file_outside_of_every_folder_brings_its_own_workspace() {
    let (inside, outside) = (Project::new("pub fn f() {}\n"), Project::new(MISTAKE));
    let mut client = Client::start(inside.root());
    client.open(&outside.lib(), MISTAKE);
    assert_eq!(client.diagnostics(&outside.lib(), Some(1)).len(), 1);
    client.close(&outside.lib());
    assert!(client.diagnostics(&outside.lib(), None).is_empty(), "nobody asked for this workspace");
}

#[test]
fn a_workspace_nested_in_another_is_loaded_for_its_open_files() {
    let project = Project::new("pub fn f() {}\n");
    project.package("examples/nested", MISTAKE);
    let nested = project.path("examples/nested/src/lib.rs");
    let mut client = Client::start(project.root());
    client.open(&nested, MISTAKE);
    assert_eq!(client.diagnostics(&nested, Some(1)).len(), 1);
}

#[test]
fn without_a_folder_an_open_file_is_enough() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start_with(&[], &json!({}));
    client.open(&project.lib(), MISTAKE);
    assert_eq!(client.diagnostics(&project.lib(), Some(1)).len(), 1);
}

#[test]
fn folders_come_and_go() {
    let (first, second) = (Project::new("pub fn f() {}\n"), Project::new(MISTAKE));
    let mut client = Client::start(first.root());
    let folder = json!({ "uri": uri(second.root()), "name": "second" });
    let change = |added: &[&Value], removed: &[&Value]| json!({ "event": { "added": added, "removed": removed } });
    client.notify("workspace/didChangeWorkspaceFolders", &change(&[&folder], &[]));
    assert_eq!(client.diagnostics(&second.lib(), None).len(), 1);
    client.notify("workspace/didChangeWorkspaceFolders", &change(&[], &[&folder]));
    assert!(client.diagnostics(&second.lib(), None).is_empty());
}

#[test]
fn two_folders_of_one_workspace_are_one() {
    let project = Project::new(MISTAKE);
    let (root, src) = (project.root().to_owned(), project.path("src"));
    let mut client = Client::start_with(&[&root, &src], &json!({}));
    assert_eq!(client.diagnostics(&project.lib(), None).len(), 1);
    client.open(&project.lib(), MISTAKE);
    assert_eq!(client.diagnostics(&project.lib(), Some(1)).len(), 1);
    client.request("shutdown", &Value::Null);
    let published = |message: &&Value| message["method"] == "textDocument/publishDiagnostics";
    assert_eq!(client.unread().filter(published).count(), 0);
}

#[test]
fn a_broken_manifest_keeps_the_last_good_state_and_a_repaired_one_recovers() {
    let project = Project::new(MISTAKE);
    let mut client = Client::start(project.root());
    client.open(&project.lib(), MISTAKE);
    assert_eq!(client.diagnostics(&project.lib(), Some(1)).len(), 1);

    project.write("Cargo.toml", "[package\n");
    client.changed_on_disk(&project.path("Cargo.toml"));
    let message = client.wait_notification("window/showMessage");
    assert_eq!(message["type"], 1);
    let status = |client: &mut Client, health: &str| {
        client.wait(&format!("{health} health"), |message| {
            message["method"] == "experimental/serverStatus"
                && message["params"]["health"] == health
                && message["params"]["quiescent"] == true
        })
    };
    status(&mut client, "error");
    client.change(&project.lib(), 2, &MISTAKE.replace("tttl", "ttl"));
    assert!(client.diagnostics(&project.lib(), Some(2)).is_empty(), "the last good state works on");
    client.changed_on_disk(&project.path("Cargo.toml"));
    status(&mut client, "error");

    project.write("Cargo.toml", &format!("{}\n# repaired\n", manifest()));
    client.changed_on_disk(&project.path("Cargo.toml"));
    client.wait("a log of the recovery", |message| {
        message["method"] == "window/logMessage"
            && message["params"]["message"].as_str().is_some_and(|it| it.contains("readable again"))
    });
    client.change(&project.lib(), 3, MISTAKE);
    assert_eq!(client.diagnostics(&project.lib(), Some(3)).len(), 1);
    client.request("shutdown", &Value::Null);
    let shown = |message: &&Value| message["method"] == "window/showMessage";
    assert_eq!(client.unread().filter(shown).count(), 0, "the same failure is shown once");
}

#[test]
fn a_manifest_that_was_broken_from_the_start_recovers() {
    let project = Project::new(MISTAKE);
    project.write("Cargo.toml", "[package\n");
    let mut client = Client::start(project.root());
    client.open(&project.lib(), MISTAKE);
    client.wait_notification("window/showMessage");
    project.write("Cargo.toml", &manifest());
    client.changed_on_disk(&project.path("Cargo.toml"));
    assert_eq!(client.diagnostics(&project.lib(), Some(1)).len(), 1);
}

#[test]
fn a_path_with_spaces_and_umlauts_works() {
    let project = Project::empty();
    project.package("große Dinge", MISTAKE);
    let mut client = Client::start(&project.path("große Dinge"));
    assert_eq!(client.diagnostics(&project.path("große Dinge/src/lib.rs"), None).len(), 1);
}

#[test]
fn a_package_in_a_folder_that_is_not_open_is_watched() {
    const USER: &str =
        "#[cachelit::cache_resource]\nfn f() -> other::Handle {\n    other::make()\n}\n";
    let (inside, outside) = (Project::new(USER), Project::empty());
    outside.write("Cargo.toml", "[package]\nname = \"other\"\nedition = \"2024\"\n[workspace]\n");
    outside.write("src/lib.rs", "pub struct Handle(std::rc::Rc<u8>);\n");
    let dependency = format!("[dependencies]\nother = {{ path = {} }}\n", json!(outside.root()));
    inside.write("Cargo.toml", &manifest().replace("[dependencies]\n", &dependency));
    for relative in [true, false] {
        outside.write("src/lib.rs", "pub struct Handle(std::rc::Rc<u8>);\n");
        let more = json!({ "capabilities": { "workspace": {
            "didChangeWatchedFiles": { "relativePatternSupport": relative },
        } } });
        let mut client = Client::start_with(&[inside.root()], &more);
        client.open(&inside.lib(), USER);
        assert_eq!(client.diagnostics(&inside.lib(), Some(1)).len(), 1);
        let expected = if relative {
            json!({ "baseUri": uri(outside.root()), "pattern": "**/*.rs" })
        } else {
            json!(outside.path("**/*.rs"))
        };
        client.wait("a watcher of the package", |message| {
            let watchers = &message["params"]["registrations"][0]["registerOptions"]["watchers"];
            let mut watchers = watchers.as_array().into_iter().flatten();
            watchers.any(|watcher| watcher["globPattern"] == expected)
        });
        outside.write("src/lib.rs", "pub struct Handle(std::sync::Arc<u8>);\n");
        client.changed_on_disk(&outside.lib());
        assert!(client.diagnostics(&inside.lib(), Some(1)).is_empty());
    }
}
