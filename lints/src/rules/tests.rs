//! What holds for every rule.

use std::path::Path;

use super::{FixAvailability, RULES, Rule};
use crate::testing;

const HEADINGS: [&str; 6] =
    ["What it does", "Why it matters", "Example", "Instead", "Fix safety", "See also"];

/// Helpers of the rules, which are no rules.
const HELPERS: [&str; 6] = ["derive_key", "fate", "hash_funcs", "reach", "rename", "tests"];

/// The Rust blocks under a heading, as fixtures.
fn examples(rule: &Rule, heading: &str) -> Vec<String> {
    let section = rule.docs.split("\n## ").find_map(|it| it.strip_prefix(heading));
    let blocks = section.unwrap_or_default().split("```rust\n").skip(1);
    let code = blocks.filter_map(|block| block.split("```").next());
    code.map(|code| format!("use cachelit::{{cache_data, cache_resource}};\n{code}")).collect()
}

#[test]
fn examples_have_the_findings_that_they_show() {
    for rule in RULES {
        let examples = examples(rule, "Example");
        assert!(!examples.is_empty(), "{} has no example", rule.lint.name);
        for example in examples {
            assert!(example.contains(&format!("[{}]", rule.lint.name)), "{example}");
            testing::check(&example);
        }
    }
}

#[test]
fn what_is_recommended_has_no_findings() {
    for rule in RULES {
        for example in examples(rule, "Instead") {
            assert!(!example.contains("^^"), "{example}");
            testing::check(&example);
        }
    }
}

#[test]
fn docs_have_the_same_headings_in_the_same_order() {
    for rule in RULES {
        let headings: Vec<_> =
            rule.docs.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.lint.name);
        let says_none = rule.docs.contains("There is no automatic fix");
        assert_eq!(says_none, rule.fixes == FixAvailability::None, "{}", rule.lint.name);
    }
}

#[test]
fn rules_are_in_order_of_their_codes() {
    assert!(RULES.windows(2).all(|pair| pair[0].lint.code < pair[1].lint.code));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this reads the crate's own sources")]
fn every_file_is_a_rule_that_is_registered_under_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the rules")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| !HELPERS.contains(&name.as_str()))
        .collect();
    files.sort();
    let mut rules: Vec<_> = RULES.iter().map(|rule| rule.lint.name.replace('-', "_")).collect();
    rules.sort();
    assert_eq!(files, rules);
}
