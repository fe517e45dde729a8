//! `cargo metadata`: the few fields that are needed, borrowed from its output.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::load::{LoadError, LoadOptions, TARGET_DIRECTORY};

#[derive(Deserialize)]
pub(crate) struct Metadata<'a> {
    #[serde(borrow)]
    pub(crate) packages: Vec<Package<'a>>,
    #[serde(borrow)]
    pub(crate) workspace_members: Vec<Cow<'a, str>>,
    /// Absent before cargo 1.71; then every member counts.
    #[serde(borrow)]
    pub(crate) workspace_default_members: Option<Vec<Cow<'a, str>>>,
    /// `None` with `--no-deps`.
    #[serde(borrow)]
    pub(crate) resolve: Option<Resolve<'a>>,
    #[serde(borrow)]
    pub(crate) target_directory: Cow<'a, Path>,
    #[serde(borrow)]
    pub(crate) workspace_root: Cow<'a, Path>,
}

#[derive(Deserialize)]
pub(crate) struct Package<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) version: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) manifest_path: Cow<'a, Path>,
    #[serde(borrow)]
    pub(crate) targets: Vec<Target<'a>>,
    #[serde(borrow)]
    pub(crate) dependencies: Vec<Declared<'a>>,
    #[serde(borrow)]
    pub(crate) features: BTreeMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
}

#[derive(Deserialize)]
pub(crate) struct Target<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) kind: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) src_path: Cow<'a, Path>,
    #[serde(borrow)]
    pub(crate) edition: Cow<'a, str>,
}

/// A dependency as `Cargo.toml` declares it.
#[derive(Deserialize)]
pub(crate) struct Declared<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) rename: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) kind: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(borrow)]
    pub(crate) path: Option<Cow<'a, Path>>,
}

#[derive(Deserialize)]
pub(crate) struct Resolve<'a> {
    #[serde(borrow)]
    pub(crate) nodes: Vec<Node<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Node<'a> {
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) deps: Vec<NodeDependency<'a>>,
    #[serde(borrow)]
    pub(crate) features: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(crate) struct NodeDependency<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) pkg: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) dep_kinds: Vec<NodeDependencyKind<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct NodeDependencyKind<'a> {
    #[serde(borrow)]
    pub(crate) kind: Option<Cow<'a, str>>,
}

impl<'a> Metadata<'a> {
    pub(crate) fn parse(json: &'a str) -> Result<Self, LoadError> {
        serde_json::from_str(json).map_err(LoadError::Metadata)
    }
}

/// What cargo printed, and why it is less than everything, if it is.
pub(crate) struct Output {
    pub(crate) json: String,
    /// Set where dependencies could not be resolved and only members are described.
    pub(crate) unresolved: Option<String>,
}

/// Runs `cargo metadata` for the host; where dependencies can't be resolved, without them.
pub(crate) fn run(options: &LoadOptions, manifest: &Path) -> Result<Output, LoadError> {
    let target = options.target.as_deref().unwrap_or("host-tuple");
    let failure = match attempt(options, manifest, &["--filter-platform", target])? {
        Ok(json) => return Ok(Output { json, unresolved: None }),
        // Older than the spelling `host-tuple`.
        Err(message) if message.contains("host-tuple") => match attempt(options, manifest, &[])? {
            Ok(json) => return Ok(Output { json, unresolved: None }),
            Err(message) => message,
        },
        Err(message) => message,
    };
    match attempt(options, manifest, &["--no-deps"])? {
        Ok(json) => Ok(Output { json, unresolved: Some(failure) }),
        Err(_) => Err(LoadError::Cargo { manifest: manifest.to_owned(), message: failure }),
    }
}

/// One run: `Ok(Err)` holds what cargo complained about.
fn attempt(
    options: &LoadOptions,
    manifest: &Path,
    arguments: &[&str],
) -> Result<Result<String, String>, LoadError> {
    let mut command = Command::new(&options.cargo);
    for variable in TARGET_DIRECTORY {
        command.env_remove(variable);
    }
    if let Some(folder) = &options.target_directory {
        // Relative to the caller's folder.
        command.env(TARGET_DIRECTORY[0], options.current_dir.join(folder));
    }
    let output = command
        .args(["metadata", "--format-version", "1", "--color", "never", "--manifest-path"])
        .arg(manifest)
        .args(arguments)
        .args(options.offline.then_some("--offline"))
        .args(options.locked.then_some("--locked"))
        // The toolchain and the configuration that apply to the manifest, not to the caller.
        .current_dir(manifest.parent().unwrap_or(&options.current_dir))
        .output()
        .map_err(|error| LoadError::RunCargo { program: options.cargo.clone(), error })?;
    if !output.status.success() {
        return Ok(Err(complaint(&String::from_utf8_lossy(&output.stderr))));
    }
    String::from_utf8(output.stdout).map(Ok).map_err(|_| LoadError::NotUtf8)
}

/// Cargo's error with its causes, in one line.
fn complaint(stderr: &str) -> String {
    let lines = stderr.lines().skip_while(|line| !line.starts_with("error"));
    let parts: Vec<&str> = lines
        .map(|line| line.trim().trim_start_matches("error: "))
        .filter(|line| !line.is_empty() && *line != "Caused by:")
        .collect();
    if parts.is_empty() { stderr.trim().replace('\n', " ") } else { parts.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn an_error_and_its_causes_become_one_line() {
        let stderr = "    Updating index\nerror: failed to download `a v1`\n\nCaused by:\n  --offline was specified\n";
        assert_eq!(complaint(stderr), "failed to download `a v1`: --offline was specified");
    }

    #[test]
    fn what_is_no_error_message_is_kept_whole() {
        assert_eq!(complaint("killed\nby signal\n"), "killed by signal");
    }
}
