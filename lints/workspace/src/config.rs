//! Settings: `cache-lint.toml`, `[workspace.metadata.cache-lint]`, `[package.metadata.cache-lint]`.
//!
//! All three take the same keys: lists of lints in `deny`, `warn` and `allow`, and globs in
//! `exclude`, relative to the folder of the file that they stand in.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use cachelit_lints::project::{PackageIndex, Project};
use cachelit_lints::settings::{Levels, Settings};
use cachelit_lints::spec::lints::{self, LINTS, Level, LintSpec};
use cachelit_lints::spec::suggest;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The settings file at a workspace's root.
const FILE: &str = "cache-lint.toml";
/// The table's name in `metadata`.
const TABLE: &str = "cache-lint";
const KEYS: [&str; 4] = ["deny", "warn", "allow", "exclude"];

/// A mistake in the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}", file.display())]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Finds a lint by name or code.
///
/// # Errors
///
/// There is none; the message says which one may have been meant.
///
/// ```
/// use cachelit_workspace::lint_by_name;
///
/// assert_eq!(lint_by_name("CL001").unwrap().name, "unhashable-param");
/// assert_eq!(
///     lint_by_name("unhashable-parm").unwrap_err(),
///     "unknown lint `unhashable-parm`; did you mean `unhashable-param`?"
/// );
/// ```
pub fn lint_by_name(name: &str) -> Result<&'static LintSpec, String> {
    lints::find(name).ok_or_else(|| {
        let advice = match suggest::similar(name, LINTS.iter().map(|lint| lint.name)) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "`cargo cache-lint explain` lists them all".to_owned(),
        };
        format!("unknown lint `{name}`; {advice}")
    })
}

/// Files that are not checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Excludes {
    workspace: Option<(PathBuf, GlobSet)>,
    packages: BTreeMap<PackageIndex, (PathBuf, GlobSet)>,
}

impl Excludes {
    /// Whether a package's file is left out.
    pub(crate) fn contain(&self, path: &Path, package: PackageIndex) -> bool {
        [self.workspace.as_ref(), self.packages.get(&package)].into_iter().flatten().any(
            |(root, globs)| {
                // A glob that matches a folder takes in what is below it.
                path.strip_prefix(root).is_ok_and(|path| {
                    path.ancestors()
                        .any(|part| !part.as_os_str().is_empty() && globs.is_match(part))
                })
            },
        )
    }
}

/// Reads the settings of a workspace and its members.
pub(crate) fn load(
    project: &Project,
    command_line: Levels,
) -> Result<(Settings, Excludes), ConfigError> {
    let mut settings = Settings { command_line, ..Settings::default() };
    let mut excludes = Excludes::default();
    let root_manifest = project.root.join("Cargo.toml");
    let in_manifest = read_manifest(&root_manifest, "workspace")?;
    let in_file = read_file(&project.root.join(FILE))?;
    let workspace = match (in_manifest, in_file) {
        (Some((_, at)), Some(_)) => {
            return Err(ConfigError {
                message: format!("settings stand here and in `{FILE}`; keep one of them"),
                ..at
            });
        }
        (Some((table, _)), None) | (None, Some(table)) => Some(table),
        (None, None) => None,
    };
    if let Some(table) = workspace {
        settings.workspace = table.levels;
        excludes.workspace = table.excludes.map(|globs| (project.root.clone(), globs));
    }
    for (index, package) in project.indexed().filter(|(_, package)| package.is_member) {
        let Some((table, _)) = read_manifest(&package.root.join("Cargo.toml"), "package")? else {
            continue;
        };
        settings.packages.insert(index, table.levels);
        if let Some(globs) = table.excludes {
            excludes.packages.insert(index, (package.root.clone(), globs));
        }
    }
    Ok((settings, excludes))
}

/// One table of settings.
#[derive(Debug, Default)]
struct Table {
    levels: Levels,
    excludes: Option<GlobSet>,
}

/// A file's text, for positions in messages.
struct Document<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Document<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    fn parse(&self) -> Result<Spanned<DeTable<'_>>, ConfigError> {
        DeTable::parse(self.text)
            .map_err(|error| self.error(error.span().unwrap_or_default(), error.message()))
    }

    fn settings(&self, table: &DeTable<'_>) -> Result<Table, ConfigError> {
        let mut settings = Table::default();
        // In the order of the file, so that the first mistake is told.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name: &str = key.get_ref();
            let level = match name {
                "deny" => Level::Deny,
                "warn" => Level::Warn,
                "allow" => Level::Allow,
                "exclude" => {
                    settings.excludes = Some(self.globs(name, value)?);
                    continue;
                }
                _ => {
                    let advice = match suggest::similar(name, KEYS) {
                        Some(close) => format!("did you mean `{close}`?"),
                        None => format!("known are: {}", KEYS.join(", ")),
                    };
                    return Err(self.error(key.span(), format!("unknown key `{name}`; {advice}")));
                }
            };
            for (lint, span) in self.texts(name, value)? {
                let lint = lint_by_name(lint).map_err(|text| self.error(span.clone(), text))?;
                if let Some(other) = settings.levels.insert(lint.name, level) {
                    let message = format!(
                        "`{}` stands in `{}` and `{name}`; keep one of them",
                        lint.name,
                        other.as_str()
                    );
                    return Err(self.error(span, message));
                }
            }
        }
        Ok(settings)
    }

    fn globs(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<GlobSet, ConfigError> {
        let mut globs = GlobSetBuilder::new();
        for (pattern, span) in self.texts(key, value)? {
            let glob = GlobBuilder::new(pattern.trim_end_matches('/'))
                .literal_separator(true)
                .build()
                .map_err(|error| self.error(span.clone(), error.to_string()))?;
            globs.add(glob);
        }
        globs.build().map_err(|error| self.error(value.span(), error.to_string()))
    }

    /// The elements of an array of strings.
    fn texts<'v>(
        &self,
        key: &str,
        value: &'v Spanned<DeValue<'_>>,
    ) -> Result<Vec<(&'v str, Range<usize>)>, ConfigError> {
        let wrong = |span| self.error(span, format!("`{key}` takes a list of strings"));
        let DeValue::Array(elements) = value.get_ref() else { return Err(wrong(value.span())) };
        elements
            .iter()
            .map(|element| match element.get_ref() {
                DeValue::String(text) => Ok((&**text, element.span())),
                _ => Err(wrong(element.span())),
            })
            .collect()
    }
}

/// The text of a file, if there is one.
fn read(file: &Path) -> Result<Option<String>, ConfigError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError {
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: format!("cannot be read: {error}; make it readable UTF-8 text, or remove it"),
        }),
    }
}

fn read_file(file: &Path) -> Result<Option<Table>, ConfigError> {
    let Some(text) = read(file)? else { return Ok(None) };
    let document = Document { file, text: &text };
    let table = document.parse()?;
    document.settings(table.get_ref()).map(Some)
}

/// The table of a manifest, and where it stands.
fn read_manifest(file: &Path, owner: &str) -> Result<Option<(Table, ConfigError)>, ConfigError> {
    let Some(text) = read(file)? else { return Ok(None) };
    // Most manifests say nothing, and need no second parser after cargo's.
    if memchr::memmem::find(text.as_bytes(), TABLE.as_bytes()).is_none() {
        return Ok(None);
    }
    let document = Document { file, text: &text };
    let manifest = document.parse()?;
    let mut value = None;
    let mut table = manifest.get_ref();
    for key in [owner, "metadata", TABLE] {
        value = table.get(key);
        match value.map(Spanned::get_ref) {
            Some(DeValue::Table(inner)) => table = inner,
            Some(_) if key == TABLE => break,
            _ => return Ok(None),
        }
    }
    let Some(value) = value else { return Ok(None) };
    let at = document.error(value.span(), "");
    match value.get_ref() {
        DeValue::Table(table) => Ok(Some((document.settings(table)?, at))),
        _ => Err(document.error(value.span(), format!("`{TABLE}` takes a table"))),
    }
}
