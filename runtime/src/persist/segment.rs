//! A file of frames.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::frame::{HEADER, Header, Identity, Refusal, START};

/// How much is read at once to find headers, at first and at most.
const CHUNK: usize = 16 << 10;
const LARGEST_CHUNK: usize = 256 << 10;
/// So many headers are taken up at once.
const BATCH: usize = 1024;

/// A segment, as far as it is known.
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
    /// Frames are known up to here.
    pub(super) scanned: u64,
    /// How many of these bytes nobody needs.
    pub(super) dead: u64,
    /// The smallest order of its entries.
    pub(super) oldest: u64,
    /// Of what was cleared, when the last frame was written.
    pub(super) generation: Option<[u8; 16]>,
    /// Whether this process appends to it.
    pub(super) is_own: bool,
    /// How long it was when the next frame was found to be damaged.
    pub(super) damaged_at: Option<u64>,
    /// When it was noted last that it is in use.
    pub(super) noted: SystemTime,
}

impl Segment {
    /// Opens one; nothing while it is being made or where it was removed.
    pub(super) fn open(
        path: &Path,
        identity: &Identity,
    ) -> io::Result<Option<Result<Self, Refusal>>> {
        let opened = match open(path) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(Some(Err(Refusal::NoFile))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (mut file, metadata) = opened;
        let mut start = Vec::new();
        Read::by_ref(&mut file).take(START as u64).read_to_end(&mut start)?;
        if let Err(refusal) = identity.check(&start) {
            return Ok(Some(Err(refusal)));
        }
        let noted = metadata.modified()?;
        let is_whole = start.len() == START;
        Ok(is_whole.then(|| Ok(Self::new(path.to_owned(), Arc::new(file), noted))))
    }

    pub(super) fn new(path: PathBuf, file: Arc<File>, noted: SystemTime) -> Self {
        Segment {
            path,
            file,
            scanned: START as u64,
            dead: 0,
            oldest: u64::MAX,
            generation: None,
            is_own: false,
            damaged_at: None,
            noted,
        }
    }

    /// Forgets what was read.
    pub(super) fn rewind(&mut self) {
        let known = Self::new(std::mem::take(&mut self.path), self.file.clone(), self.noted);
        *self = Segment { is_own: self.is_own, ..known };
    }

    /// Whether nothing was read.
    pub(super) fn is_rewound(&self) -> bool {
        self.scanned == START as u64
    }

    /// The next frames that are wholly there, and where they begin.
    pub(super) fn scan(&mut self, identity: &Identity) -> io::Result<Vec<(u64, Header)>> {
        let mut found = Vec::new();
        let len = self.file.metadata()?.len();
        if self.damaged_at == Some(len) || len.saturating_sub(self.scanned) < HEADER as u64 {
            return Ok(found);
        }
        let (mut chunk, mut at, mut filled) = (Vec::new(), 0, 0);
        let (mut size, mut first) = (CHUNK, 0);
        while found.len() < BATCH && len.saturating_sub(self.scanned) >= HEADER as u64 {
            if self.scanned + HEADER as u64 > at + filled as u64 || self.scanned < at {
                at = self.scanned;
                // Of long frames only the headers are read, and short ones many at once.
                let is_dense = found.len() - first > 1;
                size = if is_dense { (size * 4).min(LARGEST_CHUNK) } else { CHUNK };
                chunk.resize(size, 0);
                first = found.len();
                filled = read_at(&self.file, at, &mut chunk)?;
            }
            let from = usize::try_from(self.scanned - at).unwrap_or(filled);
            let header = Header::parse(&chunk[from.min(filled)..filled], identity);
            let end = header.and_then(|header| header.frame()?.checked_add(self.scanned));
            let (Some(header), Some(end)) = (header, end) else {
                // Else somebody took it over meanwhile and removed what was not whole.
                let is_same = self.file.metadata()?.len() == len;
                self.damaged_at = is_same.then_some(len);
                break;
            };
            if end > len {
                // Its writer is not done, or was killed.
                break;
            }
            found.push((self.scanned, header));
            self.scanned = end;
        }
        Ok(found)
    }
}

/// Opens a regular file; nothing for what is none, such as a pipe, which would never end.
fn open(path: &Path) -> io::Result<Option<(File, fs::Metadata)>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let file = File::open(path)?;
    // Of what was opened, for another process may have replaced it a moment ago.
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Reads what stands at a place, up to the end of the file.
pub(super) fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match read_some(file, at + filled as u64, &mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads bytes that are known to be there.
pub(super) fn read(file: &File, at: u64, len: u64) -> io::Result<Vec<u8>> {
    let len = usize::try_from(len).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len)?;
    bytes.resize(len, 0);
    if read_at(file, at, &mut bytes)? == len {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(unix)]
fn read_some(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(windows)]
fn read_some(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(not(any(unix, windows)))]
fn read_some(mut file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    file.read(bytes)
}
