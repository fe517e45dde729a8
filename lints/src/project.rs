//! The workspace as cargo sees it, handed in by whoever did the I/O.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Every package of the build, at its locked version, and the build's `cfg`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The workspace root, absolute.
    pub root: PathBuf,
    /// Members and dependencies. A [`PackageIndex`] points here.
    pub packages: Vec<Package>,
    /// `cfg` of the target platform (`rustc --print cfg`), without features.
    pub cfg: Cfg,
}

impl Project {
    /// The package at `index`.
    #[must_use]
    pub fn package(&self, index: PackageIndex) -> &Package {
        &self.packages[index.0 as usize]
    }

    /// Every package with its index.
    pub fn indexed(&self) -> impl Iterator<Item = (PackageIndex, &Package)> {
        self.packages.iter().enumerate().map(|(at, package)| {
            (PackageIndex(u32::try_from(at).expect("fewer than 2^32 packages")), package)
        })
    }
}

/// A position in [`Project::packages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageIndex(pub u32);

/// One package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name in `Cargo.toml`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The folder of its `Cargo.toml`, absolute.
    pub root: PathBuf,
    /// Whether it belongs to the workspace, and is therefore checked.
    pub is_member: bool,
    /// Whether cargo fetched it, from a registry or a git repository, to a folder of its own: then its
    /// files never change.
    pub is_fetched: bool,
    /// What it builds.
    pub targets: Vec<Target>,
    /// What it uses, as its code names it.
    pub dependencies: Vec<Dependency>,
    /// The features that this workspace turns on.
    pub features: BTreeSet<String>,
}

/// What a package builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The crate name, `_` for `-`.
    pub crate_name: String,
    /// What kind of crate.
    pub kind: TargetKind,
    /// The crate root's file, absolute.
    pub root: PathBuf,
    /// The edition it is compiled with.
    pub edition: Edition,
}

/// The kinds of crate that differ for name resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A library.
    Lib,
    /// A proc-macro library.
    ProcMacro,
    /// A binary or an example: also sees the package's own library by name.
    Bin,
    /// An integration test or a bench: like a binary, with dev-dependencies and `cfg(test)`.
    Test,
    /// A build script: sees build-dependencies only.
    BuildScript,
}

/// The edition of a crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// 2015.
    E2015,
    /// 2018.
    E2018,
    /// 2021.
    E2021,
    /// 2024.
    #[default]
    E2024,
}

/// A dependency edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The name in code: the library's crate name, or what `Cargo.toml` renamed it to.
    pub name: String,
    /// The package it leads to.
    pub package: PackageIndex,
    /// For which targets it counts.
    pub kind: DependencyKind,
}

/// For which targets a dependency counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DependencyKind {
    /// All but build scripts.
    Normal,
    /// Tests, benches and examples.
    Dev,
    /// Build scripts.
    Build,
}

/// Active `cfg` options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cfg {
    /// Such as `unix`.
    pub flags: BTreeSet<String>,
    /// Such as `target_os = "linux"`.
    pub values: BTreeSet<(String, String)>,
}
