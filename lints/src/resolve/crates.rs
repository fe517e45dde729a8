//! Crates of this revision, and which crates each of them can name.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::modules::{Entry, ItemRef};
use super::names::{Def, Found, mentions};
use super::query::Query;
use super::std_table;
use super::summary::Name;
use super::{Namespace, Resolver};
use crate::project::{DependencyKind, Edition, Package, PackageIndex, Project, TargetKind};

/// A crate of this revision: a target of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CrateId(pub(crate) u32);

/// What is known of a crate before any of its files is read.
#[derive(Debug)]
pub(crate) struct CrateData {
    pub(crate) package: PackageIndex,
    pub(crate) kind: TargetKind,
    pub(crate) edition: Edition,
    pub(crate) name: Name,
    pub(crate) root: Arc<Path>,
}

/// Every crate, in the order of packages and targets.
#[derive(Debug, Default)]
pub(crate) struct Crates {
    list: Vec<CrateData>,
    /// The first crate of each package.
    starts: Vec<u32>,
    /// Of each package, whether it and all that it depends on is from a registry.
    out_of_reach: Vec<bool>,
    /// Of each package, itself and all that it depends on.
    within_reach: Vec<OnceLock<FxHashSet<PackageIndex>>>,
}

impl Crates {
    pub(crate) fn new(project: &Project) -> Self {
        let mut crates = Crates::default();
        for (package, data) in project.indexed() {
            crates.starts.push(number(crates.list.len()));
            crates.list.extend(data.targets.iter().map(|target| CrateData {
                package,
                kind: target.kind,
                edition: target.edition,
                name: Name::from(target.crate_name.as_str()),
                root: Arc::from(target.root.as_path()),
            }));
        }
        crates.starts.push(number(crates.list.len()));
        crates.out_of_reach = out_of_reach(project);
        crates.within_reach = project.packages.iter().map(|_| OnceLock::new()).collect();
        crates
    }

    /// Whether code of a package can mean something of another one, by whatever way.
    pub(crate) fn can_mean(
        &self,
        project: &Project,
        package: PackageIndex,
        other: PackageIndex,
    ) -> bool {
        let reached = self.within_reach[package.0 as usize].get_or_init(|| {
            let mut reached = FxHashSet::from_iter([package]);
            let mut left = vec![package];
            while let Some(at) = left.pop() {
                let dependencies = project.package(at).dependencies.iter();
                let named = dependencies.filter(|it| it.kind != DependencyKind::Build);
                left.extend(named.map(|it| it.package).filter(|it| reached.insert(*it)));
            }
            reached
        });
        reached.contains(&other)
    }

    /// Whether no edit of the workspace changes anything about a crate.
    pub(crate) fn is_out_of_reach(&self, krate: CrateId) -> bool {
        self.is_package_out_of_reach(self.list[krate.0 as usize].package)
    }

    /// The same of all crates of a package.
    pub(crate) fn is_package_out_of_reach(&self, package: PackageIndex) -> bool {
        self.out_of_reach[package.0 as usize]
    }

    /// The crates of a package.
    pub(crate) fn of(&self, package: PackageIndex) -> impl Iterator<Item = CrateId> + use<> {
        let at = package.0 as usize;
        let range = match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        };
        range.map(CrateId)
    }
}

fn out_of_reach(project: &Project) -> Vec<bool> {
    let mut found: Vec<bool> =
        project.packages.iter().map(|it| it.is_fetched && !it.is_member).collect();
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for (at, package) in project.packages.iter().enumerate() {
            let reaches = |package: PackageIndex| !found[package.0 as usize];
            if found[at] && package.dependencies.iter().any(|it| reaches(it.package)) {
                found[at] = false;
                is_done = false;
            }
        }
    }
    found
}

fn number(len: usize) -> u32 {
    u32::try_from(len).expect("fewer than 2^32 crates")
}

impl Resolver {
    pub(super) fn crate_data(&self, krate: CrateId) -> &CrateData {
        &self.crates.list[krate.0 as usize]
    }

    /// The crate that other packages see.
    pub(super) fn library_of(&self, package: PackageIndex) -> Option<CrateId> {
        self.crates.of(package).find(|&krate| {
            matches!(self.crate_data(krate).kind, TargetKind::Lib | TargetKind::ProcMacro)
        })
    }

    /// Whether a package is cachelit's runtime or its macros.
    pub(super) fn is_cachelit(&self, package: PackageIndex) -> bool {
        matches!(self.project.package(package).name.as_str(), "cachelit" | "cachelit-macros")
    }

    /// Whether that is the runtime's own item of this name.
    pub(super) fn is_runtimes(&self, item: &ItemRef, name: &str) -> bool {
        item.item.name == name
            && self.is_cachelit(self.crate_data(self.module(item.module).krate).package)
    }

    /// What a crate sees by name without `extern crate`.
    pub(super) fn extern_prelude(&self, krate: CrateId, name: &str) -> Found {
        match name {
            "std" | "core" => return std_root(name),
            _ => {}
        }
        let data = self.crate_data(krate);
        let package = self.project.package(data.package);
        let own_library = matches!(data.kind, TargetKind::Bin | TargetKind::Test);
        if own_library
            && let Some(library) = self.library_of(data.package)
            && self.crate_data(library).name == name
        {
            return Found::Def(self.crate_root_def(library));
        }
        let wanted: &[DependencyKind] = match data.kind {
            TargetKind::Lib | TargetKind::ProcMacro => &[DependencyKind::Normal],
            TargetKind::Bin | TargetKind::Test => &[DependencyKind::Normal, DependencyKind::Dev],
            TargetKind::BuildScript => &[DependencyKind::Build],
        };
        for kind in wanted {
            let found = package.dependencies.iter().find(|it| it.kind == *kind && it.name == name);
            if let Some(dependency) = found {
                return match self.library_of(dependency.package) {
                    // Its names are known also where cargo could not resolve it.
                    None if self.is_cachelit(dependency.package) => {
                        Found::Def(Def::Cachelit(Name::default()))
                    }
                    Some(library) => Found::Def(self.crate_root_def(library)),
                    None => Found::Unknown,
                };
            }
        }
        Found::None
    }

    /// What `extern crate name;` brings in.
    pub(super) fn extern_crate(&self, krate: CrateId, name: &str) -> Found {
        match name {
            "self" => Found::Def(self.crate_root_def(krate)),
            "alloc" | "proc_macro" | "test" => match std_root(name) {
                Found::None => Found::Unknown,
                found => found,
            },
            _ => match self.extern_prelude(krate, name) {
                Found::None => Found::Unknown,
                found => found,
            },
        }
    }

    /// The root of a crate, as something that paths go through.
    pub(super) fn crate_root_def(&self, krate: CrateId) -> Def {
        let data = self.crate_data(krate);
        if self.is_cachelit(data.package) {
            return Def::Cachelit(Name::default());
        }
        match data.kind {
            TargetKind::ProcMacro => Def::ProcMacroCrate(data.package),
            _ => Def::Module(self.root_module(krate)),
        }
    }

    /// A macro of a proc-macro crate.
    pub(super) fn in_proc_macro(
        &self,
        q: &Query,
        package: PackageIndex,
        name: &Name,
        namespace: Namespace,
    ) -> Found {
        let Some(library) = self.library_of(package) else { return Found::Unknown };
        if namespace != Namespace::Macro {
            return Found::None;
        }
        // All proc macros of a crate stand in its root.
        let items = self.items(q, self.root_module(library));
        let is_it = |entry: &Entry| {
            entry.item.attrs.list.iter().any(|attr| match attr.path.as_name() {
                Some(kind) if kind == "proc_macro_derive" => {
                    attr.input.split(',').next().is_some_and(|first| first.trim() == name)
                }
                Some(kind) if kind == "proc_macro" || kind == "proc_macro_attribute" => {
                    entry.item.name == *name
                }
                _ => false,
            })
        };
        let may_be_made = || items.opaque.iter().any(|opaque| mentions(&opaque.item, name));
        if items.missing {
            Found::Unknown
        } else if items.entries.iter().any(is_it) || may_be_made() {
            Found::Def(Def::ProcMacro(package, name.clone()))
        } else {
            Found::None
        }
    }
}

/// Whether a package's version is between two, `major.minor`, both included.
pub(super) fn is_within(package: &Package, [first, last]: [(u64, u64); 2]) -> bool {
    let mut numbers = package.version.split('.').map_while(|number| number.parse().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else { return false };
    (first..=last).contains(&(major, minor))
}

fn std_root(name: &str) -> Found {
    match std_table::lookup(name, Namespace::Type) {
        Some(item) => Found::Def(Def::Std(item.into())),
        None => Found::None,
    }
}
