//! `keys`, `explain` and `type`.

use crate::support::Project;
use serde_json::json;

const SOURCE: &str = "use cachelit::cache_data;

pub fn clean(row: u64) -> u64 { row }

#[cache_data(scope = \"global\", persist = \"disk\")]
fn load(_db: &str, id: u64) -> u64 { clean(id) }
";

#[test]
fn keys_tell_what_a_key_is_made_of() {
    let project = Project::new(SOURCE);
    let run = project.run(&["keys", "--message-format", "json"]);
    let [key] = &run.json()[..] else { panic!("{}", run.stdout) };
    let hash = key["code_hash"].as_str().expect("a text");
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    assert_eq!(
        *key,
        json!({
            "function": "app::load",
            "package": "app",
            "kind": "data",
            "file": "app/src/lib.rs",
            "line": 6,
            "code_hash": hash,
            "hashed": ["id"],
            "excluded": ["_db"],
            "scope": "global",
            "persist": "disk",
            "reaches": [{"name": "app::clean", "file": "app/src/lib.rs", "line": 3, "tracked": false}],
        })
    );
    insta::assert_snapshot!(project.run(&["keys"]).stdout.replace(hash, "HASH"));
}

#[test]
fn a_workspace_without_cached_functions_has_no_keys() {
    let project = Project::new("fn plain() {}");
    assert_eq!(project.run(&["keys"]).stdout, "no cached functions\n");
    assert_eq!(project.run(&["keys", "--message-format=json"]).stdout, "");
}

#[test]
fn keys_are_compared_with_a_file() {
    let project = Project::new(SOURCE);
    project.run(&["keys", "--write", "keys.json"]);
    project.write("app/src/lib.rs", &format!("// Moved.\n{SOURCE}"));
    let same = project.run(&["keys", "--check", "keys.json"]);
    assert_eq!((same.status, &*same.stdout), (0, "no key changed\n"));
    project.write("app/src/lib.rs", &SOURCE.replace("_db", "db"));
    let changed = project.run(&["keys", "--check", "keys.json"]);
    assert_eq!(changed.status, 1);
    let first = changed.stdout.lines().take(2).collect::<Vec<_>>();
    assert_eq!(first, ["changed app::load (app/src/lib.rs:6)", "    in the key: id → db, id"]);
    let missing = project.run(&["keys", "--check", "no.json"]);
    assert_eq!(missing.status, 2);
}

#[test]
fn keys_are_compared_with_a_revision() {
    let project = Project::new(SOURCE);
    // Cargo writes its lock file.
    project.run(&["keys"]);
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message", "first"]);
    let added = "#[cache_data]\nfn fresh() -> u64 { 1 }\n";
    let source = SOURCE.replace("clean(id)", "clean(id) + 1");
    project.write("app/src/lib.rs", &format!("{source}{added}"));
    let run = project.run(&["keys", "--diff", "HEAD", "--message-format=json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let [fresh, load] = &run.json()[..] else { panic!("{}", run.stdout) };
    assert_eq!((&fresh["change"], &fresh["before"]), (&json!("added"), &json!(null)));
    assert_eq!((&load["change"], &load["function"]), (&json!("changed"), &json!("app::load")));
    assert_ne!(load["before"]["code_hash"], load["after"]["code_hash"]);
    let diff = load["diff"].as_str().expect("a text");
    assert!(diff.contains("\n+fn load(_db: &str, id: u64) -> u64 { clean(id) + 1 }\n"), "{diff}");
    assert_eq!(project.git(&["status", "--porcelain"]), " M app/src/lib.rs\n");

    let refused = project.run(&["keys", "--diff", "no-such-ref"]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("`no-such-ref`"), "{}", refused.stderr);
}

#[test]
fn keys_of_the_chosen_packages_are_compared_also_where_the_revision_has_others() {
    let project = Project::new(SOURCE);
    let member = |name: &str| {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\
             [dependencies]\ncachelit = {{ path = \"../cachelit\" }}\n"
        );
        project.write(&format!("{name}/Cargo.toml"), &manifest);
        project.write(&format!("{name}/src/lib.rs"), SOURCE);
    };
    let members = |names: &str| {
        let manifest = format!("[workspace]\nmembers = [{names}]\nexclude = [\"cachelit\"]\n");
        project.write("Cargo.toml", &manifest);
    };
    member("other");
    members("\"app\", \"other\"");
    project.run(&["keys"]);
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message", "first"]);
    member("fresh");
    members("\"app\", \"other\", \"fresh\"");
    let diff = |arguments: &[&str]| {
        let run = project.run(&[&["keys", "--diff", "HEAD"], arguments].concat());
        assert_eq!((run.status, &*run.stderr), (0, ""));
        run.stdout
    };
    assert_eq!(diff(&["--manifest-path", "app/Cargo.toml"]), "no key changed\n");
    assert_eq!(diff(&["-p", "other"]), "no key changed\n");
    assert!(diff(&["-p", "fresh"]).starts_with("added fresh::load "));
    members("\"app\"");
    assert!(diff(&[]).starts_with("removed other::load "));
}

#[test]
fn explain_prints_the_page_of_a_lint_or_the_list() {
    let project = Project::new("");
    let page = project.run(&["explain", "CL001"]);
    assert_eq!(page.status, 0);
    assert!(page.stdout.starts_with("CL001 unhashable-param (deny by default)\n\n"));
    assert!(page.stdout.contains("## What it does"));
    let list = project.run(&["explain"]);
    assert!(list.stdout.contains("CL006  deny   invalid-option\n"), "{}", list.stdout);
    assert_eq!(project.run(&["explain", "no-such-lint"]).status, 2);
}

#[test]
fn types_are_answered_in_order_one_json_object_each() {
    let project = Project::new("pub struct Local;\npub mod inner { pub struct Deep; }");
    let run = project.run_with_stdin(
        &["type", "--message-format=json", "-p", "app", "Local", "-", "Vec<"],
        "inner::Deep\n\n crate::Local \n",
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let answers = run.json();
    let types: Vec<_> = answers.iter().map(|it| it["type"].as_str().expect("a type")).collect();
    assert_eq!(types, ["Local", "inner::Deep", "crate::Local", "Vec<"]);
    let fields = ["cache_key", "hash", "send", "sync", "clone", "serialize", "deserialize_owned"];
    for answer in &answers[..3] {
        for field in fields {
            let word = answer[field].as_str().expect("a verdict");
            assert!(["yes", "no", "unknown"].contains(&word), "{field}: {word}");
            assert_eq!(answer["reasons"][field].is_array(), word == "no", "{field}");
        }
    }
    assert_eq!((&answers[0]["send"], &answers[0]["clone"]), (&json!("yes"), &json!("no")));
    assert_eq!(answers[3], json!({"type": "Vec<", "error": "not a type"}));
    let order = fields.map(|field| run.stdout.find(&format!("\"{field}\":")));
    assert!(order.is_sorted(), "{}", run.stdout);
}

#[test]
fn a_type_is_read_in_the_module_that_was_named() {
    let project = Project::new("pub mod inner { pub struct Deep; }");
    let ask = |module: &str| {
        project.run(&["type", "--message-format=json", "-p", "app", "--in", module, "Deep"]).json()
    };
    assert_eq!(ask("inner")[0]["send"], "yes");
    assert_eq!(ask("outer")[0]["error"], "no such module; name one with `--in`");
}
