//! Hovers and code actions.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::project::Project;

const MISTAKES: &str = "use cachelit::cache_data;

#[cache_data(tttl = 5, max_entires = 3)]
fn f(n: u32) -> u32 {
    n
}
";

fn hover(client: &mut Client, project: &Project, line: u32, character: u32) -> Value {
    let params = json!({
        "textDocument": { "uri": uri(&project.lib()) },
        "position": { "line": line, "character": character },
    });
    client.request("textDocument/hover", &params)
}

fn code_actions(
    client: &mut Client,
    project: &Project,
    at: (u32, u32),
    only: &Value,
) -> Vec<Value> {
    let position = json!({ "line": at.0, "character": at.1 });
    let mut context = json!({ "diagnostics": [] });
    if !only.is_null() {
        context["only"] = only.clone();
    }
    let params = json!({
        "textDocument": { "uri": uri(&project.lib()) },
        "range": { "start": position, "end": position },
        "context": context,
    });
    client.request("textDocument/codeAction", &params).as_array().expect("a list").clone()
}

/// Applies edits of a code action to an ASCII text.
fn apply(text: &str, edits: &Value) -> String {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |position: &Value| {
        let number = |name: &str| {
            position[name].as_u64().and_then(|it| it.try_into().ok()).unwrap_or(usize::MAX)
        };
        starts[number("line")] + number("character")
    };
    let mut edits: Vec<_> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]), &edit["newText"])
        })
        .collect();
    edits.sort_by_key(|(start, _, _)| *start);
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new.as_str().expect("a text"));
    }
    text
}

fn opened(text: &str, more: &Value) -> (Project, Client) {
    let project = Project::new(text);
    let mut client = Client::start_with(&[project.root()], more);
    client.open(&project.lib(), text);
    client.diagnostics(&project.lib(), Some(1));
    (project, client)
}

#[test]
fn a_hover_on_a_cached_function_tells_its_key() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    let answer = hover(&mut client, &project, 3, 3);
    let text = answer["contents"]["value"].as_str().expect("markdown");
    assert!(text.contains("`n: u32`"), "{text}");
    assert_eq!(answer["contents"]["kind"], "markdown");
    assert_eq!(answer["range"]["start"]["line"], 3);
}

#[test]
fn a_hover_elsewhere_is_nothing() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    assert!(hover(&mut client, &project, 4, 4).is_null());
    assert!(hover(&mut client, &project, 900, 900).is_null());
}

#[test]
fn a_hover_sees_what_was_just_typed() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    client.change(&project.lib(), 2, &MISTAKES.replace("n: u32", "other: u32"));
    let answer = hover(&mut client, &project, 3, 3);
    let text = answer["contents"]["value"].as_str().expect("markdown");
    assert!(text.contains("`other: u32`"), "{text}");
}

#[test]
fn a_quick_fix_replaces_the_mistake() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    let actions = code_actions(&mut client, &project, (2, 14), &json!(["quickfix"]));
    assert_eq!(actions.len(), 1, "{actions:#?}");
    let action = &actions[0];
    assert_eq!(action["kind"], "quickfix");
    assert_eq!(action["isPreferred"], true);
    assert_eq!(action["diagnostics"][0]["code"], "CL006");
    let change = &action["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": uri(&project.lib()), "version": 1 }));
    let fixed = apply(MISTAKES, &change["edits"]);
    assert_eq!(fixed, MISTAKES.replace("tttl", "ttl"));
}

#[test]
fn a_line_that_a_fix_adds_ends_as_the_file_s_do() {
    let text = "use cachelit::cache_data;

struct Id(u32);

#[cache_data]
fn f(id: Id) -> u32 {
    id.0
}
"
    .replace('\n', "\r\n");
    let (project, mut client) = opened(&text, &json!({}));
    let actions = code_actions(&mut client, &project, (5, 5), &json!(["quickfix"]));
    let derives =
        |action: &&Value| action["title"].as_str().is_some_and(|it| it.contains("Derive"));
    let action = actions.iter().find(derives).expect("a fix that derives the trait");
    let fixed = apply(&text, &action["edit"]["documentChanges"][0]["edits"]);
    assert!(fixed.contains("\r\n#[derive(cachelit::CacheKey)]\r\nstruct Id"), "{fixed:?}");
}

#[test]
fn a_client_without_versioned_edits_gets_plain_ones() {
    let more = json!({ "capabilities": { "workspace": { "workspaceEdit": { "documentChanges": false } } } });
    let (project, mut client) = opened(MISTAKES, &more);
    let actions = code_actions(&mut client, &project, (2, 14), &json!(["quickfix"]));
    let fixed = apply(MISTAKES, &actions[0]["edit"]["changes"][uri(&project.lib())]);
    assert_eq!(fixed, MISTAKES.replace("tttl", "ttl"));
}

#[test]
fn all_certain_fixes_of_a_file_are_one_action() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    let actions = code_actions(&mut client, &project, (0, 0), &json!(["source.fixAll"]));
    assert_eq!(actions.len(), 1, "{actions:#?}");
    assert_eq!(actions[0]["kind"], "source.fixAll.cachelit");
    let fixed = apply(MISTAKES, &actions[0]["edit"]["documentChanges"][0]["edits"]);
    assert_eq!(fixed, MISTAKES.replace("tttl", "ttl").replace("max_entires", "max_entries"));
}

#[test]
fn actions_of_other_kinds_are_not_offered() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    for only in ["refactor", "source.organizeImports", "source.fixAll.other", "quick"] {
        assert!(code_actions(&mut client, &project, (2, 14), &json!([only])).is_empty(), "{only}");
    }
}

#[test]
fn where_nothing_is_wrong_there_is_no_quick_fix() {
    let (project, mut client) = opened(MISTAKES, &json!({}));
    assert!(code_actions(&mut client, &project, (4, 0), &json!(["quickfix"])).is_empty());
}

#[test]
fn the_fix_of_an_unhashable_parameter_renames_it_everywhere() {
    const TEXT: &str = "use cachelit::cache_data;

pub struct Connection;

#[cache_data]
fn fetch(conn: &Connection, rows: u32) -> u32 {
    let _ = conn;
    rows
}
";
    let (project, mut client) = opened(TEXT, &json!({}));
    let actions = code_actions(&mut client, &project, (5, 10), &json!(["quickfix"]));
    let rename = actions
        .iter()
        .find(|action| action["title"].as_str().is_some_and(|it| it.contains("_conn")))
        .unwrap_or_else(|| panic!("no rename among {actions:#?}"));
    let fixed = apply(TEXT, &rename["edit"]["documentChanges"][0]["edits"]);
    assert_eq!(fixed, TEXT.replace("conn:", "_conn:").replace("= conn", "= _conn"));
    client.change(&project.lib(), 2, &fixed);
    assert!(client.diagnostics(&project.lib(), Some(2)).is_empty());
}
