//! Types of the standard library and the language: by its table.

use std::sync::Arc;

use super::unify::children;
use super::{Answer, Goal, no};
use crate::resolve::names::StdItem;
use crate::resolve::query::Query;
use crate::resolve::std_table::{self, Argument, Marker, ParamKind, Requirement, Shape};
use crate::resolve::ty::{Const, TraitDef, TraitRef, Ty};
use crate::resolve::{Namespace, Resolver};

impl Resolver {
    pub(super) fn of_standard(
        &self,
        q: &Query,
        ty: &Ty,
        as_trait: &TraitRef,
        marker: Marker,
    ) -> Answer {
        let answer = match self.by_table(q, ty, as_trait, marker) {
            Answer::No(reason) => self.by_boxed(q, ty, marker).unwrap_or(Answer::No(reason)),
            answer => answer,
        };
        if answer == Answer::Yes || !may_be_implemented_elsewhere(ty) {
            return answer;
        }
        // `impl Clone for Box<dyn Local>` may stand in the crate of `Local`.
        match self.by_impls(q, ty, as_trait) {
            Answer::No(_) => answer,
            other => other,
        }
    }

    /// `Rc` and `Arc` are deserialised as the `Box` of what they hold, which may have no size itself.
    fn by_boxed(&self, q: &Query, ty: &Ty, marker: Marker) -> Option<Answer> {
        let Ty::Std(StdItem(item), args) = ty else { return None };
        let is_shared = matches!(item.path, "std::rc::Rc" | "std::sync::Arc");
        if !is_shared || marker != Marker::DeserializeOwned || !self.serde_has("rc") {
            return None;
        }
        let boxed = std_table::lookup("std::boxed::Box", Namespace::Type)?;
        let boxed = Ty::Std(StdItem(boxed), Arc::clone(args));
        Some(self.holds_marker(q, &boxed, marker)).filter(|answer| !matches!(answer, Answer::No(_)))
    }

    fn by_table(&self, q: &Query, ty: &Ty, as_trait: &TraitRef, marker: Marker) -> Answer {
        let Some((item, arguments)) = item_and_arguments(ty, marker) else {
            return Answer::Unknown;
        };
        let patterns: Vec<Argument<'_>> = arguments.iter().map(|ty| pattern(ty.as_ref())).collect();
        let answer = item.answer(marker, &patterns);
        let is_special = !std::ptr::eq(answer, item.answer(marker, &[]));
        let trait_name = as_trait.name();
        match answer {
            std_table::Answer::Yes => Answer::Yes,
            std_table::Answer::No => no(format!("`{ty}` is not `{trait_name}`")),
            std_table::Answer::Unknown => match (marker, item.path) {
                (Marker::BuildHasher, "std::hash::BuildHasherDefault") => {
                    self.makes_hashers(q, arguments.first().and_then(Option::as_ref))
                }
                _ => Answer::Unknown,
            },
            std_table::Answer::If(all) => {
                let mut holds = Answer::Yes;
                for requirement in all {
                    let next = || {
                        self.requirement_holds(q, requirement, &arguments, is_special).because(
                            || super::ReasonStep {
                                message: format!("`{ty}` is not `{trait_name}`"),
                                place: None,
                            },
                        )
                    };
                    holds = holds.and(next);
                }
                holds
            }
        }
    }

    /// Whether `BuildHasherDefault` builds hashers of a type.
    fn makes_hashers(&self, q: &Query, ty: Option<&Ty>) -> Answer {
        let hasher = std_table::lookup("std::hash::Hasher", Namespace::Type);
        let (Some(ty), Some(hasher)) = (ty, hasher) else { return Answer::Unknown };
        let hasher = TraitRef::plain(TraitDef::Std(StdItem(hasher)));
        self.holds_marker(q, ty, Marker::Default).and(|| self.holds(q, ty, &hasher))
    }

    /// The goals that an auto trait of a type comes to; `None` where it hangs on something else, or on nothing.
    pub(super) fn auto_parts(&self, q: &Query, ty: &Ty, marker: Marker) -> Option<Vec<Goal>> {
        let (item, arguments) = item_and_arguments(ty, marker)?;
        let patterns: Vec<Argument<'_>> = arguments.iter().map(|ty| pattern(ty.as_ref())).collect();
        let std_table::Answer::If(all) = item.answer(marker, &patterns) else { return None };
        let goal = |requirement: &Requirement| match *requirement {
            Requirement::Argument(at, marker) => match arguments.get(at)?.as_ref()? {
                // Some of the table's answers about slices are about their elements.
                Ty::Slice(_) => None,
                ty => Some((ty.clone(), self.marker_trait(q, marker)?)),
            },
            Requirement::Associated { .. } | Requirement::SerdeFeature(_) => None,
        };
        all.iter().map(goal).collect()
    }

    fn requirement_holds(
        &self,
        q: &Query,
        requirement: &Requirement,
        arguments: &[Option<Ty>],
        is_special: bool,
    ) -> Answer {
        let argument = |at: usize| arguments.get(at).and_then(Clone::clone).unwrap_or(Ty::Unknown);
        match *requirement {
            Requirement::Argument(at, marker) => match argument(at) {
                Ty::Slice(element) if is_special => self.holds_marker(q, &element, marker),
                ty => self.holds_marker(q, &ty, marker),
            },
            Requirement::Associated { argument: at, of, name, implements } => {
                let Some(item) = std_table::lookup(of, Namespace::Type) else {
                    return Answer::Unknown;
                };
                let as_trait = TraitRef::plain(TraitDef::Std(StdItem(item)));
                let ty = self.project(q, &argument(at), &as_trait, &name.into(), &[]);
                self.holds_marker(q, &ty, implements)
            }
            Requirement::SerdeFeature(feature) => {
                if self.serde_has(feature) {
                    Answer::Yes
                } else {
                    no(format!("serde's feature `{feature}` is off"))
                }
            }
        }
    }

    /// Whether one of the standard library's impls for every type of some kind holds.
    pub(super) fn by_blanket(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        let none = || no(String::new());
        let TraitDef::Std(StdItem(item)) = &as_trait.def else { return none() };
        let holds = |ty: &Ty, path: &str, args: &[Ty]| {
            let Some(item) = std_table::lookup(path, Namespace::Type) else {
                return Answer::Unknown;
            };
            let plain = TraitRef::plain(TraitDef::Std(StdItem(item)));
            self.holds(q, ty, &TraitRef { args: args.into(), ..plain })
        };
        match (item.path, as_trait.args.first()) {
            ("std::any::Any", _) => Answer::Yes,
            ("std::string::ToString", _) => holds(ty, "std::fmt::Display", &[]),
            ("std::borrow::ToOwned", _) => self.holds_marker(q, ty, Marker::Clone),
            ("std::iter::IntoIterator", _) => holds(ty, "std::iter::Iterator", &[]),
            ("std::future::IntoFuture", _) => holds(ty, "std::future::Future", &[]),
            (
                "std::borrow::Borrow"
                | "std::borrow::BorrowMut"
                | "std::convert::From"
                | "std::convert::Into"
                | "std::convert::TryFrom"
                | "std::convert::TryInto",
                Some(of),
            ) if of == ty => Answer::Yes,
            ("std::convert::Into", Some(of)) => {
                holds(of, "std::convert::From", std::slice::from_ref(ty))
            }
            ("std::convert::TryFrom", Some(of)) => {
                holds(of, "std::convert::Into", std::slice::from_ref(ty))
            }
            ("std::convert::TryInto", Some(of)) => {
                holds(of, "std::convert::TryFrom", std::slice::from_ref(ty))
            }
            _ => none(),
        }
    }

    /// `UnwindSafe` and the like: what holds of all parts holds of what is only made of them.
    pub(super) fn auto_of_standard(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        match ty {
            Ty::Tuple(_) | Ty::Array(..) | Ty::Slice(_) | Ty::Never => {
                self.all_arguments(q, ty, as_trait)
            }
            _ => Answer::Unknown,
        }
    }

    fn all_arguments(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        let types = children(ty).iter().filter(|ty| !matches!(ty, Ty::Const(_)));
        types.fold(Answer::Yes, |all, ty| all.and(|| self.holds(q, ty, as_trait)))
    }

    /// A trait that the table doesn't know.
    pub(super) fn other_of_standard(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        match &as_trait.def {
            TraitDef::Std(StdItem(item)) => {
                if let Some(answer) = std_impl(item.path, ty, &as_trait.args) {
                    return answer;
                }
                if matches!(item.path, "std::ops::Fn" | "std::ops::FnMut" | "std::ops::FnOnce")
                    && !may_be_called(ty)
                {
                    return no(format!("`{ty}` can't be called"));
                }
                self.by_impls(q, ty, as_trait).doubt_no()
            }
            _ => self.by_impls(q, ty, as_trait),
        }
    }
}

/// The item in the table, and its arguments, one for each of its generics.
fn item_and_arguments(
    ty: &Ty,
    marker: Marker,
) -> Option<(&'static std_table::Item, Vec<Option<Ty>>)> {
    let one = |ty: &Arc<Ty>| vec![Some((**ty).clone())];
    let (shape, arguments) = match ty {
        Ty::Std(StdItem(item), args) => {
            let mut args = args.iter();
            let arguments = item.generics.iter().map(|param| match param.kind {
                ParamKind::Lifetime => None,
                ParamKind::Type | ParamKind::Const => args.next().cloned(),
            });
            return Some((*item, arguments.collect()));
        }
        Ty::Tuple(args) => (Shape::Tuple(args.len()), args.iter().cloned().map(Some).collect()),
        Ty::Array(ty, len) => {
            let len = match len {
                Const::Value(len) => Some(u64::try_from(*len).ok()?),
                // Only these depend on the length.
                _ if matches!(
                    marker,
                    Marker::Serialize | Marker::DeserializeOwned | Marker::Default
                ) =>
                {
                    return None;
                }
                _ => Some(1),
            };
            (Shape::Array(len), one(ty))
        }
        Ty::Slice(ty) => (Shape::Slice, one(ty)),
        Ty::Ref(false, ty) => (Shape::Reference, one(ty)),
        Ty::Ref(true, ty) => (Shape::MutableReference, one(ty)),
        Ty::Ptr(false, ty) => (Shape::ConstPointer, one(ty)),
        Ty::Ptr(true, ty) => (Shape::MutPointer, one(ty)),
        Ty::FnPtr => (Shape::FunctionPointer, Vec::new()),
        Ty::Never => (Shape::Never, Vec::new()),
        _ => return None,
    };
    // The table's longest tuple lists the requirements of its own arity only.
    if let Ty::Tuple(args) = ty
        && args.len() > 17
    {
        return None;
    }
    Some((std_table::shape(shape)?, arguments))
}

fn pattern(ty: Option<&Ty>) -> Argument<'_> {
    match ty {
        Some(Ty::Slice(_)) => Argument::Slice,
        Some(Ty::Std(item, args)) if args.is_empty() => Argument::Named(item.0.path),
        _ => Argument::Other,
    }
}

/// Whether another crate than std may implement std's or serde's traits for it: the coherence rules
/// let it do so for references, `Box` and `Pin` of its own types.
fn may_be_implemented_elsewhere(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(_, ty) => {
            matches!(**ty, Ty::Adt(..) | Ty::Dyn(_)) || may_be_implemented_elsewhere(ty)
        }
        Ty::Std(item, args) if matches!(item.0.path, "std::boxed::Box" | "std::pin::Pin") => {
            args.first().is_some_and(|ty| {
                matches!(ty, Ty::Adt(..) | Ty::Dyn(_)) || may_be_implemented_elsewhere(ty)
            })
        }
        _ => false,
    }
}

/// Impls in the standard library of traits that are common in where clauses.
fn std_impl(of: &str, ty: &Ty, args: &[Ty]) -> Option<Answer> {
    let path = match ty {
        Ty::Std(item, _) => item.0.path,
        _ => "",
    };
    let refuse = || no(format!("`{ty}` does not implement `{of}`"));
    match of {
        "std::convert::AsRef" if matches!(ty, Ty::Ptr(..) | Ty::FnPtr | Ty::Tuple(_)) => {
            Some(refuse())
        }
        "std::convert::AsRef" => match (path, args.first()) {
            ("str" | "std::string::String", Some(Ty::Std(to, _))) if to.0.path == "str" => {
                Some(Answer::Yes)
            }
            _ => match (ty, args.first()) {
                (Ty::Ref(_, inner), Some(_)) => std_impl(of, inner, args),
                (Ty::Std(own, _), Some(Ty::Std(to, _)))
                    if is_number(own.0.path) && to.0.path == "str" =>
                {
                    Some(refuse())
                }
                (Ty::Std(own, own_args), Some(Ty::Std(to, _)))
                    if own.0.path == "std::vec::Vec"
                        && to.0.path == "str"
                        && !own_args.is_empty() =>
                {
                    Some(refuse())
                }
                _ => None,
            },
        },
        "std::convert::Into" => match args.first() {
            Some(to) if to == ty => Some(Answer::Yes),
            Some(Ty::Std(to, _)) if is_number(to.0.path) && is_number(path) => {
                lossless(path, to.0.path).map(|holds| if holds { Answer::Yes } else { refuse() })
            }
            Some(Ty::Std(to, _)) if is_number(to.0.path) && path == "str" => Some(refuse()),
            Some(Ty::Std(to, _)) if is_number(to.0.path) && matches!(ty, Ty::Ref(..)) => {
                Some(refuse())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether it may implement one of the traits of functions, which no stable code implements.
fn may_be_called(ty: &Ty) -> bool {
    match ty {
        Ty::FnPtr | Ty::Ref(..) => true,
        Ty::Std(item, _) => {
            matches!(item.0.path, "std::boxed::Box" | "std::panic::AssertUnwindSafe")
        }
        _ => false,
    }
}

fn is_number(path: &str) -> bool {
    bits(path).is_some() || matches!(path, "usize" | "isize" | "f32" | "f64")
}

fn bits(path: &str) -> Option<(bool, u32)> {
    let signed = path.starts_with('i');
    let bits = path.get(1..)?.parse().ok()?;
    (path.starts_with(['i', 'u']) && matches!(bits, 8 | 16 | 32 | 64 | 128))
        .then_some((signed, bits))
}

/// Whether every value of one integer type is one of another; `None` for other numbers.
fn lossless(from: &str, to: &str) -> Option<bool> {
    let ((from_signed, from_bits), (to_signed, to_bits)) = (bits(from)?, bits(to)?);
    Some(match (from_signed, to_signed) {
        (true, false) => false,
        (false, true) => from_bits < to_bits,
        _ => from_bits <= to_bits,
    })
}
