//! Which workspaces there are: by the folders and files that are open in the editor.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "Cargo.toml";

/// The manifests that a folder of the editor's stands for: its own, or else those of its subfolders,
/// or else the nearest one above it.
pub(crate) fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let own = folder.join(MANIFEST);
    if own.is_file() {
        return vec![own];
    }
    let mut below: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join(MANIFEST)))
        .filter(|manifest| manifest.is_file())
        .collect();
    if below.is_empty() {
        below.extend(above(folder));
    }
    below.sort();
    below
}

/// The nearest manifest around a file, unless the file belongs to somebody else: what cargo
/// downloaded or came with the toolchain is not the user's to repair.
pub(crate) fn around_file(file: &Path) -> Option<PathBuf> {
    if is_foreign(file, cargo_home().as_deref()) {
        return None;
    }
    above(file.parent()?)
}

fn above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(MANIFEST)).find(|manifest| manifest.is_file())
}

fn is_foreign(file: &Path, cargo_home: Option<&Path>) -> bool {
    cargo_home.is_some_and(|home| {
        file.starts_with(home.join("registry")) || file.starts_with(home.join("git"))
    }) || file.components().any(|part| part.as_os_str() == "rustlib")
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that holds these manifests.
    fn tree(manifests: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for manifest in manifests {
            let path = folder.path().join(manifest);
            fs::create_dir_all(path.parent().expect("inside the folder")).expect("made");
            fs::write(path, "").expect("written");
        }
        folder
    }

    #[track_caller]
    fn check(manifests: &[&str], folder: &str, expected: &[&str]) {
        let tree = tree(manifests);
        let folder = tree.path().join(folder);
        fs::create_dir_all(&folder).expect("made");
        let found = in_folder(&folder);
        let expected: Vec<_> = expected.iter().map(|path| tree.path().join(path)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_folders_own_manifest_wins() {
        check(&["Cargo.toml", "a/Cargo.toml"], "", &["Cargo.toml"]);
    }

    #[test]
    fn subfolders_are_searched_one_level_deep() {
        check(
            &["b/Cargo.toml", "a/Cargo.toml", "c/d/Cargo.toml"],
            "",
            &["a/Cargo.toml", "b/Cargo.toml"],
        );
    }

    #[test]
    fn a_folder_inside_a_package_leads_to_it() {
        check(&["Cargo.toml"], "src/bin", &["Cargo.toml"]);
    }

    #[test]
    fn sources_of_dependencies_are_foreign() {
        let home = Path::new("/home/u/.cargo");
        let foreign = |file: &str| is_foreign(Path::new(file), Some(home));
        assert!(foreign("/home/u/.cargo/registry/src/x/serde-1.0.0/src/lib.rs"));
        assert!(foreign(
            "/home/u/.rustup/toolchains/t/lib/rustlib/src/rust/library/core/src/lib.rs"
        ));
        assert!(!foreign("/home/u/project/src/lib.rs"));
    }
}
