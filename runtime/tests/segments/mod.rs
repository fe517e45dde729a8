//! What lies in segments, as tests see it, who share this file. `persist::frame` and `persist::clears` say what stands
//! where; checksums are not looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where the first frame begins.
const START: usize = 74;
const HEADER: usize = 177;
/// How long the beginning of what was cleared is, and each record.
const RECORD: usize = 64;

/// A frame that is wholly there.
pub(crate) struct Frame {
    pub(crate) is_entry: bool,
    pub(crate) is_removal: bool,
    pub(crate) name: [u8; 32],
    pub(crate) order: u64,
    generation: [u8; 16],
    position: u64,
    pub(crate) range: Range<usize>,
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("it is long enough")
}

/// The frames of a segment.
pub(crate) fn frames(segment: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut at = START;
    while let Some(frame) = segment.get(at..).filter(|rest| rest.len() >= HEADER) {
        let number = |at| u64::from_le_bytes(take(frame, at));
        let parts = usize::try_from(number(113) + number(121)).expect("a length");
        if !(1..=3).contains(&frame[0]) || frame.len() < HEADER + parts {
            break;
        }
        let range = at..at + HEADER + parts;
        at = range.end;
        frames.push(Frame {
            is_entry: frame[0] == 1,
            is_removal: frame[0] == 2,
            name: take(frame, 1),
            order: number(33),
            generation: take(frame, 57),
            position: number(73),
            range,
        });
    }
    frames
}

/// The segments below a folder, without those that were cleared.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // Others may take it away.
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() && !path.to_string_lossy().contains("cachelit-trash-") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "log") {
            found.push(path);
        }
    }
    found
}

/// How many entries are in the segments below a folder, of all functions and codes.
pub(crate) fn entries(folder: &Path) -> usize {
    let mut latest: BTreeMap<(PathBuf, [u8; 32]), (u64, bool)> = BTreeMap::new();
    for segment in files(folder) {
        let code = segment.parent().expect("a folder");
        let clears = fs::read(code.with_file_name("clears")).unwrap_or_default();
        let Some((beginning, records)) = clears.split_at_checked(RECORD) else { continue };
        let cleared: BTreeSet<(u64, [u8; 32])> = (RECORD as u64..)
            .step_by(RECORD)
            .zip(records.as_chunks::<RECORD>().0)
            .filter(|(_, record)| record[0] == 1)
            .map(|(at, record)| (at, take(record, 1)))
            .collect();
        let bytes = fs::read(&segment).unwrap_or_default();
        for frame in frames(&bytes) {
            let mut later = cleared.range((frame.position, [0; 32])..);
            let is_cleared = later.any(|(_, name)| *name == frame.name);
            let is_present = frame.generation == take(beginning, 8) && !is_cleared;
            if is_present && (frame.is_entry || frame.is_removal) {
                let slot = latest.entry((code.to_owned(), frame.name)).or_default();
                *slot = (*slot).max((frame.order, frame.is_entry));
            }
        }
    }
    latest.values().filter(|(_, is_entry)| *is_entry).count()
}
