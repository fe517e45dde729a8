//! Which entry is where: what this process knows of a function's segments.
//!
//! Of several entries of one name that one counts whose frame has the larger order, wherever it stands, for its writer
//! knew the other; of two that were written at once, the one that was stored later. A removal counts like an entry, so
//! it doesn't matter which segment is read first.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use foldhash::{HashMap, HashMapExt};

use super::clears::{Change, Clears, Stamp};
use super::disk::Name;
use super::frame::{Header, Identity, Kind, Refusal};
use super::place;
use super::segment::Segment;

/// How often files are looked for again that others make and remove.
const TRIES: usize = 8;

/// An entry, or that it was removed.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) is_removal: bool,
    pub(super) order: u64,
    pub(super) segment: u32,
    /// Where the frame begins, and its length.
    pub(super) at: u64,
    pub(super) len: u64,
    /// Nanoseconds since 1970, like the next.
    pub(super) stored_at: u64,
    pub(super) used_at: u64,
    /// Of what was cleared, when its run began.
    pub(super) position: u64,
}

/// The segments and what is in them.
pub(super) struct Index {
    folder: PathBuf,
    identity: Arc<Identity>,
    pub(super) clears: Clears,
    /// What `clears` said when the folder was listed last.
    listed_at: Option<Stamp>,
    segments: BTreeMap<u32, Segment>,
    next: u32,
    slots: HashMap<Name, Slot>,
    /// Of the entries.
    count: u64,
    size: u64,
    latest: u64,
    /// Files that are no segments and were told of.
    refused: HashSet<PathBuf>,
    /// What is still to be told of.
    refusals: Vec<(PathBuf, Refusal)>,
}

impl Index {
    pub(super) fn new(function: &Path, folder: &Path, identity: Arc<Identity>) -> Self {
        Index {
            folder: folder.to_owned(),
            identity,
            clears: Clears::new(function),
            listed_at: None,
            segments: BTreeMap::new(),
            next: 0,
            slots: HashMap::new(),
            count: 0,
            size: 0,
            latest: 0,
            refused: HashSet::new(),
            refusals: Vec::new(),
        }
    }

    /// Forgets everything, and closes what is open.
    pub(super) fn reset(&mut self) {
        self.listed_at = None;
        self.segments.clear();
        self.slots.clear();
        (self.count, self.size) = (0, 0);
    }

    /// Has all segments read again.
    fn rewind(&mut self) {
        self.segments.values_mut().for_each(Segment::rewind);
        self.slots.clear();
        (self.count, self.size) = (0, 0);
    }

    /// Learns what was cleared; nothing if nothing can be stored.
    pub(super) fn look(&mut self) -> io::Result<Option<Stamp>> {
        match self.clears.look() {
            Ok(Change::Nothing) => {}
            Ok(Change::Entries(cleared)) => {
                for (name, at) in cleared {
                    // What was stored since may have been read before the record was.
                    if self.slots.get(&name).is_some_and(|slot| slot.position <= at) {
                        self.forget(&name);
                    }
                }
            }
            Ok(Change::Everything) => self.reset(),
            Err(error) => {
                self.reset();
                return Err(error);
            }
        }
        Ok(self.clears.stamp())
    }

    /// Takes up what other processes wrote since the last time.
    pub(super) fn refresh(&mut self) -> io::Result<()> {
        for _ in 0..TRIES {
            let seen = self.clears.stamp();
            let is_known = self.listed_at == seen;
            if !is_known {
                self.list()?;
                self.listed_at = seen;
            }
            // What this process writes is known, unless it is to be read again.
            let unread = |segment: &Segment| !segment.is_own || segment.is_rewound();
            let unread = self.segments.iter().filter(|(_, segment)| unread(segment));
            let unread: Vec<u32> = unread.map(|(id, _)| *id).collect();
            let mut uses = Vec::new();
            for id in unread {
                self.scan(id, &mut uses)?;
            }
            for (name, used_at) in uses {
                if let Some(slot) = self.slots.get_mut(&name) {
                    slot.used_at = slot.used_at.max(used_at);
                }
            }
            // While the folder was listed, a segment may have taken the place of another one.
            if is_known || self.look()? == seen {
                break;
            }
        }
        Ok(())
    }

    fn list(&mut self) -> io::Result<()> {
        let mut present = HashSet::new();
        match fs::read_dir(&self.folder) {
            Ok(files) => {
                for file in files {
                    let path = file?.path();
                    if path.extension().is_some_and(|extension| extension == place::LOG) {
                        present.insert(path);
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let known = self.segments.iter().map(|(id, segment)| (segment.path.clone(), *id));
        let known: HashMap<PathBuf, u32> = known.collect();
        let mut is_needed = false;
        for (_, id) in known.iter().filter(|(path, _)| !present.contains(*path)) {
            is_needed |= !self.names(*id).is_empty();
            self.segments.remove(id);
        }
        if is_needed {
            // What was in it may stand in another one, too, where it did not count.
            self.rewind();
        }
        for path in present.into_iter().filter(|path| !known.contains_key(path)) {
            match Segment::open(&path, &self.identity)? {
                Some(Ok(segment)) => drop(self.add(segment)),
                Some(Err(refusal)) => self.refuse(path, refusal),
                None => {}
            }
        }
        Ok(())
    }

    /// Has a file told of, once.
    fn refuse(&mut self, path: PathBuf, refusal: Refusal) {
        if self.refused.insert(path.clone()) {
            self.refusals.push((path, refusal));
        }
    }

    /// What is to be told of, when no lock is held.
    pub(super) fn refusals(&mut self) -> Vec<(PathBuf, Refusal)> {
        std::mem::take(&mut self.refusals)
    }

    pub(super) fn add(&mut self, segment: Segment) -> u32 {
        let id = self.next;
        self.next += 1;
        self.segments.insert(id, segment);
        id
    }

    /// Forgets a segment and what is in it.
    pub(super) fn drop_segment(&mut self, id: u32) {
        for name in self.names(id) {
            self.forget(&name);
        }
        self.segments.remove(&id);
    }

    /// Whose frames a segment has, in their order.
    pub(super) fn names(&self, id: u32) -> Vec<Name> {
        let here = self.slots.iter().filter(|(_, slot)| slot.segment == id);
        let mut names: Vec<(u64, Name)> = here.map(|(name, slot)| (slot.at, *name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    pub(super) fn segments(&self) -> impl Iterator<Item = (u32, &Segment)> {
        self.segments.iter().map(|(id, segment)| (*id, segment))
    }

    pub(super) fn segment(&self, id: u32) -> Option<&Segment> {
        self.segments.get(&id)
    }

    pub(super) fn segment_mut(&mut self, id: u32) -> Option<&mut Segment> {
        self.segments.get_mut(&id)
    }

    /// Has the next frame of a segment looked at again, for nobody writes to it now.
    pub(super) fn forgive(&mut self, id: u32) {
        if let Some(segment) = self.segments.get_mut(&id) {
            segment.damaged_at = None;
        }
    }

    /// Takes up the new frames of a segment. Uses may be of entries in segments that are still to be read.
    pub(super) fn scan(&mut self, id: u32, uses: &mut Vec<(Name, u64)>) -> io::Result<()> {
        while let Some(segment) = self.segments.get_mut(&id) {
            let found = segment.scan(&self.identity)?;
            let damaged = segment.damaged_at.map(|_| segment.path.clone());
            // What was cleared before an entry was made must be known before that is compared with another.
            if found.iter().any(|(_, header)| self.clears.is_behind(&header.stamp)) {
                self.look()?;
            }
            for (at, header) in &found {
                self.take(id, *at, header, uses);
            }
            if let Some(path) = damaged {
                self.refuse(path, Refusal::Damaged);
            }
            if found.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, id: u32, at: u64, header: &Header, uses: &mut Vec<(Name, u64)>) {
        self.latest = self.latest.max(header.order);
        let Some(segment) = self.segments.get_mut(&id) else { return };
        segment.generation = Some(header.stamp.generation);
        let len = header.frame().unwrap_or(0);
        if header.kind == Kind::Entry {
            segment.oldest = segment.oldest.min(header.order);
        }
        let is_current = self.clears.admits(&header.name, &header.stamp);
        let age = (header.order, header.stored_at);
        let old = self.slots.get(&header.name).map(|old| (old.order, old.stored_at));
        if header.kind == Kind::Use || !is_current || old.is_some_and(|old| old > age) {
            segment.dead += len;
            if header.kind == Kind::Use && is_current {
                uses.push((header.name, header.used_at));
            }
            return;
        }
        let slot = Slot {
            is_removal: header.kind == Kind::Removal,
            order: header.order,
            segment: id,
            at,
            len,
            stored_at: header.stored_at,
            used_at: header.used_at,
            position: header.stamp.position,
        };
        self.set(header.name, slot);
    }

    /// Takes up a frame that this process wrote.
    pub(super) fn wrote(&mut self, id: u32, at: u64, header: &Header) {
        let mut uses = Vec::new();
        self.take(id, at, header, &mut uses);
        if let (Some(segment), Some(len)) = (self.segments.get_mut(&id), header.frame()) {
            segment.scanned = at + len;
        }
    }

    fn set(&mut self, name: Name, slot: Slot) {
        self.forget(&name);
        if !slot.is_removal {
            self.count += 1;
            self.size += slot.len;
        }
        self.slots.insert(name, slot);
    }

    /// Nobody needs the frame of that name any more.
    pub(super) fn forget(&mut self, name: &Name) {
        let Some(old) = self.slots.remove(name) else { return };
        if !old.is_removal {
            self.count -= 1;
            self.size -= old.len;
        }
        if let Some(segment) = self.segments.get_mut(&old.segment) {
            segment.dead += old.len;
        }
    }

    pub(super) fn slot(&self, name: &Name) -> Option<&Slot> {
        self.slots.get(name)
    }

    /// The entry of that name.
    pub(super) fn entry(&self, name: &Name) -> Option<&Slot> {
        self.slots.get(name).filter(|slot| !slot.is_removal)
    }

    /// All entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Name, &Slot)> {
        self.slots.iter().filter(|(_, slot)| !slot.is_removal)
    }

    /// How many entries there are, and the length of their frames.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.count, self.size)
    }

    /// The order of the next frame.
    pub(super) fn next_order(&self) -> u64 {
        self.latest.saturating_add(1)
    }

    /// Notes a use of an entry.
    pub(super) fn used(&mut self, name: &Name, at: u64) {
        if let Some(slot) = self.slots.get_mut(name) {
            slot.used_at = slot.used_at.max(at);
        }
    }

    /// The segment of an entry, if no process has noted its use since `before`; it counts as noted now.
    pub(super) fn unnoted(
        &mut self,
        id: u32,
        before: SystemTime,
        now: SystemTime,
    ) -> Option<&Segment> {
        let segment = self.segments.get_mut(&id).filter(|segment| segment.noted < before)?;
        segment.noted = now;
        Some(segment)
    }
}
