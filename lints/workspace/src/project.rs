//! From cargo's description to the one that the lint engine takes.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use cachelit_lints::project::{
    Cfg, Dependency, DependencyKind, Edition, Package, PackageIndex, Project, Target, TargetKind,
};

use crate::metadata::{self, Metadata};

/// The project, and the members that cargo would pick where none is named.
pub(crate) fn build(metadata: &Metadata<'_>, cfg: Cfg) -> (Project, Vec<PackageIndex>) {
    let by_id: HashMap<&str, PackageIndex> =
        metadata.packages.iter().zip(0..).map(|(it, at)| (&*it.id, PackageIndex(at))).collect();
    let members: BTreeSet<&str> = metadata.workspace_members.iter().map(|id| &**id).collect();
    let mut packages: Vec<Package> =
        metadata.packages.iter().map(|it| package(it, members.contains(&*it.id))).collect();
    match &metadata.resolve {
        Some(resolve) => {
            for node in &resolve.nodes {
                let Some(&PackageIndex(at)) = by_id.get(&*node.id) else { continue };
                let package = &mut packages[at as usize];
                package.features = node.features.iter().map(|it| it.clone().into_owned()).collect();
                package.dependencies =
                    resolved_dependencies(node, &metadata.packages, at as usize, &by_id);
            }
        }
        None => declare_dependencies(metadata, &mut packages),
    }
    let defaults = metadata.workspace_default_members.as_ref();
    let defaults = defaults
        .unwrap_or(&metadata.workspace_members)
        .iter()
        .filter_map(|id| by_id.get(&**id).copied())
        .collect();
    (Project { root: metadata.workspace_root.to_path_buf(), packages, cfg }, defaults)
}

fn package(it: &metadata::Package<'_>, is_member: bool) -> Package {
    Package {
        name: it.name.to_string(),
        version: it.version.to_string(),
        root: folder_of(&it.manifest_path),
        is_member,
        is_fetched: it.source.as_deref().is_some_and(is_fetched),
        targets: it.targets.iter().filter_map(target).collect(),
        dependencies: Vec::new(),
        features: BTreeSet::new(),
    }
}

/// Git's packages are in a folder for each revision.
fn is_fetched(source: &str) -> bool {
    ["registry+", "sparse+", "git+"].iter().any(|kind| source.starts_with(kind))
}

fn target(it: &metadata::Target<'_>) -> Option<Target> {
    let kind = match it.kind.first().map(|kind| &**kind)? {
        "proc-macro" => TargetKind::ProcMacro,
        "bin" | "example" => TargetKind::Bin,
        "test" | "bench" => TargetKind::Test,
        "custom-build" => TargetKind::BuildScript,
        // `lib`, `rlib`, `dylib`, `cdylib`, `staticlib`.
        _ => TargetKind::Lib,
    };
    let edition = match &*it.edition {
        "2015" => Edition::E2015,
        "2018" => Edition::E2018,
        "2021" => Edition::E2021,
        _ => Edition::E2024,
    };
    Some(Target {
        crate_name: it.name.replace('-', "_"),
        kind,
        root: it.src_path.to_path_buf(),
        edition,
    })
}

fn resolved_dependencies(
    node: &metadata::Node<'_>,
    packages: &[metadata::Package<'_>],
    of: usize,
    by_id: &HashMap<&str, PackageIndex>,
) -> Vec<Dependency> {
    let mut dependencies = Vec::new();
    for dependency in &node.deps {
        // Empty for a library that is no crate to name, such as an artifact.
        if dependency.name.is_empty() {
            continue;
        }
        let Some(&package) = by_id.get(&*dependency.pkg) else { continue };
        if is_only_weak(node, &packages[of], &packages[package.0 as usize].name, &dependency.name) {
            continue;
        }
        let kinds: BTreeSet<Option<&str>> =
            dependency.dep_kinds.iter().map(|it| it.kind.as_deref()).collect();
        dependencies.extend(kinds.into_iter().map(|kind| Dependency {
            name: dependency.name.to_string(),
            package,
            kind: dependency_kind(kind),
        }));
    }
    dependencies
}

/// Whether cargo resolved a dependency only because a feature says `name?/feature`: it is not built for that.
fn is_only_weak(
    node: &metadata::Node<'_>,
    package: &metadata::Package<'_>,
    of: &str,
    name_in_code: &str,
) -> bool {
    let declared = package.dependencies.iter().filter(|it| {
        let rename = it.rename.as_ref();
        *it.name == *of && rename.is_none_or(|name| name.replace('-', "_") == name_in_code)
    });
    let mut is_declared = false;
    for declared in declared {
        is_declared = true;
        let name = declared.rename.as_deref().unwrap_or(&declared.name);
        let turns_on = |value: &str| {
            value.strip_prefix("dep:") == Some(name)
                || value.split_once('/').is_some_and(|(before, _)| before == name)
        };
        let features = node.features.iter().filter_map(|it| package.features.get(it));
        if !declared.optional || features.flatten().any(|value| turns_on(value)) {
            return false;
        }
    }
    is_declared
}

fn dependency_kind(kind: Option<&str>) -> DependencyKind {
    match kind {
        Some("dev") => DependencyKind::Dev,
        Some("build") => DependencyKind::Build,
        _ => DependencyKind::Normal,
    }
}

/// Where cargo resolved nothing: every declared dependency becomes a package without targets, whose
/// names lead nowhere known, and the default features count as turned on.
fn declare_dependencies(metadata: &Metadata<'_>, packages: &mut Vec<Package>) {
    let mut by_root: HashMap<PathBuf, PackageIndex> = HashMap::new();
    for (package, at) in packages.iter().zip(0..) {
        by_root.insert(package.root.clone(), PackageIndex(at));
    }
    let mut unknown: HashMap<String, PackageIndex> = HashMap::new();
    for (at, described) in metadata.packages.iter().enumerate() {
        packages[at].features = default_features(described);
        let mut dependencies = Vec::new();
        for declared in &described.dependencies {
            let by_path = declared.path.as_ref().and_then(|path| by_root.get(&**path).copied());
            let package = by_path.unwrap_or_else(|| {
                *unknown.entry(declared.name.to_string()).or_insert_with(|| {
                    let at = u32::try_from(packages.len()).expect("fewer than 2^32 packages");
                    packages.push(unresolved_package(&declared.name));
                    PackageIndex(at)
                })
            });
            dependencies.push(Dependency {
                name: name_in_code(declared, &packages[package.0 as usize]),
                package,
                kind: dependency_kind(declared.kind.as_deref()),
            });
        }
        packages[at].dependencies = dependencies;
    }
}

fn name_in_code(declared: &metadata::Declared<'_>, package: &Package) -> String {
    if let Some(name) = &declared.rename {
        return name.replace('-', "_");
    }
    let library = package
        .targets
        .iter()
        .find(|target| matches!(target.kind, TargetKind::Lib | TargetKind::ProcMacro));
    library.map_or_else(|| declared.name.replace('-', "_"), |target| target.crate_name.clone())
}

fn unresolved_package(name: &str) -> Package {
    Package {
        name: name.to_owned(),
        version: String::new(),
        root: PathBuf::new(),
        is_member: false,
        is_fetched: false,
        targets: Vec::new(),
        dependencies: Vec::new(),
        features: BTreeSet::new(),
    }
}

fn default_features(package: &metadata::Package<'_>) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let mut open = vec!["default"];
    while let Some(feature) = open.pop() {
        let Some(implied) = package.features.get(feature) else { continue };
        if on.insert(feature.to_owned()) {
            open.extend(implied.iter().map(|it| &**it));
        }
    }
    on
}

fn folder_of(manifest: &Path) -> PathBuf {
    manifest.parent().map(Path::to_path_buf).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_fetched;

    #[test]
    fn packages_of_registries_and_git_are_fetched() {
        assert!(is_fetched("registry+https://github.com/rust-lang/crates.io-index"));
        assert!(is_fetched("sparse+https://registry.example/index/"));
        assert!(is_fetched("git+https://git.example/thing?branch=main#0123456789abcdef"));
        assert!(!is_fetched("path+file:///somewhere"));
    }
}
