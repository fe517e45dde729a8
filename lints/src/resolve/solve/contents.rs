//! What types consist of: what their keys rest on, what a copy shares with the original, what is inside.

use std::collections::HashSet;

use ra_ap_syntax::ast;

use super::Answer;
use super::cache_key::keyed_arguments;
use crate::resolve::lower::Env;
use crate::resolve::modules::ItemRef;
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{Field, ItemKind, lower_type, parse_type};
use crate::resolve::ty::{Args, TraitDef, TraitRef, Ty};
use crate::resolve::{Reason, ReasonStep, Resolver, Scope};
use crate::source::FileRange;

/// Types of other packages that change through a shared reference, which is what they are for.
const MUTABLE: &[(&str, &str)] = &[
    ("arc-swap", "ArcSwapAny"),
    ("async-lock", "Mutex"),
    ("async-lock", "RwLock"),
    ("crossbeam-utils", "AtomicCell"),
    ("dashmap", "DashMap"),
    ("dashmap", "DashSet"),
    ("futures-util", "Mutex"),
    ("lock_api", "Mutex"),
    ("lock_api", "ReentrantMutex"),
    ("lock_api", "RwLock"),
    ("spin", "Mutex"),
    ("spin", "RwLock"),
    ("tokio", "Mutex"),
    ("tokio", "RwLock"),
];

/// A field of a struct or a variant that certainly is in this build.
struct Part<'a> {
    field: &'a Field,
    ty: Ty,
}

impl Resolver {
    /// Where the key of a type certainly rests on `std::hash::Hash`: the way to what has no key of its own.
    pub fn rests_on_hash(&self, scope: &Scope, ty: &ast::Type) -> Option<Reason> {
        let q = self.query(&scope.env);
        let ty = self.lower(&q, &scope.env, &lower_type(ty));
        let steps = self.hashed_part(&q, &ty, &mut HashSet::new())?;
        Some(Reason { steps })
    }

    /// Where a copy of a value certainly shares state with the original that can change: the way to it. Of a
    /// `Result<T, E>` it is asked about the `T`.
    pub fn shared_state(&self, scope: &Scope, ty: &ast::Type) -> Option<Reason> {
        let q = self.query(&scope.env);
        let ty = self.lower(&q, &scope.env, &lower_type(ty));
        let ty = match &ty {
            Ty::Std(item, args) if item.0.path.ends_with("::result::Result") => args.first()?,
            ty => ty,
        };
        let steps = self.shared_part(&q, ty, &mut HashSet::new())?;
        Some(Reason { steps })
    }

    /// Whether values of a type have values of another one in them, where the key of the first is made of its parts;
    /// `None` where that isn't known. The other type is given as text.
    pub fn contains(&self, scope: &Scope, ty: &ast::Type, other: &str) -> Option<bool> {
        let krate = self.module(scope.env.module).krate;
        let other = parse_type(other, self.crate_data(krate).edition)?;
        let q = self.query(&scope.env);
        let other = self.lower(&q, &scope.env, &other);
        if other.is_partly_unknown() {
            return None;
        }
        let ty = self.lower(&q, &scope.env, &lower_type(ty));
        self.has_part(&q, &ty, &other, &mut HashSet::new())
    }

    fn hashed_part(&self, q: &Query, ty: &Ty, seen: &mut HashSet<Ty>) -> Option<Vec<ReasonStep>> {
        if !seen.insert(ty.clone()) {
            return None;
        }
        q.enter(|| match ty {
            Ty::Ref(_, inner) | Ty::Array(inner, _) | Ty::Slice(inner) => {
                self.hashed_part(q, inner, seen)
            }
            Ty::Tuple(parts) if self.has_own_key(q, ty) == Answer::Yes => {
                parts.iter().find_map(|part| self.hashed_part(q, part, seen))
            }
            Ty::Std(item, parts) if self.has_own_key(q, ty) == Answer::Yes => {
                let count = keyed_arguments(item.0.path).unwrap_or(0);
                parts.iter().take(count).find_map(|part| self.hashed_part(q, part, seen))
            }
            Ty::Adt(item, args) if self.derives_key(q, item, args) => {
                let parts = self.parts_of_key(q, item, args).ok()?;
                parts.iter().find_map(|part| {
                    let mut steps = self.hashed_part(q, &part.ty, seen)?;
                    steps.insert(0, self.field_step(item, part.field));
                    Some(steps)
                })
            }
            _ => {
                let rests = matches!(self.has_own_key(q, ty), Answer::No(_))
                    && self.holds_marker(q, ty, Marker::Hash) == Answer::Yes;
                let place =
                    if let Ty::Adt(item, _) = ty { Some(self.place_of(item)) } else { None };
                let message = format!("`{ty}` has `Hash`, but no `CacheKey`");
                rests.then(|| vec![ReasonStep { message, place }])
            }
        })
        .flatten()
    }

    fn shared_part(&self, q: &Query, ty: &Ty, seen: &mut HashSet<Ty>) -> Option<Vec<ReasonStep>> {
        if !seen.insert(ty.clone()) {
            return None;
        }
        q.enter(|| match ty {
            Ty::Tuple(parts) => parts.iter().find_map(|part| self.shared_part(q, part, seen)),
            Ty::Array(inner, _) => self.shared_part(q, inner, seen),
            Ty::Std(..) | Ty::Ref(false, _) if let Some(inner) = pointee(ty) => {
                let changes = self.changing_part(q, inner)?;
                let message = format!("copies of `{ty}` share the `{changes}`");
                Some(vec![ReasonStep { message, place: None }])
            }
            Ty::Std(item, parts) if is_container(item.0.path) => {
                parts.iter().find_map(|part| self.shared_part(q, part, seen))
            }
            Ty::Adt(item, args) => {
                let clone = self.marker_trait(q, Marker::Clone)?;
                if self.derived(q, item, args, &clone) != Answer::Yes {
                    return None;
                }
                let parts = self.parts_of(q, item, args, |_| Ok(true)).ok()?;
                // Where something else is copied, what is shared may be no more than a memo.
                let is_handle = |part: &Part<'_>| {
                    pointee(&part.ty).is_some() || is_marker(&part.ty) || self.is_handle(&part.ty)
                };
                if !parts.iter().all(is_handle) {
                    return None;
                }
                parts.iter().find_map(|part| {
                    let mut steps = self.shared_part(q, &part.ty, seen)?;
                    steps.insert(0, self.field_step(item, part.field));
                    Some(steps)
                })
            }
            _ => None,
        })
        .flatten()
    }

    /// Whether a type is a struct or enum of ours, which [`shared_part`](Self::shared_part) looks into.
    fn is_handle(&self, ty: &Ty) -> bool {
        let Ty::Adt(item, _) = ty else { return false };
        let package = self.crate_data(self.module(item.module).krate).package;
        self.project.package(package).is_member
    }

    /// What can change in a value that is only borrowed.
    fn changing_part(&self, q: &Query, ty: &Ty) -> Option<Ty> {
        q.enter(|| match ty {
            Ty::Std(item, _) if changes(item.0.path) => Some(ty.clone()),
            Ty::Std(item, parts) if is_container(item.0.path) || pointee(ty).is_some() => {
                parts.iter().find_map(|part| self.changing_part(q, part))
            }
            Ty::Tuple(parts) => parts.iter().find_map(|part| self.changing_part(q, part)),
            Ty::Array(inner, _) | Ty::Slice(inner) | Ty::Ref(_, inner) => {
                self.changing_part(q, inner)
            }
            Ty::Adt(item, _) => {
                let package = self.crate_data(self.module(item.module).krate).package;
                let package = self.project.package(package).name.as_str();
                MUTABLE.contains(&(package, item.item.name.as_str())).then(|| ty.clone())
            }
            _ => None,
        })
        .flatten()
    }

    fn has_part(&self, q: &Query, ty: &Ty, other: &Ty, seen: &mut HashSet<Ty>) -> Option<bool> {
        if ty == other {
            return Some(true);
        }
        if !seen.insert(ty.clone()) {
            return Some(false);
        }
        let mut any = |parts: &mut dyn Iterator<Item = Ty>| {
            let mut answer = Some(false);
            for part in parts {
                match self.has_part(q, &part, other, seen) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => answer = None,
                }
            }
            answer
        };
        q.enter(|| match ty {
            Ty::Std(_, parts) | Ty::Tuple(parts) => any(&mut parts.iter().cloned()),
            Ty::Array(inner, _) | Ty::Slice(inner) | Ty::Ref(_, inner) => {
                any(&mut std::iter::once((**inner).clone()))
            }
            Ty::FnPtr | Ty::Never | Ty::Const(_) | Ty::Ptr(..) => Some(false),
            Ty::Adt(item, args) if self.derives_key(q, item, args) => {
                let parts = self.parts_of_key(q, item, args).ok()?;
                any(&mut parts.into_iter().map(|part| part.ty))
            }
            Ty::Adt(..) => match self.has_own_key(q, ty) {
                // It is hashed as a whole, by `Hash`.
                Answer::No(_) => Some(false),
                _ => None,
            },
            _ => None,
        })
        .flatten()
    }

    fn has_own_key(&self, q: &Query, ty: &Ty) -> Answer {
        self.holds(q, ty, &TraitRef::plain(TraitDef::CacheKey))
    }

    fn derives_key(&self, q: &Query, item: &ItemRef, args: &Args) -> bool {
        self.derived(q, item, args, &TraitRef::plain(TraitDef::CacheKey)) == Answer::Yes
    }

    /// The fields that the derived key is made of.
    fn parts_of_key<'a>(
        &self,
        q: &Query,
        item: &'a ItemRef,
        args: &Args,
    ) -> Result<Vec<Part<'a>>, NotCertain> {
        // With `skip` or `with`, the field's own key is not asked for.
        self.parts_of(q, item, args, |field| {
            let mut told = field.attrs.list.iter().filter(|attr| attr.is("cache_key"));
            match told.next() {
                None => Ok(true),
                Some(attr) if attr.when.is_empty() => Ok(false),
                Some(_) => Err(NotCertain),
            }
        })
    }

    fn parts_of<'a>(
        &self,
        q: &Query,
        item: &'a ItemRef,
        args: &Args,
        is_wanted: impl Fn(&Field) -> Result<bool, NotCertain>,
    ) -> Result<Vec<Part<'a>>, NotCertain> {
        let ItemKind::Adt(adt) = &item.item.kind else { return Err(NotCertain) };
        let krate = self.module(item.module).krate;
        let mut env = Env::of(item, &adt.generics, args);
        env.self_ty = Some(Ty::Adt(item.clone(), args.clone()));
        let mut parts = Vec::new();
        for variant in &adt.variants {
            match self.is_active(krate, &variant.attrs) {
                Some(true) => {}
                Some(false) => continue,
                None => return Err(NotCertain),
            }
            for field in &variant.fields {
                match self.is_active(krate, &field.attrs) {
                    Some(true) => {
                        if is_wanted(field)? {
                            let ty = self.lower(q, &env, &field.ty);
                            // A type that grows with every step in is not walked.
                            let ty = if ty.is_too_large() { Ty::Unknown } else { ty };
                            parts.push(Part { field, ty });
                        }
                    }
                    Some(false) => {}
                    None => return Err(NotCertain),
                }
            }
        }
        Ok(parts)
    }

    fn field_step(&self, item: &ItemRef, field: &Field) -> ReasonStep {
        let message = format!("field `{}: {}` of `{}`", field.name, field.text, item.item.name);
        let file = self.module(item.module).file.clone();
        ReasonStep { message, place: Some(FileRange { file, range: field.range }) }
    }
}

/// Whether an item has a part hangs on a `cfg` that isn't known.
struct NotCertain;

/// What is behind a pointer whose copies point to the same.
fn pointee(ty: &Ty) -> Option<&Ty> {
    match ty {
        Ty::Ref(false, inner) => Some(inner),
        Ty::Std(item, args)
            if ["std::sync::Arc", "std::rc::Rc", "std::sync::Weak", "std::rc::Weak"]
                .contains(&item.0.path) =>
        {
            args.first()
        }
        _ => None,
    }
}

fn is_marker(ty: &Ty) -> bool {
    match ty {
        Ty::Std(item, _) => item.0.path == "std::marker::PhantomData",
        Ty::Tuple(parts) => parts.is_empty(),
        _ => false,
    }
}

/// Whether a type of the standard library owns values of its arguments, which copies of it copy.
fn is_container(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    let names = [
        "BTreeMap",
        "BinaryHeap",
        "Box",
        "HashMap",
        "LinkedList",
        "Option",
        "Result",
        "Vec",
        "VecDeque",
    ];
    path.contains("::") && names.contains(&last)
}

/// Whether a type of the standard library changes through a shared reference, other than once.
fn changes(path: &str) -> bool {
    let names = ["std::cell::Cell", "std::cell::RefCell", "std::sync::Mutex", "std::sync::RwLock"];
    names.contains(&path) || path.starts_with("std::sync::atomic::Atomic")
}
