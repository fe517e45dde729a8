//! Putting the table together and writing it down.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::{Param, params, supertraits, target};
use super::docs::{self, last};
use super::facts::{Answer, Answers, Facts, measure};
use super::markers::TRAITS;
use super::names::{self, Named};
use super::subjects::Subject;
use crate::probe::Program;
use crate::shell;

/// What stands above the lines.
const HEAD: &str = include_str!("head.txt");

/// A scratch package with the workspace's serde, with these features besides the default.
fn program(name: &str, serde_features: &[&str]) -> std::io::Result<Program> {
    let root = shell::root();
    let serde = format!("serde = {{ version = \"1\", features = {serde_features:?} }}\n");
    // The same version as everywhere else in the repo.
    Program::new(root.join("target/std-table").join(name), &serde, Some(&root.join("Cargo.lock")))
}

/// The text of the table, leaving out all types but every `every`-th.
///
/// # Errors
///
/// When the toolchain has no documentation, or rustc can't be asked.
pub(super) fn table(every: usize) -> Result<String, Box<dyn std::error::Error>> {
    let docs = docs::read()?;
    let plain = program("plain", &[])?;
    let named = names::stable(&docs, &plain)?;
    let canonical: BTreeMap<&str, &str> = named
        .iter()
        .flat_map(|named| named.paths.iter().map(|path| (path.as_str(), named.path.as_str())))
        .collect();
    let mut subjects: Vec<Subject> = named
        .iter()
        .filter(|named| matches!(named.item.kind, "struct" | "enum" | "union"))
        .map(Subject::of)
        .collect();
    subjects.extend(Subject::primitives());
    let subjects: Vec<Subject> = subjects.into_iter().step_by(every).collect();
    let words: Vec<&str> = TRAITS.iter().map(|(word, _)| *word).collect();
    let facts = measure(subjects.clone(), &words, &plain)?;
    let serde = ["serialize", "deserialize"];
    let with_rc = measure(subjects, &serde, &program("rc", &["rc"])?)?;
    let facts: BTreeMap<String, (Subject, Facts)> = facts
        .into_iter()
        .zip(with_rc)
        .map(|((subject, facts), (_, with_rc))| {
            (subject.head.clone(), (subject, with_feature(facts, with_rc)))
        })
        .collect();
    let mut lines = Vec::new();
    for (head, (subject, facts)) in &facts {
        if !head.contains("::") {
            let generics = generics(&subject.params, &canonical);
            lines.push((head.clone(), format!("- primitive {head}{generics}{}", rule(facts))));
            lines.extend(special(head, facts).map(|line| (head.clone(), format!("- {line}"))));
        }
    }
    for named in &named {
        describe(named, &facts, &canonical, &mut lines);
    }
    // Definitions first: what a re-export names was read before it.
    lines.sort_by_key(|(path, line)| (line.contains(" use "), path.clone()));
    let version = version()?;
    let text: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    Ok(format!("# {version}\n#\n{HEAD}\n{}\n", text.join("\n")))
}

fn version() -> Result<String, Box<dyn std::error::Error>> {
    let rustc = shell::command("rustc", &["--version"]).output()?;
    let lock = std::fs::read_to_string(shell::root().join("Cargo.lock"))?;
    let serde = lock
        .split("name = \"serde\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .ok_or("serde is not in Cargo.lock")?;
    let rustc = String::from_utf8(rustc.stdout)?;
    let number = rustc.split_whitespace().nth(1).unwrap_or_default();
    Ok(format!("rustc {number}, serde {serde}"))
}

/// What holds with a feature of serde, said to need it where it does not hold without.
fn with_feature(mut facts: Facts, with: Facts) -> Facts {
    for (word, answer) in with.rule {
        let joined = needing_feature(facts.rule.get(word), word, answer);
        facts.rule.insert(word, joined);
    }
    for (arguments, answers) in with.special {
        let found = facts.special.iter().position(|(known, _)| *known == arguments);
        let found = found.unwrap_or_else(|| {
            facts.special.push((arguments, Answers::new()));
            facts.special.len() - 1
        });
        let known = &mut facts.special[found].1;
        for (word, answer) in answers {
            let joined = needing_feature(known.get(word), word, answer);
            known.insert(word, joined);
        }
    }
    facts
}

fn needing_feature(without: Option<&Answer>, word: &'static str, answer: Answer) -> Answer {
    if without == Some(&answer) {
        return answer;
    }
    let feature = ("#rc".to_owned(), word);
    match answer {
        Answer::Yes => Answer::If(BTreeSet::from([feature])),
        Answer::If(mut all) => {
            all.insert(feature);
            Answer::If(all)
        }
        Answer::No => Answer::No,
        Answer::Unknown => Answer::Unknown,
    }
}

fn describe(
    named: &Named,
    facts: &BTreeMap<String, (Subject, Facts)>,
    canonical: &BTreeMap<&str, &str>,
    lines: &mut Vec<(String, String)>,
) {
    let (root, inner) = split_root(&named.path);
    let roots = |inner: &str| -> String {
        let has = |root: &&&str| named.paths.contains(&join_root(root, inner));
        docs::CRATES.iter().filter(has).map(|root| &root[..1]).collect()
    };
    let declaration = &named.item.declaration;
    let params = params(declaration, last(&named.path));
    let listed = generics(&params, canonical);
    let letters = if named.item.kind == "mod" { root[..1].to_owned() } else { roots(inner) };
    let mut push = |kind: &str, rest: &str| {
        lines.push((named.path.clone(), format!("{letters} {kind} {inner}{rest}")));
    };
    match named.item.kind {
        kind @ ("struct" | "enum" | "union") => {
            if let Some((_, facts)) = facts.get(&named.path) {
                push(kind, &format!("{listed}{}", rule(facts)));
                for line in special(&named.path, facts) {
                    lines.push((named.path.clone(), format!("{letters} {line}")));
                }
            }
        }
        "trait" => {
            let supers = supertraits(declaration, last(&named.path));
            let supers: Vec<String> = supers.iter().map(|path| respell(path, canonical)).collect();
            let supers = if supers.is_empty() {
                String::new()
            } else {
                format!(" | : {}", supers.join(" + "))
            };
            let words = declaration.split(last(&named.path)).next().unwrap_or_default();
            let kind = match (words.contains("unsafe "), words.contains("auto ")) {
                (true, true) => "unsafe-auto-trait",
                (true, false) => "unsafe-trait",
                (false, true) => "auto-trait",
                (false, false) => "trait",
            };
            push(kind, &format!("{listed}{supers}"));
        }
        "type" => {
            let target = target(declaration, last(&named.path)).unwrap_or_default();
            push("alias", &format!("{listed} | = {}", respell(&target, canonical)));
        }
        "constant" => push("const", ""),
        "attr" => push("attribute", ""),
        kind => push(kind, ""),
    }
    let mut others: BTreeSet<&str> = named.paths.iter().map(|path| split_root(path).1).collect();
    others.remove(inner);
    for other in others {
        let line = format!("{} use {other} = {}", roots(other), named.path);
        lines.push((format!("std::{other}"), line));
    }
}

/// `std` and `io::Error`.
fn split_root(path: &str) -> (&str, &str) {
    path.split_once("::").unwrap_or((path, ""))
}

fn join_root(root: &str, inner: &str) -> String {
    if inner.is_empty() { root.to_owned() } else { format!("{root}::{inner}") }
}

/// A text with each path in it replaced by the one that stands for the item.
fn respell(text: &str, canonical: &BTreeMap<&str, &str>) -> String {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let mut result = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        result.push_str(canonical.get(word).copied().unwrap_or(word));
        let next = after.find(is_path).unwrap_or(after.len());
        result.push_str(&after[..next]);
        rest = &after[next..];
    }
    result
}

fn generics(params: &[Param], canonical: &BTreeMap<&str, &str>) -> String {
    if params.is_empty() {
        return String::new();
    }
    let list: Vec<String> = params
        .iter()
        .map(|param| {
            let mut text = param.name.clone();
            if !param.bounds.is_empty() {
                text.push_str(": ");
                text.push_str(&respell(&param.bounds.join(" + "), canonical));
            }
            if let Some(default) = &param.default {
                text.push_str(" = ");
                text.push_str(&respell(default, canonical));
            }
            text
        })
        .collect();
    format!("<{}>", list.join(", "))
}

fn rule(facts: &Facts) -> String {
    let listed: Vec<String> = written(&facts.rule, false).collect();
    if listed.is_empty() { String::new() } else { format!(" | {}", listed.join(" ")) }
}

fn special<'a>(path: &'a str, facts: &'a Facts) -> impl Iterator<Item = String> + 'a {
    facts.special.iter().map(move |(arguments, answers)| {
        let answers: Vec<String> = written(answers, true).collect();
        format!("special {path}<{arguments}> | {}", answers.join(" "))
    })
}

fn written(answers: &Answers, no: bool) -> impl Iterator<Item = String> {
    TRAITS.iter().filter_map(move |(word, _)| {
        Some(match answers.get(word)? {
            Answer::No if no => format!("!{word}"),
            Answer::No => return None,
            Answer::Yes => (*word).to_owned(),
            Answer::Unknown => format!("{word}?"),
            Answer::If(all) => format!("{word}({})", conditions(word, all)),
        })
    })
}

fn conditions(word: &str, all: &BTreeSet<(String, &'static str)>) -> String {
    let mut by_subject: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (subject, required) in all {
        by_subject.entry(subject).or_default().push(required);
    }
    let list = by_subject.into_iter().map(|(subject, required)| {
        if subject.starts_with('#') || required == [word] {
            subject.to_owned()
        } else {
            format!("{subject}: {}", required.join(" + "))
        }
    });
    list.collect::<Vec<_>>().join(", ")
}
