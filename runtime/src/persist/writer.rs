//! What a process writes: frames, at the end of a segment that it alone appends to.
//!
//! Whoever holds the lock of the file beside a segment owns it; the system lets go of it when the process ends, however
//! it ends. The next process that stores something then takes the segment over, so that there are about as many
//! segments as processes at once.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::frame::{Header, Identity};
use super::index::Index;
use super::place;
use super::segment::Segment;

/// A segment of this length gets no more frames.
pub(super) const FULL: u64 = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// The segment that this process appends to.
pub(super) struct Own {
    pub(super) id: u32,
    file: Arc<File>,
    /// Locked.
    _owner: File,
}

/// A frame, for example as its header and its parts. So nothing is copied to write it.
pub(super) type Pieces<'a> = [&'a [u8]; 3];

/// Where the segments of one function's code are made.
pub(super) struct Writer {
    pub(super) folder: PathBuf,
    pub(super) identity: Arc<Identity>,
    pub(super) own: Option<Own>,
    /// It is another one than before, so that others may be of no use, and the folder may be a new one.
    pub(super) is_new: bool,
    pub(super) is_noted: bool,
}

/// What came of an append.
enum Appended {
    Done,
    /// The segment was removed by somebody.
    Gone,
}

impl Writer {
    /// Appends a frame, given in pieces, to another segment if the present one is full or was removed.
    pub(super) fn append(
        &mut self,
        index: &mut Index,
        header: &Header,
        frame: Pieces<'_>,
    ) -> io::Result<()> {
        loop {
            let own = self.own(index)?;
            match own.append(index, header, frame) {
                Ok(Appended::Done) => return Ok(()),
                Ok(Appended::Gone) => {
                    index.drop_segment(own.id);
                    self.own = None;
                }
                Err(error) => {
                    // A segment that may end with a part of a frame is left to whoever removes that.
                    self.release(index);
                    return Err(error);
                }
            }
        }
    }

    /// The segment to append to.
    fn own(&mut self, index: &mut Index) -> io::Result<&Own> {
        let is_fit =
            |own: &Own| index.segment(own.id).is_some_and(|own| own.is_own && own.scanned < FULL);
        if !self.own.as_ref().is_some_and(is_fit) {
            self.release(index);
            index.refresh()?;
            let own = match Self::adopt(index)? {
                Some(own) => own,
                None => self.create(index)?,
            };
            self.own = Some(own);
            (self.is_new, self.is_noted) = (true, false);
        }
        self.own.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Leaves the segment to others.
    pub(super) fn release(&mut self, index: &mut Index) {
        if let Some(own) = self.own.take()
            && let Some(segment) = index.segment_mut(own.id)
        {
            segment.is_own = false;
        }
    }

    /// Takes over a segment that no process owns.
    fn adopt(index: &mut Index) -> io::Result<Option<Own>> {
        let now = index.clears.stamp().map(|stamp| stamp.generation);
        // One that was begun before everything was cleared may have come later to where others no longer look for it.
        let is_known = |segment: &Segment| segment.generation.is_none_or(|it| Some(it) == now);
        let fit = index.segments().filter(|(_, it)| it.scanned < FULL && is_known(it));
        let fit: Vec<(u32, PathBuf)> =
            fit.map(|(id, segment)| (id, segment.path.clone())).collect();
        for (id, path) in fit {
            let Some(owner) = own(&path) else { continue };
            // What its owner wrote last, and then a frame that is not whole.
            let mut uses = Vec::new();
            index.forgive(id);
            index.scan(id, &mut uses)?;
            for (name, used_at) in uses {
                index.used(&name, used_at);
            }
            let Some(segment) = index.segment_mut(id) else { continue };
            let opened = OpenOptions::new().read(true).append(true).open(&path);
            let (None, Ok(file)) = (segment.damaged_at, opened) else { continue };
            if file.metadata()?.len() != segment.scanned {
                cut(&path, segment.scanned)?;
            }
            let file = Arc::new(file);
            segment.file = file.clone();
            segment.is_own = true;
            if segment.generation.is_none() {
                // Its process may have ended before it did that.
                index.clears.announce()?;
            }
            return Ok(Some(Own { id, file, _owner: owner }));
        }
        Ok(None)
    }

    /// Begins a segment.
    pub(super) fn create(&self, index: &mut Index) -> io::Result<Own> {
        let name = self.folder.join(place::unique());
        let path = name.with_extension(place::LOG);
        let owner = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(name.with_extension(place::OWNER))?;
        match owner.try_lock() {
            // Where files can't be locked, no other process takes it over.
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
                return Err(error);
            }
            _ => {}
        }
        let made = self.begin(&path).and_then(|file| index.clears.announce().map(|()| file));
        let file = match made {
            Ok(file) => Arc::new(file),
            Err(error) => {
                remove(&path);
                return Err(error);
            }
        };
        let mut segment = Segment::new(path, file.clone(), SystemTime::now());
        segment.is_own = true;
        let id = index.add(segment);
        Ok(Own { id, file, _owner: owner })
    }

    fn begin(&self, path: &Path) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).append(true).create_new(true).open(path)?;
        file.write_all(self.identity.start())?;
        Ok(file)
    }
}

impl Own {
    fn append(
        &self,
        index: &mut Index,
        header: &Header,
        frame: Pieces<'_>,
    ) -> io::Result<Appended> {
        let at = index.segment(self.id).map_or(0, |segment| segment.scanned);
        if let Err(error) = write(&self.file, frame) {
            // So that what follows can be read; else the next owner does it.
            drop(index.segment(self.id).map(|own| cut(&own.path, at)));
            return Err(error);
        }
        let metadata = self.file.metadata()?;
        if !index.segment(self.id).is_some_and(|own| has_name(&metadata, &own.path)) {
            return Ok(Appended::Gone);
        }
        let len: usize = frame.iter().map(|piece| piece.len()).sum();
        if metadata.len() == at + len as u64 {
            index.wrote(self.id, at, header);
        } else {
            // This process was forked, and both write to the file.
            index.scan(self.id, &mut Vec::new())?;
        }
        Ok(Appended::Done)
    }
}

/// Writes all pieces, which mostly takes one call.
fn write(mut file: &File, pieces: Pieces<'_>) -> io::Result<()> {
    let mut written = loop {
        match file.write_vectored(&pieces.map(IoSlice::new)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => break done?,
        }
    };
    for piece in pieces {
        let done = written.min(piece.len());
        written -= done;
        file.write_all(&piece[done..])?;
    }
    Ok(())
}

/// Whether an open file was not removed.
#[cfg(unix)]
fn has_name(file: &Metadata, _path: &Path) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 0
}

#[cfg(not(unix))]
fn has_name(_file: &Metadata, path: &Path) -> bool {
    path.exists()
}

/// Shortens a segment. On Windows, a file that was opened to append can't be.
fn cut(segment: &Path, len: u64) -> io::Result<()> {
    OpenOptions::new().write(true).open(segment)?.set_len(len)
}

/// Takes the ownership of a segment, if nobody has it. Where its file is missing, nobody can say.
pub(super) fn own(segment: &Path) -> Option<File> {
    let owner = OpenOptions::new().write(true).open(segment.with_extension(place::OWNER)).ok()?;
    owner.try_lock().is_ok().then_some(owner)
}

/// Removes a segment, and then the file that tells its owner, so that nobody can take over what is no longer there.
pub(super) fn remove(segment: &Path) {
    if gone(std::fs::remove_file(segment)) {
        gone(std::fs::remove_file(segment.with_extension(place::OWNER)));
    }
}

fn gone(removed: io::Result<()>) -> bool {
    removed.map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |()| true)
}
