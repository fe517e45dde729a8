//! Results that outlive the process: `persist = "disk"`.
//!
//! ```
//! # // Keeps the example out of the folder of the one who runs it.
//! # fn main() {}
//! use cachelit::cache_data;
//!
//! #[cache_data(scope = "global", persist = "disk", ttl = "1 day", max_entries = 1000)]
//! fn report(month: u32) -> Vec<f64> {
//!     // … what takes a minute …
//!     # vec![f64::from(month)]
//! }
//! ```
//!
//! Memory is asked first, then the disk, and only then the body runs. What another build of the program stored is
//! found if the function's code is the same; comments, formatting, the function's place and other attributes make
//! no difference.
//!
//! # Where
//!
//! In the folder `cachelit` of the platform's folder for caches, such as `~/.cache`, in a folder for each program,
//! which is told by the name and the place of its executable. If the environment variable `CACHELIT_DIR` is set,
//! it names the folder instead, and programs are told by name only: so builds in several places share their
//! entries. See [`folder()`]. Everything in it may be deleted at any time, also while programs run.
//!
//! # What is found again
//!
//! An entry is served if all of this is the same as when it was stored: the function's path, its code hash, its
//! arguments, and the type of the result, by its name and by everything that its `Deserialize` asks for: names and
//! order of fields, variants, kinds of numbers. Before any of it is read, a checksum must hold. Whatever is
//! damaged, foreign or of another version is a miss with one warning, and is replaced.
//!
//! Not seen is what serde doesn't see. A field with `#[serde(skip)]` comes back as its default. A function that
//! the body calls may have changed: see the lint `untracked-code`.
//!
//! - Keys that rest on `std::hash::Hash`, whose output says nothing of names and may change with the compiler,
//!   are found by the same build only (lint `persisted-std-hash`).
//! - A persisted function can't be generic, for the name of a type is not unique. A method works if the name of
//!   `Self` has no type arguments, else its results stay in memory.
//! - Two persisted functions of one path and equal code, as inner functions may be, stay in memory.
//! - A result that is nested more than 128 deep stays in memory.
//!
//! # What makes entries leave
//!
//! `ttl` counts from the moment of storing, by the clock on the wall; an entry that seems to come from the future
//! is not served. `max_entries` and `max_size` bound what the present code of the function has on disk, whichever
//! process stored it: what leaves memory for them leaves the disk, too. The function's `clear` and `clear_entry`
//! and [`cache_data::clear_all`](crate::cache_data::clear_all) remove entries from disk, also those of older code,
//! and keep runs that are under way from being stored, in whichever process. Other processes keep what they have in
//! memory.
//!
//! All programs together keep to 5 GiB, or to what the variable `CACHELIT_MAX_SIZE` says, such as `500MB`: a thread
//! looks through the folder when a program first stores something, at most once an hour, and whenever a sixteenth
//! of the bound was written. It removes the segments that were not used for the longest, with all entries in them, and
//! those of old code after a week.
//!
//! # When the disk fails
//!
//! If the folder can't be written, the disk is full or the folder vanishes, the program goes on with what it has in
//! memory, and there is one warning for each function. [`Stats`](crate::Stats) counts what happens on disk.
//!
//! # How
//!
//! Each process appends its results to a file of its own, a segment, one write for each, and takes over the segment of
//! a process that is gone. A write that has returned is in the hands of the system, so a process that is killed loses no
//! entry that it stored. The next one cuts off what was not written to its end. After a power failure, what is not whole
//! fails its checksum, which costs what was written last. What was cleared stays so: a clear waits for the disk.
//! A process reads the headers of all entries when it first asks for one, and later what others have added.
//!
//! Beside the segments stands what was cleared. A run notes its state as it begins, and its result counts while nothing
//! has cleared it since. Any number of processes may do all this at once; none waits for another, but for a moment where
//! a bound has to hold. `async` functions read and write like others, for reading an entry of moderate size takes
//! microseconds. A function that was called keeps a file open for each segment, and two more.
//!
//! When most of a segment is no longer needed, the rest of it moves to another one.
//!
//! A call that runs the body returns when the result is on disk. Calls that waited for it get it from memory, maybe
//! a moment before that.
//!
//! Whoever can write into the folder can make entries, so it is created for its owner only. What a foreign file says
//! is held against its length and a limit on nesting: it can cost time, never safety. The folder must be on a disk of
//! this machine, or on one whose other users see what was appended at once.

use std::path::PathBuf;
use std::time::Duration;

use crate::clock;
use crate::engine::function::{Function, FunctionSpec};
use crate::engine::registry;
use crate::key::{KeyParts, Reach};
use crate::st::Recording;
use crate::stats::count;

mod bounds;
mod build;
mod clears;
mod codec;
mod compact;
mod decode;
mod disk;
mod encode;
mod frame;
mod index;
mod place;
mod rows;
mod segment;
mod shape;
mod sweep;
mod tag;
#[cfg(test)]
mod tests;
mod window;
mod writer;

pub(crate) use bounds::Uses;
use clears::Stamp;
pub(crate) use codec::Codec;
pub(crate) use decode::decode;
pub(crate) use disk::{Disk, Name, Ticket};
pub(crate) use encode::{Error, encode};
use frame::Content;

/// The folder of this program's persisted results, whether it exists or not. Nothing if the platform names no folder
/// for caches and `CACHELIT_DIR` is not set.
///
/// ```
/// let folder = cachelit::persist::folder();
/// assert!(folder.is_none_or(|folder| folder.is_absolute()));
/// ```
pub fn folder() -> Option<PathBuf> {
    place::folders().map(|(_, program)| program.clone())
}

/// What a function keeps on disk, if it can keep something there.
pub(crate) fn open(spec: &FunctionSpec) -> Option<Disk> {
    let Some((root, program)) = place::folders() else {
        tracing::warn!(
            function = spec.path,
            "results are not persisted, for the platform names no folder for caches: set `{}`",
            place::VARIABLE
        );
        return None;
    };
    if registry::twins(spec) > 1 {
        tracing::warn!(
            function = spec.path,
            "results are not persisted, for another function has the same path and the same code: rename one"
        );
        return None;
    }
    Some(Disk::new(spec.path, spec.code_hash, root, program, sweep::bound()))
}

/// Removes everything that this program has on disk.
pub(crate) fn clear_program() {
    if let Some((root, program)) = place::folders() {
        let trash = root.join(format!("{}{}", place::TRASH, place::unique()));
        if let Err(error) = place::remove(program, &trash) {
            tracing::warn!(
                folder = %program.display(),
                %error,
                "results of functions that the program no longer has can't be cleared: remove the folder"
            );
        }
    }
}

/// The disk as a call sees it.
pub(crate) struct Level {
    function: &'static Function,
    disk: &'static Disk,
    pub(crate) name: Name,
    /// What was cleared when nothing was found.
    missed: Option<Stamp>,
}

impl Level {
    /// Nothing if the result of this call is not persisted.
    pub(crate) fn of(function: &'static Function, key: &KeyParts) -> Option<Self> {
        Some(Level { function, disk: function.disk()?, name: name_of(key)?, missed: None })
    }

    /// A stored result, what its body showed, and its age.
    pub(crate) fn find<T>(&mut self, codec: &Codec<T>) -> Option<(T, Recording, Duration)> {
        let counters = &self.function.counters;
        let stored = match self.disk.find(&self.name, self.function.limits()) {
            disk::Found::Entry(stored) => stored,
            disk::Found::Nothing(stamp) => {
                self.missed = stamp;
                count(&counters.disk_misses);
                return None;
            }
            disk::Found::Failed => {
                count(&counters.disk_errors);
                return None;
            }
        };
        let value = (codec.decode)(stored.value(), &stored.shape);
        match value.and_then(|value| Ok((value, Recording::decode(stored.recording())?))) {
            Ok((value, recording)) => {
                count(&counters.disk_hits);
                tracing::trace!(function = self.function.spec.path, "hit on disk");
                Some((value, recording, stored.age))
            }
            Err(error) => {
                tracing::debug!(
                    function = self.function.spec.path,
                    %error,
                    "a result on disk is of another type and is made anew"
                );
                count(&counters.disk_misses);
                None
            }
        }
    }

    /// Announces a run.
    pub(crate) fn begin(&self) -> Option<Ticket> {
        let ticket = match self.missed {
            Some(stamp) => Some(self.disk.ticket(&self.name, stamp)),
            None => self.disk.begin(&self.name),
        };
        if ticket.is_none() {
            count(&self.function.counters.disk_errors);
        }
        ticket
    }

    /// Stores the result of a run.
    pub(crate) fn store<T>(
        &self,
        ticket: &Ticket,
        codec: &Codec<T>,
        value: &T,
        recording: Option<&Recording>,
        uses: impl FnOnce() -> Uses,
    ) {
        let shown = || recording.map_or_else(|| Ok(Vec::new()), Recording::encode);
        let encoded = (codec.encode)(value).and_then(|value| Ok((value, shown()?)));
        let is_fine = match &encoded {
            Ok(((value, shape), recording)) => {
                let content = Content { stored_at: clock::wall(), shape: *shape, recording, value };
                self.disk.store(ticket, &content, self.function.limits(), uses)
            }
            Err(error) => {
                tracing::warn!(
                    function = self.function.spec.path,
                    %error,
                    "a result can't be persisted and stays in memory: its `Deserialize` must read what its \
                     `Serialize` writes"
                );
                false
            }
        };
        if !is_fine {
            count(&self.function.counters.disk_errors);
        }
    }
}

/// The name of a call's entry; nothing if the key means something in this process only.
pub(crate) fn name_of(key: &KeyParts) -> Option<Name> {
    let build = match key.reach() {
        Reach::Everywhere => [0; 32],
        Reach::Build => build::digest()?,
        Reach::Process => return None,
    };
    let mut digest = blake3::Hasher::new();
    digest.update(&build).update(key.bytes());
    Some(*digest.finalize().as_bytes())
}
