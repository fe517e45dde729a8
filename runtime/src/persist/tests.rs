//! The parts by themselves; `tests/persist.rs` has the whole, in processes of its own.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::bounds::Uses;
use super::disk::{Disk, Found, Name};
use super::envelope::Content;
use super::{place, sweep};
use crate::engine::function::Limits;

mod codec;
mod damage;
mod folder;

const FREE: Limits = Limits { ttl: None, max_entries: None, max_size: None };

/// A folder in which two versions of a function's code keep entries.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    /// No sweep begins by itself, for it could be first to remove what a test looks at.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(place::SWEPT), "").expect("a stamp");
        Fixture { folder }
    }

    /// What the function keeps whose code has this number.
    fn disk(&self, code: u8) -> Disk {
        let root = self.folder.path();
        Disk::new("shop::fetch", [code; 32], root, &root.join("program"), 10_000)
    }

    /// The file of an entry.
    fn file(&self, disk: &Disk, name: Name) -> PathBuf {
        assert!(disk.entry(&name).starts_with(self.folder.path()));
        disk.entry(&name)
    }
}

/// Stores that value; whether it went well.
fn store(disk: &Disk, name: Name, value: &[u8], limits: &Limits) -> bool {
    let Some(ticket) = disk.begin(&name) else { return false };
    let stored_at = crate::clock::wall();
    let content = Content { stored_at, shape: [7; 32], recording: b"shown", value };
    disk.store(&ticket, &content, limits, Uses::new)
}

/// The value that is found; nothing also for what is refused.
fn find(disk: &Disk, name: Name, limits: &Limits) -> Option<Vec<u8>> {
    let Found::Entry(stored) = disk.find(&name, limits) else { return None };
    assert_eq!((stored.recording(), stored.shape), (&b"shown"[..], [7; 32]));
    Some(stored.value().to_vec())
}
