//! Finding the source files of a workspace, and those among them that can hold cached functions.
//!
//! What counts is what cargo would compile, so `.gitignore` has no say: generated modules are
//! often ignored by git. Left out are hidden folders, build output (told by `CACHEDIR.TAG`),
//! `node_modules` and packages of other workspaces.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cachelit_lints::prefilter::Prefilter;
use cachelit_lints::project::{PackageIndex, Project};
use ignore::{DirEntry, WalkBuilder, WalkState};
use memchr::memmem::Finder;
use rayon::prelude::*;

use crate::config::Excludes;
use crate::sources::{Disk, read_bytes};

/// What the attributes' names have in common: one search rules most files out.
const COMMON: &str = "cache_";

/// A folder's source files.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    root: PathBuf,
    /// With the text of those that can hold a cached function or rename an attribute.
    files: Vec<(Arc<Path>, Option<Arc<str>>)>,
    /// Folders that have a `Cargo.toml`.
    package_roots: HashSet<PathBuf>,
}

/// Reads every source file below a folder, and keeps the interesting ones.
pub(crate) fn walk(root: &Path) -> Walked {
    let found = Mutex::new(Walked { root: root.to_owned(), ..Walked::default() });
    let common = Finder::new(COMMON);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(true)
        .threads(threads)
        .filter_entry(is_wanted)
        .build_parallel()
        .run(|| {
            let mut batch = Batch { found: &found, walked: Walked::default() };
            let mut buffer = Vec::new();
            let common = &common;
            Box::new(move |entry| {
                let Ok(entry) = entry else { return WalkState::Continue };
                batch.visit(entry, common, &mut buffer);
                WalkState::Continue
            })
        });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What one thread of the walk found; handed over when the thread is done.
struct Batch<'a> {
    found: &'a Mutex<Walked>,
    walked: Walked,
}

impl Batch<'_> {
    fn visit(&mut self, entry: DirEntry, common: &Finder<'_>, buffer: &mut Vec<u8>) {
        let path = entry.path();
        if entry.file_name() == "Cargo.toml" {
            if let Some(folder) = path.parent() {
                self.walked.package_roots.insert(folder.to_owned());
            }
        } else if is_source(path) && read_bytes(path, buffer).is_some() {
            let interesting = common.find(buffer).is_some();
            let text = interesting.then(|| std::str::from_utf8(buffer).ok().map(Arc::from));
            self.walked.files.push((entry.into_path().into(), text.flatten()));
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.files.append(&mut self.walked.files);
        found.package_roots.extend(self.walked.package_roots.drain());
    }
}

fn is_wanted(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    !is_folder
        || (entry.file_name() != "node_modules" && !entry.path().join("CACHEDIR.TAG").exists())
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// The source files of the workspace's members.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileIndex {
    /// Each with its package and whether it can hold a cached function.
    files: BTreeMap<Arc<Path>, (PackageIndex, bool)>,
    members: HashMap<PathBuf, PackageIndex>,
    prefilter: Prefilter,
}

impl FileIndex {
    /// Sorts what was found into packages. Members and targets elsewhere are walked now.
    pub(crate) fn new(
        project: &Project,
        walked: Walked,
        excludes: &Excludes,
        disk: &Disk,
    ) -> FileIndex {
        let members = project
            .indexed()
            .filter(|(_, package)| package.is_member)
            .map(|(index, package)| (package.root.clone(), index))
            .collect();
        let mut index = FileIndex { members, ..FileIndex::default() };
        let mut texts = Vec::new();
        let walked_root = walked.root.clone();
        index.assign(walked, None, &mut texts);
        for (package, described) in project.indexed().filter(|(_, package)| package.is_member) {
            if !described.root.starts_with(&walked_root) {
                index.assign(walk(&described.root), None, &mut texts);
            }
            for target in &described.targets {
                if !index.files.contains_key(&*target.root)
                    && let Some(folder) = target.root.parent()
                {
                    index.assign(walk(folder), Some(package), &mut texts);
                }
            }
        }
        index.files.retain(|path, (package, _)| !excludes.contain(path, *package));
        index.learn_from_dependencies(project);
        index.judge(&texts, disk);
        index
    }

    /// Takes files over into `package`, or else into the member whose folder is nearest.
    fn assign(
        &mut self,
        walked: Walked,
        package: Option<PackageIndex>,
        texts: &mut Vec<(Arc<Path>, Arc<str>)>,
    ) {
        for (path, text) in walked.files {
            let nearest = || {
                let folder = path.ancestors().find(|it| walked.package_roots.contains(*it))?;
                self.members.get(folder).copied()
            };
            let Some(package) = package.or_else(nearest) else { continue };
            self.files.entry(Arc::clone(&path)).or_insert((package, false));
            texts.extend(text.map(|text| (path, text)));
        }
    }

    /// A dependency that uses cachelit may hand its attributes on under other names.
    fn learn_from_dependencies(&mut self, project: &Project) {
        for package in project.packages.iter().filter(|package| !package.is_member) {
            let uses_cachelit = package
                .dependencies
                .iter()
                .any(|dependency| project.package(dependency.package).name == "cachelit");
            if uses_cachelit {
                let texts: Vec<_> =
                    walk(&package.root).files.into_iter().filter_map(|(_, text)| text).collect();
                while texts.iter().any(|text| self.prefilter.learn(text)) {}
            }
        }
    }

    fn judge(&mut self, texts: &[(Arc<Path>, Arc<str>)], disk: &Disk) {
        let before = self.prefilter.clone();
        while texts.iter().any(|(_, text)| self.prefilter.learn(text)) {}
        for (path, text) in texts {
            let Some((_, candidate)) = self.files.get_mut(path) else { continue };
            *candidate = self.prefilter.may_hold_cached_functions(text);
            if *candidate {
                disk.keep(path, Arc::clone(text));
            }
        }
        if self.prefilter != before || before != Prefilter::default() {
            self.judge_again();
        }
    }

    /// Looks at all files once more, as long as that brings new names for the attributes.
    fn judge_again(&mut self) {
        loop {
            let prefilter = self.prefilter.clone();
            let learned: Vec<Arc<str>> = self
                .files
                .par_iter_mut()
                .filter_map(|(path, (_, candidate))| {
                    let text = read(path)?;
                    *candidate = prefilter.may_hold_cached_functions(&text);
                    prefilter.clone().learn(&text).then(|| text.into())
                })
                .collect();
            while learned.iter().any(|text| self.prefilter.learn(text)) {}
            if learned.is_empty() {
                return;
            }
        }
    }

    /// Takes note of files that were written, made or removed.
    pub(crate) fn refresh<'a>(
        &mut self,
        changed: impl IntoIterator<Item = &'a Path>,
        excludes: &Excludes,
    ) {
        for path in changed.into_iter().filter(|path| is_source(path)) {
            let text = read(path);
            let package = text.as_ref().and_then(|_| self.package_of(path));
            match (package, text) {
                (Some(package), Some(text)) if !excludes.contain(path, package) => {
                    self.learn(&text);
                    let candidate = self.may_hold_cached_functions(&text);
                    self.files.insert(path.into(), (package, candidate));
                }
                _ => {
                    self.files.remove(path);
                }
            }
        }
    }

    /// Takes note of the names that a text gives to the attributes. Where there are new ones, every
    /// file is looked at again.
    pub(crate) fn learn(&mut self, text: &str) {
        if self.prefilter.learn(text) {
            self.judge_again();
        }
    }

    /// Whether a text can hold a cached function.
    pub(crate) fn may_hold_cached_functions(&self, text: &str) -> bool {
        self.prefilter.may_hold_cached_functions(text)
    }

    /// The member that a file belongs to, also one that isn't on the disk yet.
    pub(crate) fn package_of(&self, path: &Path) -> Option<PackageIndex> {
        if let Some((package, _)) = self.files.get(path) {
            return Some(*package);
        }
        let folder = path.ancestors().skip(1).find(|it| it.join("Cargo.toml").is_file())?;
        self.members.get(folder).copied()
    }

    /// Every file with its package and whether it can hold a cached function, by path.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<Path>, PackageIndex, bool)> {
        self.files.iter().map(|(path, (package, candidate))| (path, *package, *candidate))
    }
}

fn read(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    read_bytes(path, &mut bytes)?;
    String::from_utf8(bytes).ok()
}
