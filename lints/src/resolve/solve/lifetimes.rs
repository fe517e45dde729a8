//! Impls that hold for some lifetimes only. Types have none here, so that all that is known of them is whether those of
//! the type that is asked about are all `'static`.

use super::Answer;
use super::unify::children;
use crate::resolve::Resolver;
use crate::resolve::lower::Env;
use crate::resolve::names::{Def, Found};
use crate::resolve::query::{Grounds, Query};
use crate::resolve::summary::{ArgRef, Generics, ParamKind, PathRef, PathRoot, TypeRef};
use crate::resolve::ty::Ty;
use crate::resolve::{Namespace, std_table};

impl Resolver {
    /// What an impl that ties lifetimes says of a type.
    pub(super) fn doubt_borrowed(q: &Query, ty: &Ty, answer: Answer) -> Answer {
        if answer != Answer::Yes || owns_all(ty) {
            return answer;
        }
        q.grounds.set(Grounds { lifetimes: true, ..q.grounds.get() });
        if q.lasts.get() { answer } else { Answer::Unknown }
    }

    /// Whether every lifetime in a type as written is `'static`, also those that are left out.
    pub(in crate::resolve) fn lasts(&self, q: &Query, env: &Env, ty: &TypeRef) -> bool {
        match ty {
            TypeRef::Never => true,
            TypeRef::Path(path) => self.path_lasts(q, env, path),
            TypeRef::Tuple(list) => list.iter().all(|ty| self.lasts(q, env, ty)),
            TypeRef::Array(ty, _)
            | TypeRef::Slice(ty)
            | TypeRef::Ptr { ty, .. }
            | TypeRef::Ref { lasts: true, ty, .. } => self.lasts(q, env, ty),
            TypeRef::Ref { .. }
            | TypeRef::Unknown
            | TypeRef::FnPtr
            | TypeRef::Dyn(_)
            | TypeRef::Impl(_)
            | TypeRef::Macro { .. } => false,
        }
    }

    fn path_lasts(&self, q: &Query, env: &Env, path: &PathRef) -> bool {
        let mut written = 0;
        for segment in &path.segments {
            for arg in &segment.args {
                match arg {
                    ArgRef::Lifetime(name) if name == "static" => written += 1,
                    ArgRef::Lifetime(_) => return false,
                    ArgRef::Type(ty) if !self.lasts(q, env, ty) => return false,
                    ArgRef::Type(_) | ArgRef::Const(_) => {}
                }
            }
        }
        match &path.root {
            PathRoot::SelfType => return false,
            PathRoot::Qualified(of, as_trait) => {
                let as_trait = as_trait.as_ref().is_none_or(|it| self.path_lasts(q, env, it));
                return as_trait && self.lasts(q, env, of);
            }
            PathRoot::Plain
                if path.segments.first().is_some_and(|it| env.param(&it.name).is_some()) =>
            {
                return false;
            }
            _ => {}
        }
        let (found, _) = self.resolve(q, env.module, path, Namespace::Type, false);
        let declared = match &found {
            Found::Def(Def::Item(item)) => item.item.kind.generics().map_or(0, |it| lifetimes(it)),
            Found::Def(Def::Std(item)) => {
                let is_lifetime =
                    |param: &&std_table::Param| param.kind == std_table::ParamKind::Lifetime;
                item.0.generics.iter().filter(is_lifetime).count()
            }
            _ => return false,
        };
        written >= declared
    }
}

fn lifetimes(generics: &Generics) -> usize {
    let is_lifetime = |kind: &ParamKind| matches!(kind, ParamKind::Lifetime { .. });
    generics.params.iter().filter(|param| is_lifetime(&param.kind)).count()
}

/// Whether no lifetime can be in a type.
fn owns_all(ty: &Ty) -> bool {
    let has_none = match ty {
        Ty::Adt(item, _) => item.item.kind.generics().is_none_or(|it| lifetimes(it) == 0),
        Ty::Std(item, _) => {
            item.0.generics.iter().all(|param| param.kind != std_table::ParamKind::Lifetime)
        }
        Ty::Tuple(_) | Ty::Array(..) | Ty::Slice(_) | Ty::Ptr(..) | Ty::Never | Ty::Const(_) => {
            true
        }
        _ => false,
    };
    has_none && children(ty).iter().all(owns_all)
}
