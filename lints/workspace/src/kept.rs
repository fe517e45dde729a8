//! The folder below cargo's target directory in which runs leave something for later ones.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The contents of `CACHEDIR.TAG`, by which backups and our own search for sources know a cache.
const CACHE_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// What is kept is below this folder.
pub(crate) fn folder(target_directory: &Path) -> PathBuf {
    target_directory.join("cache-lint")
}

/// Makes a folder in the target directory.
pub(crate) fn prepare_folder(target_directory: &Path, folder: &Path) -> io::Result<()> {
    let is_first = !target_directory.exists();
    fs::create_dir_all(folder)?;
    if is_first {
        // Cargo marks the folder only where it makes it.
        fs::write(target_directory.join("CACHEDIR.TAG"), CACHE_TAG)?;
    }
    Ok(())
}

/// Writes a file in one step: whoever reads sees the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
