//! From types as written to types with their names resolved.

use std::sync::{Arc, RwLock};

use ra_ap_syntax::TextRange;
use rustc_hash::FxHashMap;

use super::macros::{Call, MacroRef};
use super::modules::ItemRef;
use super::names::{Def, Found, StdItem};
use super::query::Query;
use super::std_table;
use super::summary::{
    ArgRef, Bound, GenericParam, Generics, ItemKind, Name, ParamKind, PathRef, PathRoot, Segment,
    TypeRef, parse_type,
};
use super::ty::{Args, Const, TraitDef, TraitRef, Ty};
use super::{ModuleId, Namespace, Resolver};
use crate::project::Edition;

/// How long a type may be that a macro writes, in bytes.
const MAX_TYPE_LENGTH: usize = 1 << 16;
/// How many steps of a question take as long as to expand a macro into a short type.
const EXPANSION_STEPS: usize = 1_000;
/// How many types are kept that macros write.
const MAX_KEPT_TYPES: usize = 4_096;
/// The type that a macro makes of an input, as a crate of an edition reads it; `None` where it makes none.
pub(super) type TypesByMacros =
    RwLock<FxHashMap<(MacroRef, Box<str>, Edition), Option<Arc<TypeRef>>>>;

/// Where a type is written: what its names mean there.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    pub(crate) module: ModuleId,
    /// Parameters in scope and what they stand for, the innermost last.
    pub(crate) params: Vec<(Name, Ty)>,
    /// What `Self` stands for.
    pub(crate) self_ty: Option<Ty>,
    /// The generics that declared the parameters: where `T::Item` finds its trait.
    pub(crate) declared: Vec<Arc<Generics>>,
    /// The impl or trait around it, for `Self::Item`.
    pub(crate) within: Option<ItemRef>,
}

impl Env {
    /// The inside of an item, its parameters standing for these arguments.
    pub(super) fn of(item: &ItemRef, generics: &Arc<Generics>, args: &[Ty]) -> Env {
        let mut env = Env::new(item.module);
        env.params =
            type_params(generics).map(|it| it.name.clone()).zip(args.iter().cloned()).collect();
        env.declared.push(Arc::clone(generics));
        env
    }

    pub(crate) fn new(module: ModuleId) -> Env {
        Env { module, params: Vec::new(), self_ty: None, declared: Vec::new(), within: None }
    }

    pub(super) fn param(&self, name: &str) -> Option<&Ty> {
        self.params.iter().rev().find(|(own, _)| own == name).map(|(_, ty)| ty)
    }
}

/// What a parameter is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Type,
    Const,
}

impl Resolver {
    pub(super) fn lower(&self, q: &Query, env: &Env, ty: &TypeRef) -> Ty {
        q.enter(|| self.lower_inner(q, env, ty)).unwrap_or(Ty::Unknown)
    }

    fn lower_inner(&self, q: &Query, env: &Env, ty: &TypeRef) -> Ty {
        let boxed = |ty: &TypeRef| Arc::new(self.lower(q, env, ty));
        match ty {
            TypeRef::Never => Ty::Never,
            TypeRef::Unknown => Ty::Unknown,
            TypeRef::Path(path) => self.lower_path(q, env, path),
            TypeRef::Tuple(list) => {
                Ty::Tuple(list.iter().map(|ty| self.lower(q, env, ty)).collect())
            }
            TypeRef::Array(ty, len) => Ty::Array(boxed(ty), self.constant(q, env, len)),
            TypeRef::Slice(ty) => Ty::Slice(boxed(ty)),
            TypeRef::Ref { mutable, ty, .. } => Ty::Ref(*mutable, boxed(ty)),
            TypeRef::Ptr { mutable, ty } => Ty::Ptr(*mutable, boxed(ty)),
            TypeRef::FnPtr => Ty::FnPtr,
            TypeRef::Dyn(bounds) => Ty::Dyn(self.lower_bounds(q, env, bounds)),
            TypeRef::Impl(bounds) => Ty::Opaque(self.lower_bounds(q, env, bounds)),
            TypeRef::Macro { path, input } => self.lower_macro(q, env, path, input),
        }
    }

    fn lower_bounds(&self, q: &Query, env: &Env, bounds: &[Bound]) -> Arc<[TraitRef]> {
        let bounds = bounds.iter().filter(|bound| !bound.maybe);
        bounds.map(|bound| self.lower_bound(q, env, &Ty::Unknown, bound)).collect()
    }

    /// Whether a path certainly names a macro of the standard library.
    pub(super) fn means_std_macro(&self, q: &Query, env: &Env, path: &PathRef) -> bool {
        matches!(self.macro_named(q, env, path, ""), Found::Def(Def::Std(_)))
    }

    /// The macro that is called somewhere in a module.
    fn macro_named(&self, q: &Query, env: &Env, path: &PathRef, input: &str) -> Found {
        let textual = self.items(q, env.module).textual.clone();
        let place = TextRange::default();
        let call = Call { module: env.module, path, input, place, textual: textual.as_ref() };
        self.macro_of(q, &call)
    }

    fn lower_macro(&self, q: &Query, env: &Env, path: &PathRef, input: &str) -> Ty {
        let found = self.macro_named(q, env, path, input);
        let Found::Def(Def::Item(rules)) = found else { return Ty::Unknown };
        match self.type_by_macro(q, env, MacroRef(rules), input) {
            Some(ty) => self.lower(q, env, &ty),
            None => Ty::Unknown,
        }
    }

    /// The type that a macro writes, made once for all that ask.
    fn type_by_macro(
        &self,
        q: &Query,
        env: &Env,
        rules: MacroRef,
        input: &str,
    ) -> Option<Arc<TypeRef>> {
        let edition = self.crate_data(self.module(env.module).krate).edition;
        let key = (rules, input.into(), edition);
        if let Some(ty) = self.types_by_macros.read().expect("no panic while held").get(&key) {
            return ty.clone();
        }
        let text = self.expand(&key.0, input);
        q.charge(EXPANSION_STEPS + text.as_ref().map_or(0, String::len) / 8);
        let text = text.filter(|text| text.len() <= MAX_TYPE_LENGTH);
        let ty = text.and_then(|text| parse_type(&text, edition)).map(Arc::new);
        let mut known = self.types_by_macros.write().expect("no panic while held");
        if known.len() < MAX_KEPT_TYPES {
            known.insert(key, ty.clone());
        }
        ty
    }

    fn lower_path(&self, q: &Query, env: &Env, path: &PathRef) -> Ty {
        match &path.root {
            PathRoot::SelfType => {
                let Some(own) = env.self_ty.clone() else { return Ty::Unknown };
                match path.segments.as_slice() {
                    [] => own,
                    [name] => self.assoc_of_self(q, env, &own, name),
                    _ => Ty::Unknown,
                }
            }
            PathRoot::Qualified(of, Some(as_trait)) => {
                let of = self.lower(q, env, of);
                let bound = Bound { path: (**as_trait).clone(), maybe: false };
                let as_trait = self.lower_bound(q, env, &of, &bound);
                match path.segments.as_slice() {
                    [segment] => {
                        let args = self.plain_args(q, env, segment);
                        self.project(q, &of, &as_trait, &segment.name, &args)
                    }
                    _ => Ty::Unknown,
                }
            }
            PathRoot::Qualified(of, None) => match (&**of, path.segments.as_slice()) {
                (TypeRef::Path(inner), [segment]) => {
                    let mut joined = inner.clone();
                    joined.segments.push(segment.clone());
                    self.lower_path(q, env, &joined)
                }
                _ => Ty::Unknown,
            },
            PathRoot::Plain => {
                if let Some(first) = path.segments.first()
                    && let Some(value) = env.param(&first.name)
                {
                    let value = value.clone();
                    return match &path.segments[1..] {
                        [] => value,
                        [assoc] => self.assoc_of_param(q, env, &first.name, &value, assoc),
                        _ => Ty::Unknown,
                    };
                }
                self.lower_named(q, env, path)
            }
            _ => self.lower_named(q, env, path),
        }
    }

    fn lower_named(&self, q: &Query, env: &Env, path: &PathRef) -> Ty {
        let (found, used) = self.resolve(q, env.module, path, Namespace::Type, false);
        let Found::Def(def) = found else { return Ty::Unknown };
        if used != path.segments.len() {
            return Ty::Unknown;
        }
        let Some(segment) = path.segments.last() else { return Ty::Unknown };
        if is_module(&def) {
            // A module does not hide the primitive type of its name: `use core::f32;`.
            let item = path.as_name().and_then(|name| std_table::lookup(name, Namespace::Type));
            return match item {
                Some(item) if item.kind == std_table::Kind::Primitive => {
                    Ty::Std(StdItem(item), Arc::from([]))
                }
                _ => Ty::Unknown,
            };
        }
        self.type_of_def(q, env, &def, segment)
    }

    /// The type that a definition is, with the arguments of a segment.
    pub(super) fn type_of_def(&self, q: &Query, env: &Env, def: &Def, segment: &Segment) -> Ty {
        match def {
            Def::Item(item) => match &item.item.kind {
                ItemKind::Adt(adt) => {
                    let generics = Arc::clone(&adt.generics);
                    Ty::Adt(item.clone(), self.args_for(q, env, item, &generics, segment, None))
                }
                // A macro may have made another one of it.
                ItemKind::Alias { .. } if self.has_unknown_attribute(q, item) => Ty::Unknown,
                ItemKind::Alias { generics, ty: Some(ty) } => {
                    let args = self.args_for(q, env, item, generics, segment, None);
                    let inner = Env::of(item, generics, &args);
                    let ty = self.lower(q, &inner, ty);
                    if ty.is_too_large() { Ty::Unknown } else { ty }
                }
                ItemKind::Trait(_) => {
                    let path = self.trait_ref(q, env, &Ty::Unknown, def, segment);
                    Ty::Dyn(Arc::from([path]))
                }
                _ => Ty::Unknown,
            },
            Def::Std(StdItem(item)) => self.type_of_std(q, env, item, segment),
            _ => Ty::Unknown,
        }
    }

    fn type_of_std(
        &self,
        q: &Query,
        env: &Env,
        item: &'static std_table::Item,
        segment: &Segment,
    ) -> Ty {
        use std_table::Kind;
        match item.kind {
            Kind::Struct | Kind::Enum | Kind::Union | Kind::Primitive => {
                if item.path == "!" {
                    return Ty::Never;
                }
                Ty::Std(StdItem(item), self.std_args(q, env, item, segment, None))
            }
            Kind::Alias => {
                let args = self.std_args(q, env, item, segment, None);
                let Some(target) = item.target else { return Ty::Unknown };
                self.lower_std_text(q, env, item, &args, target)
            }
            Kind::Trait => {
                let def = Def::Std(StdItem(item));
                Ty::Dyn(Arc::from([self.trait_ref(q, env, &Ty::Unknown, &def, segment)]))
            }
            _ => Ty::Unknown,
        }
    }

    /// A type from the table's text: full paths, and the parameters of `item`.
    fn lower_std_text(
        &self,
        q: &Query,
        env: &Env,
        item: &'static std_table::Item,
        args: &[Ty],
        text: &str,
    ) -> Ty {
        let Some(ty) = parse_type(text, Edition::E2021) else { return Ty::Unknown };
        let mut inner = Env::new(env.module);
        let params = item.generics.iter().filter(|it| it.kind != std_table::ParamKind::Lifetime);
        inner.params = params
            .zip(args)
            .map(|(param, arg)| (Name::new_static(param.name), arg.clone()))
            .collect();
        self.lower_std(q, &inner, &ty)
    }

    /// The table's paths begin with `std`, whatever that means where the type is written.
    fn lower_std(&self, q: &Query, env: &Env, ty: &TypeRef) -> Ty {
        match ty {
            TypeRef::Path(path) if path.segments.len() > 1 || env.param_of(path).is_none() => {
                let names: Vec<&str> = path.segments.iter().map(|it| it.name.as_str()).collect();
                let item = std_table::lookup(&names.join("::"), Namespace::Type);
                let (Some(item), Some(last)) = (item, path.segments.last()) else {
                    return Ty::Unknown;
                };
                let args = last.args.iter().filter_map(|arg| match arg {
                    ArgRef::Type(ty) => Some(self.lower_std(q, env, ty)),
                    ArgRef::Const(text) => Some(Ty::Const(self.constant(q, env, text))),
                    ArgRef::Lifetime(_) => None,
                });
                let given: Vec<Ty> = args.collect();
                match (item.kind, item.target) {
                    (std_table::Kind::Alias, Some(target)) => {
                        let args = self.fill_std(q, env, item, given, None);
                        let target = || self.lower_std_text(q, env, item, &args, target);
                        q.enter(target).unwrap_or(Ty::Unknown)
                    }
                    (std_table::Kind::Alias | std_table::Kind::Trait, _) => Ty::Unknown,
                    _ => Ty::Std(StdItem(item), self.fill_std(q, env, item, given, None)),
                }
            }
            TypeRef::Tuple(list) => {
                Ty::Tuple(list.iter().map(|ty| self.lower_std(q, env, ty)).collect())
            }
            TypeRef::Ref { mutable, ty, .. } => {
                Ty::Ref(*mutable, Arc::new(self.lower_std(q, env, ty)))
            }
            TypeRef::Slice(ty) => Ty::Slice(Arc::new(self.lower_std(q, env, ty))),
            _ => self.lower(q, env, ty),
        }
    }

    fn std_args(
        &self,
        q: &Query,
        env: &Env,
        item: &'static std_table::Item,
        segment: &Segment,
        of: Option<&Ty>,
    ) -> Args {
        let kinds = item.generics.iter().filter_map(|param| match param.kind {
            std_table::ParamKind::Lifetime => None,
            std_table::ParamKind::Type => Some(Slot::Type),
            std_table::ParamKind::Const => Some(Slot::Const),
        });
        let given = self.given_args(q, env, segment, kinds);
        self.fill_std(q, env, item, given, of)
    }

    /// Adds the defaults of parameters that got no argument. `of`: what `Self` is for a trait.
    fn fill_std(
        &self,
        q: &Query,
        env: &Env,
        item: &'static std_table::Item,
        mut args: Vec<Ty>,
        of: Option<&Ty>,
    ) -> Args {
        let params = item.generics.iter().filter(|it| it.kind != std_table::ParamKind::Lifetime);
        let params: Vec<_> = params.collect();
        args.truncate(params.len());
        while args.len() < params.len() {
            let arg = match params[args.len()].default {
                Some("Self") => of.cloned().unwrap_or(Ty::Unknown),
                Some(text) => self.lower_std_text(q, env, item, &args, text),
                None => Ty::Unknown,
            };
            args.push(arg);
        }
        args.into()
    }

    /// The arguments that a segment gives, by what the parameters are.
    fn given_args(
        &self,
        q: &Query,
        env: &Env,
        segment: &Segment,
        kinds: impl Iterator<Item = Slot>,
    ) -> Vec<Ty> {
        let given = segment.args.iter().filter(|arg| !matches!(arg, ArgRef::Lifetime(_)));
        given
            .zip(kinds)
            .map(|(arg, kind)| match (arg, kind) {
                (ArgRef::Type(ty), Slot::Type) => self.lower(q, env, ty),
                (ArgRef::Type(TypeRef::Path(path)), Slot::Const) => match path.last_name() {
                    Some(name) if path.as_name().is_some() => {
                        Ty::Const(self.constant(q, env, name))
                    }
                    _ => Ty::Const(Const::Unknown),
                },
                (ArgRef::Const(text), Slot::Const) => Ty::Const(self.constant(q, env, text)),
                (_, Slot::Const) => Ty::Const(Const::Unknown),
                (_, Slot::Type) => Ty::Unknown,
            })
            .collect()
    }

    /// All types among a segment's arguments.
    fn plain_args(&self, q: &Query, env: &Env, segment: &Segment) -> Args {
        let types = segment.args.iter().filter_map(|arg| match arg {
            ArgRef::Type(ty) => Some(self.lower(q, env, ty)),
            _ => None,
        });
        types.collect()
    }

    /// The arguments of an item: those given, then defaults. `of`: what `Self` is for a trait.
    fn args_for(
        &self,
        q: &Query,
        env: &Env,
        item: &ItemRef,
        generics: &Arc<Generics>,
        segment: &Segment,
        of: Option<&Ty>,
    ) -> Args {
        let params: Vec<&GenericParam> = type_params(generics).collect();
        let kinds = params.iter().map(|param| match param.kind {
            ParamKind::Const { .. } => Slot::Const,
            _ => Slot::Type,
        });
        let mut args = self.given_args(q, env, segment, kinds);
        while args.len() < params.len() {
            let mut inner = Env::of(item, generics, &args);
            inner.self_ty = of.cloned();
            let arg = match &params[args.len()].kind {
                ParamKind::Type { default: Some(default), .. } => self.lower(q, &inner, default),
                ParamKind::Const { default: Some(text) } => {
                    Ty::Const(self.constant(q, &inner, text))
                }
                ParamKind::Const { default: None } => Ty::Const(Const::Unknown),
                _ => Ty::Unknown,
            };
            args.push(arg);
        }
        args.into()
    }

    /// The trait that a bound on a type asks for: `PartialEq` is `PartialEq<Self>` of that type.
    pub(super) fn lower_bound(&self, q: &Query, env: &Env, of: &Ty, bound: &Bound) -> TraitRef {
        let path = &bound.path;
        let (found, used) = self.resolve(q, env.module, path, Namespace::Type, false);
        match (found, path.segments.last()) {
            (Found::Def(def), Some(segment)) if used == path.segments.len() => {
                self.trait_ref(q, env, of, &def, segment)
            }
            _ => TraitRef::plain(TraitDef::Unknown),
        }
    }

    fn trait_ref(&self, q: &Query, env: &Env, of: &Ty, def: &Def, segment: &Segment) -> TraitRef {
        let bindings: Arc<[(Name, Ty)]> = segment
            .bindings
            .iter()
            .map(|(name, ty)| (name.clone(), self.lower(q, env, ty)))
            .collect();
        match def {
            Def::Item(item) => match &item.item.kind {
                // The runtime's own impls reach it by paths inside of the runtime.
                ItemKind::Trait(_) if self.is_runtimes(item, "CacheKey") => {
                    TraitRef::plain(TraitDef::CacheKey)
                }
                ItemKind::Trait(it) => {
                    let args = self.args_for(q, env, item, &it.generics, segment, Some(of));
                    TraitRef { def: TraitDef::Item(item.clone()), args, bindings }
                }
                _ => TraitRef::plain(TraitDef::Unknown),
            },
            Def::Std(StdItem(item)) if item.kind == std_table::Kind::Trait => {
                let args = if item.generics.is_empty() {
                    self.plain_args(q, env, segment)
                } else {
                    self.std_args(q, env, item, segment, Some(of))
                };
                TraitRef { def: TraitDef::Std(StdItem(item)), args, bindings }
            }
            Def::Cachelit(path) if path == "CacheKey" => TraitRef::plain(TraitDef::CacheKey),
            _ => TraitRef::plain(TraitDef::Unknown),
        }
    }

    /// `T::Name` of a parameter: the trait is among its bounds.
    fn assoc_of_param(
        &self,
        q: &Query,
        env: &Env,
        param: &Name,
        value: &Ty,
        segment: &Segment,
    ) -> Ty {
        for generics in env.declared.iter().rev() {
            for bound in bounds_on(generics, param) {
                let as_trait = self.lower_bound(q, env, value, bound);
                if let Some(owner) = self.trait_with_type(q, &as_trait, value, &segment.name, 0) {
                    let args = self.plain_args(q, env, segment);
                    return self.project(q, value, &owner, &segment.name, &args);
                }
            }
        }
        Ty::Unknown
    }

    /// `Self::Name`: in an impl its own definition, in a trait a projection.
    fn assoc_of_self(&self, q: &Query, env: &Env, own: &Ty, segment: &Segment) -> Ty {
        let Some(within) = &env.within else { return Ty::Unknown };
        match &within.item.kind {
            ItemKind::Impl(it) => {
                if let Some(found) = it.types.iter().find(|ty| ty.name == segment.name) {
                    return match &found.ty {
                        Some(ty) if found.generics.params.is_empty() => self.lower(q, env, ty),
                        _ => Ty::Unknown,
                    };
                }
                let Some(path) = &it.of else { return Ty::Unknown };
                let bound = Bound { path: path.clone(), maybe: false };
                let of = self.lower_bound(q, env, own, &bound);
                match self.trait_with_type(q, &of, own, &segment.name, 0) {
                    Some(owner) => self.project(q, own, &owner, &segment.name, &[]),
                    None => Ty::Unknown,
                }
            }
            ItemKind::Trait(it) => {
                let args: Args = type_params(&it.generics)
                    .map(|param| env.param(&param.name).cloned().unwrap_or(Ty::Unknown))
                    .collect();
                let def = TraitDef::Item(within.clone());
                let of = TraitRef { def, args, bindings: Arc::from([]) };
                match self.trait_with_type(q, &of, own, &segment.name, 0) {
                    Some(owner) => self.project(q, own, &owner, &segment.name, &[]),
                    None => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }
}

impl Env {
    fn param_of(&self, path: &PathRef) -> Option<&Ty> {
        path.as_name().and_then(|name| self.param(name))
    }
}

fn is_module(def: &Def) -> bool {
    match def {
        Def::Module(_) => true,
        Def::Std(StdItem(item)) => item.kind == std_table::Kind::Module,
        _ => false,
    }
}

/// The parameters that are types or constants.
pub(super) fn type_params(generics: &Generics) -> impl Iterator<Item = &GenericParam> {
    generics.params.iter().filter(|param| !matches!(param.kind, ParamKind::Lifetime { .. }))
}

/// Every bound on a parameter, beside it or in the where clause.
fn bounds_on<'a>(generics: &'a Generics, name: &'a Name) -> impl Iterator<Item = &'a Bound> {
    let beside = generics.params.iter().filter(move |param| param.name == *name);
    let beside = beside.flat_map(|param| match &param.kind {
        ParamKind::Type { bounds, .. } => bounds.as_slice(),
        _ => &[],
    });
    let wheres = generics.wheres.iter().filter(move |pred| match &pred.subject {
        Ok(TypeRef::Path(path)) => path.as_name() == Some(name),
        _ => false,
    });
    beside.chain(wheres.flat_map(|pred| pred.bounds.iter())).filter(|bound| !bound.maybe)
}
