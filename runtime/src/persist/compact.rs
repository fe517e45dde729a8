//! Frames that nobody needs leave by moving the others.
//!
//! All frames of a segment that still count are appended to another one, and then the first is removed. Whoever finds
//! both finds the same entries twice; whoever has the first one open goes on reading it. A process that is killed in
//! between leaves both.
//!
//! A frame of another generation is of an earlier one, and dead, only if the present one is known, so that is looked at
//! after the frames were and before anything is removed.

use std::io;
use std::path::PathBuf;

use super::frame::{self, HEADER, Header, Kind};
use super::index::{Index, Slot};
use super::segment;
use super::writer::{self, FULL, Writer};

/// Smaller segments aren't worth it.
const WORTH: u64 = FULL / 64;
/// So many segments that nobody owns may stay.
const SPARE: usize = 8;
/// How many bytes one process moves from them before it goes on.
const MOST: u64 = FULL / 4;

/// Whether most of the own segment is dead.
pub(super) fn is_worth(writer: &Writer, index: &Index) -> bool {
    let own = writer.own.as_ref().and_then(|own| index.segment(own.id));
    own.is_some_and(|own| own.scanned > WORTH && own.dead > own.scanned / 2)
}

/// Makes the own segment anew if most of it is dead.
pub(super) fn compact(writer: &mut Writer, index: &mut Index) -> io::Result<()> {
    index.look()?;
    if !is_worth(writer, index) {
        return Ok(());
    }
    let new = writer.create(index)?;
    // Owned until it is removed.
    let Some(old) = writer.own.replace(new) else { return Ok(()) };
    if let Some(segment) = index.segment_mut(old.id) {
        segment.is_own = false;
    }
    empty(writer, index, old.id)
}

/// Takes over what segments hold that nobody owns, if most of it is dead, if they are damaged, or if they are many.
pub(super) fn merge(writer: &mut Writer, index: &mut Index) -> io::Result<()> {
    let others = index.segments().filter(|(_, segment)| !segment.is_own);
    let others: Vec<(u32, PathBuf)> = others.map(|(id, other)| (id, other.path.clone())).collect();
    let mut unowned = Vec::new();
    for (id, path) in others {
        if let Some(owner) = writer::own(&path) {
            index.forgive(id);
            index.scan(id, &mut Vec::new())?;
            unowned.push((id, owner));
        }
    }
    index.look()?;
    let mut spare = unowned.len().saturating_sub(SPARE);
    let mut moved = 0;
    for (id, _owner) in unowned {
        let Some(other) = index.segment(id) else { continue };
        let live = other.scanned - other.dead;
        let is_useless = other.damaged_at.is_some() || other.dead > other.scanned / 2;
        if (is_useless || spare > 0) && moved + live <= MOST {
            spare = spare.saturating_sub(1);
            moved += live;
            empty(writer, index, id)?;
        }
    }
    Ok(())
}

/// Moves what still counts from one segment to the own, and removes the segment.
fn empty(writer: &mut Writer, index: &mut Index, from: u32) -> io::Result<()> {
    // A removal counts as long as there is a segment that may hold the entry.
    let others = index.segments().filter(|(id, _)| *id != from);
    let oldest = others.map(|(_, segment)| segment.oldest).min().unwrap_or(u64::MAX);
    for name in index.names(from) {
        let Some(slot) = index.slot(&name).copied().filter(|slot| slot.segment == from) else {
            continue;
        };
        if slot.is_removal && slot.order < oldest {
            index.forget(&name);
            continue;
        }
        match read(writer, index, &slot) {
            Some((header, frame)) if header.name == name => {
                writer.append(index, &header, [&frame, &[], &[]])?;
            }
            // It would be refused by whoever asks for it.
            _ => index.forget(&name),
        }
    }
    let path = index.segment(from).map(|segment| segment.path.clone());
    index.drop_segment(from);
    if let Some(path) = path {
        writer::remove(&path);
    }
    Ok(())
}

/// A frame that is whole, with its last use in it.
fn read(writer: &Writer, index: &Index, slot: &Slot) -> Option<(Header, Vec<u8>)> {
    let segment = index.segment(slot.segment)?;
    let mut frame = segment::read(&segment.file, slot.at, slot.len).ok()?;
    let mut header = Header::parse(&frame, &writer.identity)?;
    let (bytes, parts) = frame.split_at_mut(HEADER);
    let (recording, value) = parts.split_at_checked(usize::try_from(header.recording).ok()?)?;
    if header.kind == Kind::Entry && frame::sum(recording, value) != header.sum {
        return None;
    }
    header.used_at = slot.used_at;
    bytes.copy_from_slice(&header.seal(&writer.identity));
    Some((header, frame))
}
