//! Associated types: which trait has them, and what they are.

use std::sync::Arc;

use super::Answer;
use crate::resolve::Resolver;
use crate::resolve::lower::{Env, type_params};
use crate::resolve::names::StdItem;
use crate::resolve::query::Query;
use crate::resolve::std_table;
use crate::resolve::summary::{AssocType, ItemKind, Name};
use crate::resolve::ty::{Args, Projection, TraitDef, TraitRef, Ty};
use crate::resolve::{Namespace, modules::ItemRef};

impl Resolver {
    /// Of a trait and its supertraits, the one that has an associated type of that name.
    pub(in crate::resolve) fn trait_with_type(
        &self,
        q: &Query,
        as_trait: &TraitRef,
        ty: &Ty,
        name: &str,
        depth: u32,
    ) -> Option<TraitRef> {
        if depth > 16 {
            return None;
        }
        let has = match &as_trait.def {
            TraitDef::Item(item) => match &item.item.kind {
                ItemKind::Trait(it) => it.types.iter().any(|own| own.name == name),
                _ => false,
            },
            TraitDef::Std(StdItem(item)) => std_types(item.path).contains(&name),
            TraitDef::CacheKey | TraitDef::Unknown => false,
        };
        if has {
            return Some(as_trait.clone());
        }
        let supers = self.supertraits(q, as_trait, ty);
        supers.iter().find_map(|it| self.trait_with_type(q, it, ty, name, depth + 1))
    }

    /// `<of as Trait>::Name<args>`.
    pub(in crate::resolve) fn project(
        &self,
        q: &Query,
        of: &Ty,
        as_trait: &TraitRef,
        name: &Name,
        args: &[Ty],
    ) -> Ty {
        q.enter(|| self.project_inner(q, of, as_trait, name, args)).unwrap_or(Ty::Unknown)
    }

    fn project_inner(
        &self,
        q: &Query,
        of: &Ty,
        as_trait: &TraitRef,
        name: &Name,
        args: &[Ty],
    ) -> Ty {
        if as_trait.def == TraitDef::Unknown || of.is_too_large() {
            return Ty::Unknown;
        }
        match of {
            Ty::Unknown | Ty::Var(_) => return Ty::Unknown,
            Ty::Param(_) | Ty::Opaque(_) | Ty::Dyn(_) | Ty::Projection(_) => {
                return Self::project_by_bounds(q, of, as_trait, name);
            }
            _ => {}
        }
        if let TraitDef::Std(StdItem(item)) = &as_trait.def
            && let Some(ty) = self.std_projection(q, of, item.path, name)
        {
            return ty;
        }
        let mut found: Option<Ty> = None;
        for krate in self.crates_for(of, as_trait) {
            let impls = self.impls_of(q, krate);
            for candidate in self.candidates(q, &impls, of, as_trait) {
                if candidate.negative {
                    continue;
                }
                let conditions = self.conditions_hold(q, &candidate, of, as_trait);
                match conditions {
                    Answer::No(_) => continue,
                    Answer::Yes if candidate.certain => {}
                    _ => return Ty::Unknown,
                }
                let ItemKind::Impl(it) = &candidate.item.item.kind else { continue };
                let own = it.types.iter().find(|own| {
                    own.name == *name
                        && self.is_active(self.module(candidate.item.module).krate, &own.attrs)
                            != Some(false)
                });
                let ty = match own {
                    Some(AssocType { ty: Some(ty), generics, .. }) => {
                        let mut env = candidate.env.clone();
                        let params = type_params(generics).map(|param| param.name.clone());
                        env.params.extend(params.zip(args.iter().cloned()));
                        env.declared.push(Arc::clone(generics));
                        self.lower(q, &env, ty)
                    }
                    _ => Ty::Unknown,
                };
                match &found {
                    Some(other) if *other != ty => return Ty::Unknown,
                    _ => found = Some(ty),
                }
            }
        }
        match found {
            Some(found) => found,
            None => self.of_iterator(q, of, as_trait, name).unwrap_or(Ty::Unknown),
        }
    }

    /// What every iterator is as an `IntoIterator`.
    fn of_iterator(&self, q: &Query, of: &Ty, as_trait: &TraitRef, name: &Name) -> Option<Ty> {
        match &as_trait.def {
            TraitDef::Std(StdItem(item)) if item.path == "std::iter::IntoIterator" => {}
            _ => return None,
        }
        let iterator = std_table::lookup("std::iter::Iterator", Namespace::Type)?;
        let iterator = TraitRef::plain(TraitDef::Std(StdItem(iterator)));
        if matches!(of, Ty::Adt(..)) && self.holds(q, of, &iterator) != Answer::Yes {
            return None;
        }
        let item = self.project(q, of, &iterator, &Name::new_static("Item"), &[]);
        match name.as_str() {
            _ if item == Ty::Unknown => None,
            "Item" => Some(item),
            "IntoIter" => Some(of.clone()),
            _ => None,
        }
    }

    fn project_by_bounds(q: &Query, of: &Ty, as_trait: &TraitRef, name: &Name) -> Ty {
        let facts = q.facts_in_scope();
        let own: Vec<TraitRef> = match of {
            Ty::Opaque(traits) | Ty::Dyn(traits) => traits.to_vec(),
            _ => facts.into_iter().filter(|(ty, _)| ty == of).map(|(_, it)| it).collect(),
        };
        for bound in &own {
            if let Some((_, ty)) = bound.bindings.iter().find(|(own, _)| own == name)
                && bound.def == as_trait.def
            {
                return ty.clone();
            }
        }
        Ty::Projection(Arc::new(Projection {
            of: of.clone(),
            as_trait: TraitRef { bindings: Arc::from([]), ..as_trait.clone() },
            name: name.clone(),
        }))
    }

    /// The bounds that a trait puts on an associated type.
    pub(super) fn bounds_of_assoc(
        &self,
        q: &Query,
        of: &Ty,
        as_trait: &TraitRef,
        name: &str,
    ) -> Vec<TraitRef> {
        let TraitDef::Item(item) = &as_trait.def else { return Vec::new() };
        let ItemKind::Trait(it) = &item.item.kind else { return Vec::new() };
        let Some(own) = it.types.iter().find(|own| own.name == name) else { return Vec::new() };
        let mut env = Env::of(item, &it.generics, &as_trait.args);
        env.self_ty = Some(of.clone());
        env.within = Some(item.clone());
        let projection =
            Projection { of: of.clone(), as_trait: as_trait.clone(), name: own.name.clone() };
        let own_ty = Ty::Projection(Arc::new(projection));
        let bounds = own.bounds.iter().filter(|bound| !bound.maybe);
        bounds.map(|bound| self.lower_bound(q, &env, &own_ty, bound)).collect()
    }

    /// The associated types of the standard library that type definitions use.
    fn std_projection(&self, q: &Query, of: &Ty, path: &str, name: &str) -> Option<Ty> {
        let std = |path: &str, args: Args| {
            std_table::lookup(path, Namespace::Type).map(|item| Ty::Std(StdItem(item), args))
        };
        match (path, name, of) {
            ("std::borrow::ToOwned", "Owned", Ty::Slice(ty)) => {
                std("std::vec::Vec", Arc::from([(**ty).clone()]))
            }
            ("std::borrow::ToOwned", "Owned", Ty::Std(item, _)) => match item.0.path {
                "str" => std("std::string::String", Arc::from([])),
                "std::path::Path" => std("std::path::PathBuf", Arc::from([])),
                "std::ffi::OsStr" => std("std::ffi::OsString", Arc::from([])),
                "std::ffi::CStr" => std("std::ffi::CString", Arc::from([])),
                _ => self.if_clone(q, of),
            },
            ("std::borrow::ToOwned", "Owned", _) => self.if_clone(q, of),
            ("std::iter::IntoIterator", "Item", Ty::Std(item, args)) => match item.0.path {
                "std::vec::Vec"
                | "std::option::Option"
                | "std::collections::VecDeque"
                | "std::collections::vec_deque::VecDeque"
                | "std::collections::linked_list::LinkedList"
                | "std::collections::btree_set::BTreeSet"
                | "std::collections::hash_set::HashSet"
                | "std::collections::binary_heap::BinaryHeap" => args.first().cloned(),
                "std::collections::hash_map::HashMap" | "std::collections::btree_map::BTreeMap" => {
                    Some(Ty::Tuple(args.iter().take(2).cloned().collect()))
                }
                _ => None,
            },
            ("std::hash::BuildHasher", "Hasher", Ty::Std(item, args)) => match item.0.path {
                "std::hash::RandomState" => std("std::hash::DefaultHasher", Arc::from([])),
                "std::hash::BuildHasherDefault" => args.first().cloned(),
                _ => None,
            },
            ("std::iter::IntoIterator", "Item", Ty::Array(ty, _))
            | ("std::ops::Deref", "Target", Ty::Ref(_, ty)) => Some((**ty).clone()),
            ("std::iter::IntoIterator", "Item", Ty::Ref(mutable, inner)) => {
                let element = match &**inner {
                    Ty::Slice(ty) | Ty::Array(ty, _) => Arc::clone(ty),
                    Ty::Std(item, args)
                        if matches!(item.0.path, "std::vec::Vec" | "std::option::Option") =>
                    {
                        Arc::new(args.first()?.clone())
                    }
                    _ => return None,
                };
                Some(Ty::Ref(*mutable, element))
            }
            ("std::iter::Iterator", "Item", Ty::Std(item, args)) => match item.0.path {
                "std::vec::IntoIter"
                | "std::option::IntoIter"
                | "std::array::IntoIter"
                | "std::vec::Drain"
                | "std::iter::Once"
                | "std::iter::Repeat"
                | "std::iter::Empty" => args.first().cloned(),
                "std::slice::Iter" => Some(Ty::Ref(false, Arc::new(args.first()?.clone()))),
                "std::slice::IterMut" => Some(Ty::Ref(true, Arc::new(args.first()?.clone()))),
                _ => None,
            },
            ("std::ops::Deref", "Target", Ty::Std(item, args)) => match item.0.path {
                "std::boxed::Box" | "std::rc::Rc" | "std::sync::Arc" => args.first().cloned(),
                "std::string::String" => std("str", Arc::from([])),
                "std::vec::Vec" => Some(Ty::Slice(Arc::new(args.first()?.clone()))),
                _ => None,
            },
            _ => None,
        }
    }

    fn if_clone(&self, q: &Query, of: &Ty) -> Option<Ty> {
        match self.holds_marker(q, of, std_table::Marker::Clone) {
            Answer::Yes => Some(of.clone()),
            _ => None,
        }
    }

    /// The type of the last field of a struct, on which its size rests.
    pub(super) fn last_field(&self, q: &Query, item: &ItemRef, args: &Args) -> Option<Ty> {
        let ItemKind::Adt(adt) = &item.item.kind else { return None };
        let field = adt.variants.first().filter(|_| adt.variants.len() == 1)?.fields.last()?;
        let env = Env::of(item, &adt.generics, args);
        Some(self.lower(q, &env, &field.ty))
    }
}

/// The associated types of traits of the standard library, as far as they are followed.
fn std_types(path: &str) -> &'static [&'static str] {
    match path {
        "std::borrow::ToOwned" => &["Owned"],
        "std::iter::Iterator" => &["Item"],
        "std::iter::IntoIterator" => &["Item", "IntoIter"],
        "std::ops::Deref" => &["Target"],
        "std::hash::BuildHasher" => &["Hasher"],
        "std::str::FromStr" => &["Err"],
        "std::convert::TryFrom" | "std::convert::TryInto" => &["Error"],
        "std::future::Future"
        | "std::ops::FnOnce"
        | "std::ops::Add"
        | "std::ops::Sub"
        | "std::ops::Mul"
        | "std::ops::Div"
        | "std::ops::Rem"
        | "std::ops::Neg"
        | "std::ops::Not"
        | "std::ops::Index" => &["Output"],
        _ => &[],
    }
}
