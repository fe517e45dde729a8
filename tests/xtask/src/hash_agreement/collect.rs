//! Finds functions in source text.

use std::ops::Range;
use std::path::{Path, PathBuf};

use cachelit_spec::token::Edition;
use ra_ap_syntax::ast::{self, HasAttrs};
use ra_ap_syntax::{AstNode, SourceFile, SyntaxKind};
use serde_json::Value;

/// A function with a body.
pub(super) struct Function {
    /// Where it comes from, for people.
    pub(super) origin: String,
    /// The package that it comes from.
    pub(super) package: String,
    pub(super) edition: Edition,
    /// The whole item as it stands in its file.
    pub(super) text: String,
    /// The parts of the text that could make rustc drop the function: `#[cfg(…)]`.
    pub(super) conditions: Vec<Range<usize>>,
    /// Whether it belongs in an `impl` block.
    pub(super) is_associated: bool,
}

impl Function {
    /// The text as rustc gets to see it: always compiled.
    pub(super) fn unconditional_text(&self) -> String {
        let mut text = self.text.clone();
        for range in self.conditions.iter().rev() {
            text.replace_range(range.clone(), "");
        }
        text
    }
}

/// The package name of our own functions.
pub(super) const ODD: &str = "odd";

/// Our own collection of everything that could go wrong, in each edition that it is meant for, with
/// both kinds of line end.
pub(super) fn odd_functions() -> Vec<Function> {
    use Edition::{E2015, E2018, E2021, E2024};
    const FILES: [(&str, &str, &[Edition]); 3] = [
        ("odd.rs.txt", include_str!("odd.rs.txt"), &[E2015, E2018, E2021, E2024]),
        ("odd_2015.rs.txt", include_str!("odd_2015.rs.txt"), &[E2015, E2018]),
        ("odd_2021.rs.txt", include_str!("odd_2021.rs.txt"), &[E2021, E2024]),
    ];
    let mut functions = Vec::new();
    for (name, text, editions) in FILES {
        let dos = text.replace('\n', "\r\n");
        for edition in editions {
            for (text, line_end) in [(text, "LF"), (&*dos, "CRLF")] {
                let place = format!("{name} ({edition:?}, {line_end})");
                functions.extend(functions_of(text, *edition, &place, ODD));
            }
        }
    }
    functions
}

/// Functions of the packages that the workspace depends on: all, or `limit` of them, taken from each
/// package in turn.
pub(super) fn functions_of_dependencies(metadata: &Value, limit: Option<usize>) -> Vec<Function> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut packages: Vec<_> = packages.iter().filter_map(Package::from_metadata).collect();
    let limit = limit.unwrap_or(usize::MAX);
    let mut functions = Vec::new();
    while functions.len() < limit && !packages.is_empty() {
        packages.retain_mut(|package| {
            let Some(file) = package.files.pop() else { return false };
            functions.extend(package.functions_of(&file));
            true
        });
    }
    functions.truncate(limit);
    functions
}

/// A package with source text.
struct Package<'a> {
    name: &'a str,
    edition: Edition,
    root: &'a Path,
    files: Vec<PathBuf>,
}

impl<'a> Package<'a> {
    /// The package, unless it belongs to the workspace.
    fn from_metadata(package: &'a Value) -> Option<Self> {
        package["source"].as_str()?;
        let root = Path::new(package["manifest_path"].as_str()?).parent()?;
        let edition = match package["edition"].as_str()? {
            "2015" => Edition::E2015,
            "2018" => Edition::E2018,
            "2021" => Edition::E2021,
            _ => Edition::E2024,
        };
        let mut files = Vec::new();
        rust_files(root, &mut files);
        files.sort();
        Some(Package { name: package["name"].as_str()?, edition, root, files })
    }

    fn functions_of(&self, file: &Path) -> Vec<Function> {
        // A few packages carry files that are no text, to test themselves with.
        let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
        let place = file.strip_prefix(self.root).unwrap_or(file);
        let place = format!("{}/{}", self.name, place.display());
        functions_of(&text, self.edition, &place, self.name)
    }
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The functions of one file, without those inside other functions.
fn functions_of(text: &str, edition: Edition, place: &str, package: &str) -> Vec<Function> {
    let syntax_edition = match edition {
        Edition::E2015 => ra_ap_syntax::Edition::Edition2015,
        Edition::E2018 => ra_ap_syntax::Edition::Edition2018,
        Edition::E2021 => ra_ap_syntax::Edition::Edition2021,
        Edition::E2024 => ra_ap_syntax::Edition::Edition2024,
    };
    // Errors elsewhere in the file don't matter; those in a function are rustc's to find.
    let file = SourceFile::parse(text, syntax_edition).tree();
    let mut functions = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for function in file.syntax().descendants().filter_map(ast::Fn::cast) {
        let Some(parent) = function.syntax().parent() else { continue };
        let is_nested = parent.ancestors().any(|node| ast::Fn::can_cast(node.kind()));
        if is_nested || function.body().is_none() {
            continue;
        }
        let range = function.syntax().text_range();
        let start = usize::from(range.start());
        let conditions = function
            .attrs()
            .map(|attribute| attribute.syntax().text_range())
            .filter(|range| {
                let text = &text[usize::from(range.start())..usize::from(range.end())];
                text.trim_start_matches(['#', '[', ' ']).starts_with("cfg")
            })
            .map(|range| usize::from(range.start()) - start..usize::from(range.end()) - start)
            .collect();
        line += text[counted..start].matches('\n').count();
        counted = start;
        functions.push(Function {
            origin: format!("{place}:{line}"),
            package: package.to_owned(),
            edition,
            text: text[start..usize::from(range.end())].to_owned(),
            conditions,
            is_associated: parent.kind() == SyntaxKind::ASSOC_ITEM_LIST,
        });
    }
    functions
}
