//! What the linter says of `tests/demo` from its source is what the demo says of itself as it runs.

use std::collections::BTreeMap;

use cachelit_tests::{cache_lint, cargo, text};
use serde_json::Value;

/// By function path: what must be the same on both sides.
type Keys = BTreeMap<String, (String, Value, Value)>;

fn keys<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Keys {
    let get = |object: &Value, field: &str| object[field].as_str().unwrap_or("missing").to_owned();
    objects
        .into_iter()
        .map(|object| {
            let key =
                (get(object, "code_hash"), object["hashed"].clone(), object["excluded"].clone());
            (get(object, "function"), key)
        })
        .collect()
}

fn json(bytes: Vec<u8>) -> Vec<Value> {
    let text = text(bytes);
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn the_linter_shows_the_keys_that_the_program_uses() {
    let linted = cache_lint("demo", &["keys", "--message-format", "json"]);
    assert!(linted.status.success(), "{}", text(linted.stderr));
    let run =
        cargo(&["run", "--quiet", "--manifest-path", "tests/demo/Cargo.toml", "--", "functions"]);
    assert!(run.status.success(), "{}", text(run.stderr));
    let (linted, ran) = (json(linted.stdout), json(run.stdout));
    let linted = keys(&linted);
    assert!(linted.len() > 10, "the demo has more cached functions than {linted:?}");
    assert_eq!(linted, keys(&ran));
}

#[test]
fn the_demo_is_clean() {
    let output = cache_lint("demo", &["check", "--deny", "untracked-code"]);
    assert!(output.status.success(), "{}", text(output.stdout));
}

#[test]
fn what_the_demo_claims_is_true() {
    let output = cargo(&["run", "--quiet", "--manifest-path", "tests/demo/Cargo.toml"]);
    assert!(output.status.success(), "{}{}", text(output.stdout), text(output.stderr));
}
