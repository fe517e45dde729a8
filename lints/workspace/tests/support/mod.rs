//! A registry in a folder, for tests of what is kept from run to run.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Settings of cargo, beside which the folder `vendor` stands for crates.io.
pub(crate) const VENDORED: &str =
    "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n";

/// Writes a file, in folders that needn't be there.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("written");
}

pub(crate) fn set_modified(path: &Path, time: SystemTime) {
    let file = fs::File::options().write(true).open(path).expect("there");
    file.set_modified(time).expect("settable");
}

/// Makes a text another one of the same length, without changing what its folder tells of it.
pub(crate) fn swap_unseen(path: &Path, text: &str) {
    let metadata = fs::metadata(path).expect("there");
    let length = usize::try_from(metadata.len()).expect("small");
    fs::write(path, format!("{text:length$}")).expect("written");
    set_modified(path, metadata.modified().expect("known"));
}
