//! Where entries live.
//!
//! ```text
//! FOLDER/PROGRAM/FUNCTION/clears               what was cleared
//! FOLDER/PROGRAM/FUNCTION/CODE/SEGMENT.log     entries
//! FOLDER/PROGRAM/FUNCTION/CODE/SEGMENT.owner   locked by the process that appends to the segment
//! FOLDER/PROGRAM/FUNCTION/CODE/used            when the code was last in use
//! FOLDER/PROGRAM/FUNCTION/CODE/lock            for bounds
//! FOLDER/PROGRAM/cachelit-trash-…              what was cleared, on its way out
//! FOLDER/swept                                 when everything was last looked through
//! ```

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use etcetera::BaseStrategy;

/// The variable that names the folder.
pub(super) const VARIABLE: &str = "CACHELIT_DIR";
/// What was cleared.
pub(super) const CLEARS: &str = "clears";
/// How names of segments end.
pub(super) const LOG: &str = "log";
/// How names end of what tells that a segment has an owner.
pub(super) const OWNER: &str = "owner";
/// When the code was last in use.
pub(super) const USED: &str = "used";
/// Held while an entry is stored where their number or size is bounded, and while segments are made anew.
pub(super) const LOCK: &str = "lock";
/// When the folder was last swept.
pub(super) const SWEPT: &str = "swept";
/// How names of folders begin that were cleared.
pub(super) const TRASH: &str = "cachelit-trash-";

/// The folder of all programs, and in it that of this one; none where the platform names no folder for caches.
pub(super) fn folders() -> Option<&'static (PathBuf, PathBuf)> {
    static FOLDERS: OnceLock<Option<(PathBuf, PathBuf)>> = OnceLock::new();
    let find = || {
        let program = std::env::current_exe().ok()?;
        let name = readable(program.file_stem().unwrap_or(OsStr::new("program")));
        if let Some(given) = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()) {
            let root = std::path::absolute(given).ok()?;
            return Some((root.clone(), root.join(name)));
        }
        let cache = etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir();
        let root = cache.join("cachelit");
        // Programs of one name are told apart by where they are.
        let place = blake3::hash(program.parent()?.as_os_str().as_encoded_bytes()).to_hex();
        Some((root.clone(), root.join(format!("{name}-{}", &place[..16]))))
    };
    FOLDERS.get_or_init(find).as_ref()
}

/// A name that is fit for a file on every platform.
fn readable(name: &OsStr) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' };
    name.to_string_lossy().chars().take(64).map(fit).collect()
}

/// The name of a function's folder.
pub(super) fn function_folder(path: &str) -> String {
    let name = path.rsplit("::").next().unwrap_or(path);
    let digest = blake3::hash(path.as_bytes()).to_hex();
    format!("{}-{}", readable(OsStr::new(name)), &digest[..32])
}

/// Whether a folder is called as that of a function.
pub(super) fn is_function(name: &OsStr) -> bool {
    let digits = |text: &str| text.len() == 32 && text.bytes().all(|c| c.is_ascii_hexdigit());
    let digest = name.to_str().and_then(|name| name.rsplit_once('-'));
    digest.is_some_and(|(_, digest)| digits(digest))
}

/// Whether a file or folder is called by a digest, as entries and versions of code are.
pub(super) fn is_digest(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| blake3::Hash::from_hex(name).is_ok())
}

/// Tells backup programs that the folder is a cache: <https://bford.info/cachedir/>.
pub(super) fn tag(root: &Path) {
    let text = "Signature: 8a477f597d28d172789f06886806bc55\n# Results that cachelit keeps; to be deleted at will.\n";
    let tag = fs::OpenOptions::new().write(true).create_new(true).open(root.join("CACHEDIR.TAG"));
    // Without it the cache works as well.
    drop(tag.and_then(|mut tag| io::Write::write_all(&mut tag, text.as_bytes())));
}

/// A name that no other file has.
pub(super) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}-{next}", std::process::id(), since.as_nanos())
}

/// Makes a folder and those above it; nobody else may look into new ones.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes a folder away in one step, so that nobody sees half of it, and then removes it.
pub(super) fn remove(folder: &Path, trash: &Path) -> io::Result<()> {
    match fs::rename(folder, trash) {
        // What is left of it, if the process ends now, is found by the next collection.
        Ok(()) => drop(fs::remove_dir_all(trash)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        // Where a folder with open files can't be moved. Without these files the rest counts no more.
        Err(_) => {
            let below = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
            for folder in below.chain([folder.to_owned()]) {
                gone(fs::remove_file(folder.join(CLEARS)))?;
            }
            gone(fs::remove_dir_all(folder))?;
        }
    }
    Ok(())
}

/// Waits until the disk has what was renamed in a folder, where folders can be asked for that.
pub(super) fn sync(folder: &Path) {
    if cfg!(unix) {
        // It was renamed all the same; only a power failure would tell.
        drop(fs::File::open(folder).and_then(|folder| folder.sync_all()));
    }
}

/// Success also for what was not there.
pub(super) fn gone(removed: io::Result<()>) -> io::Result<()> {
    let is_gone = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
    removed.or_else(|error| if is_gone.contains(&error.kind()) { Ok(()) } else { Err(error) })
}
