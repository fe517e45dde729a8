//! `max_entries` and `max_size` on disk.
//!
//! They hold for the entries of a function's present code, whichever process stored them. To make room, those
//! leave first that memory doesn't hold, the ones that were not used for the longest before others; then those
//! that memory holds, in its order.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::disk::Name;
use super::index::{Index, Slot};
use crate::engine::function::Limits;

/// When memory used its entries last: the larger the later.
pub(crate) type Uses = HashMap<Name, u64>;

/// Holds off other processes from storing into a folder.
pub(super) struct Locked {
    _file: File,
}

/// How often a lock is tried, a millisecond apart: for longer, only a process holds it that is stopped.
const TRIES: u32 = if cfg!(test) { 2_000 } else { 10_000 };

/// Whether another process held the lock for too long.
#[derive(Default)]
pub(super) struct Patience(AtomicBool);

impl Patience {
    /// How often to try. A lock that was waited for in vain isn't waited for again until it is free, or each result
    /// of this process would take as long.
    pub(super) fn tries(&self) -> u32 {
        if self.0.load(Ordering::Relaxed) { 1 } else { TRIES }
    }
}

/// Locks a folder for as long as the guard lives.
///
/// # Errors
///
/// If another process has it for too long.
pub(super) fn lock(entries: &Path, patience: &Patience) -> io::Result<Locked> {
    let tries = patience.tries();
    for tried in 1..=tries {
        let locked = try_lock(entries)?;
        patience.0.store(locked.is_none() && tried == tries, Ordering::Relaxed);
        match locked {
            Some(locked) => return Ok(locked),
            None if tried < tries => std::thread::sleep(Duration::from_millis(1)),
            None => {}
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "another process holds the folder's lock"))
}

/// Locks a folder, unless another process has it.
pub(super) fn try_lock(entries: &Path) -> io::Result<Option<Locked>> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(entries.join(super::place::LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Locked { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        // A file system without locks: processes may then overshoot by one entry each.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            Ok(Some(Locked { _file: file }))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Which entries must leave before one of that size has room, which replaces the one of its name.
pub(super) fn victims(
    index: &Index,
    name: &Name,
    size: u64,
    limits: &Limits,
    uses: impl FnOnce() -> Uses,
) -> Vec<(Name, Slot)> {
    let (mut count, mut total) = index.totals();
    let replaced = index.entry(name);
    count = count + 1 - u64::from(replaced.is_some());
    total = (total - replaced.map_or(0, |slot| slot.len)).saturating_add(size);
    let is_over = |count, total| {
        limits.max_entries.is_some_and(|max| count > max)
            || limits.max_size.is_some_and(|max| total > max)
    };
    if !is_over(count, total) {
        return Vec::new();
    }
    let uses = uses();
    let others = index.entries().filter(|(other, _)| *other != name);
    let mut others: Vec<(Name, Slot)> = others.map(|(name, slot)| (*name, *slot)).collect();
    others.sort_by_cached_key(|(name, slot)| {
        (uses.get(name).copied(), slot.used_at, slot.order, slot.at)
    });
    let leaves = |(_, slot): &(Name, Slot)| {
        let leaves = is_over(count, total);
        if leaves {
            count -= 1;
            total -= slot.len;
        }
        leaves
    };
    others.into_iter().take_while(leaves).collect()
}
