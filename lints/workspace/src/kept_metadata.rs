//! Cargo's last answer about a workspace, below `target/cache-lint/`: what work begins with while cargo is asked again.
//!
//! Nothing rests on it. Only where cargo says the same again, byte for byte, does the work count that was done with it;
//! so it may be damaged, old or another program's.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::kept;
use crate::load::LoadOptions;

/// Where the answer about a manifest is kept, and what it was.
pub(crate) struct KeptMetadata {
    /// What cargo was asked, shortened.
    pub(crate) topic: String,
    /// Its text, until it is used up.
    pub(crate) json: Option<String>,
}

impl KeptMetadata {
    /// What was kept of a workspace that is probably built here.
    pub(crate) fn read(options: &LoadOptions, manifest: &Path, built: &Path) -> KeptMetadata {
        let target = options.target.as_deref().unwrap_or_default();
        let asked =
            [manifest.as_os_str(), target.as_ref(), &options.cargo].map(OsStr::as_encoded_bytes);
        let topic = blake3::hash(&asked.join(&0)).to_hex()[..16].to_owned();
        let json = fs::read_to_string(path(built, &topic)).ok();
        KeptMetadata { topic, json }
    }

    /// Keeps an answer for the next run. Where that can't be done, the next run waits for cargo.
    pub(crate) fn write(&self, target_directory: &Path, json: &str) {
        if kept::prepare_folder(target_directory, &kept::folder(target_directory)).is_ok() {
            let _ = kept::replace(&path(target_directory, &self.topic), json.as_bytes());
        }
    }
}

fn path(target_directory: &Path, topic: &str) -> PathBuf {
    kept::folder(target_directory).join(format!("metadata-{topic}.json"))
}
