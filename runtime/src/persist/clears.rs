//! What was cleared, as all processes see it.
//!
//! A function has a file for it, which begins with a generation that no other file ever had. Behind it stand records
//! of one size: that an entry was cleared, or that there is a new segment to look at. To clear everything is to take
//! the file away, with all that lies beside it; the next run makes another.
//!
//! A run notes generation and length before its body begins, and its entry carries them. The entry counts while the
//! generation is the present one and no record behind that position names it. So what was cleared during a run is
//! never believed, in whichever process the two were, and neither waits for the other.
//!
//! # Why no entry is served after a clear that returned before the call
//!
//! The clear has then replaced the file or made it longer. A call looks at the file first, by its path, and so sees
//! the other generation or the record. It applies them to what it knows before it chooses an entry, and what it reads
//! of segments after that goes through the same check. What it sees only later was cleared while the call was under
//! way, and may be served or not. Looking costs one `stat`, for the file that was read last stays open: while it does,
//! no other file has its number, so the same number and length are the same content.

use std::collections::HashMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::disk::Name;
use super::place;

const MAGIC: [u8; 8] = *b"cleared\x02";
/// How long the beginning is, and each record.
const RECORD: usize = 64;
/// How long the records may become before a clear takes them all away.
const LONGEST: u64 = 4 << 20;

const CLEARED: u8 = 1;
const SEGMENT: u8 = 2;

/// What was cleared when a run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(super) generation: [u8; 16],
    pub(super) position: u64,
}

/// The file, and what it says.
pub(super) struct Clears {
    path: PathBuf,
    seen: Option<Seen>,
}

/// The file as it was read last.
struct Seen {
    /// Open, so that its number stays its own.
    file: File,
    id: Option<(u64, u64)>,
    generation: [u8; 16],
    len: u64,
    /// Where each entry was cleared last.
    cleared: HashMap<Name, u64>,
    /// Everything was cleared that is older.
    floor: u64,
}

/// What a look at the file changed.
pub(super) enum Change {
    Nothing,
    /// These were cleared, each by the record at this place.
    Entries(Vec<(Name, u64)>),
    /// Nothing that was known counts any more.
    Everything,
}

impl Clears {
    pub(super) fn new(function: &Path) -> Self {
        Clears { path: function.join(place::CLEARS), seen: None }
    }

    /// What was cleared until now; nothing where nothing can be stored.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let seen = self.seen.as_ref()?;
        Some(Stamp { generation: seen.generation, position: seen.len })
    }

    /// Whether an entry of that stamp still counts.
    pub(super) fn admits(&self, name: &Name, stamp: &Stamp) -> bool {
        let Some(seen) = &self.seen else { return false };
        // A position that the file doesn't reach was lost with the records before it.
        let is_reached = stamp.position <= seen.len;
        stamp.generation == seen.generation
            && stamp.position >= seen.floor
            && seen.cleared.get(name).is_none_or(|at| *at < stamp.position)
            && is_reached
    }

    /// Whether a stamp is of this generation and later than all that is known.
    pub(super) fn is_behind(&self, stamp: &Stamp) -> bool {
        self.stamp().is_some_and(|known| {
            known.generation == stamp.generation && known.position < stamp.position
        })
    }

    /// Looks whether something was cleared. The error is `InvalidData` if the file is damaged.
    pub(super) fn look(&mut self) -> io::Result<Change> {
        let found = match fs::symlink_metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let was_there = self.seen.take().is_some();
                return Ok(if was_there { Change::Everything } else { Change::Nothing });
            }
            Err(error) => return Err(error),
        };
        let old = self.seen.take();
        let Some(old) = old.filter(|old| old.id.is_none() || old.id == id(&found)) else {
            self.seen = self.open(&found)?;
            return Ok(Change::Everything);
        };
        let (generation, len, floor) = (old.generation, old.len, old.floor);
        let (seen, new) = if old.id.is_some() {
            let mut seen = old;
            let is_longer = found.len().saturating_sub(len) >= RECORD as u64;
            let new = if is_longer { seen.read()? } else { Vec::new() };
            (Some(seen), new)
        } else {
            // Only a look into it tells whether it is the same.
            let seen = self.open(&found)?;
            let cleared = seen.iter().flat_map(|seen| &seen.cleared);
            let new = cleared.filter(|(_, at)| **at >= len).map(|(name, at)| (*name, *at));
            let new = new.collect();
            (seen, new)
        };
        let is_same = |seen: &Seen| {
            seen.generation == generation && seen.floor == floor && found.len() >= len
        };
        if seen.as_ref().is_some_and(is_same) {
            self.seen = seen;
            return Ok(if new.is_empty() { Change::Nothing } else { Change::Entries(new) });
        }
        self.seen = self.open(&found)?;
        Ok(Change::Everything)
    }

    fn open(&self, found: &Metadata) -> io::Result<Option<Seen>> {
        if !found.is_file() {
            return Err(damaged());
        }
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            // It was taken away a moment ago.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let generation = begin(&mut file)?;
        let (id, len) = (id(&file.metadata()?), RECORD as u64);
        let mut seen = Seen { file, id, generation, len, cleared: HashMap::new(), floor: 0 };
        seen.read()?;
        Ok(Some(seen))
    }

    /// Makes the file, unless it is there.
    pub(super) fn make(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(&self.path);
        place::create(folder)?;
        let aside = folder.join(format!("{}-{}", place::CLEARS, place::unique()));
        fs::write(&aside, beginning(&generation()))?;
        // Unlike a rename, a link never replaces the file that another process made meanwhile.
        let made = match fs::hard_link(&aside, &self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            // Where files have no second name.
            Err(error) if error.kind() != io::ErrorKind::NotFound && !self.path.exists() => {
                fs::rename(&aside, &self.path)
            }
            made => made,
        };
        // After a rename it is gone.
        drop(fs::remove_file(&aside));
        made
    }

    /// Notes that an entry was cleared. False if there are too many of these notes for one more.
    pub(super) fn clear(&mut self, name: &Name) -> io::Result<bool> {
        let Some(seen) = &self.seen else { return Ok(true) };
        if seen.len > LONGEST {
            return Ok(false);
        }
        if let Some(file) = self.append(CLEARED, name)? {
            // An entry that comes back after a power failure would be a wrong one; one that is lost is not.
            file.sync_data()?;
        }
        Ok(true)
    }

    /// Lets other processes look for a new segment.
    pub(super) fn announce(&mut self) -> io::Result<()> {
        self.append(SEGMENT, &[0; 32]).map(drop)
    }

    /// Returns the file, unless everything was cleared.
    fn append(&mut self, kind: u8, name: &Name) -> io::Result<Option<File>> {
        let Some(seen) = &self.seen else { return Ok(None) };
        let mut file = match OpenOptions::new().read(true).append(true).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if begin(&mut file)? != seen.generation {
            return Ok(None);
        }
        if file.write(&record(&seen.generation, kind, name))? == RECORD {
            Ok(Some(file))
        } else {
            Err(io::ErrorKind::WriteZero.into())
        }
    }
}

impl Seen {
    /// Reads the records that were not read yet. A part of one at the end belongs to a clear that is under way, or
    /// failed; if so, what follows makes it a damaged one, and so does each that follows.
    fn read(&mut self) -> io::Result<Vec<(Name, u64)>> {
        let (mut bytes, mut new) = (Vec::new(), Vec::new());
        self.file.seek(SeekFrom::Start(self.len))?;
        self.file.read_to_end(&mut bytes)?;
        for found in bytes.as_chunks::<RECORD>().0 {
            let at = self.len;
            self.len += RECORD as u64;
            let name = found[1..33].first_chunk().copied().unwrap_or_default();
            if record(&self.generation, found[0], &name) != *found {
                // It may have cleared anything.
                self.floor = self.len;
            } else if found[0] == CLEARED {
                self.cleared.insert(name, at);
                new.push((name, at));
            }
        }
        Ok(new)
    }
}

/// The number of a file, which no other has while it is open. Nothing where that isn't so.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn id(file: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn id(_file: &Metadata) -> Option<(u64, u64)> {
    None
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file of what was cleared is damaged")
}

/// Reads the beginning: the generation.
fn begin(file: &mut File) -> io::Result<[u8; 16]> {
    let mut start = [0; RECORD];
    let is_long = file.read_exact(&mut start).is_ok();
    let generation = start[8..24].first_chunk().copied().unwrap_or_default();
    if is_long && start == beginning(&generation) { Ok(generation) } else { Err(damaged()) }
}

/// A generation that no other file has.
fn generation() -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(place::unique().as_bytes());
    for _ in 0..2 {
        // Its keys are random.
        hasher.update(&RandomState::new().hash_one(0).to_le_bytes());
    }
    hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default()
}

fn beginning(generation: &[u8; 16]) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..24].copy_from_slice(generation);
    let sum = blake3::hash(&bytes[..24]);
    bytes[24..56].copy_from_slice(sum.as_bytes());
    bytes
}

fn record(generation: &[u8; 16], kind: u8, name: &Name) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    bytes[0] = kind;
    bytes[1..33].copy_from_slice(name);
    let mut hasher = blake3::Hasher::new();
    hasher.update(generation).update(&bytes[..33]);
    bytes[33..].copy_from_slice(&hasher.finalize().as_bytes()[..RECORD - 33]);
    bytes
}
