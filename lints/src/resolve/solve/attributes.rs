//! What attribute macros do to the items that they stand on.
//!
//! They aren't run. Some are known by what their source says: those of the packages here that leave an item alone, and those
//! that only put attributes before it.

use std::sync::Arc;

use ra_ap_syntax::ast::HasModuleItem;

use crate::project::{Package, PackageIndex};
use crate::resolve::crates::is_within;
use crate::resolve::modules::{ItemRef, Maker};
use crate::resolve::names::{Def, Found};
use crate::resolve::query::Query;
use crate::resolve::summary::{AdtKind, Attr, Attrs, ItemKind, Name, ParamKind, parse_file};
use crate::resolve::{Namespace, Resolver};

/// What an attribute macro does to its item.
enum Doing {
    Unknown(Maker),
    /// It leaves the item as it is, and adds impls.
    Adds(PackageIndex),
    /// It puts these attributes before the item.
    Writes(PackageIndex, String),
}

/// Proc-macro packages whose attributes leave an item's fields, and what it implements, alone.
const HARMLESS_ATTRIBUTES: &[&str] = &[
    "async-trait",
    "macro_magic_macros",
    "openraft-macros",
    "pin-project-internal",
    "serde_with_macros",
    "tokio-macros",
    "tracing-attributes",
];

/// A package whose attribute implements for its item the traits that it names.
pub(super) const DERIVE_WHERE: &str = "derive-where";

/// The package of the attributes that serde's data of swc's trees comes from.
pub(super) const AST_NODE: &str = "ast_node";

/// The package of the attributes that mark the nodes of oxc's trees.
const OXC_AST_MACROS: &str = "oxc_ast_macros";

/// Packages whose attributes put others before their item, with the versions, first and last, that were read for it. What they
/// implement beside is for traits of their own.
const WRITERS: &[(&str, [(u64, u64); 2])] =
    &[(AST_NODE, [(3, 0), (7, u64::MAX)]), (OXC_AST_MACROS, [(0, 60), (0, 146)])];

/// The package of the attribute that makes items of rhai's public under its feature `internals`, and otherwise leaves them as
/// they are, with the versions that were read.
const RHAI_CODEGEN: (&str, [(u64, u64); 2]) = ("rhai_codegen", [(3, 3), (3, 3)]);

/// Attributes of the language that may stand on items.
const BUILT_IN: &[&str] = &[
    "allow",
    "automatically_derived",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "debugger_visualizer",
    "default",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "export_name",
    "feature",
    "forbid",
    "global_allocator",
    "ignore",
    "inline",
    "link",
    "link_name",
    "link_section",
    "macro_export",
    "macro_use",
    "must_use",
    "naked",
    "no_mangle",
    "no_std",
    "non_exhaustive",
    "panic_handler",
    "path",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "repr",
    "rustc_on_unimplemented",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "used",
    "warn",
];

impl Resolver {
    /// Whether a macro that isn't known may have changed the item, or a module that it is in.
    pub(in crate::resolve) fn has_unknown_attribute(&self, q: &Query, item: &ItemRef) -> bool {
        if self.attributes_change(q, item) {
            return true;
        }
        let mut at = item.module;
        loop {
            let data = self.module(at);
            let Some(parent) = data.parent else { return false };
            if let Some(declaration) = &data.declaration {
                let here = ItemRef { module: parent, item: Arc::clone(declaration) };
                if self.attributes_change(q, &here) {
                    return true;
                }
            }
            at = parent;
        }
    }

    /// Whether an attribute on the item itself may change it.
    pub(super) fn attributes_change(&self, q: &Query, item: &ItemRef) -> bool {
        self.doings(q, item).any(|(_, doing)| matches!(doing, Doing::Unknown(_)))
    }

    /// The macros that may change the item that their attributes stand on, or add to it.
    pub(super) fn changers<'a>(
        &'a self,
        q: &'a Query,
        item: &'a ItemRef,
    ) -> impl Iterator<Item = Maker> + 'a {
        self.doings(q, item).map(|(_, doing)| match doing {
            Doing::Unknown(maker) => maker,
            Doing::Adds(package) | Doing::Writes(package, _) => Maker::ProcMacro(package),
        })
    }

    /// The attributes of an item with those that macros put before it, without these macros' own.
    pub(super) fn written_attributes(&self, q: &Query, item: &ItemRef) -> Vec<Attr> {
        let written = self.doings(q, item).filter_map(|(by, doing)| match doing {
            Doing::Writes(_, text) => Some((by, text)),
            Doing::Unknown(_) | Doing::Adds(_) => None,
        });
        let written = written.flat_map(|(by, text)| {
            let put = attributes_in(&text).list.into_iter();
            put.map(|mut attr| {
                attr.when.extend(by.when.iter().cloned());
                attr
            })
        });
        item.item.attrs.list.iter().cloned().chain(written).collect()
    }

    /// Whether a package's attributes put others before their item, and nothing else that is asked about.
    pub(super) fn is_writer(&self, package: PackageIndex) -> bool {
        is_known_writer(self.project.package(package))
    }

    /// What the attributes do that may do something to their item.
    fn doings<'a>(
        &'a self,
        q: &'a Query,
        item: &'a ItemRef,
    ) -> impl Iterator<Item = (&'a Attr, Doing)> + 'a {
        let list = &item.item.attrs.list;
        list.iter().filter(|attr| !is_built_in(attr)).filter_map(move |attr| {
            let krate = self.module(item.module).krate;
            let active = self.all_hold(krate, &attr.when);
            if active == Some(false) {
                return None;
            }
            let (found, used) = self.resolve(q, item.module, &attr.path, Namespace::Macro, false);
            let is_single = attr.path.segments.len() == 1;
            let is_harmless = match found {
                Found::Def(Def::ProcMacro(package, name)) => {
                    return self.doing(package, &name, attr, item).map(|doing| (attr, doing));
                }
                Found::Def(_) => true,
                // A helper of a derive, where there is nothing else of the name.
                Found::None if is_single => true,
                Found::Unknown if is_single => list.iter().any(is_derive),
                _ => used != 0 && is_of_tool(attr),
            };
            (!is_harmless).then_some((attr, Doing::Unknown(Maker::Unknown)))
        })
    }

    /// What an attribute macro does to an item; `None`: nothing.
    fn doing(
        &self,
        package: PackageIndex,
        name: &Name,
        attr: &Attr,
        item: &ItemRef,
    ) -> Option<Doing> {
        if self.is_harmless(package, name, item) {
            return None;
        }
        let unknown = Doing::Unknown(Maker::ProcMacro(package));
        let ItemKind::Adt(adt) = &item.item.kind else { return Some(unknown) };
        let doing = match self.project.package(package).name.as_str() {
            DERIVE_WHERE => Doing::Adds(package),
            // It gives a variant without fields the type of its name. The impls are of the workspace's own traits.
            "enum_dispatch"
                if adt.kind == AdtKind::Enum
                    && adt.variants.iter().all(|variant| !variant.fields.is_empty())
                    && item.item.attrs.list.iter().filter(|attr| !is_built_in(attr)).count()
                        == 1 =>
            {
                Doing::Adds(package)
            }
            AST_NODE if self.is_writer(package) && !self.may_be_open(adt.kind, attr, item) => {
                Doing::Writes(package, of_ast_node(name, adt.kind, attr))
            }
            // Variants that it takes from an enum stand for a field of that enum's type. The rest is order and layout.
            OXC_AST_MACROS if self.is_writer(package) => {
                Doing::Writes(package, "#[derive(::oxc_ast_macros::Ast)]".to_owned())
            }
            _ => unknown,
        };
        Some(doing)
    }

    /// Whether `ast_node` gives an enum a variant for what isn't known.
    fn may_be_open(&self, kind: AdtKind, attr: &Attr, item: &ItemRef) -> bool {
        let when: [Box<str>; 1] = ["all(swc_ast_unknown, feature = \"encoding-impl\")".into()];
        let is_closed = attr.input.split(',').any(|option| option.trim() == "no_unknown");
        kind == AdtKind::Enum
            && !is_closed
            && self.all_hold(self.module(item.module).krate, &when) != Some(false)
    }

    fn is_harmless(&self, package: PackageIndex, name: &Name, item: &ItemRef) -> bool {
        let package = self.project.package(package);
        let (rhai_codegen, versions) = RHAI_CODEGEN;
        if package.name == rhai_codegen && name == "expose_under_internals" {
            let when: [Box<str>; 1] = ["feature = \"internals\"".into()];
            return is_within(package, versions)
                && self.all_hold(self.module(item.module).krate, &when) == Some(false);
        }
        let package = package.name.as_str();
        // `serde_as` changes which bounds serde's derives put on the parameters.
        let is_generic = item.item.kind.generics().is_some_and(|generics| {
            generics.params.iter().any(|param| matches!(param.kind, ParamKind::Type { .. }))
        });
        HARMLESS_ATTRIBUTES.contains(&package)
            && !(package == "serde_with_macros" && is_generic)
            // It takes the item away.
            && name != "export_tokens_no_emit"
    }
}

pub(super) fn is_derive(attr: &Attr) -> bool {
    attr.path.last_name().is_some_and(|name| name == "derive")
}

pub(super) fn is_built_in(attr: &Attr) -> bool {
    is_derive(attr)
        || attr.path.as_name().is_some_and(|name| BUILT_IN.binary_search(&name.as_str()).is_ok())
}

fn is_of_tool(attr: &Attr) -> bool {
    attr.path.segments.first().is_some_and(|first| {
        matches!(
            first.name.as_str(),
            "rustfmt" | "clippy" | "diagnostic" | "miri" | "rust_analyzer"
        )
    })
}

/// What `ast_node` and `ast_serde` put before an item.
fn of_ast_node(name: &Name, kind: AdtKind, attr: &Attr) -> String {
    let is_enum = kind == AdtKind::Enum;
    let deserialize =
        if is_enum { "::swc_common::DeserializeEnum" } else { "::serde::Deserialize" };
    if *name == "ast_serde" {
        return format!("#[derive(::serde::Serialize, {deserialize})]");
    }
    let with_serde = "#[cfg_attr(feature = \"serde-impl\", derive(::serde::Serialize))]";
    let encoded = "#[cfg_attr(feature = \"encoding-impl\", derive(::swc_common::Encode, ::swc_common::Decode))]";
    let has = |option: &str| attr.input.split(',').any(|it| it.trim() == option);
    let of_kind = match (is_enum, has("no_clone") || has("no_partial_eq")) {
        (true, true) => "#[derive(::swc_common::FromVariant, PartialEq)]",
        (true, false) => "#[derive(::swc_common::FromVariant, PartialEq, Clone)]",
        (false, true) => "#[derive(Clone)]",
        (false, false) => "#[derive(Clone, PartialEq)]",
    };
    let deserialized = if is_enum {
        format!("#[derive({deserialize})]")
    } else {
        format!("#[cfg_attr(feature = \"serde-impl\", derive({deserialize}))]")
    };
    format!(
        "{with_serde} #[derive(::swc_common::Spanned, Debug)] {of_kind} {deserialized} {encoded}"
    )
}

fn attributes_in(text: &str) -> Attrs {
    let parsed = parse_file(&format!("{text} struct It;"), ra_ap_syntax::Edition::CURRENT);
    let item = parsed.and_then(|parsed| parsed.tree().items().next());
    item.map_or_else(Attrs::default, |item| Attrs::of(&item))
}

fn is_known_writer(package: &Package) -> bool {
    WRITERS.iter().any(|(name, versions)| *name == package.name && is_within(package, *versions))
}
