//! Whether a `cfg` predicate holds, as far as that can be known without running build scripts.

mod aliases;
mod known;

use std::path::Path;
use std::sync::Arc;

use cfg_expr::Expression;
use cfg_expr::expr::{Predicate, TargetPredicate};

use aliases::{Aliases, aliases};

use super::Resolver;
use super::crates::CrateId;
use super::modules::join;
use super::solve::without_comments;
use super::summary::Attrs;
use crate::project::{Cfg, DependencyKind, TargetKind};

/// What rustc sets by itself: closed, so that absence means false.
const BUILT_IN: &[&str] = &[
    "clippy",
    "debug_assertions",
    "doc",
    "doctest",
    "fmt_debug",
    "miri",
    "overflow_checks",
    "panic",
    "proc_macro",
    "relocation_model",
    "rustfmt",
    "sanitize",
    "target_thread_local",
    "test",
    "ub_checks",
    "unix",
    "windows",
];

impl Resolver {
    /// Whether everything that the `cfg`s of an item ask for holds; `None` where that isn't known.
    pub(super) fn is_active(&self, krate: CrateId, attrs: &Attrs) -> Option<bool> {
        self.all_hold(krate, &attrs.cfg)
    }

    /// Whether all predicates hold.
    pub(super) fn all_hold(&self, krate: CrateId, predicates: &[Box<str>]) -> Option<bool> {
        let mut all = Some(true);
        for predicate in predicates {
            match self.predicate_holds(krate, predicate) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// Whether one predicate holds in a crate.
    pub(super) fn predicate_holds(&self, krate: CrateId, predicate: &str) -> Option<bool> {
        let expression = Expression::parse(predicate).ok()?;
        expression.eval(|atom| self.atom_holds(krate, atom))
    }

    fn atom_holds(&self, krate: CrateId, atom: &Predicate<'_>) -> Option<bool> {
        let data = self.crate_data(krate);
        let package = self.project.package(data.package);
        let cfg = &self.project.cfg;
        match atom {
            Predicate::Test => Some(data.kind == TargetKind::Test),
            Predicate::DebugAssertions => Some(cfg.flags.contains("debug_assertions")),
            Predicate::ProcMacro => Some(data.kind == TargetKind::ProcMacro),
            Predicate::Feature(name) if package.features.contains(*name) => Some(true),
            Predicate::Feature(name) => self.unless_build_script_turns_on(krate, name),
            Predicate::TargetFeature(name) => Some(has_value(cfg, "target_feature", name)),
            Predicate::Flag("true") => Some(true),
            Predicate::Flag("false") => Some(false),
            Predicate::Flag(name) => {
                if cfg.flags.contains(*name) {
                    return Some(true);
                }
                self.unless_build_script_sets(krate, name)
            }
            Predicate::KeyValue { key, val } => {
                if has_value(cfg, key, val) {
                    return Some(true);
                }
                if key.starts_with("target_") {
                    return Some(false);
                }
                self.unless_build_script_sets(krate, key)
            }
            Predicate::Target(target) => Some(target_holds(cfg, target)),
        }
    }

    /// False, unless the package's build script might turn the option on.
    fn unless_build_script_sets(&self, krate: CrateId, name: &str) -> Option<bool> {
        if BUILT_IN.contains(&name) {
            return Some(false);
        }
        let package = self.project.package(self.crate_data(krate).package);
        let script = package.targets.iter().find(|it| it.kind == TargetKind::BuildScript);
        let Some(script) = script else { return Some(false) };
        if NEVER_SET.contains(&name) {
            return Some(false);
        }
        if let Some(known) = self.known_script_sets(krate, package, name) {
            return Some(known);
        }
        let texts = self.script_texts(&script.root)?;
        let may_set = |text: &str| {
            let text = without_checks(text);
            text.contains(name) || may_compose(&text, name)
        };
        let knows_aliases = || {
            let mut of_script = package.dependencies.iter();
            of_script.any(|it| {
                it.kind == DependencyKind::Build
                    && self.project.package(it.package).name == "cfg_aliases"
            })
        };
        if texts.iter().all(|text| !may_set(text)) {
            return Some(false);
        }
        let [text] = &texts[..] else { return None };
        let Aliases { list, place } = aliases(text).filter(|_| knows_aliases())?;
        if may_set(&without_comments(&text[..place.start]))
            || may_set(&without_comments(&text[place.end..]))
        {
            return None;
        }
        self.alias_holds(krate, &list, name, 0)
    }

    /// Whether the build script sets an option, if nothing but its aliases can.
    fn alias_holds(
        &self,
        krate: CrateId,
        aliases: &[(Box<str>, Box<str>)],
        name: &str,
        depth: u32,
    ) -> Option<bool> {
        let Some((_, predicate)) = aliases.iter().find(|(own, _)| **own == *name) else {
            return Some(false);
        };
        let expression = Expression::parse(predicate).ok().filter(|_| depth < 16)?;
        expression.eval(|atom| match atom {
            // One alias may name another one.
            Predicate::Flag(name) if aliases.iter().any(|(own, _)| **own == **name) => {
                self.alias_holds(krate, aliases, name, depth + 1)
            }
            // A script is asked what cargo tells it of these.
            Predicate::Test | Predicate::ProcMacro => None,
            atom => self.atom_holds(krate, atom),
        })
    }

    /// False, unless the package's build script might turn the feature on.
    fn unless_build_script_turns_on(&self, krate: CrateId, feature: &str) -> Option<bool> {
        let package = self.crate_data(krate).package;
        let known = &self.memos(krate).script_features;
        let cached = known.read().expect("no panic while held").get(&package).cloned();
        let features = cached.unwrap_or_else(|| {
            let targets = &self.project.package(package).targets;
            let script = targets.iter().find(|it| it.kind == TargetKind::BuildScript);
            // Where a part of it can't be told, the rest is still read.
            let texts = script.map(|script| {
                let own = || self.summaries.text(&*self.files, &script.root.as_path().into());
                self.script_texts(&script.root).unwrap_or_else(|| own().into_iter().collect())
            });
            let found: Arc<[Box<str>]> =
                texts.iter().flatten().flat_map(|text| features_in(text)).collect();
            known.write().expect("no panic while held").insert(package, Arc::clone(&found));
            found
        });
        let may_be = |written: &str| written == feature || written.contains('{');
        (!features.iter().any(|written| may_be(written))).then_some(false)
    }

    /// A build script and the files that it is made of; `None` where one of them can't be told or read.
    fn script_texts(&self, root: &Path) -> Option<Vec<Arc<str>>> {
        let mut left = vec![root.to_owned()];
        let mut texts = Vec::new();
        while let Some(file) = left.pop() {
            let text = self.summaries.text(&*self.files, &file.as_path().into())?;
            let folder = file.parent()?;
            for after in text.split("include!(").skip(1) {
                let name = after.trim_start().strip_prefix('"')?.split('"').next()?;
                left.push(join(folder, name));
            }
            for after in text.split("mod ").skip(1) {
                let name: String =
                    after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if after[name.len()..].trim_start().starts_with(';') {
                    let flat = folder.join(format!("{name}.rs"));
                    let nested = folder.join(name).join("mod.rs");
                    left.push(if self.files.exists(&flat) { flat } else { nested });
                }
            }
            if texts.len() > 32 {
                return None;
            }
            texts.push(text);
        }
        Some(texts)
    }
}

/// The features in what a script may print for cargo, as they are written: `rustc-cfg=feature=\"std\"`.
fn features_in(script: &str) -> impl Iterator<Item = Box<str>> {
    let printed = script.split("rustc-cfg=feature").skip(1);
    printed.filter_map(|after| {
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        value.trim_start_matches(['\\', '"']).split(['\\', '"']).next().map(Box::from)
    })
}

/// A script without the lines that only tell cargo which options there may be.
fn without_checks(script: &str) -> String {
    let mut parts = script.split("rustc-check-cfg");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.find(['"', '\\', '\n']).map_or("", |end| &part[end..]));
    }
    text
}

/// Options that people turn on by hand, not build scripts.
const NEVER_SET: &[&str] = &["docsrs", "fuzzing", "kani", "loom", "tokio_unstable"];

/// Whether a build script may put a name together: from a text with a hole in it, or as the crates do that
/// try out what the compiler can.
fn may_compose(script: &str, name: &str) -> bool {
    let by_probe =
        script.contains("autocfg") && ["has_", "rustc_"].iter().any(|it| name.starts_with(it));
    by_probe
        || script.split('"').any(|text| {
            let (Some(start), Some(end)) = (text.find('{'), text.rfind('}')) else { return false };
            if end < start {
                return false;
            }
            let before = text[..start].rsplit(['=', ':', ' ', '(']).next().unwrap_or_default();
            let after = text[end + 1..].split(['=', ':', ' ', ')']).next().unwrap_or_default();
            (!before.is_empty() || !after.is_empty())
                && name.len() > before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        })
}

fn has_value(cfg: &Cfg, key: &str, value: &str) -> bool {
    cfg.values.contains(&(key.to_owned(), value.to_owned()))
}

fn target_holds(cfg: &Cfg, target: &TargetPredicate) -> bool {
    match target {
        TargetPredicate::Abi(it) => has_value(cfg, "target_abi", it.as_str()),
        TargetPredicate::Arch(it) => has_value(cfg, "target_arch", it.as_str()),
        TargetPredicate::Endian(it) => {
            let text = match it {
                cfg_expr::targets::Endian::big => "big",
                cfg_expr::targets::Endian::little => "little",
            };
            has_value(cfg, "target_endian", text)
        }
        TargetPredicate::Env(it) => has_value(cfg, "target_env", it.as_str()),
        TargetPredicate::Family(it) => {
            has_value(cfg, "target_family", it.as_str()) || cfg.flags.contains(it.as_str())
        }
        TargetPredicate::HasAtomic(it) => has_value(cfg, "target_has_atomic", &it.to_string()),
        TargetPredicate::Os(it) => has_value(cfg, "target_os", it.as_str()),
        TargetPredicate::Panic(it) => has_value(cfg, "panic", it.as_str()),
        TargetPredicate::PointerWidth(it) => {
            has_value(cfg, "target_pointer_width", &it.to_string())
        }
        TargetPredicate::Vendor(it) => has_value(cfg, "target_vendor", it.as_str()),
    }
}
