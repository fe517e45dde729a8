//! Every row of `runtime/tests/conformance.md` has a test, or a reason why not.

use std::collections::{BTreeMap, BTreeSet};

use cachelit_tests::root;
use ignore::WalkBuilder;

/// Rows by number, and whether they are said to have no test.
fn rows() -> BTreeMap<u32, bool> {
    let table = std::fs::read_to_string(root().join("runtime/tests/conformance.md"))
        .expect("the table can be read");
    let mut rows = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| S")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [row, _, reason] = cells[..] else { panic!("a row has three cells: {line}") };
        let number = row[1..].parse().unwrap_or_else(|_| panic!("no number: {line}"));
        let known = rows.insert(number, reason.starts_with("n/a: "));
        assert!(known.is_none(), "S{number} stands in the table twice");
        assert!(reason.is_empty() || reason.starts_with("n/a: "), "{line}");
    }
    rows
}

/// The numbers that a name begins with: 1 and 2 of `s1_s2_equal_arguments_hit`.
fn numbers(name: &str) -> impl Iterator<Item = u32> {
    name.split('_').map_while(|part| part.strip_prefix('s')?.parse().ok())
}

/// Numbers of the tests of the product, by their functions' names or those of cases that don't compile.
fn tested() -> BTreeSet<u32> {
    let mut tested = BTreeSet::new();
    for folder in ["runtime", "tests/compile_errors", "tests/tests"] {
        for entry in WalkBuilder::new(root().join(folder)).build() {
            let entry = entry.expect("the repo can be read");
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            if path.parent().is_some_and(|folder| folder.ends_with("compile_fail")) {
                let name = path.file_stem().expect("a name").to_string_lossy();
                tested.extend(numbers(&name));
                continue;
            }
            let text = std::fs::read_to_string(path).expect("the repo can be read");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for pair in lines.windows(2).filter(|pair| is_test(pair[0])) {
                let function = pair[1].trim_start_matches("async ").strip_prefix("fn ");
                tested.extend(function.into_iter().flat_map(numbers));
            }
        }
    }
    tested
}

fn is_test(attribute: &str) -> bool {
    attribute == "#[test]" || attribute.starts_with("#[tokio::test")
}

#[test]
fn every_row_is_tested_or_has_a_reason_why_not() {
    let rows = rows();
    let numbers: Vec<u32> = rows.keys().copied().collect();
    assert_eq!(numbers, (1..=204).collect::<Vec<_>>(), "rows are missing from the table");
    let tested = tested();
    let without: Vec<u32> = rows
        .iter()
        .filter(|(row, none)| !**none && !tested.contains(row))
        .map(|row| *row.0)
        .collect();
    assert!(without.is_empty(), "no test has these rows in its name: {without:?}");
    let unknown: Vec<u32> =
        tested.iter().filter(|row| rows.get(row).copied() != Some(false)).copied().collect();
    assert!(unknown.is_empty(), "tests name these rows, which are not to be tested: {unknown:?}");
}
