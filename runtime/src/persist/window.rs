//! What was read ahead of a segment.
//!
//! A new process mostly asks for results in the order in which they were stored. When a frame is asked for that begins
//! where the last one ended, those that follow are read with it, so that most finds take no call of the system for it.

use std::fs::File;
use std::io;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::segment;

/// How much is read at once.
const AHEAD: u64 = 64 << 10;

/// Bytes of one segment.
#[derive(Default)]
pub(super) struct Window {
    /// Weak, so that the room of one that was removed is free.
    file: Weak<File>,
    at: u64,
    bytes: Vec<u8>,
    /// Where the frame ended that was read last.
    end: u64,
}

/// A frame of a segment, of which whole frames are known up to some place: nothing before that changes any more.
pub(super) fn read(
    window: &Mutex<Window>,
    file: &Arc<File>,
    at: u64,
    len: u64,
    known: u64,
) -> io::Result<Vec<u8>> {
    // Whoever would have to wait reads by itself.
    match window.try_lock() {
        Some(mut window) => window.read(file, at, len, known),
        None => segment::read(file, at, len),
    }
}

impl Window {
    fn read(&mut self, file: &Arc<File>, at: u64, len: u64, known: u64) -> io::Result<Vec<u8>> {
        let is_same = std::ptr::eq(self.file.as_ptr(), Arc::as_ptr(file));
        let follows = is_same && self.end == at;
        self.end = at.saturating_add(len);
        if is_same && let Some(frame) = self.part(at, len) {
            return Ok(frame.to_vec());
        }
        let ahead = AHEAD.min(known.saturating_sub(at));
        if !follows || len > ahead / 2 {
            *self = Window { file: Arc::downgrade(file), end: self.end, ..Window::default() };
            return segment::read(file, at, len);
        }
        let size = usize::try_from(ahead).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.bytes.resize(size, 0);
        let read = segment::read_at(file, at, &mut self.bytes);
        self.bytes.truncate(*read.as_ref().unwrap_or(&0));
        self.at = at;
        read?;
        self.part(at, len).map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// These bytes, if they are all there.
    fn part(&self, at: u64, len: u64) -> Option<&[u8]> {
        let from = usize::try_from(at.checked_sub(self.at)?).ok()?;
        let to = from.checked_add(usize::try_from(len).ok()?)?;
        self.bytes.get(from..to)
    }
}
