//! What survives an edit, and for files that nobody edits also the process.

use std::hash::Hash;
use std::path::Path;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use super::stored::Expanded;
use super::{Items, parse_items, stored};
use crate::project::Edition;
use crate::source::{SourceFiles, Stamp, SummaryStore};

/// The topic of texts in a store. Items have one for each edition, expansions a hash.
const TEXT: u128 = 0;

/// How many expansions in files that may be edited are kept: these, and as many again that were there before them.
const EXPANSIONS: usize = 2_048;

/// What was made from one version of something.
type Memo<Of, Version, Made> = FxHashMap<Of, (Version, Made)>;

/// What is kept of files between revisions: pure functions of a file's text.
#[derive(Default)]
pub struct Summaries {
    items: RwLock<Memo<(Arc<Path>, Edition), Version, Items>>,
    texts: RwLock<Memo<Arc<Path>, Stamp, Arc<str>>>,
    expansions: RwLock<Memo<(Arc<Path>, u128), Stamp, Expanded>>,
    /// Those in files without a stamp, of which an edit changes a few.
    recent_expansions: RwLock<Recent<(Arc<Path>, u128), Expanded>>,
    store: Option<Arc<dyn SummaryStore>>,
}

/// What tells one version of a file from another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Text(blake3::Hash),
    Stamp(Stamp),
}

impl Summaries {
    /// Summaries of files with a [`Stamp`] are looked up in a store first, and put there.
    #[must_use]
    pub fn with_store(store: Arc<dyn SummaryStore>) -> Self {
        Summaries { store: Some(store), ..Summaries::default() }
    }

    /// The items of a file; `None` where there is no such text, or it nests too deeply. Two threads may do the same work once
    /// each; neither waits for the other.
    pub(crate) fn items(
        &self,
        files: &dyn SourceFiles,
        file: &Arc<Path>,
        edition: Edition,
    ) -> Option<Items> {
        let (version, text) = if let Some(stamp) = files.stamp(file) {
            (Version::Stamp(stamp), None)
        } else {
            let text = files.read(file)?;
            (Version::Text(blake3::hash(text.as_bytes())), Some(text))
        };
        let key = (Arc::clone(file), edition);
        if let Some((kept, items)) = self.items.read().expect("no panic while held").get(&key)
            && *kept == version
        {
            return Some(Arc::clone(items));
        }
        let items = match version {
            Version::Text(_) => parse_items(&text?, edition, None)?,
            Version::Stamp(stamp) => self.stored(files, file, stamp, edition)?,
        };
        let kept = (version, Arc::clone(&items));
        self.items.write().expect("no panic while held").insert(key, kept);
        Some(items)
    }

    fn stored(
        &self,
        files: &dyn SourceFiles,
        file: &Path,
        stamp: Stamp,
        edition: Edition,
    ) -> Option<Items> {
        let topic = TEXT + 1 + edition as u128;
        let known = self.store.as_ref().and_then(|store| store.get(file, stamp, topic));
        if let Some(items) = known.and_then(|bytes| stored::decode(&bytes)) {
            return Some(items);
        }
        let items = parse_items(&files.read(file)?, edition, None)?;
        if let Some(store) = &self.store {
            store.put(file, stamp, topic, stored::encode(&items));
        }
        Some(items)
    }

    /// The text of a file that is searched rather than parsed.
    pub(crate) fn text(&self, files: &dyn SourceFiles, file: &Arc<Path>) -> Option<Arc<str>> {
        let Some(stamp) = files.stamp(file) else { return files.read(file) };
        if let Some((kept, text)) = self.texts.read().expect("no panic while held").get(file)
            && *kept == stamp
        {
            return Some(Arc::clone(text));
        }
        let known = self.store.as_ref().and_then(|store| store.get(file, stamp, TEXT));
        let text = if let Some(text) = known.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Arc::from(text)
        } else {
            let text = files.read(file)?;
            if let Some(store) = &self.store {
                store.put(file, stamp, TEXT, text.as_bytes().to_vec());
            }
            text
        };
        let kept = (stamp, Arc::clone(&text));
        self.texts.write().expect("no panic while held").insert(Arc::clone(file), kept);
        Some(text)
    }

    /// What a macro call in a file expands to, made where it isn't known. `of` is all that the
    /// expansion depends on.
    pub(crate) fn expansion(
        &self,
        files: &dyn SourceFiles,
        file: &Arc<Path>,
        of: &[&[u8]],
        make: impl FnOnce() -> Option<Items>,
    ) -> Option<Items> {
        let key = (Arc::clone(file), topic_of(of));
        let Some(stamp) = files.stamp(file) else {
            let recent = &self.recent_expansions;
            if let Some(known) = recent.read().expect("no panic while held").get(&key) {
                return known.0.clone();
            }
            let expanded = Expanded(make());
            let items = expanded.0.clone();
            recent.write().expect("no panic while held").insert(key, expanded);
            return items;
        };
        if let Some((kept, known)) = self.expansions.read().expect("no panic while held").get(&key)
            && *kept == stamp
        {
            return known.0.clone();
        }
        let known = self.store.as_ref().and_then(|store| store.get(file, stamp, key.1));
        let expanded = known.and_then(|bytes| Expanded::decode(&bytes)).unwrap_or_else(|| {
            let expanded = Expanded(make());
            if let Some(store) = &self.store {
                store.put(file, stamp, key.1, expanded.encode());
            }
            expanded
        });
        let items = expanded.0.clone();
        self.expansions.write().expect("no panic while held").insert(key, (stamp, expanded));
        items
    }
}

/// What was put there last; older things go by the generation.
struct Recent<Of, Made> {
    young: FxHashMap<Of, Made>,
    old: FxHashMap<Of, Made>,
}

impl<Of, Made> Default for Recent<Of, Made> {
    fn default() -> Self {
        Recent { young: FxHashMap::default(), old: FxHashMap::default() }
    }
}

impl<Of: Eq + Hash, Made> Recent<Of, Made> {
    fn get(&self, of: &Of) -> Option<&Made> {
        self.young.get(of).or_else(|| self.old.get(of))
    }

    fn insert(&mut self, of: Of, made: Made) {
        if self.young.len() >= EXPANSIONS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(of, made);
    }
}

fn topic_of(parts: &[&[u8]]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    let mut topic = [0; 16];
    hasher.finalize_xof().fill(&mut topic);
    u128::from_le_bytes(topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Edited;

    impl SourceFiles for Edited {
        fn read(&self, _path: &Path) -> Option<Arc<str>> {
            None
        }
    }

    #[test]
    fn expansions_in_edited_files_are_made_once_and_the_oldest_go() {
        let summaries = Summaries::default();
        let is_made = |file: &str, of: usize| {
            let (file, of) = (Arc::from(Path::new(file)), of.to_le_bytes());
            let mut is_made = false;
            let items = summaries.expansion(&Edited, &file, &[&of], || {
                is_made = true;
                parse_items("struct A;", Edition::E2024, None)
            });
            assert_eq!(items.map(|items| items.len()), Some(1));
            is_made
        };
        assert!(is_made("/a.rs", 0) && is_made("/b.rs", 0) && is_made("/a.rs", 1));
        assert!(!is_made("/a.rs", 0) && !is_made("/b.rs", 0) && !is_made("/a.rs", 1));
        assert!((2..EXPANSIONS).all(|of| is_made("/a.rs", of)));
        assert!(!is_made("/a.rs", 0));
        assert!((0..EXPANSIONS).all(|of| is_made("/c.rs", of)));
        assert!(is_made("/a.rs", 0));
    }
}
