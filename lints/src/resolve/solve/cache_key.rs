//! `CacheKey`: what the runtime implements it for. Its source need not be readable.

use std::sync::Arc;

use super::{Answer, no};
use crate::resolve::Resolver;
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::ty::{TraitDef, TraitRef, Ty};

/// Types that have a key whatever their arguments.
const ALWAYS: &[&str] = &[
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "std::cmp::Ordering",
    "std::ffi::CStr",
    "std::ffi::CString",
    "std::ffi::OsStr",
    "std::ffi::OsString",
    "std::marker::PhantomData",
    "std::net::IpAddr",
    "std::net::Ipv4Addr",
    "std::net::Ipv6Addr",
    "std::net::SocketAddr",
    "std::net::SocketAddrV4",
    "std::net::SocketAddrV6",
    "std::num::NonZero",
    "std::ops::RangeFull",
    "std::path::Path",
    "std::path::PathBuf",
    "std::string::String",
    "std::time::Duration",
    "std::time::SystemTime",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Types that have a key if their first so many arguments have; the last part of their path is
/// enough, for the standard library has one of each.
const BY_ARGUMENTS: &[(&str, usize)] = &[
    ("Arc", 1),
    ("BTreeMap", 2),
    ("BTreeSet", 1),
    ("BinaryHeap", 1),
    ("Bound", 1),
    ("Box", 1),
    ("ControlFlow", 2),
    ("Cow", 1),
    ("HashMap", 2),
    ("HashSet", 1),
    ("LinkedList", 1),
    ("Option", 1),
    ("Range", 1),
    ("RangeFrom", 1),
    ("RangeInclusive", 1),
    ("RangeTo", 1),
    ("RangeToInclusive", 1),
    ("Rc", 1),
    ("Result", 2),
    ("Reverse", 1),
    ("Saturating", 1),
    ("Vec", 1),
    ("VecDeque", 1),
    ("Wrapping", 1),
];

/// How many of its first arguments the key of a type of the standard library is made of, if it is made of some.
pub(super) fn keyed_arguments(path: &str) -> Option<usize> {
    let (_, last) = path.rsplit_once("::")?;
    BY_ARGUMENTS.iter().find(|(name, _)| *name == last).map(|(_, count)| *count)
}

impl Resolver {
    /// Whether a parameter of this type can be part of a key: by `CacheKey`, or else by `Hash`.
    pub(in crate::resolve) fn can_be_key(&self, q: &Query, ty: &Ty) -> Answer {
        let own = self.holds(q, ty, &TraitRef::plain(TraitDef::CacheKey));
        if own == Answer::Yes {
            return own;
        }
        match (own, self.holds_marker(q, ty, Marker::Hash)) {
            (_, Answer::Yes) => Answer::Yes,
            (Answer::No(reason), Answer::No(other)) => {
                // The one that leads further says more.
                Answer::No(if other.steps.len() > reason.steps.len() { other } else { reason })
            }
            _ => Answer::Unknown,
        }
    }

    /// Whether the runtime, a derive or an impl gives a type the trait itself.
    pub(super) fn is_cache_key(&self, q: &Query, ty: &Ty) -> Answer {
        let wanted = TraitRef::plain(TraitDef::CacheKey);
        let all = |types: &[Ty]| {
            let mut answer = Answer::Yes;
            for inner in types {
                answer = answer.and(|| {
                    self.holds(q, inner, &wanted).because(|| super::ReasonStep {
                        message: format!("`{ty}` has no key"),
                        place: None,
                    })
                });
            }
            answer
        };
        let refused = || no(format!("`{ty}` has neither `CacheKey` nor `Hash`"));
        match ty {
            Ty::Unknown | Ty::Var(_) | Ty::Const(_) | Ty::Projection(_) => Answer::Unknown,
            Ty::Std(item, args) => {
                let path = item.0.path;
                if ALWAYS.binary_search(&path).is_ok() {
                    return Answer::Yes;
                }
                match keyed_arguments(path) {
                    Some(count) => all(&args[..args.len().min(count)]),
                    None => refused(),
                }
            }
            Ty::Tuple(args) if args.len() <= 12 => all(args),
            Ty::Array(inner, _) | Ty::Slice(inner) | Ty::Ref(_, inner) => {
                all(std::slice::from_ref(&**inner))
            }
            Ty::Tuple(_) | Ty::Ptr(..) | Ty::FnPtr | Ty::Never => refused(),
            Ty::Dyn(_) => match (self.by_impls(q, ty, &wanted), self.by_runtime(q, ty, &wanted)) {
                (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
                (Answer::No(_), Answer::No(_)) => refused(),
                _ => Answer::Unknown,
            },
            Ty::Param(_) | Ty::Opaque(_) => {
                let facts = q.facts_in_scope();
                let mut own: Vec<TraitRef> =
                    facts.into_iter().filter(|(of, _)| of == ty).map(|(_, it)| it).collect();
                if let Ty::Opaque(traits) = ty {
                    own.extend(traits.iter().cloned());
                }
                match self.implied(q, own, ty, &wanted) {
                    Answer::No(_) => no(format!("`{ty}` has neither bound `CacheKey` nor `Hash`")),
                    answer => answer,
                }
            }
            Ty::Adt(item, args) => {
                let derived = self.derived(q, item, args, &wanted);
                if derived == Answer::Yes {
                    return derived;
                }
                let by_impls = self.by_impls(q, ty, &wanted);
                match (derived, by_impls, self.by_runtime(q, ty, &wanted)) {
                    (_, Answer::Yes, _) | (_, _, Answer::Yes) => Answer::Yes,
                    (Answer::Unknown, _, _) | (_, Answer::Unknown, _) | (_, _, Answer::Unknown) => {
                        Answer::Unknown
                    }
                    (Answer::No(reason), Answer::No(_), _) if !reason.steps.is_empty() => {
                        Answer::No(reason)
                    }
                    _ => refused().because_of(self, item),
                }
            }
        }
    }

    /// The runtime's own impls for types of other crates, where its source is at hand.
    fn by_runtime(&self, q: &Query, ty: &Ty, wanted: &TraitRef) -> Answer {
        let item = match ty {
            Ty::Adt(item, _) => Some(item),
            Ty::Dyn(traits) => traits.iter().find_map(|it| match &it.def {
                TraitDef::Item(item) => Some(item),
                _ => None,
            }),
            _ => None,
        };
        let Some(item) = item else { return no(String::new()) };
        let package = self.crate_data(self.module(item.module).krate).package;
        if self.project.package(package).is_member {
            return no(String::new());
        }
        let runtime = self.project.indexed().find(|(_, package)| package.name == "cachelit");
        let Some((runtime, data)) = runtime else { return no(String::new()) };
        if data.features.iter().all(|feature| feature == "default") {
            return no(String::new());
        }
        let Some(library) = self.library_of(runtime) else { return Answer::Unknown };
        q.looks_into(self.root_module(library));
        if !self.files.exists(&self.crate_data(library).root) {
            return Answer::Unknown;
        }
        let impls = self.impls_of(q, library);
        let mut answer = no(String::new());
        for candidate in self.candidates(q, &impls, ty, wanted) {
            match self.conditions_hold(q, &candidate, ty, wanted) {
                Answer::Yes if candidate.certain => return Answer::Yes,
                Answer::No(_) => {}
                _ => answer = Answer::Unknown,
            }
        }
        answer
    }
}

impl Answer {
    fn because_of(self, resolver: &Resolver, item: &crate::resolve::modules::ItemRef) -> Answer {
        match self {
            Answer::No(reason) => {
                let mut reason = (*reason).clone();
                if let Some(step) = reason.steps.first_mut() {
                    step.place = Some(resolver.place_of(item));
                }
                Answer::No(Arc::new(reason))
            }
            other => other,
        }
    }
}
