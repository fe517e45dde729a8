//! The bound on everything that is on disk, and what nobody will ask for again.
//!
//! A sweep looks at the folders of all programs. It removes the entries of old code that were not used for a
//! week while the function has newer code; what processes left that were killed; what earlier versions of the format
//! kept; and, while the whole is larger than it may be, the segments that were not used for the longest, first those
//! that no process appends to. It touches only what is named as ours is, so that a folder which holds other things
//! loses none of them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use cachelit_spec::units::parse_size;

use super::frame::START;
use super::{place, writer};

/// The variable that says how large the whole may be.
pub(super) const VARIABLE: &str = "CACHELIT_MAX_SIZE";
const DEFAULT: u64 = 5 << 30;
/// Old code is forgotten when it was not used for so long.
const OLD: Duration = Duration::from_hours(7 * 24);
/// What is still half made after that will not be finished.
const LONG_AGO: Duration = Duration::from_hours(24);
/// Between two sweeps of a folder, unless much is written.
const PERIOD: Duration = Duration::from_hours(1);

/// How many bytes all programs together may store.
pub(super) fn bound() -> u64 {
    static BOUND: LazyLock<u64> = LazyLock::new(|| {
        let Some(given) = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()) else {
            return DEFAULT;
        };
        match parse_size(&given.to_string_lossy()) {
            Ok(bound) => bound.get(),
            Err(error) => {
                tracing::warn!(
                    %error,
                    "`{VARIABLE}` is no size and is ignored: write a number and a unit, such as `5GB`"
                );
                DEFAULT
            }
        }
    });
    *BOUND
}

/// Sweeps in the background, if nobody did in the last hour.
pub(super) fn begin(root: &Path) {
    let last = fs::symlink_metadata(root.join(place::SWEPT)).and_then(|stamp| stamp.modified());
    if last.is_ok_and(|last| age(last, SystemTime::now()) < PERIOD) {
        return;
    }
    spawn(root);
}

/// Notes that so many bytes were stored, and sweeps in the background when they became many.
pub(super) fn written(root: &Path, bytes: u64) {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let written = WRITTEN.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if written > bound() / 16 {
        WRITTEN.store(0, Ordering::Relaxed);
        spawn(root);
    }
}

fn spawn(root: &Path) {
    static IS_RUNNING: AtomicBool = AtomicBool::new(false);
    if IS_RUNNING.swap(true, Ordering::AcqRel) {
        return;
    }
    let root = root.to_owned();
    let run = move || {
        sweep(&root, bound(), SystemTime::now());
        IS_RUNNING.store(false, Ordering::Release);
    };
    if std::thread::Builder::new().name("cachelit-sweep".to_owned()).spawn(run).is_err() {
        IS_RUNNING.store(false, Ordering::Release);
    }
}

/// The segments of a function that one version of its code made.
struct Code {
    folder: PathBuf,
    used: SystemTime,
    segments: Vec<Entry>,
}

struct Entry {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

/// Looks at everything once. What can't be read or removed stays: it may be another user's.
pub(super) fn sweep(root: &Path, bound: u64, now: SystemTime) {
    drop(fs::write(root.join(place::SWEPT), ""));
    let mut segments = Vec::new();
    for program in folders(root) {
        if remove_trash(&program) {
            continue;
        }
        for folder in folders(&program) {
            if !remove_trash(&folder) && folder.file_name().is_some_and(place::is_function) {
                segments.extend(present_segments(&folder, now));
            }
        }
    }
    let mut total: u64 = segments.iter().map(|segment| segment.size).sum();
    if total <= bound {
        return;
    }
    segments.sort_by_cached_key(|segment| (is_owned(&segment.path), segment.used));
    // Some room is made beforehand, or every sweep would have to do it again.
    let goal = bound - bound / 8;
    for segment in segments {
        if total <= goal {
            break;
        }
        writer::remove(&segment.path);
        if !segment.path.exists() {
            total -= segment.size;
        }
    }
}

/// Whether a process appends to a segment, as far as one can say.
fn is_owned(segment: &Path) -> bool {
    segment.with_extension(place::OWNER).exists() && writer::own(segment).is_none()
}

/// Removes a folder that was cleared.
fn remove_trash(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    let is_trash = name.as_encoded_bytes().starts_with(place::TRASH.as_bytes());
    if is_trash {
        drop(fs::remove_dir_all(folder));
    }
    is_trash
}

/// The segments of a function after those of old code were removed.
fn present_segments(function: &Path, now: SystemTime) -> Vec<Entry> {
    let aside = format!("{}-", place::CLEARS);
    remove_old(files(function), now, |name| name.starts_with(&aside));
    let is_code = |folder: &PathBuf| folder.file_name().is_some_and(place::is_digest);
    let codes: Vec<Code> =
        folders(function).into_iter().filter(is_code).map(|folder| code(folder, now)).collect();
    let newest = codes.iter().map(|code| code.used).max();
    let mut segments = Vec::new();
    for code in codes {
        if Some(code.used) < newest && age(code.used, now) > OLD {
            drop(fs::remove_dir_all(&code.folder));
        } else {
            segments.extend(code.segments);
        }
    }
    segments
}

/// Removes files of those names that are old, and gives the others back.
fn remove_old(files: Vec<Entry>, now: SystemTime, is_ours: impl Fn(&str) -> bool) -> Vec<Entry> {
    let is_removed = |file: &Entry| {
        let name = file.path.file_name().unwrap_or_default();
        age(file.used, now) > LONG_AGO
            && is_ours(&name.to_string_lossy())
            && fs::remove_file(&file.path).is_ok()
    };
    files.into_iter().filter(|file| !is_removed(file)).collect()
}

fn code(folder: PathBuf, now: SystemTime) -> Code {
    let files = files(&folder);
    // Without a file in it, a run has only just begun, or the folder was left behind.
    let made = || fs::metadata(&folder).and_then(|folder| folder.modified()).unwrap_or(now);
    let used = files.iter().map(|file| file.used).max().unwrap_or_else(made);
    let extension = |file: &Entry| file.path.extension().map(ToOwned::to_owned);
    let (segments, others): (Vec<Entry>, Vec<Entry>) =
        files.into_iter().partition(|file| extension(file).is_some_and(|it| it == place::LOG));
    let owner = format!(".{}", place::OWNER);
    let is_orphan = |name: &str| {
        let segment = name.strip_suffix(&owner).map(|name| folder.join(name));
        segment.is_some_and(|segment| !segment.with_extension(place::LOG).exists())
    };
    // Version 1 of the format had a file for each entry, and a folder of runs.
    let is_former = |name: &str| place::is_digest(name.as_ref());
    remove_old(others, now, |name| is_orphan(name) || is_former(name));
    drop(fs::remove_dir_all(folder.join("runs")));
    // After a power failure, files may be there without what was written into them.
    let is_begun = |file: &Entry| {
        age(file.used, now) > LONG_AGO && (file.size < START as u64 || is_blank(&file.path))
    };
    let (begun, segments): (Vec<Entry>, Vec<Entry>) = segments.into_iter().partition(is_begun);
    for file in begun {
        writer::remove(&file.path);
    }
    Code { folder, used, segments }
}

/// Whether there are zeros where a segment begins.
fn is_blank(segment: &Path) -> bool {
    let mut start = [1; START];
    let read = fs::File::open(segment).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == [0; START]
}

/// The folders in a folder, without links to others.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let found = found.filter_map(Result::ok);
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    found.filter(is_folder).map(|entry| entry.path()).collect()
}

fn files(folder: &Path) -> Vec<Entry> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let file = |entry: fs::DirEntry| {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let used = metadata.modified().ok()?;
        Some(Entry { path: entry.path(), size: metadata.len(), used })
    };
    found.filter_map(Result::ok).filter_map(file).collect()
}

fn age(then: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}
