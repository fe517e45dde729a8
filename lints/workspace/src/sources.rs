//! Source text: an editor's buffers over the disk.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use cachelit_lints::source::{SourceFiles, Stamp};
use parking_lot::RwLock;

use crate::summary_index::SummaryIndex;

/// Files beyond this size are generated data, which nobody caches functions in.
pub(crate) const LARGEST_FILE: u64 = 16 << 20;

/// The text of every file as one revision has it.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) buffers: HashMap<Arc<Path>, Arc<str>>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) index: Arc<SummaryIndex>,
}

impl SourceFiles for Texts {
    fn read(&self, path: &Path) -> Option<Arc<str>> {
        match self.buffers.get(path) {
            Some(text) => Some(Arc::clone(text)),
            // What is kept of these files are their summaries.
            None if self.index.covers(path) => read_text(path),
            None => {
                self.index.note_stray(path);
                self.disk.read(path)
            }
        }
    }

    fn exists(&self, path: &Path) -> bool {
        if self.buffers.contains_key(path) || !self.index.covers(path) {
            return self.read(path).is_some();
        }
        self.stamp(path).is_some()
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        if self.buffers.contains_key(path) || !self.index.covers(path) {
            return None;
        }
        self.disk.stamp(path, || self.index.stamp(path))
    }
}

/// A file's text, once somebody asked for it; `None` where there is no such text.
type Cell = Arc<OnceLock<Option<Arc<str>>>>;

/// The disk at one moment: a file is read when it is first asked for, and never again.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    files: RwLock<HashMap<Arc<Path>, Cell>>,
    /// Of files whose text isn't kept; `None` where there is no such file.
    stamps: RwLock<HashMap<Arc<Path>, Option<Stamp>>>,
}

impl Disk {
    /// What this one knows, except about files that changed.
    pub(crate) fn without<'a>(&self, changed: impl IntoIterator<Item = &'a Path>) -> Self {
        let mut files = self.files.read().clone();
        let mut stamps = self.stamps.read().clone();
        for path in changed {
            files.remove(path);
            stamps.remove(path);
        }
        Disk { files: RwLock::new(files), stamps: RwLock::new(stamps) }
    }

    /// Takes over a text that was read anyway.
    pub(crate) fn keep(&self, path: &Arc<Path>, text: Arc<str>) {
        let cell = self.cell(path);
        cell.get_or_init(|| Some(text));
    }

    /// What was found out about files whose text isn't kept.
    pub(crate) fn stamps(&self) -> HashMap<Arc<Path>, Option<Stamp>> {
        self.stamps.read().clone()
    }

    /// The same disk, of which so much is known.
    pub(crate) fn learn_stamps(&self, known: impl IntoIterator<Item = (Arc<Path>, Option<Stamp>)>) {
        self.stamps.write().extend(known);
    }

    fn read(&self, path: &Path) -> Option<Arc<str>> {
        self.cell(path).get_or_init(|| read_text(path)).clone()
    }

    fn stamp(&self, path: &Path, look: impl FnOnce() -> Option<Stamp>) -> Option<Stamp> {
        if let Some(stamp) = self.stamps.read().get(path) {
            return *stamp;
        }
        let stamp = look();
        *self.stamps.write().entry(path.into()).or_insert(stamp)
    }

    fn cell(&self, path: &Path) -> Cell {
        if let Some(cell) = self.files.read().get(path) {
            return Arc::clone(cell);
        }
        Arc::clone(self.files.write().entry(path.into()).or_default())
    }
}

fn read_text(path: &Path) -> Option<Arc<str>> {
    let mut bytes = Vec::new();
    read_bytes(path, &mut bytes)?;
    String::from_utf8(bytes).ok().map(Arc::from)
}

/// Reads a file of sensible size into a buffer, replacing what is there.
pub(crate) fn read_bytes(path: &Path, buffer: &mut Vec<u8>) -> Option<()> {
    buffer.clear();
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() {
        return None;
    }
    buffer.reserve(usize::try_from(metadata.len().min(LARGEST_FILE)).unwrap_or(0) + 1);
    // The limit holds for what is read, not for what the file claimed to hold.
    file.take(LARGEST_FILE + 1).read_to_end(buffer).ok()?;
    (buffer.len() as u64 <= LARGEST_FILE).then_some(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cachelit_lints::project::Project;

    use super::*;

    #[test]
    fn a_file_is_read_once_until_it_is_said_to_have_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.rs");
        fs::write(&path, "one").expect("written");
        let disk = Disk::default();
        assert_eq!(disk.read(&path).as_deref(), Some("one"));
        fs::write(&path, "two").expect("written");
        assert_eq!(disk.read(&path).as_deref(), Some("one"));
        assert_eq!(disk.without([path.as_path()]).read(&path).as_deref(), Some("two"));
    }

    #[test]
    fn what_is_no_text_reads_as_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.rs");
        fs::write(&path, [0xff, 0xfe]).expect("written");
        let disk = Disk::default();
        assert_eq!(disk.read(&path), None);
        assert_eq!(disk.read(folder.path()), None);
        assert_eq!(disk.read(&folder.path().join("missing.rs")), None);
    }

    #[test]
    fn a_buffer_hides_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path: Arc<Path> = folder.path().join("a.rs").into();
        fs::write(&path, "disk").expect("written");
        let buffers = HashMap::from([(Arc::clone(&path), Arc::from("buffer"))]);
        let index = SummaryIndex::new(&Project::default(), folder.path());
        let texts = Texts { buffers, disk: Arc::default(), index: Arc::new(index) };
        assert_eq!(texts.read(&path).as_deref(), Some("buffer"));
    }
}
