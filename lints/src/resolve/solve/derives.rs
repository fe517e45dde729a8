//! What `#[derive(…)]` implements, and what other attributes may do to an item.

use std::sync::Arc;

use super::attributes::{AST_NODE, is_built_in, is_derive};
use super::params::projections;
use super::serde::split;

use super::{Answer, Known};
use crate::project::PackageIndex;
use crate::resolve::lower::{Env, type_params};
use crate::resolve::modules::{ItemRef, Maker};
use crate::resolve::names::{Def, Found, StdItem, has_word};
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{
    Adt, AdtKind, Attr, Attrs, Item, ItemKind, Name, ParamKind, PathRef, lower_path, parse_file,
    syntax_edition,
};
use crate::resolve::ty::{Args, TraitDef, TraitRef, Ty};
use crate::resolve::{Namespace, Reason, ReasonStep, Resolver};

/// What a derive stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Derive {
    /// One of the standard library's, by the trait's path.
    Std(&'static str),
    Serde(Marker),
    /// Of `serde_repr`: an enum without parameters as its number.
    SerdeRepr(Marker),
    /// Of swc's macros: an enum without parameters, where the crate has this feature.
    SerdeUnder(&'static [Marker], &'static str),
    CacheKey,
    /// Another package's; harmless: it is known to implement none of the traits that are asked about.
    Other {
        package: PackageIndex,
        name: Name,
        harmless: bool,
    },
    Unknown,
}

/// Proc-macro packages whose derives implement none of the traits that are asked about, nor those that
/// these need.
const HARMLESS: &[&str] = &[
    "async-graphql-derive",
    "async-trait",
    "bevy_ecs_macros",
    "bevy_reflect_derive",
    "bon-macros",
    "bytecheck_derive",
    "bytemuck_derive",
    "clap_derive",
    "darling_macro",
    "derive-getters",
    "derive_builder_macro",
    "derive_more-impl",
    "diesel_derives",
    "displaydoc",
    "enum-as-inner",
    "enum-iterator-derive",
    "failure_derive",
    "getset",
    "is-macro",
    "miette-derive",
    "num-derive",
    "num_enum_derive",
    "pin-project-internal",
    "palette_derive",
    "prost-derive",
    "rkyv_derive",
    "schemars_derive",
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
        if !self.can_implement(krate, as_trait) {
            return answer;
        }
        let mut doubt = self.has_unknown_attribute(q, item);
        for (active, derive) in self.derives_on(q, item) {
            if self.may_give(q, &derive, item, as_trait) {
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
        match answer {
            Answer::No(reason) if doubt && reason.steps.is_empty() => Answer::Unknown,
            answer => answer,
        }
    }

    /// The derives on an item, those that other macros put there too, and whether they are active.
    fn derives_on(&self, q: &Query, item: &ItemRef) -> Vec<(Option<bool>, Derive)> {
        let krate = self.module(item.module).krate;
        let edition = self.crate_data(krate).edition;
        let mut found = Vec::new();
        for attr in self.written_attributes(q, item).iter().filter(|attr| is_derive(attr)) {
            if self.all_hold(krate, &attr.when) == Some(false) {
                continue;
            }
            for path in derive_paths(attr, edition) {
                let derive = self.derive_of(q, item, &path);
                let mut when = attr.when.clone();
                if let Derive::SerdeUnder(_, feature) = derive {
                    when.push(format!("feature = {feature:?}").into());
                }
                let active = self.all_hold(krate, &when);
                if active != Some(false) {
                    found.push((active, derive));
                }
            }
        }
        found
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
                let of = self.project.package(package).name.as_str();
                let is_known = self.is_writer(package);
                match (of, name.as_str()) {
                    (AST_NODE, "DeserializeEnum") if is_known => {
                        Derive::SerdeUnder(&[Marker::DeserializeOwned], "serde-impl")
                    }
                    ("string_enum", "StringEnum") => {
                        Derive::SerdeUnder(&[Marker::Serialize, Marker::DeserializeOwned], "serde")
                    }
                    _ if is_known => Derive::Other { package, name, harmless: true },
                    ("serde_derive", "Serialize") => Derive::Serde(Marker::Serialize),
                    ("serde_derive", "Deserialize") => Derive::Serde(Marker::DeserializeOwned),
                    ("serde_repr", "Serialize_repr") => Derive::SerdeRepr(Marker::Serialize),
                    ("serde_repr", "Deserialize_repr") => {
                        Derive::SerdeRepr(Marker::DeserializeOwned)
                    }
                    ("bytemuck_derive" | "zerocopy-derive", "ByteHash" | "ByteEq") => {
                        Derive::Other { package, name, harmless: false }
                    }
                    _ => Derive::Other { package, name, harmless: HARMLESS.contains(&of) },
                }
            }
            _ => Derive::Unknown,
        }
    }

    fn gives(&self, derive: &Derive, as_trait: &TraitRef) -> bool {
        match (derive, &as_trait.def) {
            (Derive::Std(path), TraitDef::Std(of)) => *path == of.0.path,
            (Derive::Serde(marker) | Derive::SerdeRepr(marker), _) => {
                self.known(&as_trait.def) == Known::Marker(*marker)
            }
            (Derive::SerdeUnder(markers, _), _) => {
                matches!(self.known(&as_trait.def), Known::Marker(it) if markers.contains(&it))
            }
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
        match derive {
            Derive::Serde(marker) => {
                return self.derived_by_serde(q, item, adt, &env, *marker).because(reason);
            }
            Derive::SerdeRepr(_) => return Answer::Yes,
            Derive::SerdeUnder(..) if args.is_empty() => return Answer::Yes,
            Derive::SerdeUnder(..) => return Answer::Unknown,
            _ => {}
        }
        let of_part = TraitRef::plain(as_trait.def.clone());
        let mut answer = Answer::Yes;
        let is_std = matches!(derive, Derive::Std(_));
        // The variant that `derive(Default)` makes of an enum has no fields.
        if is_std && adt.kind == AdtKind::Enum && as_trait.name() == "Default" {
            return Answer::Yes;
        }
        // What can't be borrowed in place has to be copied.
        let copies = is_std && (adt.kind == AdtKind::Union || self.is_packed(item));
        for (param, value) in type_params(&adt.generics).zip(args.iter()) {
            if matches!(param.kind, ParamKind::Type { .. }) {
                answer = answer.and(|| self.holds(q, value, &of_part));
                if copies {
                    answer = answer.and(|| self.holds_marker(q, value, Marker::Copy));
                }
            }
        }
        if is_std {
            let krate = self.module(item.module).krate;
            let there = |attrs: &Attrs| self.is_active(krate, attrs) != Some(false);
            let variants = adt.variants.iter().filter(|it| there(&it.attrs));
            let fields = variants.flat_map(|it| &it.fields).filter(|it| there(&it.attrs));
            for projection in fields.flat_map(|it| projections(it, &adt.generics)) {
                let value = self.lower(q, &env, &projection);
                answer = answer.and(|| self.holds(q, &value, &of_part));
            }
        }
        answer.because(reason)
    }

    fn is_packed(&self, item: &ItemRef) -> bool {
        let krate = self.module(item.module).krate;
        item.item.attrs.list.iter().any(|attr| {
            attr.is("repr")
                && has_word(&attr.input, "packed")
                && self.all_hold(krate, &attr.when) != Some(false)
        })
    }

    /// Whether a derive that isn't known may implement the trait for the item.
    pub(super) fn may_be_derived(&self, q: &Query, item: &ItemRef, as_trait: &TraitRef) -> bool {
        let derives = self.derives_on(q, item);
        derives.iter().any(|(_, derive)| self.may_give(q, derive, item, as_trait))
    }

    fn may_give(&self, q: &Query, derive: &Derive, item: &ItemRef, as_trait: &TraitRef) -> bool {
        match derive {
            Derive::Std(_)
            | Derive::Serde(_)
            | Derive::SerdeRepr(_)
            | Derive::SerdeUnder(..)
            | Derive::CacheKey => false,
            Derive::Other { harmless: true, name, .. }
                if self.is_covered(as_trait) && name != as_trait.name() =>
            {
                false
            }
            Derive::Other { package, .. } => self.macro_may_implement(q, *package, item, as_trait),
            Derive::Unknown => true,
        }
    }

    /// Whether it is one of the traits that [`HARMLESS`] speaks of.
    pub(super) fn is_covered(&self, as_trait: &TraitRef) -> bool {
        let Known::Marker(marker) = self.known(&as_trait.def) else { return false };
        matches!(
            marker,
            Marker::Hash
                | Marker::Send
                | Marker::Sync
                | Marker::Clone
                | Marker::Copy
                | Marker::Serialize
                | Marker::DeserializeOwned
                | Marker::Eq
                | Marker::Ord
        )
    }

    /// The derives on an item that aren't known and that an attribute tells something: perhaps a type to
    /// implement something for.
    pub(super) fn told_derives(
        &self,
        q: &Query,
        item: &Item,
        here: impl Fn() -> ItemRef,
    ) -> Vec<Maker> {
        let list = &item.attrs.list;
        let is_telling =
            |attr: &&Attr| !is_built_in(attr) && !attr.is("serde") && !attr.input.is_empty();
        // Those that aren't of the language may be macros that put derives there.
        let (ItemKind::Adt(_), Some(telling)) = (&item.kind, list.iter().find(is_telling)) else {
            return Vec::new();
        };
        let here = here();
        let krate = self.module(here.module).krate;
        if self.all_hold(krate, &telling.when) == Some(false) {
            return Vec::new();
        }
        let makers = self.derives_on(q, &here).into_iter().filter_map(|(_, derive)| match derive {
            Derive::Unknown => Some(Maker::Unknown),
            Derive::Other { harmless: false, package, .. } => Some(Maker::ProcMacro(package)),
            _ => None,
        });
        makers.collect()
    }
}

/// The paths in a derive's input.
fn derive_paths(attr: &Attr, edition: crate::project::Edition) -> Vec<PathRef> {
    let parse = |text: &str| {
        let source = format!("{text}! {{}}");
        let tree = parse_file(&source, syntax_edition(edition))?.tree();
        match ra_ap_syntax::ast::HasModuleItem::items(&tree).next() {
            Some(ra_ap_syntax::ast::Item::MacroCall(call)) => call.path(),
            _ => None,
        }
    };
    split(&attr.input).into_iter().filter_map(parse).map(|path| lower_path(&path)).collect()
}
