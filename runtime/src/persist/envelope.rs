//! What surrounds an entry's bytes on disk: what it is, and that it is whole.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `cachelit` |
//! | 2 | version of the format |
//! | 32 | the function: its path, its kind, the name of the type that it caches |
//! | 32 | its code |
//! | 32 | the arguments |
//! | 8 | when it was stored: nanoseconds since 1970, by the clock on the wall |
//! | 32 | what the type of the value looks like to serde |
//! | 8, 8 | how long the parts are: what the body showed, the value |
//! | 32 | blake3 of all the rest |
//! | … | the parts |
//!
//! Numbers are little-endian. The checksum is no signature: who can write into the folder can make entries. What
//! reads the parts must be safe by itself.

use std::time::Duration;

use super::shape::ShapeHash;

pub(super) const MAGIC: [u8; 8] = *b"cachelit";
pub(super) const VERSION: u16 = 1;
/// Where the checksum begins.
const SUM_AT: usize = 8 + 2 + 3 * 32 + 8 + 32 + 2 * 8;
pub(super) const HEADER: usize = SUM_AT + 32;

/// What an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) function: [u8; 32],
    pub(super) code: [u8; 32],
    pub(super) arguments: [u8; 32],
}

/// What is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Content<'a> {
    /// Since 1970.
    pub(super) stored_at: Duration,
    pub(super) shape: ShapeHash,
    pub(super) recording: &'a [u8],
    pub(super) value: &'a [u8],
}

/// Why bytes are not the entry that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it is no entry")]
    NoEntry,
    #[error("it is of version {0} of the format, and this is version {VERSION}")]
    Version(u16),
    #[error("it is damaged")]
    Damaged,
    #[error("it belongs to another function or other arguments")]
    Foreign,
}

/// The bytes of an entry.
pub(super) fn seal(identity: &Identity, content: &Content<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + content.recording.len() + content.value.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    for part in [&identity.function, &identity.code, &identity.arguments] {
        bytes.extend_from_slice(part);
    }
    let nanos = u64::try_from(content.stored_at.as_nanos()).unwrap_or(u64::MAX);
    bytes.extend_from_slice(&nanos.to_le_bytes());
    bytes.extend_from_slice(&content.shape);
    for part in [content.recording, content.value] {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
    }
    bytes.extend_from_slice(&[0; 32]);
    bytes.extend_from_slice(content.recording);
    bytes.extend_from_slice(content.value);
    let sum = checksum(&bytes);
    bytes[SUM_AT..HEADER].copy_from_slice(&sum);
    bytes
}

/// The content of an entry, if it is whole and the one that is looked for.
pub(super) fn open<'a>(bytes: &'a [u8], identity: &Identity) -> Result<Content<'a>, Refusal> {
    let mut header = bytes;
    if take(&mut header)? != MAGIC {
        return Err(Refusal::NoEntry);
    }
    let version = u16::from_le_bytes(take(&mut header)?);
    if version != VERSION {
        return Err(Refusal::Version(version));
    }
    let found = Identity {
        function: take(&mut header)?,
        code: take(&mut header)?,
        arguments: take(&mut header)?,
    };
    let nanos = u64::from_le_bytes(take(&mut header)?);
    let shape = take(&mut header)?;
    let recording = u64::from_le_bytes(take(&mut header)?);
    let value = u64::from_le_bytes(take(&mut header)?);
    let sum: [u8; 32] = take(&mut header)?;
    let parts = header;
    if recording.checked_add(value) != Some(parts.len() as u64) || sum != checksum(bytes) {
        return Err(Refusal::Damaged);
    }
    if found != *identity {
        return Err(Refusal::Foreign);
    }
    let at = usize::try_from(recording).map_err(|_| Refusal::Damaged)?;
    let (recording, value) = parts.split_at(at);
    Ok(Content { stored_at: Duration::from_nanos(nanos), shape, recording, value })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Refusal> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(Refusal::Damaged)?;
    *bytes = rest;
    Ok(*taken)
}

/// Of everything but the checksum itself.
fn checksum(bytes: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..SUM_AT]).update(&bytes[HEADER..]);
    *hasher.finalize().as_bytes()
}
