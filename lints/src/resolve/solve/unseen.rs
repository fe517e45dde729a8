//! What code that isn't in the source may have done: proc macros, and files that a build script writes.
//!
//! Neither is run here. A proc macro is taken to implement no trait that its package never writes other
//! than as a bound, that it isn't told of, or that the code around it can't reach. What a macro or a script
//! makes is taken to be for types that it is given, that the script names, or that stand beside.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::CrateImpls;
use super::attributes::{DERIVE_WHERE, is_derive};
use super::impls::names_in;
use super::unify::children;
use super::words::{PIECES, Writes, declares_file, may_pass_on, without_comments, writes};
use crate::project::{DependencyKind, PackageIndex, TargetKind};
use crate::resolve::crates::CrateId;
use crate::resolve::modules::{ItemRef, Maker, Opaque};
use crate::resolve::names::{has_word, mentions};
use crate::resolve::query::Query;
use crate::resolve::summary::{Item, ItemKind, Name};
use crate::resolve::ty::{TraitDef, TraitRef, Ty};
use crate::resolve::{ModuleId, Resolver};

/// Every `macro_rules!` of a crate.
pub(super) type MacrosByName = FxHashMap<Name, Vec<Arc<Item>>>;

/// Something whose outcome can't be seen.
#[derive(Debug)]
pub(super) struct Unseen {
    pub(super) module: ModuleId,
    pub(super) opaque: Opaque,
    /// The crate's own macros that it is given by name, and so may call, and those that these name.
    pub(super) macros: Vec<Arc<Item>>,
    /// It is a derive: beside its item, what it makes is for what the item's attributes tell it of.
    pub(super) is_told: bool,
}

impl Unseen {
    /// Whether what it is given has a trait's name in it, other than as a bound.
    pub(super) fn passes_on(&self, name: &str) -> bool {
        let item = &self.opaque.item;
        let bodies = self.macros.iter().filter_map(|it| macro_body(it));
        match &item.kind {
            ItemKind::MacroCall { input, .. } => {
                std::iter::once(&**input).chain(bodies).any(|text| may_pass_on(text, name))
            }
            _ => self.mentions(name),
        }
    }

    fn at(&self) -> ItemRef {
        ItemRef { module: self.module, item: Arc::clone(&self.opaque.item) }
    }

    /// Whether what it is given has a name in it.
    pub(super) fn mentions(&self, name: &str) -> bool {
        if self.is_told {
            // Which derives there are beside it tells it nothing.
            let mut attrs = self.opaque.item.attrs.list.iter().filter(|attr| !is_derive(attr));
            return attrs.any(|attr| has_word(&attr.input, name));
        }
        let in_macros = self.macros.iter().filter_map(|it| macro_body(it));
        mentions(&self.opaque.item, name) || in_macros.into_iter().any(|body| has_word(body, name))
    }
}

/// Packages that proc macros are made with; they write nothing of their own accord.
const TOOLS: &[&str] = &[
    "Inflector",
    "bitflags",
    "cfg-if",
    "const-random",
    "convert_case",
    "darling",
    "derive-syn-parse",
    "either",
    "getrandom",
    "heck",
    "ident_case",
    "indexmap",
    "itertools",
    "lazy_static",
    "libc",
    "log",
    "once_cell",
    "proc-macro-crate",
    "proc-macro-error",
    "proc-macro-error-attr",
    "proc-macro-error-attr2",
    "proc-macro-error2",
    "proc-macro2",
    "proc-macro2-diagnostics",
    "quote",
    "regex",
    "regex-syntax",
    "rustversion",
    "serde",
    "serde_derive",
    "serde_json",
    "strsim",
    "syn",
    "synstructure",
    "toml",
    "unicase",
    "unicode-ident",
    "unicode-segmentation",
    "unicode-xid",
    "unsynn",
];

/// Packages that build scripts use, and that write no Rust.
const SILENT: &[&str] = &[
    "autocfg",
    "cc",
    "cfg_aliases",
    "cmake",
    "pkg-config",
    "rustc_version",
    "rustversion",
    "vcpkg",
    "version_check",
];

/// How many levels of packages under a proc macro's own are looked into.
const MAX_LEVELS: usize = 5;

impl Resolver {
    /// Whether something unseen in a crate may implement the trait for the type.
    pub(super) fn may_be_unseen(
        &self,
        q: &Query,
        impls: &CrateImpls,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> bool {
        let Some(first) = impls.unseen.first() else { return false };
        let krate = self.module(first.module).krate;
        let of_types = self.crates_in(ty);
        if !self.can_implement(krate, as_trait)
            || !(of_types.is_empty() || of_types.iter().any(|it| self.can_mean(krate, *it)))
        {
            return false;
        }
        let names = names_in(ty);
        let of = as_trait.name();
        impls.unseen.iter().any(|unseen| {
            let module = unseen.module;
            // What has no name is met where the trait has one.
            let is_given = names.iter().any(|name| unseen.mentions(name))
                || (names.is_empty() && unseen.mentions(of));
            match unseen.opaque.maker {
                Maker::Unknown => is_given,
                Maker::BuildScript => is_given || self.script_may_implement(module, ty, &names),
                Maker::ProcMacro(package) if self.project.package(package).name == DERIVE_WHERE => {
                    names.contains(&unseen.opaque.item.name) && unseen.passes_on(of)
                }
                Maker::ProcMacro(package)
                    if self.is_writer(package)
                        && self.is_covered(as_trait)
                        && !self.attributes_change(q, &unseen.at()) =>
                {
                    false
                }
                Maker::ProcMacro(package) => {
                    (is_given || (!unseen.is_told && self.is_near(module, ty)))
                        && (unseen.passes_on(of)
                            || unseen.opaque.item.name == of
                            || self.writes_trait(q, package, of))
                }
            }
        })
    }

    /// Whether code of a crate can implement a trait, whose name it must reach.
    pub(super) fn can_implement(&self, krate: CrateId, as_trait: &TraitRef) -> bool {
        match &as_trait.def {
            TraitDef::Item(item) => self.can_mean(krate, self.module(item.module).krate),
            TraitDef::Std(_) | TraitDef::CacheKey | TraitDef::Unknown => true,
        }
    }

    fn can_mean(&self, krate: CrateId, other: CrateId) -> bool {
        let (package, of) = (self.crate_data(krate).package, self.crate_data(other).package);
        self.crates.can_mean(&self.project, package, of)
    }

    /// Whether a file that the package's build script writes, and that a module includes, may have an impl
    /// for the type: one that the script names, or one beside.
    fn script_may_implement(&self, module: ModuleId, ty: &Ty, names: &[Name]) -> bool {
        let krate = self.module(module).krate;
        let package = self.project.package(self.crate_data(krate).package);
        let script = package.targets.iter().find(|it| it.kind == TargetKind::BuildScript);
        let text = script
            .and_then(|script| self.summaries.text(&*self.files, &script.root.as_path().into()));
        let Some(text) = text else { return self.is_near(module, ty) };
        let text = without_comments(&text);
        let has = |word: &str| has_word(&text, word);
        let helps = |package| !SILENT.contains(&self.project.package(package).name.as_str());
        let of_script = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Build);
        let is_helped = of_script.map(|it| it.package).any(helps)
            || declares_file(&text)
            || ["include", "include_str", "copy"].into_iter().any(has);
        let writes_impls = is_helped || has("impl") || has("derive");
        writes_impls && (self.is_near(module, ty) || names.iter().any(|name| has(name)))
    }

    /// Whether the type, or one in it, is declared in a module, below it, or where it stands.
    fn is_near(&self, module: ModuleId, ty: &Ty) -> bool {
        let is_own = match ty {
            Ty::Adt(item, _) => {
                self.is_within(item.module, module)
                    || self.module(module).parent == Some(item.module)
            }
            _ => false,
        };
        is_own || children(ty).iter().any(|ty| self.is_near(module, ty))
    }

    /// Whether a proc macro of the package may implement a trait for an item with these attributes.
    pub(super) fn macro_may_implement(
        &self,
        q: &Query,
        package: PackageIndex,
        item: &ItemRef,
        as_trait: &TraitRef,
    ) -> bool {
        let name = as_trait.name();
        let attrs = item.item.attrs.list.iter().filter(|attr| !attr.is("derive"));
        attrs.into_iter().any(|attr| has_word(&attr.input, name))
            || self.writes_trait(q, package, name)
    }

    /// Whether a proc-macro package, or what it rests on, may write a trait's name where it is implemented; also where it
    /// rests on too much to look.
    fn writes_trait(&self, q: &Query, package: PackageIndex, name: &str) -> bool {
        let mut seen = FxHashSet::from_iter([package]);
        let mut level = vec![package];
        let mut found = Writes::default();
        for _ in 0..MAX_LEVELS {
            let of_level = level.iter().map(|package| self.writes_of(q, *package, name));
            found = of_level.fold(found, Writes::and);
            if found.may_implement() {
                return true;
            }
            let dependencies =
                level.iter().flat_map(|package| &self.project.package(*package).dependencies);
            level = dependencies
                .filter(|it| {
                    it.kind == DependencyKind::Normal
                        && !TOOLS.contains(&self.project.package(it.package).name.as_str())
                })
                .map(|it| it.package)
                .filter(|package| seen.insert(*package))
                .collect();
        }
        let mut all = seen.iter().map(|package| self.writes_of(q, *package, PIECES));
        !level.is_empty() || (found.bounds && all.any(|of| of.passes_on))
    }

    fn writes_of(&self, q: &Query, package: PackageIndex, word: &str) -> Writes {
        let memos = if self.crates.is_package_out_of_reach(package) {
            &self.dependencies.0
        } else {
            q.leans_on_workspace();
            &self.own
        };
        let key = (package, Name::from(word));
        if let Some(known) = memos.macro_words.read().expect("no panic while held").get(&key) {
            return *known;
        }
        let library = self.library_of(package);
        let below = |it| self.writes_below(q, self.root_module(it), word, 0);
        let (found, is_whole) = q.watch(|| library.map_or(Writes::ANYTHING, below));
        if is_whole {
            memos.macro_words.write().expect("no panic while held").insert(key, found);
        }
        found
    }

    fn writes_below(&self, q: &Query, module: ModuleId, word: &str, depth: u32) -> Writes {
        let data = self.module(module);
        let mut found = Writes::default();
        if data.owns_file {
            let text = self.summaries.text(&*self.files, &data.file);
            let Some(text) = text.filter(|text| !has_word(text, "include_str")) else {
                return Writes::ANYTHING;
            };
            found = writes(&text, word);
            if found.names {
                return found;
            }
        }
        let items = self.items(q, module);
        if depth > 64 || items.missing {
            return Writes::ANYTHING;
        }
        let modules =
            items.entries.iter().filter(|entry| matches!(entry.item.kind, ItemKind::Module(_)));
        for entry in modules {
            if found.names {
                break;
            }
            let here = ItemRef { module, item: Arc::clone(&entry.item) };
            found = found.and(self.writes_below(q, self.child_module(&here), word, depth + 1));
        }
        found
    }
}

fn macro_body(item: &Item) -> Option<&str> {
    match &item.kind {
        ItemKind::MacroRules { body } => Some(body),
        _ => None,
    }
}

/// The macros that a text names, and those that their bodies name.
pub(super) fn macros_named(text: &str, all: &MacrosByName) -> Vec<Arc<Item>> {
    let mut found: Vec<Arc<Item>> = Vec::new();
    let mut left = vec![text];
    while let Some(text) = left.pop() {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        for item in words.filter_map(|word| all.get(word)).flatten() {
            if !found.iter().any(|known| Arc::ptr_eq(known, item)) {
                found.push(Arc::clone(item));
                left.extend(macro_body(item));
            }
        }
    }
    found
}
