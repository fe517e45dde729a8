//! What the linter says of types that rustc was asked about: the cases of `tests/oracle`, `tests/differential` and
//! `tests/strangers`.

use std::collections::BTreeMap;

use cachelit_lints::resolve::{Trait, Verdict};
use cachelit_tests::root;
use cachelit_workspace::{LoadOptions, Selection, Workspace};
use serde_json::Value;

const TRAITS: [(&str, Trait); 6] = [
    ("hash", Trait::Hash),
    ("send", Trait::Send),
    ("sync", Trait::Sync),
    ("clone", Trait::Clone),
    ("serialize", Trait::Serialize),
    ("deserialize_owned", Trait::DeserializeOwned),
];

/// Asks about the types in a folder's `cases.jsonl`. At least so many answers must be asked for, and of a
/// thousand so many may be "unknown".
fn check(folder: &str, at_least: usize, unknown_per_mille: usize) {
    let folder = root().join("tests").join(folder);
    let cases = std::fs::read_to_string(folder.join("cases.jsonl")).expect("the cases are there");
    let workspace = Workspace::load(&LoadOptions::new(folder)).expect("the package loads");
    let snapshot = workspace.snapshot();
    let packages = snapshot.members(&Selection::Default).expect("it has packages");
    let [package] = packages[..] else { panic!("a package of its own: {packages:?}") };

    let (mut asked, mut wrong, mut unknown) = (0, Vec::new(), BTreeMap::<&str, Vec<&str>>::new());
    let cases: Vec<Value> =
        cases.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    for case in &cases {
        let ty = case["type"].as_str().expect("a case has a type");
        let report = match snapshot.analysis().type_report(package, "", ty) {
            Ok(report) => report,
            Err(error) => {
                wrong.push(format!("{ty}: {error:?}"));
                continue;
            }
        };
        for (word, of) in TRAITS {
            asked += 1;
            let verdict = report.verdicts.iter().find(|(own, _)| *own == of).map(|(_, it)| it);
            match verdict.expect("every trait is answered") {
                Verdict::Unknown => unknown.entry(ty).or_default().push(word),
                verdict if (*verdict == Verdict::Yes) == (case[word] == true) => {}
                verdict => wrong.push(format!("{ty}: {word}: {verdict:?}")),
            }
        }
    }
    assert!(asked >= at_least, "only {asked} questions were asked");
    assert!(wrong.is_empty(), "{} of {asked} are wrong: {wrong:#?}", wrong.len());
    let count: usize = unknown.values().map(Vec::len).sum();
    assert!(count * 1000 <= asked * unknown_per_mille, "{count} of {asked} unknown: {unknown:#?}");
}

#[test]
fn no_answer_about_the_oracle_is_wrong_and_few_are_unknown() {
    check("oracle", 6000, 10);
}

#[test]
fn no_answer_about_types_of_many_crates_is_wrong_and_few_are_unknown() {
    check("differential", 20_000, 50);
}

#[test]
fn no_answer_about_types_of_strangers_is_wrong_and_few_are_unknown() {
    check("strangers", 7_000, 12);
}
