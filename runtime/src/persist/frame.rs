//! What stands in a segment: how it begins, and the frames that follow.
//!
//! A segment begins with what it belongs to:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `cachelit` |
//! | 2 | version of the format |
//! | 32 | the function: the digest of its path |
//! | 32 | its code |
//!
//! Each frame begins with a header of one size, so that an index is made from headers alone:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1: an entry, 2: it was removed to make room, 3: it was used |
//! | 32 | the arguments |
//! | 8 | the frame's order: larger than that of every frame its writer knew of |
//! | 8, 8 | when the entry was stored, by the clock on the wall, and when it was last used: nanoseconds since 1970 |
//! | 16, 8 | what was cleared when its run began: the generation, and the position in it |
//! | 32 | what the type of the value looks like to serde |
//! | 8, 8 | how long the parts are that follow: what the body showed, the value |
//! | 32 | blake3 of the parts |
//! | 16 | the first half of blake3 of the header up to here, keyed by the segment's beginning |
//! | … | the parts |
//!
//! Numbers are little-endian. The checksums are no signature: who can write into the folder can make entries. What
//! reads the parts must be safe by itself.

use std::time::Duration;

use super::clears::Stamp;
use super::disk::Name;
use super::shape::ShapeHash;

const MAGIC: [u8; 8] = *b"cachelit";
const VERSION: u16 = 2;
/// How long a segment's beginning is.
pub(super) const START: usize = 8 + 2 + 2 * 32;
const SUMMED: usize = 1 + 32 + 3 * 8 + 16 + 8 + 32 + 2 * 8 + 32;
/// How long a frame's header is.
pub(super) const HEADER: usize = SUMMED + 16;

/// Whose segment it is.
pub(super) struct Identity {
    start: [u8; START],
    key: [u8; 32],
}

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Entry = 1,
    Removal = 2,
    Use = 3,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) name: Name,
    pub(super) order: u64,
    /// Nanoseconds since 1970, like the next.
    pub(super) stored_at: u64,
    pub(super) used_at: u64,
    pub(super) stamp: Stamp,
    pub(super) shape: ShapeHash,
    pub(super) recording: u64,
    pub(super) value: u64,
    pub(super) sum: [u8; 32],
}

/// What is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'a> {
    /// Since 1970.
    pub(super) stored_at: Duration,
    pub(super) shape: ShapeHash,
    pub(super) recording: &'a [u8],
    pub(super) value: &'a [u8],
}

/// Why a file or a part of it is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it is no file")]
    NoFile,
    #[error("it holds no results")]
    NoSegment,
    #[error("it is of version {0} of the format, and this is version {VERSION}")]
    Version(u16),
    #[error("it belongs to another function or other code")]
    Foreign,
    #[error("it is damaged")]
    Damaged,
}

impl Identity {
    pub(super) fn new(function: &[u8; 32], code: &[u8; 32]) -> Self {
        let mut start = [0; START];
        start[..8].copy_from_slice(&MAGIC);
        start[8..10].copy_from_slice(&VERSION.to_le_bytes());
        start[10..42].copy_from_slice(function);
        start[42..].copy_from_slice(code);
        Identity { start, key: *blake3::hash(&start).as_bytes() }
    }

    /// How the segment begins.
    pub(super) fn start(&self) -> &[u8; START] {
        &self.start
    }

    /// Whether a segment may begin so; fewer bytes than there must be may be all that is written yet.
    pub(super) fn check(&self, found: &[u8]) -> Result<(), Refusal> {
        let found = &found[..found.len().min(START)];
        if self.start.starts_with(found) {
            return Ok(());
        }
        if !found.starts_with(&MAGIC[..found.len().min(8)]) {
            return Err(Refusal::NoSegment);
        }
        let version = found.get(8..10).and_then(|bytes| bytes.first_chunk());
        match version.map(|bytes| u16::from_le_bytes(*bytes)) {
            Some(VERSION) | None => Err(Refusal::Foreign),
            Some(version) => Err(Refusal::Version(version)),
        }
    }
}

impl Header {
    /// Its bytes in a segment of that identity.
    pub(super) fn seal(&self, identity: &Identity) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut at = 0;
        let mut put = |part: &[u8]| {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        };
        put(&[self.kind as u8]);
        put(&self.name);
        for number in [self.order, self.stored_at, self.used_at] {
            put(&number.to_le_bytes());
        }
        put(&self.stamp.generation);
        put(&self.stamp.position.to_le_bytes());
        put(&self.shape);
        for number in [self.recording, self.value] {
            put(&number.to_le_bytes());
        }
        put(&self.sum);
        let sum = blake3::keyed_hash(&identity.key, &bytes[..SUMMED]);
        bytes[SUMMED..].copy_from_slice(&sum.as_bytes()[..16]);
        bytes
    }

    /// The header that these bytes begin with, if it is whole and of that segment.
    pub(super) fn parse(bytes: &[u8], identity: &Identity) -> Option<Self> {
        let (summed, sum) = bytes.get(..HEADER)?.split_at(SUMMED);
        if blake3::keyed_hash(&identity.key, summed).as_bytes()[..16] != *sum {
            return None;
        }
        let mut rest = summed;
        let [kind] = take(&mut rest)?;
        let kind =
            [Kind::Entry, Kind::Removal, Kind::Use].into_iter().find(|k| *k as u8 == kind)?;
        Some(Header {
            kind,
            name: take(&mut rest)?,
            order: number(&mut rest)?,
            stored_at: number(&mut rest)?,
            used_at: number(&mut rest)?,
            stamp: Stamp { generation: take(&mut rest)?, position: number(&mut rest)? },
            shape: take(&mut rest)?,
            recording: number(&mut rest)?,
            value: number(&mut rest)?,
            sum: take(&mut rest)?,
        })
    }

    /// How long the frame is; nothing for a length that no file has.
    pub(super) fn frame(&self) -> Option<u64> {
        self.recording.checked_add(self.value)?.checked_add(HEADER as u64)
    }
}

/// The digest of a frame's parts.
pub(super) fn sum(recording: &[u8], value: &[u8]) -> [u8; 32] {
    if recording.is_empty() {
        return *blake3::hash(value).as_bytes();
    }
    *blake3::Hasher::new().update(recording).update(value).finalize().as_bytes()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    take(bytes).map(u64::from_le_bytes)
}
