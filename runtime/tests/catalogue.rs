//! The catalogue, by which the linter knows `st`, and what `st` has.

use std::collections::BTreeSet;

use cachelit_spec::widgets::WIDGETS;

const SOURCES: [&str; 4] = [
    include_str!("../src/st/block.rs"),
    include_str!("../src/st/display.rs"),
    include_str!("../src/st/page.rs"),
    include_str!("../src/st/widget.rs"),
];

fn leading_name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    Some(&text[..end]).filter(|name| !name.is_empty())
}

/// The public functions of a source file: those that are written out, and those in the tables of its macros.
fn functions(source: &str) -> BTreeSet<&str> {
    let mut functions = BTreeSet::new();
    let mut in_table = false;
    let opens_table = |line: &str| {
        line.strip_suffix("! {")
            .is_some_and(|name| name != "thread_local" && leading_name(name) == Some(name))
    };
    for line in source.lines() {
        if let Some(function) = line.strip_prefix("pub fn ") {
            functions.extend(leading_name(function));
        }
        match line {
            "}" => in_table = false,
            _ if opens_table(line) => in_table = true,
            _ if in_table => functions.extend(line.strip_prefix("    ").and_then(leading_name)),
            _ => {}
        }
    }
    functions
}

#[test]
fn the_catalogue_is_what_st_has() {
    let own: BTreeSet<&str> = SOURCES.into_iter().flat_map(functions).collect();
    let known: BTreeSet<&str> = WIDGETS.iter().map(|(name, _)| *name).collect();
    let unknown: Vec<_> = own.difference(&known).collect();
    let missing: Vec<_> = known.difference(&own).collect();
    assert!(unknown.is_empty(), "the catalogue in `cachelit-spec` lacks {unknown:?}");
    assert!(missing.is_empty(), "`st` lacks {missing:?}");
}
