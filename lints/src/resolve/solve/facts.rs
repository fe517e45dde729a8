//! What bounds say: of parameters, of `impl Trait`, of trait objects.

use std::sync::Arc;

use super::{Answer, Known, no};
use crate::resolve::lower::Env;
use crate::resolve::names::StdItem;
use crate::resolve::query::Query;
use crate::resolve::std_table::{self, Marker};
use crate::resolve::summary::{Generics, ItemKind, ParamKind};
use crate::resolve::ty::{TraitDef, TraitRef, Ty};
use crate::resolve::{Namespace, Resolver};

/// How many traits a bound may imply before it is given up.
const MAX_TRAITS: usize = 100;

impl Resolver {
    /// The supertraits of a trait, for a type that implements it.
    pub(super) fn supertraits(&self, q: &Query, as_trait: &TraitRef, ty: &Ty) -> Vec<TraitRef> {
        match &as_trait.def {
            TraitDef::Item(item) => {
                let ItemKind::Trait(it) = &item.item.kind else { return Vec::new() };
                let mut env = Env::of(item, &it.generics, &as_trait.args);
                env.self_ty = Some(ty.clone());
                env.within = Some(item.clone());
                let bounds = it.supers.iter().filter(|bound| !bound.maybe);
                bounds.map(|bound| self.lower_bound(q, &env, ty, bound)).collect()
            }
            TraitDef::Std(StdItem(item)) => item
                .supertraits
                .iter()
                .map(|text| {
                    let path = text.split('<').next().unwrap_or(text);
                    match std_table::lookup(path, Namespace::Type) {
                        Some(item) => std_trait_of(item, ty),
                        None => TraitRef::plain(TraitDef::Unknown),
                    }
                })
                .collect(),
            TraitDef::CacheKey | TraitDef::Unknown => Vec::new(),
        }
    }

    /// Whether traits that are known to be implemented imply another; `Unknown` where one of them
    /// isn't known.
    pub(super) fn implied(
        &self,
        q: &Query,
        from: impl IntoIterator<Item = TraitRef>,
        ty: &Ty,
        wanted: &TraitRef,
    ) -> Answer {
        let mut list: Vec<TraitRef> = from.into_iter().collect();
        let mut at = 0;
        let mut unknown = false;
        while let Some(as_trait) = list.get(at).cloned() {
            at += 1;
            if as_trait.def == wanted.def
                && (as_trait.args == wanted.args || wanted.args.is_empty())
            {
                return Answer::Yes;
            }
            let same_of_serde = self.known(&as_trait.def) == self.known(&wanted.def)
                && matches!(self.known(&wanted.def), Known::Marker(_));
            if same_of_serde {
                return Answer::Yes;
            }
            unknown |= as_trait.def == TraitDef::Unknown;
            if list.len() > MAX_TRAITS {
                return Answer::Unknown;
            }
            for more in self.supertraits(q, &as_trait, ty) {
                if !list.contains(&more) {
                    list.push(more);
                }
            }
        }
        if unknown { Answer::Unknown } else { no(String::new()) }
    }

    /// A parameter, an `impl Trait`, or an associated type of one.
    pub(super) fn by_bounds(
        &self,
        q: &Query,
        ty: &Ty,
        as_trait: &TraitRef,
        known: Known,
    ) -> Answer {
        let facts = q.facts_in_scope();
        let mut own: Vec<TraitRef> =
            facts.into_iter().filter(|(of, _)| of == ty).map(|(_, it)| it).collect();
        let mut may_have_more = false;
        match ty {
            Ty::Opaque(traits) => {
                own.extend(traits.iter().cloned());
                // What `impl Trait` hides leaks its auto traits; as a parameter it does not.
                may_have_more = known.is_auto();
            }
            Ty::Projection(it) => {
                own.extend(self.bounds_of_assoc(q, &it.of, &it.as_trait, &it.name));
                may_have_more = true;
            }
            _ => {}
        }
        match self.implied(q, own, ty, as_trait) {
            Answer::No(_) if may_have_more => Answer::Unknown,
            Answer::No(_) if matches!(known, Known::Marker(_)) => {
                no(format!("`{ty}` has no bound `{as_trait}`"))
            }
            Answer::No(_) => match self.by_impls(q, ty, as_trait) {
                Answer::No(_) if matches!(as_trait.def, TraitDef::Item(_)) => {
                    no(format!("`{ty}` has no bound `{as_trait}`"))
                }
                Answer::No(_) => Answer::Unknown,
                answer => answer,
            },
            answer => answer,
        }
    }

    /// A trait object.
    pub(super) fn of_dyn(
        &self,
        q: &Query,
        ty: &Ty,
        traits: &Arc<[TraitRef]>,
        as_trait: &TraitRef,
        known: Known,
    ) -> Answer {
        match self.implied(q, traits.iter().cloned(), ty, as_trait) {
            Answer::No(_) => {}
            answer => return answer,
        }
        if known.is_auto() {
            let name = as_trait.name();
            return no(format!("`{ty}` is not `{name}`: its bounds don't say `+ {name}`"));
        }
        let opaque = traits.iter().any(|it| match &it.def {
            TraitDef::Item(item) => self.has_unknown_attribute(q, item),
            _ => false,
        });
        let answer = self.by_impls(q, ty, as_trait);
        let std_may_implement = matches!(known, Known::Other)
            && matches!(as_trait.def, TraitDef::Std(_))
            || matches!(known, Known::Marker(marker) if may_be_of_dyn(marker));
        if opaque || std_may_implement { answer.doubt_no() } else { answer }
    }

    /// What the bounds of generics say, parameters standing for themselves.
    pub(in crate::resolve) fn facts_of(
        &self,
        q: &Query,
        env: &Env,
        generics: &Generics,
    ) -> Vec<(Ty, TraitRef)> {
        let mut facts = Vec::new();
        for param in &generics.params {
            let ParamKind::Type { bounds, .. } = &param.kind else { continue };
            let Some(value) = env.param(&param.name) else { continue };
            for bound in bounds.iter().filter(|bound| !bound.maybe) {
                facts.push((value.clone(), self.lower_bound(q, env, value, bound)));
            }
        }
        for pred in &generics.wheres {
            let Ok(subject) = &pred.subject else { continue };
            let value = self.lower(q, env, subject);
            for bound in pred.bounds.iter().filter(|bound| !bound.maybe) {
                facts.push((value.clone(), self.lower_bound(q, env, &value, bound)));
            }
        }
        facts
    }
}

/// A trait of the standard library, its arguments being what they are by default.
fn std_trait_of(item: &'static std_table::Item, ty: &Ty) -> TraitRef {
    let is_of_itself = item.generics.iter().all(|param| param.default == Some("Self"));
    let args = if is_of_itself { vec![ty.clone(); item.generics.len()] } else { Vec::new() };
    TraitRef { args: args.into(), ..TraitRef::plain(TraitDef::Std(StdItem(item))) }
}

/// Whether the standard library itself implements it for some trait objects: `dyn Any: Debug`.
fn may_be_of_dyn(marker: Marker) -> bool {
    matches!(
        marker,
        Marker::Default
            | Marker::BuildHasher
            | Marker::PartialEq
            | Marker::PartialOrd
            | Marker::Debug
            | Marker::Display
    )
}
