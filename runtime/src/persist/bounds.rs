//! `max_entries` and `max_size` on disk.
//!
//! They hold for the entries of a function's present code, whichever process stored them. To make room, those
//! leave first that memory doesn't hold, the ones that were not used for the longest before others; then those
//! that memory holds, in its order.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use blake3::Hash;

use super::disk::Name;
use crate::engine::function::Limits;

/// When memory used its entries last: the larger the later.
pub(crate) type Uses = HashMap<Name, u64>;

/// Holds off other processes, and threads of this one, from storing into a folder.
pub(super) struct Locked {
    _file: File,
}

/// Locks a folder for as long as the guard lives.
///
/// # Errors
///
/// If another process has it for longer than ten seconds, which only one that is stopped does.
pub(super) fn lock(entries: &Path) -> io::Result<Locked> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(entries.join(super::place::LOCK))?;
    for _ in 0..10_000 {
        match file.try_lock() {
            Ok(()) => return Ok(Locked { _file: file }),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
            // A file system without locks: processes may then overshoot by one entry each.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(Locked { _file: file });
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "another process holds the folder's lock"))
}

/// An entry that may have to leave.
struct Entry {
    name: Name,
    size: u64,
    last_use: (Option<u64>, SystemTime),
}

/// Removes entries until one of that size has room, which replaces the one of its name.
pub(super) fn make_room(
    entries: &Path,
    name: &Name,
    size: u64,
    limits: &Limits,
    uses: impl FnOnce() -> Uses,
) -> io::Result<()> {
    let names = names(entries, name)?;
    let is_count_fine = limits.max_entries.is_none_or(|max| (names.len() as u64) < max);
    if is_count_fine && limits.max_size.is_none() {
        // Spares a look at each file, and at what memory holds.
        return Ok(());
    }
    let mut others = look_at(entries, &names, &uses())?;
    others.sort_unstable_by_key(|entry| entry.last_use);
    let mut count = others.len() as u64 + 1;
    let mut total = others.iter().map(|entry| entry.size).sum::<u64>().saturating_add(size);
    for entry in others {
        let too_many = limits.max_entries.is_some_and(|max| count > max);
        let too_large = limits.max_size.is_some_and(|max| total > max);
        if !too_many && !too_large {
            break;
        }
        match fs::remove_file(path_of(entries, &entry.name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        count -= 1;
        total = total.saturating_sub(entry.size);
    }
    Ok(())
}

/// The names of the entries but one.
fn names(entries: &Path, but: &Name) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for file in fs::read_dir(entries)? {
        let name = file?.file_name();
        let Some(name) = name.to_str().and_then(|name| Hash::from_hex(name).ok()) else { continue };
        if name.as_bytes() != but {
            names.push(*name.as_bytes());
        }
    }
    Ok(names)
}

fn look_at(entries: &Path, names: &[Name], uses: &Uses) -> io::Result<Vec<Entry>> {
    let mut found = Vec::with_capacity(names.len());
    for &name in names {
        // Another process may have removed it in the meantime.
        let Ok(metadata) = fs::symlink_metadata(path_of(entries, &name)) else { continue };
        let last_use = (uses.get(&name).copied(), metadata.modified()?);
        found.push(Entry { name, size: metadata.len(), last_use });
    }
    Ok(found)
}

fn path_of(entries: &Path, name: &Name) -> PathBuf {
    entries.join(Hash::from_bytes(*name).to_hex().as_str())
}
