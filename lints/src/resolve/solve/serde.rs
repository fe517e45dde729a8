//! What serde's derives and impls ask for.

use super::params::bound_by_serde;
use super::{Answer, no};
use crate::resolve::crates::CrateId;
use crate::resolve::lower::Env;
use crate::resolve::modules::ItemRef;
use crate::resolve::names::{Def, Found, has_word};
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{
    Adt, ArgRef, Attrs, Field, Generics, Impl, ItemKind, Name, ParamKind, PathRef, TypeRef,
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
        if side == Side::In {
            answer = answer.and(|| self.borrows_nothing(item, adt, options));
        }
        // The container's bounds stand for those that serde would ask for, not for those of variants and fields.
        let bounds = container.bound.as_ref();
        answer = answer.and(|| self.bound_text_holds(q, env, bounds));
        for variant in &adt.variants {
            let Some(is_there) = self.may_be_active(krate, &variant.attrs) else { continue };
            let Some(of_variant) = options(&variant.attrs) else { return Answer::Unknown };
            let asked = self.bound_text_holds(q, env, of_variant.bound.as_ref());
            answer = answer.and(|| asked.doubt_no_unless(is_there));
            for field in &variant.fields {
                let Some(is_field_there) = self.may_be_active(krate, &field.attrs) else {
                    continue;
                };
                let Some(of_field) = options(&field.attrs) else { return Answer::Unknown };
                let asked = self.bound_text_holds(q, env, of_field.bound.as_ref()).and(|| {
                    let markers = asked_of([&of_field, &of_variant, &container], marker);
                    self.params_have(q, env, field, &adt.generics, &markers)
                });
                answer = answer.and(|| asked.doubt_no_unless(is_there && is_field_there));
            }
        }
        if side == Side::In && container.bound.is_none() && container.default == Fallback::Trait {
            answer = answer.and(|| match &env.self_ty {
                Some(own) => self.holds_marker(q, own, Marker::Default),
                None => Answer::Unknown,
            });
        }
        answer
    }

    /// Whether the parameters in a field's type implement these.
    fn params_have(
        &self,
        q: &Query,
        env: &Env,
        field: &Field,
        generics: &Generics,
        markers: &[Marker],
    ) -> Answer {
        let mut answer = Answer::Yes;
        for used in bound_by_serde(field, generics) {
            let value = self.lower(q, env, &used);
            for marker in markers {
                answer = answer.and(|| {
                    self.holds_marker(q, &value, *marker).because(|| super::ReasonStep {
                        message: format!("the derive asks for `{value}: {}`", marker_name(*marker)),
                        place: None,
                    })
                });
            }
        }
        answer
    }

    /// Whether a derived `Deserialize` borrows from its input, and so is not for every lifetime: also by what
    /// `with` or `from` reads, and by fields of variants that it never makes.
    fn borrows_nothing(
        &self,
        item: &ItemRef,
        adt: &Adt,
        options: impl Fn(&Attrs) -> Option<Options>,
    ) -> Answer {
        let krate = self.module(item.module).krate;
        let mut answer = Answer::Yes;
        for variant in &adt.variants {
            let Some(is_there) = self.may_be_active(krate, &variant.attrs) else { continue };
            let Some(of_variant) = options(&variant.attrs) else { return Answer::Unknown };
            for field in &variant.fields {
                let Some(is_field_there) = self.may_be_active(krate, &field.attrs) else {
                    continue;
                };
                let Some(options) = options(&field.attrs) else { return Answer::Unknown };
                let is_told = options.borrow || of_variant.borrow;
                if options.skip || !(is_told || is_borrowed_text(&field.ty)) {
                    continue;
                }
                let message = format!(
                    "field `{}: {}` of `{}` is borrowed from the input",
                    field.name, field.text, item.item.name
                );
                answer = answer.and(|| no(message).doubt_no_unless(is_there && is_field_there));
            }
        }
        answer
    }

    /// `None` for what a `cfg` takes away, and otherwise whether it is there for certain.
    fn may_be_active(&self, krate: CrateId, attrs: &Attrs) -> Option<bool> {
        match self.is_active(krate, attrs) {
            Some(false) => None,
            is_active => Some(is_active.is_some()),
        }
    }

    /// `#[serde(bound = "T: Trait")]`.
    fn bound_text_holds(&self, q: &Query, env: &Env, text: Option<&String>) -> Answer {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Answer::Yes };
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
    default: Fallback,
    borrow: bool,
    remote: bool,
    bound: Option<String>,
}

/// What stands in for a value that isn't there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Fallback {
    #[default]
    None,
    Trait,
    Path,
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
            ("default", _) if value.is_empty() => self.default = Fallback::Trait,
            ("default", _) => self.default = Fallback::Path,
            ("borrow", _) => self.borrow = true,
            ("remote", _) => self.remote = true,
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

/// What serde asks of the parameters in a field's type, by the options of the field, its variant and the container.
fn asked_of([field, variant, container]: [&Options; 3], marker: Marker) -> Vec<Marker> {
    if container.bound.is_some() {
        return Vec::new();
    }
    let is_left_out = |it: &Options| it.skip || it.with || it.bound.is_some();
    let is_asked = !is_left_out(field) && !is_left_out(variant);
    let default = match field.default {
        Fallback::Trait => true,
        Fallback::Path => false,
        Fallback::None => field.skip && container.default == Fallback::None,
    };
    let default = marker == Marker::DeserializeOwned && default;
    let asked = [(is_asked, marker), (default, Marker::Default)];
    asked.into_iter().filter_map(|(is_asked, marker)| is_asked.then_some(marker)).collect()
}

fn marker_name(marker: Marker) -> &'static str {
    match marker {
        Marker::Serialize => "Serialize",
        Marker::Default => "Default",
        _ => "DeserializeOwned",
    }
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
