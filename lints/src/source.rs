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
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileRange {
    /// The file.
    pub file: Arc<Path>,
    /// Byte offsets in its text.
    pub range: TextRange,
}
