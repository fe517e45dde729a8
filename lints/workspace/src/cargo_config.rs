//! What cargo's configuration files say about the target platform and about flags for rustc: both
//! bear on `cfg`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The settings that matter here, of all files that apply to a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CargoConfig {
    /// `build.target`.
    pub(crate) target: Option<String>,
    /// `build.target-dir`.
    pub(crate) target_directory: Option<PathBuf>,
    /// `build.rustflags`.
    pub(crate) flags: Vec<String>,
    /// `target.….rustflags`, by platform or `cfg(…)`; where one applies, `flags` doesn't.
    pub(crate) target_flags: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    build: Build,
    target: BTreeMap<String, Target>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Build {
    target: Option<Words>,
    #[serde(rename = "target-dir")]
    target_directory: Option<PathBuf>,
    rustflags: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    rustflags: Option<Words>,
}

/// Cargo takes a list, or a text with spaces.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Text(String),
    List(Vec<String>),
}

impl Words {
    fn split(self) -> Vec<String> {
        match self {
            Words::Text(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            Words::List(words) => words,
        }
    }
}

/// Reads the files of a folder, of those above it, and of cargo's home. Broken ones are cargo's to
/// complain about.
pub(crate) fn read(folder: &Path, home: Option<PathBuf>) -> CargoConfig {
    let mut config = CargoConfig::default();
    let folders = folder.ancestors().map(|it| it.join(".cargo")).chain(home);
    let parsed = folders.filter_map(|folder| Some((parse(&folder)?, folder)));
    for (file, folder) in parsed {
        // The nearest file comes first, and wins; lists are joined, the nearest at the end.
        let target = file.build.target.and_then(|words| words.split().into_iter().next());
        config.target = config.target.or(target);
        let base = folder.parent().unwrap_or(&folder);
        let target_directory = file.build.target_directory.map(|it| base.join(it));
        config.target_directory = config.target_directory.or(target_directory);
        prepend(&mut config.flags, file.build.rustflags);
        for (platform, target) in file.target {
            prepend(config.target_flags.entry(platform).or_default(), target.rustflags);
        }
    }
    config.target_flags.retain(|_, flags| !flags.is_empty());
    // A description in a file is not something that `--filter-platform` understands.
    config.target = config
        .target
        .filter(|target| Path::new(target).extension().is_none_or(|extension| extension != "json"));
    config
}

fn parse(folder: &Path) -> Option<File> {
    let read = |name| fs::read_to_string(folder.join(name)).ok();
    toml::from_str(&read("config.toml").or_else(|| read("config"))?).ok()
}

fn prepend(flags: &mut Vec<String>, more: Option<Words>) {
    let more = more.map(Words::split).unwrap_or_default();
    flags.splice(0..0, more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_wins_and_lists_are_joined() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("written");
        };
        write(
            "home/config.toml",
            "[build]\nrustflags = \"--cfg a\"\ntarget = \"x86_64-apple-darwin\"\n[alias]\nx = \"y\"\n",
        );
        write(
            "w/.cargo/config.toml",
            "[build]\nrustflags = [\"--cfg\", \"b\"]\ntarget-dir = \"out\"\n",
        );
        write(
            "w/pkg/.cargo/config",
            "[target.'cfg(unix)']\nrustflags = \"--cfg=c\"\nlinker = \"ld\"\n",
        );
        write("w/pkg/sub/.cargo/config.toml", "broken =");
        let config = read(&folder.path().join("w/pkg/sub"), Some(folder.path().join("home")));
        assert_eq!(config.flags, ["--cfg", "a", "--cfg", "b"]);
        assert_eq!(config.target.as_deref(), Some("x86_64-apple-darwin"));
        assert_eq!(config.target_directory, Some(folder.path().join("w/out")));
        assert_eq!(
            config.target_flags,
            BTreeMap::from([("cfg(unix)".into(), vec!["--cfg=c".into()])])
        );
    }
}
