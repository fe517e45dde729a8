//! What `#[derive(…)]` implements, and what other attributes may do to an item.

use std::sync::Arc;

use super::serde::{params_in, split};
use super::{Answer, Known};
use crate::resolve::lower::{Env, type_params};
use crate::resolve::modules::ItemRef;
use crate::resolve::names::{Def, Found, StdItem};
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{
    Adt, Attr, ItemKind, ParamKind, PathRef, TypeRef, lower_path, syntax_edition,
};
use crate::resolve::ty::{Args, TraitDef, TraitRef, Ty};
use crate::resolve::{Namespace, Reason, ReasonStep, Resolver};

/// What a derive stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Derive {
    /// One of the standard library's, by the trait's path.
    Std(&'static str),
    Serde(Marker),
    CacheKey,
    /// Known to implement none of the traits that are asked about.
    Harmless,
    Unknown,
}

/// Proc-macro packages whose derives implement none of the traits that are asked about.
const HARMLESS: &[&str] = &[
    "async-trait",
    "bytecheck_derive",
    "bytemuck_derive",
    "clap_derive",
    "darling_macro",
    "derive-getters",
    "derive_builder_macro",
    "diesel_derives",
    "displaydoc",
    "enum-as-inner",
    "enum-iterator-derive",
    "enumset_derive",
    "failure_derive",
    "getset",
    "is-macro",
    "miette-derive",
    "num-derive",
    "num_enum_derive",
    "pin-project-internal",
    "prost-derive",
    "schemars_derive",
    "sea-orm-macros",
    "snafu-derive",
    "sqlx-macros",
    "strum_macros",
    "thiserror-impl",
    "tokio-macros",
    "tracing-attributes",
    "typed-builder-macro",
    "utoipa-gen",
    "validator_derive",
    "variant_count",
    "yoke-derive",
    "zerocopy-derive",
    "zerofrom-derive",
    "zeroize_derive",
];

/// Proc-macro packages whose attributes leave an item's fields, and the traits asked about, alone.
const HARMLESS_ATTRIBUTES: &[&str] = &[
    "async-trait",
    "pin-project-internal",
    "serde_with_macros",
    "tokio-macros",
    "tracing-attributes",
];

impl Resolver {
    /// Whether a derive gives the type the trait. A no without steps: there is no such derive.
    pub(super) fn derived(
        &self,
        q: &Query,
        item: &ItemRef,
        args: &Args,
        as_trait: &TraitRef,
    ) -> Answer {
        let ItemKind::Adt(adt) = &item.item.kind else { return Answer::Unknown };
        let krate = self.module(item.module).krate;
        let mut answer = Answer::No(Arc::new(Reason::default()));
        let mut doubt = self.has_unknown_attribute(q, item);
        for attr in item.item.attrs.list.iter().filter(|attr| is_derive(attr)) {
            let active = self.all_hold(krate, &attr.when);
            if active == Some(false) {
                continue;
            }
            for path in derive_paths(attr, self.crate_data(krate).edition) {
                let derive = self.derive_of(q, item, &path);
                if derive == Derive::Unknown {
                    doubt = true;
                    continue;
                }
                // `derive(PartialEq)` compares with the type itself.
                let of_other = as_trait.args.iter().any(|arg| match arg {
                    Ty::Adt(own, own_args) => own != item || own_args != args,
                    _ => true,
                });
                if of_other || !self.gives(&derive, as_trait) {
                    continue;
                }
                let found = self.conditions_of_derive(q, item, adt, args, &derive, as_trait);
                answer = if active == Some(true) { found } else { Answer::Unknown };
            }
        }
        match answer {
            Answer::No(reason) if doubt && reason.steps.is_empty() => Answer::Unknown,
            answer => answer,
        }
    }

    fn derive_of(&self, q: &Query, item: &ItemRef, path: &PathRef) -> Derive {
        let (found, used) = self.resolve(q, item.module, path, Namespace::Macro, false);
        if used < path.segments.len() {
            return Derive::Unknown;
        }
        match found {
            Found::Def(Def::Std(StdItem(item))) => Derive::Std(item.path),
            Found::Def(Def::Cachelit(path)) if path == "CacheKey" => Derive::CacheKey,
            Found::Def(Def::ProcMacro(package, name)) => {
                let package = self.project.package(package).name.as_str();
                match (package, name.as_str()) {
                    ("serde_derive", "Serialize") => Derive::Serde(Marker::Serialize),
                    ("serde_derive", "Deserialize") => Derive::Serde(Marker::DeserializeOwned),
                    ("bytemuck_derive" | "zerocopy-derive", "ByteHash" | "ByteEq") => {
                        Derive::Unknown
                    }
                    _ if HARMLESS.contains(&package) => Derive::Harmless,
                    _ => Derive::Unknown,
                }
            }
            _ => Derive::Unknown,
        }
    }

    fn gives(&self, derive: &Derive, as_trait: &TraitRef) -> bool {
        match (derive, &as_trait.def) {
            (Derive::Std(path), TraitDef::Std(of)) => *path == of.0.path,
            (Derive::Serde(marker), _) => self.known(&as_trait.def) == Known::Marker(*marker),
            (Derive::CacheKey, TraitDef::CacheKey) => true,
            _ => false,
        }
    }

    fn conditions_of_derive(
        &self,
        q: &Query,
        item: &ItemRef,
        adt: &Adt,
        args: &Args,
        derive: &Derive,
        as_trait: &TraitRef,
    ) -> Answer {
        let mut env = Env::of(item, &adt.generics, args);
        env.self_ty = Some(Ty::Adt(item.clone(), args.clone()));
        let reason = || ReasonStep {
            message: format!(
                "`derive({})` of `{}` is conditional",
                as_trait.name(),
                item.item.name
            ),
            place: Some(self.place_of(item)),
        };
        if let Derive::Serde(marker) = derive {
            return self.derived_by_serde(q, item, adt, &env, *marker).because(reason);
        }
        let of_part = TraitRef::plain(as_trait.def.clone());
        let mut answer = Answer::Yes;
        for (param, value) in type_params(&adt.generics).zip(args.iter()) {
            if matches!(param.kind, ParamKind::Type { .. }) {
                answer = answer.and(|| self.holds(q, value, &of_part));
            }
        }
        if matches!(derive, Derive::Std(_)) {
            for projection in projections(adt) {
                let value = self.lower(q, &env, &projection);
                answer = answer.and(|| self.holds(q, &value, &of_part));
            }
        }
        answer.because(reason)
    }

    /// Whether a macro that isn't known may have changed the item or added to it.
    pub(super) fn has_unknown_attribute(&self, q: &Query, item: &ItemRef) -> bool {
        let krate = self.module(item.module).krate;
        item.item.attrs.list.iter().filter(|attr| !is_derive(attr)).any(|attr| {
            if self.all_hold(krate, &attr.when) == Some(false) {
                return false;
            }
            let (found, used) = self.resolve(q, item.module, &attr.path, Namespace::Macro, false);
            match found {
                Found::Def(Def::ProcMacro(package, _)) => {
                    let package = self.project.package(package).name.as_str();
                    !HARMLESS_ATTRIBUTES.contains(&package)
                }
                // A helper of a derive, a built-in one, or a tool's.
                _ if attr.path.segments.len() == 1 => false,
                Found::Def(_) => false,
                _ => {
                    let tool = attr.path.segments.first().is_some_and(|first| {
                        matches!(
                            first.name.as_str(),
                            "rustfmt" | "clippy" | "diagnostic" | "miri" | "rust_analyzer"
                        )
                    });
                    used == 0 || !tool
                }
            }
        })
    }
}

fn is_derive(attr: &Attr) -> bool {
    attr.path.last_name().is_some_and(|name| name == "derive")
}

/// The paths in a derive's input.
fn derive_paths(attr: &Attr, edition: crate::project::Edition) -> Vec<PathRef> {
    let parse = |text: &str| {
        let source = format!("{text}! {{}}");
        let tree = ra_ap_syntax::SourceFile::parse(&source, syntax_edition(edition)).tree();
        match ra_ap_syntax::ast::HasModuleItem::items(&tree).next() {
            Some(ra_ap_syntax::ast::Item::MacroCall(call)) => call.path(),
            _ => None,
        }
    };
    split(&attr.input).into_iter().filter_map(parse).map(|path| lower_path(&path)).collect()
}

/// Fields whose type begins with a parameter and goes on, such as `T::Item`: a derive asks for the
/// trait of these too.
fn projections(adt: &Adt) -> Vec<TypeRef> {
    let mut found = Vec::new();
    for field in adt.variants.iter().flat_map(|variant| &variant.fields) {
        let mut all = Vec::new();
        params_in(&field.ty, &adt.generics, &mut all);
        found.extend(all.into_iter().filter(is_projection));
    }
    found
}

fn is_projection(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Path(path) if path.segments.len() > 1)
}
