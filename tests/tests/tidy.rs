//! What keeps the repo in order: sizes, edges between crates, versions, and lists that must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use cachelit_lints::rules::RULES;
use cachelit_spec::lints::LINTS;
use cachelit_tests::{cargo, root};
use ignore::WalkBuilder;
use serde_json::Value;

/// Lines, tests counted, past which a file must be split.
const MAX_LINES: usize = 600;

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of the repo that is text and not ignored by git: its path from the root, and its text.
fn texts() -> Vec<(String, String)> {
    let root = root();
    let mut texts = Vec::new();
    let mut walk = WalkBuilder::new(&root);
    walk.hidden(false).filter_entry(|entry| entry.file_name() != ".git");
    for entry in walk.build() {
        let entry = entry.expect("the repo can be read");
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let path = entry.path().strip_prefix(&root).expect("below the root");
        texts.push((path.to_string_lossy().replace('\\', "/"), text));
    }
    assert!(texts.iter().any(|(path, _)| path == "Cargo.toml"), "the walk found nothing");
    texts
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(path).extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| extensions.contains(&extension))
}

fn metadata() -> Value {
    let output = cargo(&["metadata", "--no-deps", "--format-version=1"]);
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// The file names in `folder` that end in `.rs`, without that.
fn modules(folder: &str) -> BTreeSet<String> {
    let entries =
        std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries
        .filter_map(|entry| entry.expect("the repo can be read").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect()
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<String> = texts()
        .into_iter()
        .filter(|(path, _)| has_extension(path, &["rs", "ts", "mjs", "sh", "md"]))
        .filter(|(path, _)| !path.ends_with("/generated.rs"))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these, {MAX_LINES} lines are the limit: {long:#?}");
    let readme = read("README.md").lines().count();
    assert!(readme <= 150, "README.md has {readme} lines; 150 are the limit");
}

/// The compiler says nothing of a file that no module names, so its tests would never run.
#[test]
fn every_source_file_is_a_module() {
    let texts: BTreeMap<String, String> = texts().into_iter().collect();
    let is_declared = |path: &str| {
        let (folder, file) = path.rsplit_once('/').expect("it is in a folder");
        let declaration = format!("mod {};", file.trim_end_matches(".rs"));
        let parents = ["/lib.rs", "/main.rs", "/mod.rs", ".rs"].map(|end| format!("{folder}{end}"));
        let mut parents = parents.iter().filter_map(|parent| texts.get(parent));
        parents.any(|text| text.contains(&declaration))
            // By `#[path = …]` or `include!`.
            || texts.values().any(|text| text.contains(&format!("{file}\"")))
    };
    let is_root = |path: &str| {
        let file = path.rsplit('/').next().expect("a name");
        ["lib.rs", "main.rs", "mod.rs"].contains(&file) || path.contains("/src/bin/")
    };
    let sources =
        texts.keys().filter(|path| has_extension(path, &["rs"]) && path.contains("/src/"));
    let orphans: Vec<&String> =
        sources.filter(|path| !is_root(path) && !is_declared(path)).collect();
    assert!(orphans.is_empty(), "no module names these files: {orphans:#?}");
}

/// `ARCHITECTURE.md` says who may depend on whom; the manifests must agree.
#[test]
fn crates_depend_on_each_other_as_the_architecture_says() {
    let architecture = read("ARCHITECTURE.md");
    let (_, section) =
        architecture.split_once("## Who may depend on whom").expect("the section exists");
    let block = section.split("```").nth(1).expect("the section has a code block");
    let mut permitted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in block.lines() {
        if let Some((from, to)) = line.split_once("->") {
            permitted.insert(from.trim(), to.split(',').map(str::trim).collect());
        }
    }
    for package in metadata()["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let manifest = Path::new(package["manifest_path"].as_str().expect("a manifest"));
        if manifest.starts_with(root().join("tests")) {
            continue;
        }
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            let own = dependency["path"].is_string() && to != name;
            assert!(
                !own || permitted.get(name).is_some_and(|permitted| permitted.contains(to)),
                "`{name}` depends on `{to}`, which ARCHITECTURE.md doesn't permit"
            );
        }
    }
}

#[test]
fn every_package_has_one_version() {
    let mut versions: BTreeSet<String> = BTreeSet::new();
    for package in metadata()["packages"].as_array().expect("packages") {
        versions.insert(package["version"].as_str().expect("a version").to_owned());
    }
    let extension: Value =
        serde_json::from_str(&read("editors/code/package.json")).expect("package.json is JSON");
    versions.insert(extension["version"].as_str().expect("a version").to_owned());
    assert_eq!(versions.len(), 1, "crates and extension are released together: {versions:?}");
    let version = versions.first().expect("one version");
    assert!(
        read("CHANGELOG.md").contains("## [Unreleased]")
            || read("CHANGELOG.md").contains(version.as_str()),
        "CHANGELOG.md has no section for {version}"
    );
}

/// A lint is a file in `lints/src/rules` and its entry in the registry, a file of mistakes, and a line
/// in the changelog.
#[test]
fn every_lint_is_complete() {
    let files = modules("lints/src/rules");
    let mistakes = modules("tests/mistakes/src");
    let changelog = read("CHANGELOG.md");
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.lint.name).collect();
    assert_eq!(rules.len(), RULES.len(), "a rule is registered twice");
    for lint in LINTS {
        let (name, file) = (lint.name, lint.name.replace('-', "_"));
        let is_rule = rules.contains(name);
        assert_eq!(
            files.contains(&file),
            is_rule,
            "lints/src/rules/{file}.rs against the registry"
        );
        assert_eq!(
            mistakes.contains(&file),
            is_rule,
            "tests/mistakes/src/{file}.rs against the registry"
        );
        assert_eq!(changelog.contains(&format!("`{name}`")), is_rule, "CHANGELOG.md on {name}");
    }
}

#[test]
fn the_analysis_bans_io() {
    let crate_root = read("lints/src/lib.rs");
    for ban in ["disallowed_macros", "disallowed_methods", "disallowed_types"] {
        assert!(
            crate_root.contains(&format!("clippy::{ban}")),
            "lints/src/lib.rs must turn on {ban}"
        );
    }
}

#[test]
fn nothing_names_the_machine_that_it_was_written_on() {
    let folders = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat()];
    let named: Vec<String> = texts()
        .into_iter()
        .filter(|(_, text)| folders.iter().any(|folder| text.contains(folder.as_str())))
        .map(|(path, _)| path)
        .collect();
    assert!(named.is_empty(), "these files name a folder of one machine: {named:?}");
}

#[test]
fn every_link_in_the_docs_leads_to_a_file() {
    for (path, text) in texts().iter().filter(|(path, _)| has_extension(path, &["md"])) {
        let folder = root().join(path).parent().expect("a folder").to_path_buf();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let elsewhere = link.is_empty() || link.contains(':') || link.contains(' ');
            assert!(
                elsewhere || folder.join(link).exists(),
                "{path} links to {link}, which doesn't exist"
            );
        }
    }
}
