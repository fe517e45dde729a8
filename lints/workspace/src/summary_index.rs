//! Summaries of packages that cargo fetched, kept under `target/cache-lint/` from run to run.
//!
//! A file per package: a header, then what was worked out from each of its source files. Nothing in
//! it is believed before its length and checksum are right, and then it counts only for a source file
//! that still has the stamp it was made from. Whoever writes replaces the file in one step, with what
//! it read and what it learned. Of two that write at a time one wins; the other's work is done again by
//! whoever needs it.

use std::fs::{self, Metadata};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf, is_separator};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use cachelit_lints::project::Project;
use cachelit_lints::resolve;
use cachelit_lints::source::{Stamp, SummaryStore};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::kept;
use crate::sources::LARGEST_FILE;

/// A package's file that gets longer loses what the run that writes it had no use for. It grows where
/// the crates of the workspace change, which what macros expand to depends on.
const LONGEST: usize = 8 << 20;

/// What is known of the fetched packages of one workspace.
#[derive(Debug)]
pub(crate) struct SummaryIndex {
    target_directory: PathBuf,
    /// By the text of their folders, for every look-up asks for several, and paths are slow to compare.
    roots: FxHashMap<Box<str>, PackageFile>,
    /// The folders of all other packages.
    own_roots: Vec<PathBuf>,
    has_strayed: AtomicBool,
}

/// The file of one package.
#[derive(Debug)]
struct PackageFile {
    name: String,
    /// What the disk had when it was first asked for.
    stored: OnceLock<Stored>,
    learned: Mutex<Learned>,
}

/// What was worked out, by source file relative to the package, and by topic.
type ByFile<T> = FxHashMap<Box<str>, FxHashMap<u128, T>>;

type Learned = ByFile<(Stamp, Vec<u8>)>;

#[derive(Debug, Default)]
struct Stored {
    bytes: Vec<u8>,
    entries: ByFile<Kept>,
}

#[derive(Debug)]
struct Kept {
    stamp: Stamp,
    /// Where it stands in the file.
    range: Range<usize>,
    is_used: AtomicBool,
}

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    file: &'a str,
    topic: u128,
    stamp: Stamp,
    bytes: &'a [u8],
}

/// What stands before the entries.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Header {
    format: [u8; 32],
    length: u64,
    checksum: [u8; 32],
}

impl Header {
    fn of(entries: &[u8]) -> Header {
        Header {
            format: resolve::format(),
            length: entries.len() as u64,
            checksum: *blake3::hash(entries).as_bytes(),
        }
    }
}

impl SummaryIndex {
    pub(crate) fn new(project: &Project, target_directory: &Path) -> Self {
        let packages = project.packages.iter().filter(|it| it.is_fetched && !it.is_member);
        let roots = packages.filter_map(|package| {
            // A registry has a folder of its own, and so has a revision of a repository or a vendored package.
            let place = blake3::hash(package.root.as_os_str().as_encoded_bytes()).to_hex();
            let file = PackageFile {
                name: format!("{}-{}-{}", package.name, package.version, &place[..16]),
                stored: OnceLock::new(),
                learned: Mutex::default(),
            };
            Some((package.root.to_str()?.into(), file))
        });
        let roots: FxHashMap<Box<str>, PackageFile> = roots.collect();
        let own = project.packages.iter().filter(|it| !it.is_fetched || it.is_member);
        let own_roots: Vec<PathBuf> = own.map(|package| package.root.clone()).collect();
        // Of a package inside another one nobody can tell which of the two a file is read for.
        let is_inside = |root: &str| own_roots.iter().any(|own| Path::new(root).starts_with(own));
        SummaryIndex {
            target_directory: target_directory.to_owned(),
            has_strayed: AtomicBool::new(roots.keys().any(|root| is_inside(root))),
            roots,
            own_roots,
        }
    }

    /// Takes note of a file that is read although it is in no package: a fetched one may have led there.
    pub(crate) fn note_stray(&self, path: &Path) {
        if !self.own_roots.iter().any(|root| path.starts_with(root)) {
            self.has_strayed.store(true, Ordering::Relaxed);
        }
    }

    /// Whether what is known of fetched packages may rest on files without a stamp.
    pub(crate) fn has_strayed(&self) -> bool {
        self.has_strayed.load(Ordering::Relaxed)
    }

    /// The stamp of a fetched package's file; `None` for all others.
    pub(crate) fn stamp(&self, path: &Path) -> Option<Stamp> {
        self.package_of(path)?;
        fs::metadata(path).ok().and_then(|metadata| stamp_of(&metadata))
    }

    /// Whether a file belongs to a fetched package.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        self.package_of(path).is_some()
    }

    /// The innermost package around a file, and the file's path in it.
    fn package_of<'a>(&self, path: &'a Path) -> Option<(&PackageFile, &'a str)> {
        let path = path.to_str()?;
        path.rmatch_indices(is_separator).find_map(|(at, separator)| {
            let package = self.roots.get(&path[..at])?;
            Some((package, &path[at + separator.len()..]))
        })
    }

    fn folder(&self) -> PathBuf {
        kept::folder(&self.target_directory).join("summaries")
    }

    fn stored<'a>(&self, package: &'a PackageFile) -> &'a Stored {
        package.stored.get_or_init(|| {
            let bytes = fs::read(self.folder().join(&package.name)).unwrap_or_default();
            Stored::parse(bytes).unwrap_or_default()
        })
    }

    /// Writes what was learned. Where that can't be done, the next run learns it again.
    pub(crate) fn save(&self) {
        let learned = self.roots.values().filter(|package| !package.learned.lock().is_empty());
        let learned: Vec<&PackageFile> = learned.collect();
        if learned.is_empty() {
            return;
        }
        let folder = self.folder();
        if kept::prepare_folder(&self.target_directory, &folder).is_err() {
            return;
        }
        for package in learned {
            let new = std::mem::take(&mut *package.learned.lock());
            let written = write_entries(self.stored(package), &new)
                .and_then(|bytes| kept::replace(&folder.join(&package.name), &bytes));
            if written.is_err() {
                return;
            }
        }
    }
}

impl Drop for SummaryIndex {
    fn drop(&mut self) {
        self.save();
    }
}

impl SummaryStore for SummaryIndex {
    fn get(&self, file: &Path, stamp: Stamp, topic: u128) -> Option<Vec<u8>> {
        let (package, file) = self.package_of(file)?;
        let stored = self.stored(package);
        let kept = stored.entries.get(file)?.get(&topic)?;
        if kept.stamp != stamp {
            return None;
        }
        kept.is_used.store(true, Ordering::Relaxed);
        Some(stored.bytes[kept.range.clone()].to_vec())
    }

    fn put(&self, file: &Path, stamp: Stamp, topic: u128, bytes: Vec<u8>) {
        if let Some((package, file)) = self.package_of(file) {
            let mut learned = package.learned.lock();
            learned.entry(file.into()).or_default().insert(topic, (stamp, bytes));
        }
    }
}

impl Stored {
    /// `None` for what is damaged or from another build.
    fn parse(bytes: Vec<u8>) -> Option<Stored> {
        let (header, entries) = postcard::take_from_bytes::<Header>(&bytes).ok()?;
        if header != Header::of(entries) {
            return None;
        }
        let mut found = ByFile::<Kept>::default();
        let mut rest = entries;
        while !rest.is_empty() {
            let (entry, behind) = postcard::take_from_bytes::<Entry<'_>>(rest).ok()?;
            let end = bytes.len() - behind.len();
            let range = end - entry.bytes.len()..end;
            let kept = Kept { stamp: entry.stamp, range, is_used: AtomicBool::new(false) };
            if !found.contains_key(entry.file) {
                found.insert(entry.file.into(), FxHashMap::default());
            }
            if let Some(topics) = found.get_mut(entry.file) {
                topics.insert(entry.topic, kept);
            }
            rest = behind;
        }
        Some(Stored { bytes, entries: found })
    }
}

/// A package's file with what it had and what is new.
fn write_entries(old: &Stored, new: &Learned) -> io::Result<Vec<u8>> {
    let size = old.bytes.len() + each(new).map(|(_, _, (_, bytes))| bytes.len()).sum::<usize>();
    let wanted = |kept: &Kept| size <= LONGEST || kept.is_used.load(Ordering::Relaxed);
    let is_new = |file, topic| new.get(file).is_some_and(|topics| topics.contains_key(&topic));
    let kept = each(&old.entries)
        .filter(|&(file, topic, kept)| !is_new(file, topic) && wanted(kept))
        .map(|(file, topic, kept)| (file, topic, kept.stamp, &old.bytes[kept.range.clone()]));
    let new = each(new).map(|(file, topic, (stamp, bytes))| (file, topic, *stamp, &**bytes));
    let mut all: Vec<_> = kept.chain(new).collect();
    // Which thread learned what first is nobody's business.
    all.sort_unstable_by_key(|&(file, topic, ..)| (file, topic));
    let mut entries = Vec::new();
    for (file, topic, stamp, bytes) in all {
        let entry = Entry { file, topic, stamp, bytes };
        entries = postcard::to_extend(&entry, entries).map_err(io::Error::other)?;
    }
    let mut all =
        postcard::to_extend(&Header::of(&entries), Vec::new()).map_err(io::Error::other)?;
    all.append(&mut entries);
    Ok(all)
}

fn each<T>(by_file: &ByFile<T>) -> impl Iterator<Item = (&str, u128, &T)> {
    by_file.iter().flat_map(|(file, topics)| {
        topics.iter().map(move |(topic, value)| (&**file, *topic, value))
    })
}

/// `None` for what isn't read as a source file.
fn stamp_of(metadata: &Metadata) -> Option<Stamp> {
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return None;
    }
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Stamp { modified: u64::try_from(modified.as_nanos()).ok()?, length: metadata.len() })
}
