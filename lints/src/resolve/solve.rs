//! Whether a type implements a trait.
//!
//! A small trait solver: goals are worked out from derives, impls, fields and the table of the standard
//! library. Auto traits are coinductive (a recursive type is `Send` unless a field says otherwise);
//! any other cycle, and whatever can't be followed, is unknown.

mod attributes;
mod auto;
mod cache_key;
mod contents;
mod derives;
mod facts;
mod fingerprint;
mod impls;
mod kept;
mod lifetimes;
mod params;
mod project;
mod serde;
mod standard;
mod stored;
mod unify;
mod unseen;
mod words;

use std::sync::Arc;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use impls::{CrateImpls, Head};
pub(crate) use kept::Answers;
use kept::is_out_of_reach;
pub(crate) use stored::EarlierAnswers;
pub(super) use words::{Writes, without_comments};

use super::modules::ItemRef;
use super::names::StdItem;
use super::query::{Grounds, Query};
use super::std_table::Marker;
use super::ty::{TraitDef, TraitRef, Ty};
use super::{Reason, ReasonStep, Resolver};

/// A question for the solver.
pub(crate) type Goal = (Ty, TraitRef);

/// What the solver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No(Arc<Reason>),
    Unknown,
}

impl Answer {
    /// All must hold.
    pub(super) fn and(self, other: impl FnOnce() -> Answer) -> Answer {
        match self {
            Answer::No(_) => self,
            Answer::Yes => other(),
            Answer::Unknown => match other() {
                Answer::No(reason) => Answer::No(reason),
                _ => Answer::Unknown,
            },
        }
    }

    /// A certain no becomes unknown.
    pub(super) fn doubt_no(self) -> Answer {
        if matches!(self, Answer::No(_)) { Answer::Unknown } else { self }
    }

    /// A certain no becomes unknown, unless what it rests on is there for certain.
    fn doubt_no_unless(self, is_certain: bool) -> Answer {
        if is_certain { self } else { self.doubt_no() }
    }

    /// A certain yes becomes unknown.
    pub(super) fn doubt_yes(self) -> Answer {
        if self == Answer::Yes { Answer::Unknown } else { self }
    }

    /// Puts a step before the reason of a no.
    pub(super) fn because(self, step: impl FnOnce() -> ReasonStep) -> Answer {
        match self {
            Answer::No(reason) => {
                let mut steps = vec![step()];
                steps.extend(reason.steps.iter().cloned());
                Answer::No(Arc::new(Reason { steps }))
            }
            other => other,
        }
    }
}

/// A no with one step that has no place.
pub(super) fn no(message: String) -> Answer {
    Answer::No(Arc::new(Reason { steps: vec![ReasonStep { message, place: None }] }))
}

/// The traits that the solver knows more about than their impls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Answered by the table for the standard library's types.
    Marker(Marker),
    Sized,
    CacheKey,
    /// An auto trait that the table has no answers about, such as `UnwindSafe`.
    Auto,
    Other,
    Unknown,
}

impl Known {
    pub(super) fn is_auto(self) -> bool {
        matches!(self, Known::Auto | Known::Marker(Marker::Send | Marker::Sync | Marker::Unpin))
    }
}

impl Resolver {
    pub(super) fn known(&self, def: &TraitDef) -> Known {
        match def {
            TraitDef::Std(StdItem(item)) => match item.path {
                "std::hash::Hash" => Known::Marker(Marker::Hash),
                "std::marker::Send" => Known::Marker(Marker::Send),
                "std::marker::Sync" => Known::Marker(Marker::Sync),
                "std::clone::Clone" => Known::Marker(Marker::Clone),
                "std::marker::Copy" => Known::Marker(Marker::Copy),
                "std::cmp::Eq" => Known::Marker(Marker::Eq),
                "std::cmp::Ord" => Known::Marker(Marker::Ord),
                "std::default::Default" => Known::Marker(Marker::Default),
                "std::hash::BuildHasher" => Known::Marker(Marker::BuildHasher),
                "std::cmp::PartialEq" => Known::Marker(Marker::PartialEq),
                "std::cmp::PartialOrd" => Known::Marker(Marker::PartialOrd),
                "std::fmt::Debug" => Known::Marker(Marker::Debug),
                "std::fmt::Display" => Known::Marker(Marker::Display),
                "std::marker::Unpin" => Known::Marker(Marker::Unpin),
                "std::marker::Sized" => Known::Sized,
                _ if item.auto => Known::Auto,
                _ => Known::Other,
            },
            TraitDef::Item(item) => {
                let package = self.crate_data(self.module(item.module).krate).package;
                let package = self.project.package(package).name.as_str();
                match (package, item.item.name.as_str()) {
                    ("serde" | "serde_core", "Serialize") => Known::Marker(Marker::Serialize),
                    ("serde" | "serde_core", "Deserialize" | "DeserializeOwned") => {
                        Known::Marker(Marker::DeserializeOwned)
                    }
                    _ => Known::Other,
                }
            }
            TraitDef::CacheKey => Known::CacheKey,
            TraitDef::Unknown => Known::Unknown,
        }
    }

    /// A trait that the table answers about, as a goal's trait; `None` where serde is not in the build.
    pub(super) fn marker_trait(&self, q: &Query, marker: Marker) -> Option<TraitRef> {
        let path = match marker {
            Marker::Hash => "std::hash::Hash",
            Marker::Send => "std::marker::Send",
            Marker::Sync => "std::marker::Sync",
            Marker::Clone => "std::clone::Clone",
            Marker::Copy => "std::marker::Copy",
            Marker::Eq => "std::cmp::Eq",
            Marker::Ord => "std::cmp::Ord",
            Marker::Default => "std::default::Default",
            Marker::BuildHasher => "std::hash::BuildHasher",
            Marker::PartialEq => "std::cmp::PartialEq",
            Marker::PartialOrd => "std::cmp::PartialOrd",
            Marker::Debug => "std::fmt::Debug",
            Marker::Display => "std::fmt::Display",
            Marker::Unpin => "std::marker::Unpin",
            Marker::Serialize | Marker::DeserializeOwned => return self.serde_trait(q, marker),
        };
        let item = super::std_table::lookup(path, super::Namespace::Type)?;
        Some(TraitRef::plain(TraitDef::Std(StdItem(item))))
    }

    /// Whether a type implements a trait that the table knows.
    pub(super) fn holds_marker(&self, q: &Query, ty: &Ty, marker: Marker) -> Answer {
        match self.marker_trait(q, marker) {
            Some(as_trait) => self.holds(q, ty, &as_trait),
            None => Answer::Unknown,
        }
    }

    /// Whether a type implements a trait.
    pub(super) fn holds(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        if *ty == Ty::Unknown || ty.is_too_large() {
            return Answer::Unknown;
        }
        let mut known = self.known(&as_trait.def);
        let canonical;
        let as_trait = match known {
            // The table's answers are about a type and itself.
            Known::Marker(Marker::PartialEq | Marker::PartialOrd) => match as_trait.args.first() {
                None => {
                    canonical = TraitRef { args: Arc::from([ty.clone()]), ..as_trait.clone() };
                    &canonical
                }
                Some(other) => {
                    if other != ty {
                        known = Known::Other;
                    }
                    as_trait
                }
            },
            // `Deserialize<'de>` for every `'de` and `DeserializeOwned` are one question.
            Known::Marker(marker @ (Marker::Serialize | Marker::DeserializeOwned)) => {
                let Some(of_serde) = self.serde_trait(q, marker) else { return Answer::Unknown };
                canonical = of_serde;
                &canonical
            }
            _ => as_trait,
        };
        let goal: Goal = (ty.clone(), as_trait.clone());
        let is_general = !ty.has_param() && !as_trait.has_param();
        if is_general && let Some(answer) = self.kept_answer(q, &goal) {
            return answer;
        }
        let position = {
            let mut stack = q.goals.borrow_mut();
            if let Some(at) = stack.iter().position(|other| *other == goal) {
                q.goal_cycle.set(q.goal_cycle.get().min(at));
                q.grounds.set(Grounds { circle: true, ..q.grounds.get() });
                return if known.is_auto() { Answer::Yes } else { Answer::Unknown };
            }
            stack.push(goal.clone());
            stack.len() - 1
        };
        let workspace = !is_out_of_reach(&goal);
        let around = q.grounds.replace(Grounds { workspace, ..Grounds::default() });
        let (answer, is_whole) = q.watch(|| q.enter(|| self.work_out(q, ty, as_trait, known)));
        let answer = answer.unwrap_or(Answer::Unknown);
        q.goals.borrow_mut().pop();
        let grounds = q.grounds.get();
        let leans_on_earlier = q.goal_cycle.get() < position;
        if !leans_on_earlier {
            q.goal_cycle.set(usize::MAX);
        }
        q.grounds.set(around.and(grounds.of_part(&answer, leans_on_earlier)));
        if is_general && !leans_on_earlier && is_whole {
            self.keep_answer(goal, &answer, grounds);
        }
        answer
    }

    fn work_out(&self, q: &Query, ty: &Ty, as_trait: &TraitRef, known: Known) -> Answer {
        match known {
            Known::Unknown => return Answer::Unknown,
            Known::Sized => return self.is_sized(q, ty),
            Known::CacheKey => return self.is_cache_key(q, ty),
            Known::Marker(_) | Known::Auto => {}
            Known::Other => match self.by_blanket(q, ty, as_trait) {
                Answer::Yes => return Answer::Yes,
                Answer::Unknown => return self.by_kind(q, ty, as_trait, known).doubt_no(),
                Answer::No(_) => {}
            },
        }
        self.by_kind(q, ty, as_trait, known)
    }

    fn by_kind(&self, q: &Query, ty: &Ty, as_trait: &TraitRef, known: Known) -> Answer {
        match ty {
            Ty::Unknown | Ty::Var(_) | Ty::Const(_) => Answer::Unknown,
            Ty::Param(_) | Ty::Opaque(_) | Ty::Projection(_) => {
                self.by_bounds(q, ty, as_trait, known)
            }
            Ty::Dyn(traits) => self.of_dyn(q, ty, traits, as_trait, known),
            Ty::Adt(item, args) => match known {
                _ if known.is_auto() => self.auto_of_adt(q, ty, as_trait),
                _ => self.of_adt(q, item, args, ty, as_trait),
            },
            Ty::Std(..)
            | Ty::Tuple(_)
            | Ty::Array(..)
            | Ty::Slice(_)
            | Ty::Ref(..)
            | Ty::Ptr(..)
            | Ty::FnPtr
            | Ty::Never => match known {
                Known::Marker(marker) => self.of_standard(q, ty, as_trait, marker),
                Known::Auto => self.auto_of_standard(q, ty, as_trait),
                _ => self.other_of_standard(q, ty, as_trait),
            },
        }
    }

    fn is_sized(&self, q: &Query, ty: &Ty) -> Answer {
        match ty {
            Ty::Slice(_) | Ty::Dyn(_) => no(format!("`{ty}` has no size known at compile time")),
            Ty::Std(item, _)
                if matches!(
                    item.0.path,
                    "str" | "std::path::Path" | "std::ffi::OsStr" | "std::ffi::CStr"
                ) =>
            {
                no(format!("`{ty}` has no size known at compile time"))
            }
            Ty::Unknown | Ty::Var(_) | Ty::Projection(_) => Answer::Unknown,
            Ty::Adt(item, args) => match self.last_field(q, item, args) {
                Some(field) => q.enter(|| self.is_sized(q, &field)).unwrap_or(Answer::Unknown),
                None => Answer::Yes,
            },
            _ => Answer::Yes,
        }
    }

    /// A struct, enum or union and a trait that is not an auto trait.
    fn of_adt(
        &self,
        q: &Query,
        item: &ItemRef,
        args: &super::ty::Args,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> Answer {
        let derived = self.derived(q, item, args, as_trait);
        if derived == Answer::Yes {
            return Answer::Yes;
        }
        let by_impls = self.by_impls(q, ty, as_trait);
        match (derived, by_impls) {
            (_, Answer::Yes) => Answer::Yes,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            (Answer::No(reason), Answer::No(other)) => {
                // A derive whose condition fails says more than "no impl".
                if reason.steps.is_empty() { Answer::No(other) } else { Answer::No(reason) }
            }
            (Answer::Yes, _) => Answer::Yes,
        }
    }
}
