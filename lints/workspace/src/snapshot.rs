//! One frozen revision of a workspace, to be checked by any number of threads.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use cachelit_lints::keys::FunctionKey;
use cachelit_lints::project::{PackageIndex, Project};
use cachelit_lints::source::SourceFiles;
use cachelit_lints::spec::suggest;
use cachelit_lints::{Analysis, Finding};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::sources::Texts;

/// Source text nests as deep as its author likes, and is walked recursively: more stack than usual.
static POOL: LazyLock<ThreadPool> = LazyLock::new(|| {
    let builder = ThreadPoolBuilder::new().stack_size(32 << 20);
    let builder = builder.thread_name(|at| format!("check-{at}"));
    builder.build().expect("threads can be started")
});

/// Which members to check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Those that cargo would build here: the package around, else the default members.
    #[default]
    Default,
    /// Every member.
    Workspace,
    /// These, by name.
    Packages(Vec<String>),
}

/// A name in [`Selection::Packages`] is no member's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no package `{name}` in this workspace{suggestion}")]
pub struct UnknownPackage {
    /// What was asked for.
    pub name: String,
    /// The end of the message: what it may have meant, or what there is.
    suggestion: String,
}

/// The outcome of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By file, then by position.
    pub findings: Vec<Finding>,
    /// How many source files were looked at.
    pub files: usize,
    /// How many cached functions they hold.
    pub functions: usize,
}

/// One revision. Cheap to clone.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) project: Arc<Project>,
    pub(crate) default_members: Arc<[PackageIndex]>,
    pub(crate) analysis: Arc<Analysis>,
    pub(crate) texts: Arc<Texts>,
    /// Every source file with its package and whether it can hold a cached function, by path.
    pub(crate) files: Arc<[(Arc<Path>, PackageIndex, bool)]>,
}

impl Snapshot {
    /// The workspace as cargo sees it.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The engine, for hovers, keys and types.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// A file's text as this revision has it.
    pub fn text(&self, path: &Path) -> Option<Arc<str>> {
        self.texts.read(path)
    }

    /// The package that a source file is checked with; `None` where it belongs to no member or
    /// the settings exclude it.
    pub fn package_of(&self, path: &Path) -> Option<PackageIndex> {
        self.entry(path).map(|(_, package, _)| *package)
    }

    /// The source files that can hold a cached function, by path: the only ones with findings.
    pub fn candidates(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter(|(_, _, candidate)| *candidate).map(|(path, _, _)| &**path)
    }

    /// What is wrong in one file, by position. Nothing where the file isn't checked at all.
    pub fn check_file(&self, path: &Path) -> Vec<Finding> {
        let is_candidate = self.entry(path).is_some_and(|(_, _, candidate)| *candidate);
        let check = || self.analysis.check_file(path);
        let mut findings = if is_candidate { POOL.install(check) } else { Vec::new() };
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
        findings
    }

    /// What is wrong in all files of some members.
    ///
    /// # Errors
    ///
    /// A package was named that is no member.
    pub fn check(&self, selection: &Selection) -> Result<Report, UnknownPackage> {
        let members = self.members(selection)?;
        let check = |path| (self.check_file(path), self.analysis.count_functions(path));
        let (findings, functions): (Vec<Vec<Finding>>, Vec<usize>) =
            POOL.install(|| self.candidates_of(&members).into_par_iter().map(check).unzip());
        let files = self.files.iter().filter(|(_, package, _)| members.contains(package)).count();
        Ok(Report { findings: findings.concat(), files, functions: functions.iter().sum() })
    }

    /// The keys of all cached functions of some members, by file and position.
    ///
    /// # Errors
    ///
    /// A package was named that is no member.
    pub fn keys(&self, selection: &Selection) -> Result<Vec<FunctionKey>, UnknownPackage> {
        let members = self.members(selection)?;
        let keys = |path| self.analysis.function_keys(path);
        Ok(POOL
            .install(|| self.candidates_of(&members).into_par_iter().flat_map_iter(keys).collect()))
    }

    /// The members that a selection names.
    ///
    /// # Errors
    ///
    /// A package was named that is no member.
    pub fn members(&self, selection: &Selection) -> Result<Vec<PackageIndex>, UnknownPackage> {
        let members = || self.project.indexed().filter(|(_, package)| package.is_member);
        match selection {
            Selection::Default => Ok(self.default_members.to_vec()),
            Selection::Workspace => Ok(members().map(|(index, _)| index).collect()),
            Selection::Packages(names) => names
                .iter()
                .map(|name| {
                    let found = members().find(|(_, package)| package.name == *name);
                    found.map(|(index, _)| index).ok_or_else(|| self.unknown_package(name))
                })
                .collect(),
        }
    }

    fn unknown_package(&self, name: &str) -> UnknownPackage {
        let members: Vec<&str> = self
            .project
            .packages
            .iter()
            .filter(|package| package.is_member)
            .map(|package| &*package.name)
            .collect();
        let suggestion = match suggest::similar(name, members.iter().copied()) {
            Some(close) => format!("; did you mean `{close}`?"),
            None => format!("; its packages are: {}", members.join(", ")),
        };
        UnknownPackage { name: name.to_owned(), suggestion }
    }

    fn candidates_of(&self, members: &[PackageIndex]) -> Vec<&Path> {
        self.files
            .iter()
            .filter(|(_, package, candidate)| *candidate && members.contains(package))
            .map(|(path, _, _)| &**path)
            .collect()
    }

    fn entry(&self, path: &Path) -> Option<&(Arc<Path>, PackageIndex, bool)> {
        let at = self.files.binary_search_by(|(other, _, _)| (**other).cmp(path)).ok()?;
        Some(&self.files[at])
    }
}

/// The order in which findings of one file are told.
fn order(finding: &Finding) -> (u32, u32, &'static str, &str) {
    let range = finding.place.range;
    (range.start().into(), range.end().into(), finding.lint.code, &finding.message)
}
