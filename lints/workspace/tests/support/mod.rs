//! A registry in a folder, for tests of what is kept from run to run.

use std::fs;
use std::path::Path;

/// Settings of cargo, beside which the folder `vendor` stands for crates.io.
pub(crate) const VENDORED: &str =
    "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n";

/// Writes a file, in folders that needn't be there.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("written");
}
