//! Answers about fetched packages, below `target/cache-lint/`: what a run with the same packages needn't find out again.
//!
//! They count only if cargo and rustc say the same, the same build of the linter wrote them, and every file of a fetched
//! package that was looked at, or for, is as it was.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use cachelit_lints::project::Cfg;
use cachelit_lints::resolve;
use cachelit_lints::source::Stamp;
use serde::{Deserialize, Serialize};

use crate::kept;

/// Where answers are kept, and what they depend on besides files.
#[derive(Debug)]
pub(crate) struct KeptAnswers {
    target_directory: PathBuf,
    name: String,
    key: [u8; 32],
}

/// What an earlier run left.
pub(crate) struct Earlier {
    pub(crate) stamps: Vec<(Arc<Path>, Option<Stamp>)>,
    pub(crate) answers: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    key: [u8; 32],
    checksum: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Contents<'a> {
    #[serde(borrow)]
    stamps: Vec<(&'a str, Option<Stamp>)>,
    answers: &'a [u8],
}

impl KeptAnswers {
    /// Those about a workspace that cargo and rustc describe in these words; `None` where this program can't be told from
    /// others. `topic` is what cargo was asked.
    pub(crate) fn new(topic: &str, target_directory: &Path, json: &str, cfg: &Cfg) -> Option<Self> {
        let parts = [
            resolve::format().to_vec(),
            this_program()?,
            json.as_bytes().to_vec(),
            format!("{cfg:?}").into_bytes(),
        ];
        let mut key = blake3::Hasher::new();
        for part in parts {
            key.update(blake3::hash(&part).as_bytes());
        }
        Some(KeptAnswers {
            target_directory: target_directory.to_owned(),
            name: format!("answers-{topic}"),
            key: *key.finalize().as_bytes(),
        })
    }

    fn path(&self) -> PathBuf {
        kept::folder(&self.target_directory).join(&self.name)
    }

    /// What an earlier run left, if all that it looked at is as it was.
    pub(crate) fn read(&self, stamp: impl Fn(&Path) -> Option<Stamp>) -> Option<Earlier> {
        let bytes = fs::read(self.path()).ok()?;
        let (header, contents) = postcard::take_from_bytes::<Header>(&bytes).ok()?;
        if header.key != self.key || header.checksum != *blake3::hash(contents).as_bytes() {
            return None;
        }
        let contents: Contents<'_> = postcard::from_bytes(contents).ok()?;
        let unchanged = |(path, known): (&str, Option<Stamp>)| {
            let path = Path::new(path);
            (stamp(path) == known).then(|| (Arc::from(path), known))
        };
        let stamps = contents.stamps.into_iter().map(unchanged).collect::<Option<_>>()?;
        Some(Earlier { stamps, answers: contents.answers.to_owned() })
    }

    /// Keeps answers and what they rest on. Where that can't be done, the next run finds them out again.
    pub(crate) fn write<'a>(
        &self,
        stamps: impl Iterator<Item = (&'a Path, Option<Stamp>)>,
        answers: &[u8],
    ) {
        let stamps = stamps.map(|(path, stamp)| Some((path.to_str()?, stamp)));
        let Some(mut stamps) = stamps.collect::<Option<Vec<_>>>() else { return };
        stamps.sort_unstable_by_key(|(path, _)| *path);
        let folder = kept::folder(&self.target_directory);
        if let Ok(bytes) = self.encode(&Contents { stamps, answers })
            && kept::prepare_folder(&self.target_directory, &folder).is_ok()
        {
            let _ = kept::replace(&self.path(), &bytes);
        }
    }

    fn encode(&self, contents: &Contents<'_>) -> io::Result<Vec<u8>> {
        let mut contents = postcard::to_extend(contents, Vec::new()).map_err(io::Error::other)?;
        let checksum = *blake3::hash(&contents).as_bytes();
        let header = Header { key: self.key, checksum };
        let mut all = postcard::to_extend(&header, Vec::new()).map_err(io::Error::other)?;
        all.append(&mut contents);
        Ok(all)
    }
}

/// What tells this build of the linter from all others: the file that it is run from.
fn this_program() -> Option<Vec<u8>> {
    let path = std::env::current_exe().ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let mut bytes = path.into_os_string().into_encoded_bytes();
    bytes.extend(modified.as_nanos().to_le_bytes());
    bytes.extend(metadata.len().to_le_bytes());
    Some(bytes)
}
