//! The parts by themselves; `tests/persist.rs` has the whole, in processes of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cachelit_spec::CodeHash;
use tempfile::TempDir;

use super::bounds::Uses;
use super::disk::{Disk, Found, Name};
use super::frame::Content;
use super::{place, sweep};
use crate::engine::function::Limits;

mod clearing;
mod codec;
mod damage;
mod folder;
mod model;
mod segments;

const FREE: Limits = Limits { ttl: None, max_entries: None, max_size: None };

/// A folder in which versions of a function's code keep entries.
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

    /// What the function keeps whose code has this number, as a process of its own sees it.
    fn disk(&self, code: u8) -> Disk {
        let root = self.folder.path();
        Disk::new("shop::fetch", [code; 32], root, &root.join("program"), 100_000)
    }

    /// The folder of the function.
    fn function(&self) -> PathBuf {
        self.folder.path().join("program").join(place::function_folder("shop::fetch"))
    }

    /// The folder of that code.
    fn code(&self, code: u8) -> PathBuf {
        self.function().join(CodeHash::from_bytes([code; 32]).to_string())
    }

    /// The segments of that code.
    fn segments(&self, code: u8) -> Vec<PathBuf> {
        with_extension(&self.code(code), place::LOG)
    }

    /// The only one.
    #[track_caller]
    fn segment(&self, code: u8) -> PathBuf {
        let [segment] = &self.segments(code)[..] else { panic!("one segment") };
        segment.clone()
    }
}

fn with_extension(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten();
    let paths = found.map(|file| file.expect("it can be listed").path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// Stores that value; whether it went well.
fn store(disk: &Disk, name: Name, value: &[u8], limits: &Limits) -> bool {
    let Some(ticket) = disk.begin(&name) else { return false };
    disk.store(&ticket, &content(value), limits, Uses::new)
}

fn content(value: &[u8]) -> Content<'_> {
    Content { stored_at: crate::clock::wall(), shape: [7; 32], recording: b"shown", value }
}

/// The value that is found; nothing also for what is refused.
fn find(disk: &Disk, name: Name, limits: &Limits) -> Option<Vec<u8>> {
    let Found::Entry(stored) = disk.find(&name, limits) else { return None };
    assert_eq!((stored.recording(), stored.shape), (&b"shown"[..], [7; 32]));
    Some(stored.value().to_vec())
}

/// Which of the first entries a new process finds.
fn present(fixture: &Fixture, code: u8, count: u8) -> Vec<u8> {
    let disk = fixture.disk(code);
    (0..count).filter(|n| find(&disk, [*n; 32], &FREE).is_some()).collect()
}
