//! Where source text comes from, and how places in it are named.

use std::path::Path;
use std::sync::Arc;

use ra_ap_syntax::TextRange;

/// Source text by path: the disk, an editor's buffers over the disk, or a fixture in a test.
///
/// Paths are absolute. Within the life of one [`Analysis`](crate::Analysis) the answers don't change.
pub trait SourceFiles: Send + Sync {
    /// The text of a file, or `None` where there is none or it is not UTF-8.
    fn read(&self, path: &Path) -> Option<Arc<str>>;

    /// Whether there is such a file. May be answered without reading it.
    fn exists(&self, path: &Path) -> bool {
        self.read(path).is_some()
    }

    /// What tells this version of a file from others without reading it; `None` where only its text
    /// does, as in whatever people edit.
    fn stamp(&self, path: &Path) -> Option<Stamp> {
        let _ = path;
        None
    }
}

/// The version of a file that nobody edits: whoever changes it after all changes this too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    /// Nanoseconds between 1970 and its last modification.
    pub modified: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// Keeps from run to run what was worked out from files that have a [`Stamp`].
///
/// What comes back is exactly what was put there, or nothing. Where it is kept, and for how long, is
/// up to the store.
pub trait SummaryStore: Send + Sync {
    /// What was kept about a version of a file under a topic.
    fn get(&self, file: &Path, stamp: Stamp, topic: u128) -> Option<Vec<u8>>;

    /// Keeps something about a version of a file, in place of what was there.
    fn put(&self, file: &Path, stamp: Stamp, topic: u128, bytes: Vec<u8>);
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileRange {
    /// The file.
    pub file: Arc<Path>,
    /// Byte offsets in its text.
    pub range: TextRange,
}
