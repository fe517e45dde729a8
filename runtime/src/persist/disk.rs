//! The entries of one function on disk.

use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use blake3::Hash;
use cachelit_spec::CodeHash;

use super::bounds::{self, Uses};
use super::envelope::{self, Content, Identity};
use super::shape::ShapeHash;
use super::{place, sweep};
use crate::clock;
use crate::engine::function::Limits;

/// A hit is noted in its file if the last one was longer ago, or if a bound makes the order matter.
const NOTE_AFTER: Duration = Duration::from_hours(1);

/// How often a folder is made again that others clear.
const TRIES: usize = 8;

/// The name of an entry: the digest of its arguments and of the type of its value.
pub(crate) type Name = [u8; 32];

/// What a function keeps on disk.
pub(crate) struct Disk {
    path: &'static str,
    code: CodeHash,
    root: PathBuf,
    program: PathBuf,
    folder: PathBuf,
    entries: PathBuf,
    runs: PathBuf,
    /// No entry is larger.
    largest: u64,
    /// Whether this process left a note that the code is in use.
    is_noted: AtomicBool,
    /// Whether the program was told that the disk fails.
    is_told: AtomicBool,
    /// Entries could not be cleared, so none may be believed.
    is_distrusted: AtomicBool,
}

/// What the disk has for a call.
pub(super) enum Found {
    Entry(Stored),
    Nothing,
    /// What is there can't be read or is no entry of this call.
    Failed,
}

/// An entry that is whole.
pub(super) struct Stored {
    bytes: Vec<u8>,
    /// Where the value begins.
    value_at: usize,
    pub(super) shape: ShapeHash,
    pub(super) age: Duration,
}

impl Stored {
    pub(super) fn recording(&self) -> &[u8] {
        &self.bytes[envelope::HEADER..self.value_at]
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.bytes[self.value_at..]
    }
}

/// The place for the result of a run. Whoever clears the entry meanwhile takes it away, in any process.
pub(crate) struct Ticket {
    path: PathBuf,
    name: Name,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // What was stored has moved, what was cleared is gone: then there is nothing to remove.
        drop(fs::remove_file(&self.path));
    }
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
        let code = CodeHash::from_bytes(code);
        let folder = program.join(place::function_folder(path));
        let entries = folder.join(code.to_string());
        Disk {
            path,
            code,
            root: root.to_owned(),
            program: program.to_owned(),
            runs: entries.join(place::RUNS),
            folder,
            entries,
            largest,
            is_noted: AtomicBool::new(false),
            is_told: AtomicBool::new(false),
            is_distrusted: AtomicBool::new(false),
        }
    }

    fn identity(&self, name: &Name) -> Identity {
        let function = *blake3::hash(self.path.as_bytes()).as_bytes();
        Identity { function, code: *self.code.as_bytes(), arguments: *name }
    }

    pub(super) fn entry(&self, name: &Name) -> PathBuf {
        self.entries.join(Hash::from_bytes(*name).to_hex().as_str())
    }

    /// The entry of that name, unless it has expired.
    pub(super) fn find(&self, name: &Name, limits: &Limits) -> Found {
        if self.is_distrusted.load(Ordering::Relaxed) {
            return Found::Nothing;
        }
        let path = self.entry(name);
        let (mut file, metadata) = match open(&path) {
            Ok(Some(opened)) => opened,
            Ok(None) => return self.refuse(&path, "it is no file"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
            Err(error) => {
                self.tell("can't be read from", &error);
                return Found::Failed;
            }
        };
        if metadata.len() > self.largest.saturating_add(envelope::HEADER as u64) {
            return self.refuse(&path, "it is larger than the whole folder may be");
        }
        let bytes = match read(&mut file, metadata.len()) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.tell("can't be read from", &error);
                return Found::Failed;
            }
        };
        let content = match envelope::open(&bytes, &self.identity(name)) {
            Ok(content) => content,
            Err(refusal) => return self.refuse(&path, refusal),
        };
        // An entry from the future was stored by a clock that was set back: nobody knows its age.
        let age = match (clock::wall().checked_sub(content.stored_at), limits.ttl) {
            (Some(age), Some(ttl)) if age < ttl => age,
            (_, Some(_)) => return Found::Nothing,
            (age, None) => age.unwrap_or_default(),
        };
        note_use(&file, &metadata, limits);
        let (shape, value_at) = (content.shape, bytes.len() - content.value.len());
        Found::Entry(Stored { bytes, value_at, shape, age })
    }

    /// Removes what is no entry of this function, and says so once for each.
    fn refuse(&self, path: &Path, reason: impl Display) -> Found {
        tracing::warn!(
            function = self.path,
            file = %path.display(),
            "a file on disk is not the result it should be and is removed: {reason}"
        );
        if fs::remove_file(path).is_err() {
            drop(fs::remove_dir_all(path));
        }
        Found::Failed
    }

    /// Announces a run whose result is to be stored.
    pub(super) fn begin(&self, name: &Name) -> Option<Ticket> {
        let name_of_run = format!("{}.{}", Hash::from_bytes(*name).to_hex(), place::unique());
        let path = self.runs.join(name_of_run);
        let mut taken = take(&path);
        for _ in 0..TRIES {
            // The folder is not made yet, or somebody cleared it a moment ago, or does so while it is made.
            let is_missing = [io::ErrorKind::NotFound, io::ErrorKind::AlreadyExists].map(Some);
            if is_missing.contains(&taken.as_ref().err().map(io::Error::kind)) {
                self.is_noted.store(false, Ordering::Relaxed);
                taken = place::create(&self.runs).and_then(|()| take(&path));
            }
        }
        match taken {
            Ok(()) => {
                let ticket = Ticket { path, name: *name };
                if !self.is_noted.swap(true, Ordering::Relaxed) {
                    self.note();
                }
                Some(ticket)
            }
            Err(error) => {
                self.tell("can't be written to", &error);
                None
            }
        }
    }

    /// Leaves a note that the code is in use, and for people, whose it is.
    fn note(&self) {
        let text = format!("{}\n", self.path);
        // Unless it was cleared meanwhile.
        if let Err(error) = gone(fs::write(self.entries.join(place::USED), text)) {
            self.tell("can't be written to", &error);
        }
        place::tag(&self.root);
        sweep::begin(&self.root);
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
        let bytes = envelope::seal(&self.identity(&ticket.name), content);
        let size = bytes.len() as u64;
        if size > self.largest || limits.max_size.is_some_and(|max| size > max) {
            tracing::warn!(
                function = self.path,
                size,
                "a result is too large to be stored on disk"
            );
            return true;
        }
        match self.put(ticket, &bytes, limits, uses) {
            Ok(()) => {
                sweep::written(&self.root, size);
                true
            }
            // By this process or another.
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => {
                self.tell("can't be written to", &error);
                false
            }
        }
    }

    fn put(
        &self,
        ticket: &Ticket,
        bytes: &[u8],
        limits: &Limits,
        uses: impl FnOnce() -> Uses,
    ) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).truncate(true).open(&ticket.path)?;
        file.write_all(bytes)?;
        file.set_modified(SystemTime::now())?;
        drop(file);
        let entry = self.entry(&ticket.name);
        if limits.max_entries.is_none() && limits.max_size.is_none() {
            return fs::rename(&ticket.path, entry);
        }
        let _locked = bounds::lock(&self.entries)?;
        bounds::make_room(&self.entries, &ticket.name, bytes.len() as u64, limits, uses)?;
        fs::rename(&ticket.path, entry)
    }

    /// Removes the entries of all versions of the function. Runs that are under way will not be stored.
    pub(crate) fn clear(&self) {
        let trash = self.program.join(format!("{}{}", place::TRASH, place::unique()));
        if let Err(error) = place::remove(&self.folder, &trash) {
            self.distrust(&error);
        }
    }

    /// Removes one entry. A run for it that is under way will not be stored.
    pub(crate) fn clear_entry(&self, name: &Name) {
        if let Err(error) = self.try_clear_entry(name) {
            self.distrust(&error);
        }
    }

    fn try_clear_entry(&self, name: &Name) -> io::Result<()> {
        let prefix = format!("{}.", Hash::from_bytes(*name).to_hex());
        let runs = match fs::read_dir(&self.runs) {
            Ok(runs) => Some(runs),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        for run in runs.into_iter().flatten() {
            let run = run?;
            if run.file_name().to_string_lossy().starts_with(&prefix) {
                gone(fs::remove_file(run.path()))?;
            }
        }
        gone(fs::remove_file(self.entry(name)))
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

/// Makes the file of a run.
fn take(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path).map(drop)
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

fn read(file: &mut File, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(len).unwrap_or(usize::MAX))?;
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Entries leave in the order of these times.
fn note_use(file: &File, metadata: &fs::Metadata, limits: &Limits) {
    let now = SystemTime::now();
    let is_bounded = limits.max_entries.is_some() || limits.max_size.is_some();
    let is_old = || {
        let age = metadata.modified().ok().and_then(|at| now.duration_since(at).ok());
        age.is_none_or(|age| age > NOTE_AFTER)
    };
    if is_bounded || is_old() {
        // Where it isn't allowed, the order is that of the writes.
        drop(file.set_modified(now));
    }
}

/// Success also for what was not there.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(
        |error| {
            if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
        },
    )
}
