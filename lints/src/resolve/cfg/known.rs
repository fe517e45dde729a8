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
    use super::{Expression, SCRIPTS};

    #[test]
    fn every_predicate_is_one() {
        for script in SCRIPTS {
            let predicates = script.options.iter().map(|(_, predicate)| *predicate);
            for text in predicates.chain([script.targets]) {
                assert!(Expression::parse(text).is_ok(), "{text}");
            }
        }
    }
}
