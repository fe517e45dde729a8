//! What build scripts set that are known by name, and by the versions that were read.

use cfg_expr::Expression;
use cfg_expr::expr::Predicate;

use crate::project::Package;
use crate::resolve::crates::{CrateId, is_within};
use crate::resolve::{ModuleId, Resolver};

/// A build script.
struct Script {
    package: &'static str,
    /// The first and the last version, of which this is true.
    versions: [(u64, u64); 2],
    /// The targets for which this is true.
    targets: &'static str,
    /// The options that it may set, and when it does.
    options: &'static [(&'static str, &'static str)],
}

const USUAL: &str =
    "all(target_pointer_width = \"64\", any(target_arch = \"x86_64\", target_arch = \"aarch64\"))";

/// Of scripts that ask for the compiler's version, what they set for those that the runtime can be built with.
const SCRIPTS: &[Script] = &[
    Script {
        package: "portable-atomic",
        versions: [(1, 3), (1, 15)],
        targets: USUAL,
        options: &[
            ("portable_atomic_no_atomic_64", "any()"),
            ("portable_atomic_no_atomic_cas", "any()"),
            ("portable_atomic_no_cfg_target_has_atomic", "any()"),
            ("portable_atomic_unstable_cfg_target_has_atomic", "any()"),
        ],
    },
    Script {
        package: "rustix",
        versions: [(0, 38), (1, 1)],
        targets: USUAL,
        options: &[
            ("apple", APPLE),
            ("bsd", "any(apple, freebsdlike, netbsdlike)"),
            ("fix_y2038", "any()"),
            ("freebsdlike", "any(target_os = \"freebsd\", target_os = \"dragonfly\")"),
            ("libc", "not(linux_raw)"),
            ("linux_kernel", "any(target_os = \"linux\", target_os = \"android\")"),
            ("linux_like", "any(linux_kernel, target_os = \"l4re\", target_os = \"emscripten\")"),
            (
                "linux_raw",
                "all(target_os = \"linux\", not(feature = \"use-libc\"), not(rustix_use_libc), not(miri))",
            ),
            ("netbsdlike", "any(target_os = \"openbsd\", target_os = \"netbsd\")"),
            ("solarish", "any(target_os = \"solaris\", target_os = \"illumos\")"),
            ("thumb_mode", "any()"),
        ],
    },
];

const APPLE: &str = "any(target_os = \"macos\", target_os = \"ios\", target_os = \"tvos\", \
                     target_os = \"visionos\", target_os = \"watchos\")";

/// Packages whose scripts write constants and functions, and neither types nor impls of traits, with the versions that were
/// read.
const WRITE_VALUES: &[(&str, [(u64, u64); 2])] = &[("oid-registry", [(0, 8), (0, 8)])];

impl Resolver {
    /// Whether what a module may include of its build script's has no type, macro or impl of a trait.
    pub(in crate::resolve) fn includes_values_only(&self, module: ModuleId) -> bool {
        let package = self.project.package(self.crate_data(self.module(module).krate).package);
        WRITE_VALUES.iter().any(|(name, of)| *name == package.name && is_within(package, *of))
    }

    /// Whether the build script of a crate sets an option; `None` where that isn't known by its name.
    pub(super) fn known_script_sets(
        &self,
        krate: CrateId,
        package: &Package,
        name: &str,
    ) -> Option<bool> {
        let is_it = |it: &&Script| it.package == package.name && is_within(package, it.versions);
        let script = SCRIPTS.iter().find(is_it)?;
        let (_, predicate) = script.options.iter().find(|(own, _)| *own == name)?;
        if self.predicate_holds(krate, script.targets) != Some(true) {
            return None;
        }
        Expression::parse(predicate).ok()?.eval(|atom| match atom {
            // Another one of its own, or one that the flags for the compiler set.
            Predicate::Flag(name) => match self.known_script_sets(krate, package, name) {
                Some(known) => Some(known),
                None => Some(self.project.cfg.flags.contains(*name)),
            },
            atom => self.atom_holds(krate, atom),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::{CrateId, Expression, Resolver, SCRIPTS};
    use crate::project::{Cfg, Edition, Package, Project, Target, TargetKind};
    use crate::source::SourceFiles;

    #[test]
    fn every_predicate_is_one() {
        for script in SCRIPTS {
            let predicates = script.options.iter().map(|(_, predicate)| *predicate);
            for text in predicates.chain([script.targets]) {
                assert!(Expression::parse(text).is_ok(), "{text}");
            }
        }
    }

    /// A build script that may set whatever begins so, by what can be read in it.
    struct Script;

    impl SourceFiles for Script {
        fn read(&self, path: &Path) -> Option<Arc<str>> {
            path.ends_with("build.rs")
                .then(|| "println!(\"cargo:rustc-cfg=portable_atomic_{option}\")".into())
        }
    }

    /// Whether an option is set in a package, whose version and features are given, on a platform.
    fn holds(package: &str, feature: &str, arch: &str, option: &str) -> Option<bool> {
        let (name, version) = package.split_once(' ').expect("a version");
        let target = |kind, root: &str| Target {
            crate_name: name.replace('-', "_"),
            kind,
            root: root.into(),
            edition: Edition::E2021,
        };
        let library = target(TargetKind::Lib, "/external/src/lib.rs");
        let package = Package {
            name: name.to_owned(),
            version: version.to_owned(),
            root: "/external".into(),
            is_member: false,
            is_fetched: true,
            targets: vec![library, target(TargetKind::BuildScript, "/external/build.rs")],
            dependencies: Vec::new(),
            features: [feature.to_owned()].into(),
        };
        let values = [("arch", arch), ("os", "linux"), ("pointer_width", "64")];
        let values = values.map(|(key, value)| (format!("target_{key}"), value.to_owned()));
        let cfg = Cfg { values: values.into(), ..Cfg::default() };
        let project = Project { root: "/".into(), packages: vec![package], cfg };
        let resolver =
            Resolver::new(Arc::new(project), Arc::new(Script), Arc::default(), Arc::default());
        resolver.predicate_holds(CrateId(0), option)
    }

    #[test]
    fn what_known_scripts_set_is_known_in_the_versions_that_were_read_and_on_usual_platforms() {
        let no_cas = |package, arch| holds(package, "", arch, "portable_atomic_no_atomic_cas");
        for version in ["portable-atomic 1.3.0", "portable-atomic 1.15.2"] {
            assert_eq!(no_cas(version, "x86_64"), Some(false));
            assert_eq!(no_cas(version, "aarch64"), Some(false));
            assert_eq!(no_cas(version, "riscv64"), None);
            assert_eq!(holds(version, "", "x86_64", "portable_atomic_no_outline"), None);
        }
        for other in ["portable-atomic 1.2.9", "portable-atomic 1.16.0", "another 1.10.0"] {
            assert_eq!(no_cas(other, "x86_64"), None);
        }
    }

    #[test]
    fn options_of_known_scripts_may_hang_on_each_other_and_on_features() {
        let rustix = |feature, option| holds("rustix 1.1.2", feature, "x86_64", option);
        assert_eq!(rustix("", "linux_raw"), Some(true));
        assert_eq!(rustix("", "libc"), Some(false));
        assert_eq!(rustix("use-libc", "linux_raw"), Some(false));
        assert_eq!(rustix("use-libc", "libc"), Some(true));
        assert_eq!(rustix("", "linux_like"), Some(true));
        assert_eq!(rustix("", "bsd"), Some(false));
    }
}
