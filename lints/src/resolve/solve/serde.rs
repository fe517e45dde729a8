//! What serde's derives and impls ask for.

use super::{Answer, no};
use crate::resolve::lower::Env;
use crate::resolve::modules::ItemRef;
use crate::resolve::names::{Def, Found, has_word};
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{
    Adt, ArgRef, Attrs, Field, Generics, Impl, ItemKind, Name, ParamKind, PathRef, PathRoot,
    TypeRef, Variant,
};
use crate::resolve::ty::{TraitDef, TraitRef};
use crate::resolve::{Namespace, Resolver};

impl Resolver {
    /// serde's trait; both names of `Deserialize` are one here.
    pub(super) fn serde_trait(&self, q: &Query, marker: Marker) -> Option<TraitRef> {
        let name = match marker {
            Marker::Serialize => "Serialize",
            _ => "Deserialize",
        };
        let of_name = |wanted: &str| {
            self.project
                .indexed()
                .find(|(_, it)| it.name == wanted && it.version.starts_with("1."))
                .and_then(|(at, _)| self.library_of(at))
        };
        let library = of_name("serde").or_else(|| of_name("serde_core"))?;
        let root = self.root_module(library);
        match self.in_module(q, root, &Name::from(name), Namespace::Type, None) {
            Found::Def(Def::Item(item)) => Some(TraitRef::plain(TraitDef::Item(item))),
            _ => None,
        }
    }

    pub(super) fn serde_has(&self, feature: &str) -> bool {
        let packages = self.project.packages.iter();
        packages
            .filter(|it| matches!(it.name.as_str(), "serde" | "serde_core"))
            .any(|it| it.features.contains(feature))
    }

    /// Whether `derive(Serialize)` or `derive(Deserialize)` gives the type the trait.
    pub(super) fn derived_by_serde(
        &self,
        q: &Query,
        item: &ItemRef,
        adt: &Adt,
        env: &Env,
        marker: Marker,
    ) -> Answer {
        let side = if marker == Marker::Serialize { Side::Out } else { Side::In };
        let krate = self.module(item.module).krate;
        let options = |attrs: &Attrs| Options::of(attrs, side, |when| self.all_hold(krate, when));
        let Some(container) = options(&item.item.attrs) else { return Answer::Unknown };
        if container.remote {
            // It makes functions, not an impl.
            return Answer::Unknown;
        }
        let mut answer = Answer::Yes;
        if side == Side::In && !container.converts {
            answer = answer.and(|| Self::borrows_nothing(item, adt, options));
        }
        if let Some(bound) = &container.bound {
            return answer.and(|| self.bound_text_holds(q, env, bound));
        }
        for variant in &adt.variants {
            if self.is_active(krate, &variant.attrs) == Some(false) {
                continue;
            }
            let Some(of_variant) = options(&variant.attrs) else {
                return Answer::Unknown;
            };
            for field in &variant.fields {
                if self.is_active(krate, &field.attrs) == Some(false) {
                    continue;
                }
                let Some(of_field) = options(&field.attrs) else {
                    return Answer::Unknown;
                };
                answer = answer.and(|| {
                    self.field_bounds(q, env, &adt.generics, field, &of_variant, &of_field, marker)
                });
            }
        }
        if side == Side::In && container.default {
            answer = answer.and(|| match &env.self_ty {
                Some(own) => self.holds_marker(q, own, Marker::Default),
                None => Answer::Unknown,
            });
        }
        answer
    }

    #[expect(clippy::too_many_arguments, reason = "one field in all that surrounds it")]
    fn field_bounds(
        &self,
        q: &Query,
        env: &Env,
        generics: &Generics,
        field: &Field,
        of_variant: &Options,
        options: &Options,
        marker: Marker,
    ) -> Answer {
        if let Some(bound) = options.bound.as_ref().or(of_variant.bound.as_ref()) {
            return self.bound_text_holds(q, env, bound);
        }
        let mut used = Vec::new();
        params_in(&field.ty, generics, &mut used);
        let mut answer = Answer::Yes;
        let skipped = options.skip || of_variant.skip || options.with || of_variant.with;
        for used in &used {
            let value = self.lower(q, env, used);
            if !skipped {
                answer = answer.and(|| {
                    self.holds_marker(q, &value, marker).because(|| super::ReasonStep {
                        message: format!(
                            "the derive asks for `{}: {}`",
                            value,
                            marker_name(marker)
                        ),
                        place: None,
                    })
                });
            }
            if marker == Marker::DeserializeOwned && options.default {
                answer = answer.and(|| self.holds_marker(q, &value, Marker::Default));
            }
        }
        answer
    }

    /// Whether a derived `Deserialize` borrows from its input, and so is not for every lifetime.
    fn borrows_nothing(
        item: &ItemRef,
        adt: &Adt,
        options: impl Fn(&Attrs) -> Option<Options>,
    ) -> Answer {
        for field in adt.variants.iter().flat_map(|variant: &Variant| &variant.fields) {
            let Some(options) = options(&field.attrs) else { return Answer::Unknown };
            if options.skip || options.with {
                continue;
            }
            if options.borrow || is_borrowed_text(&field.ty) {
                let message = format!(
                    "field `{}: {}` of `{}` is borrowed from the input",
                    field.name, field.text, item.item.name
                );
                return no(message);
            }
        }
        Answer::Yes
    }

    /// `#[serde(bound = "T: Trait")]`.
    fn bound_text_holds(&self, q: &Query, env: &Env, text: &str) -> Answer {
        if text.trim().is_empty() {
            return Answer::Yes;
        }
        let source = format!("struct S where {text};");
        let items = crate::resolve::summary::parse_items(
            &source,
            self.crate_data(self.module(env.module).krate).edition,
            None,
        );
        match items.as_deref().and_then(<[_]>::first).map(|item| &item.kind) {
            Some(ItemKind::Adt(adt)) => self.bounds_hold(q, env, &adt.generics),
            _ => Answer::Unknown,
        }
    }
}

/// Whether an impl of `Deserialize<'de>` is one for every `'de`.
pub(super) fn is_for_every_lifetime(it: &Impl) -> bool {
    let lifetime = it.of.as_ref().and_then(|path| path.segments.last()).and_then(|last| {
        last.args.iter().find_map(|arg| match arg {
            ArgRef::Lifetime(name) => Some(name.clone()),
            _ => None,
        })
    });
    // `Deserialize<'_>`, or the lifetime left out.
    let Some(lifetime) = lifetime.filter(|name| name != "_") else { return true };
    let free = it.generics.params.iter().any(|param| {
        param.name == lifetime && matches!(param.kind, ParamKind::Lifetime { outlives: false })
    });
    let bounded = it.generics.wheres.iter().any(|pred| pred.subject.as_ref() == Err(&lifetime));
    free && !bounded && !borrows(&it.self_ty, &lifetime)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Out,
    In,
}

/// What serde's attributes on one thing say about one side.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "serde's options are independent flags")]
struct Options {
    skip: bool,
    with: bool,
    default: bool,
    borrow: bool,
    remote: bool,
    /// `from`, `try_from` or `into`.
    converts: bool,
    bound: Option<String>,
}

impl Options {
    /// `None` where they aren't understood, or where it isn't known whether they are there.
    fn of(
        attrs: &Attrs,
        side: Side,
        holds: impl Fn(&[Box<str>]) -> Option<bool>,
    ) -> Option<Options> {
        let mut options = Options::default();
        for attr in attrs.list.iter().filter(|attr| attr.is("serde")) {
            if !holds(&attr.when)? {
                continue;
            }
            for part in split(&attr.input) {
                options.add(part, side)?;
            }
        }
        if side == Side::In && options.skip {
            options.default = true;
        }
        Some(options)
    }

    fn add(&mut self, part: &str, side: Side) -> Option<()> {
        let (name, value) = match part.split_once(['=', '(']) {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (part.trim(), ""),
        };
        match (name, side) {
            ("skip", _) | ("skip_serializing", Side::Out) | ("skip_deserializing", Side::In) => {
                self.skip = true;
            }
            ("with", _) | ("serialize_with", Side::Out) | ("deserialize_with", Side::In) => {
                self.with = true;
            }
            // `default = "path"` asks for nothing.
            ("default", _) => self.default = value.is_empty(),
            ("borrow", _) => self.borrow = true,
            ("remote", _) => self.remote = true,
            ("from" | "try_from", Side::In) | ("into", Side::Out) => self.converts = true,
            ("bound", _) if part.contains('(') => {
                let wanted = if side == Side::Out { "serialize" } else { "deserialize" };
                let inner = part.split_once('(')?.1.trim().strip_suffix(')')?;
                for part in split(inner) {
                    let (name, value) = part.split_once('=')?;
                    if name.trim() == wanted {
                        self.bound = Some(string(value)?);
                    }
                }
            }
            ("bound", _) => self.bound = Some(string(value)?),
            _ => {}
        }
        Some(())
    }
}

fn string(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\\')).then(|| inner.to_owned())
}

/// Splits at the commas that are outside of parentheses and strings.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn marker_name(marker: Marker) -> &'static str {
    if marker == Marker::Serialize { "Serialize" } else { "DeserializeOwned" }
}

/// `&str` and `&[u8]`, also in an `Option`: serde borrows them without being told.
fn is_borrowed_text(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Ref { mutable: false, ty, .. } => match &**ty {
            TypeRef::Path(path) => path.as_name().is_some_and(|name| name == "str"),
            TypeRef::Slice(inner) => {
                matches!(&**inner, TypeRef::Path(path) if path.as_name().is_some_and(|it| it == "u8"))
            }
            _ => false,
        },
        TypeRef::Path(path) if path.last_name().is_some_and(|name| name == "Option") => {
            path.segments.last().is_some_and(|last| {
                last.args.iter().any(|arg| matches!(arg, ArgRef::Type(ty) if is_borrowed_text(ty)))
            })
        }
        _ => false,
    }
}

/// Whether a type as written holds a reference or the lifetime.
fn borrows(ty: &TypeRef, lifetime: &Name) -> bool {
    let in_path = |path: &PathRef| {
        path.segments.iter().flat_map(|segment| &segment.args).any(|arg| match arg {
            ArgRef::Lifetime(name) => name == lifetime,
            ArgRef::Type(ty) => borrows(ty, lifetime),
            ArgRef::Const(_) => false,
        })
    };
    match ty {
        TypeRef::Ref { .. } => true,
        TypeRef::Path(path) => in_path(path),
        TypeRef::Tuple(list) => list.iter().any(|ty| borrows(ty, lifetime)),
        TypeRef::Array(ty, _) | TypeRef::Slice(ty) | TypeRef::Ptr { ty, .. } => {
            borrows(ty, lifetime)
        }
        TypeRef::Dyn(bounds) | TypeRef::Impl(bounds) => {
            bounds.iter().any(|bound| in_path(&bound.path))
        }
        TypeRef::Macro { input, .. } => has_word(input, lifetime),
        TypeRef::Never | TypeRef::Unknown | TypeRef::FnPtr => false,
    }
}

/// The parameters in a type that serde puts a bound on: `T`, and `T::Item` as it stands.
pub(super) fn params_in(ty: &TypeRef, generics: &Generics, into: &mut Vec<TypeRef>) {
    let is_param = |name: &Name| {
        generics
            .params
            .iter()
            .any(|param| param.name == *name && matches!(param.kind, ParamKind::Type { .. }))
    };
    match ty {
        TypeRef::Path(path) => {
            if let (PathRoot::Plain, Some(first)) = (&path.root, path.segments.first())
                && is_param(&first.name)
            {
                if !into.contains(ty) {
                    into.push(ty.clone());
                }
                return;
            }
            if path.last_name().is_some_and(|name| name == "PhantomData") {
                return;
            }
            for arg in path.segments.iter().flat_map(|segment| &segment.args) {
                if let ArgRef::Type(ty) = arg {
                    params_in(ty, generics, into);
                }
            }
        }
        TypeRef::Tuple(list) => list.iter().for_each(|ty| params_in(ty, generics, into)),
        TypeRef::Array(ty, _)
        | TypeRef::Slice(ty)
        | TypeRef::Ref { ty, .. }
        | TypeRef::Ptr { ty, .. } => params_in(ty, generics, into),
        TypeRef::Dyn(bounds) | TypeRef::Impl(bounds) => {
            for arg in bounds.iter().flat_map(|it| &it.path.segments).flat_map(|it| &it.args) {
                if let ArgRef::Type(ty) = arg {
                    params_in(ty, generics, into);
                }
            }
        }
        TypeRef::Never | TypeRef::Unknown | TypeRef::FnPtr | TypeRef::Macro { .. } => {}
    }
}
