//! Whether the head of an impl fits a type.

use crate::resolve::ty::{Const, TraitDef, TraitRef, Ty};

/// What the parameters of an impl stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    pub(super) values: Vec<Option<Ty>>,
}

/// Whether a head fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    Maybe,
}

impl Fit {
    fn and(self, other: impl FnOnce() -> Fit) -> Fit {
        match self {
            Fit::No => Fit::No,
            Fit::Yes => other(),
            Fit::Maybe => match other() {
                Fit::No => Fit::No,
                _ => Fit::Maybe,
            },
        }
    }
}

impl Bound {
    pub(super) fn new(count: usize) -> Bound {
        Bound { values: vec![None; count] }
    }

    pub(super) fn all(&mut self, patterns: &[Ty], targets: &[Ty]) -> Fit {
        if patterns.len() != targets.len() {
            return Fit::Maybe;
        }
        let mut fit = Fit::Yes;
        for (pattern, target) in patterns.iter().zip(targets) {
            fit = fit.and(|| self.fit(pattern, target));
        }
        fit
    }

    pub(super) fn fit(&mut self, pattern: &Ty, target: &Ty) -> Fit {
        match (pattern, target) {
            (Ty::Var(at), _) => self.bind(*at, target),
            (Ty::Unknown | Ty::Projection(_), _)
            | (_, Ty::Unknown | Ty::Var(_) | Ty::Projection(_))
            // Two function pointers are not told apart here.
            | (Ty::FnPtr, Ty::FnPtr) => Fit::Maybe,
            (Ty::Adt(a, left), Ty::Adt(b, right)) if a == b => self.all(left, right),
            (Ty::Std(a, left), Ty::Std(b, right)) if a == b => self.all(left, right),
            (Ty::Tuple(left), Ty::Tuple(right)) if left.len() == right.len() => {
                self.all(left, right)
            }
            (Ty::Array(left, a), Ty::Array(right, b)) => {
                self.fit(left, right).and(|| self.fit_const(a, b))
            }
            (Ty::Slice(left), Ty::Slice(right)) => self.fit(left, right),
            (Ty::Ref(a, left), Ty::Ref(b, right)) | (Ty::Ptr(a, left), Ty::Ptr(b, right))
                if a == b =>
            {
                self.fit(left, right)
            }
            (Ty::Never, Ty::Never) => Fit::Yes,
            (Ty::Dyn(left), Ty::Dyn(right)) => self.fit_traits(left, right),
            (Ty::Opaque(left), Ty::Opaque(right)) if left == right => Fit::Yes,
            (Ty::Param(left), Ty::Param(right)) if left == right => Fit::Yes,
            (Ty::Const(left), Ty::Const(right)) => self.fit_const(left, right),
            _ => Fit::No,
        }
    }

    fn fit_const(&mut self, pattern: &Const, target: &Const) -> Fit {
        match (pattern, target) {
            (Const::Var(at), _) => self.bind(*at, &Ty::Const(target.clone())),
            (Const::Value(left), Const::Value(right)) => {
                if left == right {
                    Fit::Yes
                } else {
                    Fit::No
                }
            }
            (Const::Param(left), Const::Param(right)) if left == right => Fit::Yes,
            _ => Fit::Maybe,
        }
    }

    /// Trait objects are of one type if they have the same traits.
    fn fit_traits(&mut self, left: &[TraitRef], right: &[TraitRef]) -> Fit {
        let unknown = |list: &[TraitRef]| list.iter().any(|it| it.def == TraitDef::Unknown);
        if unknown(left) || unknown(right) {
            return Fit::Maybe;
        }
        let has = |list: &[TraitRef], of: &TraitRef| list.iter().any(|it| it.def == of.def);
        if !right.iter().all(|it| has(left, it)) {
            return Fit::No;
        }
        let mut fit = Fit::Yes;
        for pattern in left {
            let Some(target) = right.iter().find(|it| it.def == pattern.def) else {
                return Fit::No;
            };
            fit = fit.and(|| self.all(&pattern.args, &target.args));
            for (name, ty) in pattern.bindings.iter() {
                let bound = target.bindings.iter().find(|(own, _)| own == name);
                fit = fit.and(|| bound.map_or(Fit::Maybe, |(_, bound)| self.fit(ty, bound)));
            }
        }
        fit
    }

    fn bind(&mut self, at: u32, target: &Ty) -> Fit {
        let Some(slot) = self.values.get_mut(at as usize) else { return Fit::Maybe };
        match slot {
            None => {
                *slot = Some(target.clone());
                Fit::Yes
            }
            Some(bound) if bound == target => {
                if holds_unknown(target) {
                    Fit::Maybe
                } else {
                    Fit::Yes
                }
            }
            Some(bound) if holds_unknown(bound) || holds_unknown(target) => Fit::Maybe,
            Some(_) => Fit::No,
        }
    }
}

/// Whether something in it is not known.
pub(super) fn holds_unknown(ty: &Ty) -> bool {
    match ty {
        Ty::Unknown | Ty::Projection(_) | Ty::Const(Const::Unknown) => true,
        Ty::Array(ty, len) => *len == Const::Unknown || holds_unknown(ty),
        Ty::Dyn(traits) | Ty::Opaque(traits) => {
            traits.iter().any(|it| it.def == TraitDef::Unknown || it.args.iter().any(holds_unknown))
        }
        _ => children(ty).iter().any(holds_unknown),
    }
}

/// The types that a type is made of.
pub(super) fn children(ty: &Ty) -> &[Ty] {
    match ty {
        Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => args,
        Ty::Array(ty, _) | Ty::Slice(ty) | Ty::Ref(_, ty) | Ty::Ptr(_, ty) => {
            std::slice::from_ref(&**ty)
        }
        _ => &[],
    }
}
