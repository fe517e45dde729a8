//! Types in small workspaces, with the answers that rustc gives.

mod edits;
mod impls;
mod macros;
mod names;
mod robustness;
mod scopes;
mod unseen;

use super::{Trait, TypeReportError, Verdict};
use crate::settings::Settings;
use crate::testing::Fixture;

/// What is asked about: a letter for each trait, `Hash` `Send` `sYnc` `Clone` `sErialize`.
const LETTERS: [(char, Trait); 7] = [
    ('k', Trait::CacheKey),
    ('h', Trait::Hash),
    ('s', Trait::Send),
    ('y', Trait::Sync),
    ('c', Trait::Clone),
    ('e', Trait::Serialize),
    ('d', Trait::DeserializeOwned),
];

/// Checks verdicts on types of the crate `demo`. A line of `expected` is a type and a list of letters:
/// a letter for yes, `-` and a letter for no, `?` and a letter for unknown.
#[track_caller]
fn check(fixture: &str, expected: &str) {
    let fixture = Fixture::new(fixture);
    let analysis = fixture.analysis(Settings::default());
    let demo = fixture.package("demo");
    let mut wrong = Vec::new();
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (ty, letters) = line.split_once(" = ").expect("a line is `type = letters`");
        let found = match analysis.type_report(demo, "", ty.trim()) {
            Ok(report) => letters
                .split_whitespace()
                .map(|word| {
                    let letter = word.chars().last().expect("words aren't empty");
                    let of = LETTERS.iter().find(|(own, _)| *own == letter);
                    let of = of.expect("a known letter").1;
                    let verdict = report.verdicts.iter().find(|(own, _)| *own == of);
                    match verdict.expect("every trait is answered").1 {
                        Verdict::Yes => format!("{letter}"),
                        Verdict::No(_) => format!("-{letter}"),
                        Verdict::Unknown => format!("?{letter}"),
                    }
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("{error:?}"),
        };
        if found != letters.split_whitespace().collect::<Vec<_>>().join(" ") {
            wrong.push(format!("{ty}: expected `{letters}`, found `{found}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Like [`check`], whatever is asked first.
#[track_caller]
fn check_in_any_order(fixture: &str, expected: &str) {
    let mut lines: Vec<&str> = expected.lines().filter(|line| !line.trim().is_empty()).collect();
    for _ in 0..lines.len() {
        lines.rotate_left(1);
        check(fixture, &lines.join("\n"));
        let backwards: Vec<&str> = lines.iter().rev().copied().collect();
        check(fixture, &backwards.join("\n"));
    }
}

/// The steps of the reason why a type does not implement a trait.
#[track_caller]
fn reason(fixture: &str, ty: &str, of: Trait) -> Vec<String> {
    let fixture = Fixture::new(fixture);
    let analysis = fixture.analysis(Settings::default());
    let report = analysis.type_report(fixture.package("demo"), "", ty).expect("a type");
    match report.verdicts.into_iter().find(|(own, _)| *own == of) {
        Some((_, Verdict::No(reason))) => {
            reason.steps.into_iter().map(|step| step.message).collect()
        }
        other => panic!("not a no: {other:?}"),
    }
}

#[track_caller]
fn error(fixture: &str, module: &str, ty: &str) -> TypeReportError {
    let fixture = Fixture::new(fixture);
    let analysis = fixture.analysis(Settings::default());
    analysis.type_report(fixture.package("demo"), module, ty).expect_err("no report")
}
