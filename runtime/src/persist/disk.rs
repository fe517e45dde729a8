//! The entries of one function on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cachelit_spec::CodeHash;
use parking_lot::Mutex;

use super::bounds::{self, Patience, Uses};
use super::clears::Stamp;
use super::frame::{self, Content, HEADER, Header, Identity, Kind};
use super::index::{Index, Slot};
use super::shape::ShapeHash;
use super::window::Window;
use super::writer::{Pieces, Writer};
use super::{compact, place, sweep, window};
use crate::clock;
use crate::engine::function::Limits;

/// A hit is noted in the time of its file if the last one was longer ago.
const NOTE_AFTER: Duration = Duration::from_hours(1);

/// How often a folder is made again that others clear.
const TRIES: usize = 8;

/// The name of an entry: the digest of its arguments and of the type of its value.
pub(crate) type Name = [u8; 32];

/// What a function keeps on disk.
pub(crate) struct Disk {
    path: &'static str,
    root: PathBuf,
    program: PathBuf,
    folder: PathBuf,
    entries: PathBuf,
    identity: Arc<Identity>,
    /// No entry is larger.
    largest: u64,
    /// Taken before `index` where both are, and held while another process is waited for, as that one is not.
    writer: Mutex<Writer>,
    index: Mutex<Index>,
    window: Mutex<Window>,
    patience: Patience,
    /// Whether the program was told that the disk fails.
    is_told: AtomicBool,
    /// Entries could not be cleared, so none may be believed.
    is_distrusted: AtomicBool,
}

/// What the disk has for a call.
pub(super) enum Found {
    Entry(Stored),
    /// If something can be stored, what was cleared before now.
    Nothing(Option<Stamp>),
    /// What is there can't be read or is no entry of this call.
    Failed,
}

/// Where an entry is.
struct Place {
    slot: Slot,
    file: Arc<fs::File>,
    /// Up to here there are whole frames, which don't change any more.
    known: u64,
}

/// An entry that is whole.
pub(super) struct Stored {
    frame: Vec<u8>,
    /// Where the value begins.
    value_at: usize,
    pub(super) shape: ShapeHash,
    pub(super) age: Duration,
}

impl Stored {
    pub(super) fn recording(&self) -> &[u8] {
        &self.frame[HEADER..self.value_at]
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.frame[self.value_at..]
    }
}

/// A run whose result is to be stored, unless it is cleared meanwhile, in any process.
pub(crate) struct Ticket {
    name: Name,
    stamp: Stamp,
}

impl Disk {
    /// The function's folder in that of the program; nothing is made yet.
    pub(super) fn new(
        path: &'static str,
        code: [u8; 32],
        root: &Path,
        program: &Path,
        largest: u64,
    ) -> Self {
        let folder = program.join(place::function_folder(path));
        let entries = folder.join(CodeHash::from_bytes(code).to_string());
        let identity = Arc::new(Identity::new(blake3::hash(path.as_bytes()).as_bytes(), &code));
        let writer = Writer {
            folder: entries.clone(),
            identity: identity.clone(),
            own: None,
            is_new: false,
            is_noted: false,
        };
        Disk {
            path,
            root: root.to_owned(),
            program: program.to_owned(),
            largest,
            writer: Mutex::new(writer),
            index: Mutex::new(Index::new(&folder, &entries, identity.clone())),
            window: Mutex::new(Window::default()),
            patience: Patience::default(),
            identity,
            folder,
            entries,
            is_told: AtomicBool::new(false),
            is_distrusted: AtomicBool::new(false),
        }
    }

    /// The entry of that name, unless it has expired.
    pub(super) fn find(&self, name: &Name, limits: &Limits) -> Found {
        if self.is_distrusted.load(Ordering::Relaxed) {
            return Found::Nothing(None);
        }
        let mut index = self.index.lock();
        let found = self.seek(&mut index, name, limits);
        let refusals = index.refusals();
        drop(index);
        for (path, refusal) in &refusals {
            self.refuse(path, *refusal);
        }
        let stamp = match found {
            Ok(Ok(place)) => return self.read(name, &place, limits),
            Ok(Err(stamp)) => stamp,
            Err(error) => {
                self.fail(&error);
                return Found::Failed;
            }
        };
        if refusals.is_empty() { Found::Nothing(stamp) } else { Found::Failed }
    }

    /// Where the entry is; else what was cleared until now.
    fn seek(
        &self,
        index: &mut Index,
        name: &Name,
        limits: &Limits,
    ) -> io::Result<Result<Place, Option<Stamp>>> {
        let Some(stamp) = index.look()? else { return Ok(Err(None)) };
        let fit = |index: &Index| {
            let slot = *index.entry(name)?;
            let is_fit = slot.len <= self.longest() && age(&slot, limits).is_some();
            let segment = index.segment(slot.segment).filter(|_| is_fit)?;
            Some(Place { slot, file: segment.file.clone(), known: segment.scanned })
        };
        if let Some(found) = fit(index) {
            return Ok(Ok(found));
        }
        index.refresh()?;
        Ok(fit(index).ok_or(Some(stamp)))
    }

    /// How long frames may be.
    fn longest(&self) -> u64 {
        self.largest.saturating_add(HEADER as u64)
    }

    fn read(&self, name: &Name, place: &Place, limits: &Limits) -> Found {
        let slot = &place.slot;
        let frame = window::read(&self.window, &place.file, slot.at, slot.len, place.known);
        let stored = frame.map(|frame| self.open(name, slot, frame));
        let failure = match stored {
            Ok(Some((shape, value_at, frame))) => {
                self.note_use(name, slot, limits);
                let age = age(slot, limits).unwrap_or_default();
                return Found::Entry(Stored { frame, value_at, shape, age });
            }
            Ok(None) => None,
            Err(error) => Some(error),
        };
        let mut index = self.index.lock();
        let path = index.segment(slot.segment).map(|segment| segment.path.clone());
        if index.slot(name).is_some_and(|now| (now.segment, now.at) == (slot.segment, slot.at)) {
            index.forget(name);
        }
        drop(index);
        match failure {
            Some(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                self.fail(&error);
            }
            _ => self.refuse(path.as_deref().unwrap_or(&self.entries), frame::Refusal::Damaged),
        }
        Found::Failed
    }

    /// The shape of a frame's value, and where that begins, if the frame is whole and of that name.
    fn open(
        &self,
        name: &Name,
        slot: &Slot,
        frame: Vec<u8>,
    ) -> Option<(ShapeHash, usize, Vec<u8>)> {
        let header = Header::parse(&frame, &self.identity)?;
        let recording = usize::try_from(header.recording).ok()?;
        let is_right = header.kind == Kind::Entry
            && (header.name, header.order) == (*name, slot.order)
            && header.frame() == Some(frame.len() as u64);
        let (recording, value) = frame[HEADER..].split_at_checked(recording)?;
        if !is_right || frame::sum(recording, value) != header.sum {
            return None;
        }
        let value_at = HEADER + recording.len();
        Some((header.shape, value_at, frame))
    }

    /// Entries and segments leave in the order of their uses.
    fn note_use(&self, name: &Name, slot: &Slot, limits: &Limits) {
        let now = SystemTime::now();
        if limits.max_entries.is_some() || limits.max_size.is_some() {
            // While another thread stores something, an approximation is enough.
            let Some(mut writer) = self.writer.try_lock() else { return };
            let mut index = self.index.lock();
            index.used(name, nanos(now));
            let Some(stamp) = index.clears.stamp() else { return };
            let used = Header { kind: Kind::Use, used_at: nanos(now), ..header(name, stamp, slot) };
            let frame = used.seal(&self.identity);
            // Where it isn't allowed, the order is that of the writes.
            drop(self.append(&mut writer, &mut index, &used, [&frame, &[], &[]]));
            return;
        }
        let mut index = self.index.lock();
        if let Some(segment) = index.unnoted(slot.segment, now - NOTE_AFTER, now) {
            drop(segment.file.set_modified(now));
        }
    }

    /// Announces a run whose result is to be stored.
    pub(super) fn begin(&self, name: &Name) -> Option<Ticket> {
        let mut stamp = self.index.lock().look();
        for _ in 0..TRIES {
            let mut index = self.index.lock();
            match &stamp {
                Ok(Some(_)) => break,
                // Nothing was stored yet, or somebody cleared everything a moment ago, or does so meanwhile.
                Ok(None) => stamp = make(&mut index),
                Err(error) => match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists => {
                        stamp = make(&mut index);
                    }
                    io::ErrorKind::InvalidData => {
                        drop(index);
                        self.fail(error);
                        stamp = make(&mut self.index.lock());
                    }
                    _ => break,
                },
            }
        }
        match stamp {
            Ok(stamp) => stamp.map(|stamp| self.ticket(name, stamp)),
            Err(error) => {
                self.tell("can't be written to", &error);
                None
            }
        }
    }

    /// For a run that begins when nothing was cleared since.
    #[expect(clippy::unused_self, reason = "a stamp is of one function")]
    pub(super) fn ticket(&self, name: &Name, stamp: Stamp) -> Ticket {
        Ticket { name: *name, stamp }
    }

    /// Stores a result, unless it was cleared meanwhile. `uses` says when entries were used last that memory
    /// holds. Returns false after a failure of the disk, which was told of.
    pub(super) fn store(
        &self,
        ticket: &Ticket,
        content: &Content<'_>,
        limits: &Limits,
        uses: impl FnOnce() -> Uses,
    ) -> bool {
        let size = (HEADER + content.recording.len() + content.value.len()) as u64;
        if size > self.longest() || limits.max_size.is_some_and(|max| size > max) {
            tracing::warn!(
                function = self.path,
                size,
                "a result is too large to be stored on disk"
            );
            return true;
        }
        match self.put(ticket, content, size, limits, uses) {
            Ok(()) => {
                sweep::written(&self.root, size);
                true
            }
            Err(error) => {
                self.tell("can't be written to", &error);
                false
            }
        }
    }

    fn put(
        &self,
        ticket: &Ticket,
        content: &Content<'_>,
        size: u64,
        limits: &Limits,
        uses: impl FnOnce() -> Uses,
    ) -> io::Result<()> {
        let mut header = Header {
            kind: Kind::Entry,
            name: ticket.name,
            order: 0,
            stored_at: u64::try_from(content.stored_at.as_nanos()).unwrap_or(u64::MAX),
            used_at: nanos(SystemTime::now()),
            stamp: ticket.stamp,
            shape: content.shape,
            recording: content.recording.len() as u64,
            value: content.value.len() as u64,
            sum: frame::sum(content.recording, content.value),
        };
        let mut writer = self.writer.lock();
        let is_bounded = limits.max_entries.is_some() || limits.max_size.is_some();
        let _locked = if is_bounded { Some(self.lock()?) } else { None };
        let mut index = self.index.lock();
        if is_bounded && index.look()?.is_some() {
            index.refresh()?;
        }
        // Else everything was cleared since, maybe with the folder that is locked.
        let now = index.clears.stamp().filter(|now| now.generation == ticket.stamp.generation);
        let Some(now) = now else { return Ok(()) };
        if is_bounded {
            for (name, slot) in bounds::victims(&index, &ticket.name, size, limits, uses) {
                let order = index.next_order();
                let removal = Header { order, ..self::header(&name, now, &slot) };
                let frame = removal.seal(&self.identity);
                self.append(&mut writer, &mut index, &removal, [&frame, &[], &[]])?;
            }
        }
        header.order = index.next_order();
        let frame = [&header.seal(&self.identity), content.recording, content.value];
        self.append(&mut writer, &mut index, &header, frame)?;
        self.tidy(&mut writer, &mut index, is_bounded);
        Ok(())
    }

    /// Appends a frame; first makes the folder, if need be.
    fn append(
        &self,
        writer: &mut Writer,
        index: &mut Index,
        header: &Header,
        frame: Pieces<'_>,
    ) -> io::Result<()> {
        let mut tries = 0;
        loop {
            match writer.append(index, header, frame) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => {
                    tries += 1;
                    self.create()?;
                }
                done => {
                    if done.is_ok() && !std::mem::replace(&mut writer.is_noted, true) {
                        self.note();
                    }
                    return done;
                }
            }
        }
    }

    /// Lets go of what nobody needs, if no other process is at it.
    fn tidy(&self, writer: &mut Writer, index: &mut Index, is_locked: bool) {
        let is_new = std::mem::take(&mut writer.is_new);
        if !is_new && !compact::is_worth(writer, index) {
            return;
        }
        let locked = if is_locked { Ok(None) } else { bounds::try_lock(&self.entries) };
        if locked.is_ok_and(|locked| is_locked || locked.is_some()) {
            // What fails leaves the entries where they were.
            drop(compact::compact(writer, index));
            if is_new {
                drop(compact::merge(writer, index));
            }
        }
    }

    fn lock(&self) -> io::Result<bounds::Locked> {
        let mut locked = bounds::lock(&self.entries, &self.patience);
        for _ in 0..TRIES {
            match locked {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.create()?;
                    locked = bounds::lock(&self.entries, &self.patience);
                }
                locked => return locked,
            }
        }
        locked
    }

    /// Makes the folder. Others may clear it meanwhile, which is no failure.
    fn create(&self) -> io::Result<()> {
        let raced = [io::ErrorKind::NotFound, io::ErrorKind::AlreadyExists];
        match place::create(&self.entries) {
            Err(error) if !raced.contains(&error.kind()) => Err(error),
            _ => Ok(()),
        }
    }

    /// Leaves a note that the code is in use, and for people, whose it is.
    fn note(&self) {
        // Without it, the times of the segments tell.
        drop(fs::write(self.entries.join(place::USED), format!("{}\n", self.path)));
        place::tag(&self.root);
        sweep::begin(&self.root);
    }

    /// Removes the entries of all versions of the function. Runs that are under way will not be stored.
    pub(crate) fn clear(&self) {
        let trash = self.program.join(format!("{}{}", place::TRASH, place::unique()));
        match place::remove(&self.folder, &trash) {
            Ok(()) => place::sync(&self.program),
            Err(error) => self.distrust(&error),
        }
        // Closes what was removed, so that its room is free.
        let own = self.writer.try_lock().and_then(|mut writer| writer.own.take());
        self.index.lock().reset();
        drop(own);
    }

    /// Removes one entry. A run for it that is under way will not be stored.
    pub(crate) fn clear_entry(&self, name: &Name) {
        let cleared = {
            let mut index = self.index.lock();
            index.look().and_then(|_| index.clears.clear(name))
        };
        // What one note can't clear is cleared with everything.
        if !cleared.is_ok_and(|cleared| cleared) {
            self.clear();
        }
    }

    /// Warns of what is no entry of this function.
    fn refuse(&self, path: &Path, reason: frame::Refusal) {
        tracing::warn!(
            function = self.path,
            file = %path.display(),
            "a file on disk doesn't hold the results that it should, so they are made anew: {reason}"
        );
    }

    /// What is on disk may be what was to be cleared: from now on, this process doesn't read it.
    fn distrust(&self, error: &io::Error) {
        if !self.is_distrusted.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                function = self.path,
                folder = %self.folder.display(),
                %error,
                "results on disk can't be cleared, and are not read again by this process: make the folder \
                 writable, or remove it"
            );
        }
    }

    /// Tells that the disk can't be read. What lost its record of clears is cleared.
    fn fail(&self, error: &io::Error) {
        if error.kind() != io::ErrorKind::InvalidData {
            self.tell("can't be read from", error);
            return;
        }
        tracing::warn!(
            function = self.path,
            folder = %self.folder.display(),
            %error,
            "nobody can say which results on disk were cleared, so all are removed and made anew"
        );
        self.clear();
    }

    /// Warns of the first failure of the disk, for this function.
    fn tell(&self, what: &str, error: &io::Error) {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                function = self.path,
                folder = %self.entries.display(),
                %error,
                "the folder of persisted results {what}, so results are kept in memory only: check its \
                 permissions and the room on its disk, or set `{}` to another folder",
                place::VARIABLE,
            );
        }
    }
}

/// Makes the record of what was cleared; what it says.
fn make(index: &mut Index) -> io::Result<Option<Stamp>> {
    index.clears.make()?;
    index.look()
}

/// How old an entry is, unless that is too old, or nobody knows. One from the future was stored by a clock that was set
/// back.
fn age(slot: &Slot, limits: &Limits) -> Option<Duration> {
    match (clock::wall().checked_sub(Duration::from_nanos(slot.stored_at)), limits.ttl) {
        (Some(age), Some(ttl)) => (age < ttl).then_some(age),
        (None, Some(_)) => None,
        (age, None) => Some(age.unwrap_or_default()),
    }
}

/// The header of a frame about an entry that has no parts: of its removal.
fn header(name: &Name, stamp: Stamp, slot: &Slot) -> Header {
    Header {
        kind: Kind::Removal,
        name: *name,
        order: slot.order,
        stored_at: slot.stored_at,
        used_at: slot.used_at,
        stamp,
        shape: [0; 32],
        recording: 0,
        value: 0,
        sum: [0; 32],
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
