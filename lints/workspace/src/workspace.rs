//! A loaded workspace: the one mutable thing, whose revisions are frozen as snapshots.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachelit_lints::Analysis;
use cachelit_lints::project::{Cfg, PackageIndex, Project};
use cachelit_lints::resolve::{DependencyMemos, Summaries};
use cachelit_lints::settings::{Levels, Settings};
use cachelit_lints::source::SummaryStore;

use crate::config::{self, Excludes};
use crate::discover::{FileIndex, Walked};
use crate::kept_answers::KeptAnswers;
use crate::load::LoadError;
use crate::metadata::Metadata;
use crate::project;
use crate::snapshot::Snapshot;
use crate::sources::{Disk, Texts};
use crate::summary_index::SummaryIndex;

/// A loaded workspace: cargo's view of it, the settings, the files and the open buffers.
///
/// Changes are told by [`set_buffer`](Self::set_buffer), [`close_buffer`](Self::close_buffer) and
/// [`files_changed`](Self::files_changed); a snapshot taken before doesn't see them. When a
/// manifest, a lock file or the settings change, load anew.
pub struct Workspace {
    project: Arc<Project>,
    default_members: Arc<[PackageIndex]>,
    settings: Arc<Settings>,
    excludes: Excludes,
    target_directory: PathBuf,
    warnings: Vec<String>,
    summaries: Arc<Summaries>,
    summary_index: Arc<SummaryIndex>,
    dependency_memos: Arc<DependencyMemos>,
    kept_answers: Option<KeptAnswers>,
    index: FileIndex,
    disk: Arc<Disk>,
    buffers: HashMap<Arc<Path>, Arc<str>>,
}

impl Workspace {
    pub(crate) fn assemble(
        metadata: &Metadata<'_>,
        unresolved: Option<String>,
        cfg: Cfg,
        command_line: Levels,
        walked: Walked,
    ) -> Result<Workspace, LoadError> {
        let (project, default_members) = project::build(metadata, cfg);
        let (settings, excludes) = config::load(&project, command_line)?;
        let disk = Arc::new(Disk::default());
        let index = FileIndex::new(&project, walked, &excludes, &disk);
        let warnings = unresolved.map(|why| {
            format!("dependencies could not be resolved, so their types are unknown: {why}")
        });
        let summary_index = Arc::new(SummaryIndex::new(&project, &metadata.target_directory));
        let store = Arc::clone(&summary_index) as Arc<dyn SummaryStore>;
        Ok(Workspace {
            project: Arc::new(project),
            default_members: default_members.into(),
            settings: Arc::new(settings),
            excludes,
            target_directory: metadata.target_directory.to_path_buf(),
            warnings: warnings.into_iter().collect(),
            summaries: Arc::new(Summaries::with_store(store)),
            summary_index,
            dependency_memos: Arc::default(),
            kept_answers: None,
            index,
            disk,
            buffers: HashMap::new(),
        })
    }

    /// The workspace's root folder.
    pub fn root(&self) -> &Path {
        &self.project.root
    }

    /// Where cargo builds: caches of ours go to `cache-lint` in there.
    pub fn target_directory(&self) -> &Path {
        &self.target_directory
    }

    /// The workspace as cargo sees it.
    pub fn project(&self) -> &Arc<Project> {
        &self.project
    }

    /// What a user should know about this load, a line each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Puts an editor's buffer over a file, which need not exist.
    pub fn set_buffer(&mut self, path: &Path, text: Arc<str>) {
        self.forget_dependency(path);
        self.index.learn(&text);
        self.buffers.insert(path.into(), text);
    }

    /// Goes back to what the disk has.
    pub fn close_buffer(&mut self, path: &Path) {
        self.forget_dependency(path);
        self.buffers.remove(path);
    }

    /// Takes note of files on the disk that were written, made or removed.
    pub fn files_changed<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path> + Clone) {
        self.disk = Arc::new(self.disk.without(paths.clone()));
        paths.clone().into_iter().for_each(|path| self.forget_dependency(path));
        self.index.refresh(paths, &self.excludes);
    }

    /// Hardly anybody edits a fetched package, so that it is all forgotten at once.
    fn forget_dependency(&mut self, changed: &Path) {
        if self.summary_index.covers(changed) {
            self.dependency_memos = Arc::default();
        }
    }

    /// Keeps what was learned of dependencies for the next run, of a process that ends now: its memory is not freed, for
    /// that takes about a tenth of a run. A workspace that is dropped keeps the same.
    pub fn leave(self, last: Snapshot) {
        self.summary_index.save();
        self.save_answers();
        std::mem::forget((self, last));
    }

    /// Begins with what an earlier run found out, where nothing changed that it rests on, and lets this one keep more.
    pub(crate) fn recall(&mut self, kept: KeptAnswers) {
        if let Some(earlier) = kept.read(|path| self.summary_index.stamp(path)) {
            self.disk.learn_stamps(earlier.stamps);
            self.dependency_memos = Arc::new(DependencyMemos::with_answers(&earlier.answers));
        }
        self.kept_answers = Some(kept);
    }

    fn save_answers(&self) {
        // What an editor shows rather than the disk is nothing to keep.
        if let Some(kept) = &self.kept_answers
            && self.buffers.is_empty()
            && !self.summary_index.has_strayed()
            && let Some(answers) = self.dependency_memos.answers()
        {
            let stamps = self.disk.stamps();
            kept.write(stamps.iter().map(|(path, stamp)| (&**path, *stamp)), &answers);
        }
    }

    /// Freezes this revision.
    pub fn snapshot(&self) -> Snapshot {
        let texts = Arc::new(Texts {
            buffers: self.buffers.clone(),
            disk: Arc::clone(&self.disk),
            index: Arc::clone(&self.summary_index),
        });
        let analysis = Analysis::new(
            Arc::clone(&self.project),
            Arc::clone(&self.settings),
            Arc::clone(&texts) as Arc<_>,
            Arc::clone(&self.summaries),
            Arc::clone(&self.dependency_memos),
        );
        Snapshot {
            project: Arc::clone(&self.project),
            default_members: Arc::clone(&self.default_members),
            analysis: Arc::new(analysis),
            texts,
            files: self.files().into(),
        }
    }

    /// Every source file, buffers over the disk, by path.
    fn files(&self) -> Vec<(Arc<Path>, PackageIndex, bool)> {
        let mut files: Vec<_> = self
            .index
            .iter()
            .filter(|(path, _, _)| !self.buffers.contains_key(*path))
            .map(|(path, package, candidate)| (Arc::clone(path), package, candidate))
            .collect();
        for (path, text) in &self.buffers {
            if let Some(package) = self.index.package_of(path)
                && !self.excludes.contain(path, package)
            {
                files.push((Arc::clone(path), package, self.index.may_hold_cached_functions(text)));
            }
        }
        files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        files
    }
}
