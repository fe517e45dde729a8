//! Types once their names are resolved. Lifetimes are left out: of the traits asked about, only
//! serde's `Deserialize` looks at them, and its answers are worked out from where they stand.

use std::fmt;
use std::sync::Arc;

use super::modules::ItemRef;
use super::names::StdItem;
use super::summary::Name;

/// Types that consist of more types are not followed.
const MAX_SIZE: usize = 400;

/// Type and constant arguments, in the order of the parameters.
pub(crate) type Args = Arc<[Ty]>;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    /// Nothing is known about it.
    Unknown,
    /// A struct, enum or union whose source is at hand.
    Adt(ItemRef, Args),
    /// A named type of the standard library or the language.
    Std(StdItem, Args),
    Tuple(Args),
    Array(Arc<Ty>, Const),
    Slice(Arc<Ty>),
    Ref(bool, Arc<Ty>),
    Ptr(bool, Arc<Ty>),
    FnPtr,
    Never,
    Dyn(Arc<[TraitRef]>),
    /// `impl Trait`.
    Opaque(Arc<[TraitRef]>),
    /// A type parameter of the code that is asked about.
    Param(Name),
    /// A parameter of an impl that is being matched.
    Var(u32),
    /// An associated type that depends on a parameter.
    Projection(Arc<Projection>),
    /// A constant argument.
    Const(Const),
}

/// A constant in a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Const {
    Value(u128),
    Param(Name),
    Var(u32),
    Unknown,
}

/// `<T as Trait>::Name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Projection {
    pub(crate) of: Ty,
    pub(crate) as_trait: TraitRef,
    pub(crate) name: Name,
}

/// A trait with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TraitRef {
    pub(crate) def: TraitDef,
    pub(crate) args: Args,
    /// `Item = T`.
    pub(crate) bindings: Arc<[(Name, Ty)]>,
}

/// A trait.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TraitDef {
    Item(ItemRef),
    Std(StdItem),
    /// `cachelit::CacheKey`.
    CacheKey,
    Unknown,
}

impl TraitRef {
    /// A trait without arguments.
    pub(crate) fn plain(def: TraitDef) -> TraitRef {
        TraitRef { def, args: Arc::from([]), bindings: Arc::from([]) }
    }

    /// Whether a parameter of the asking code is in it.
    pub(crate) fn has_param(&self) -> bool {
        self.args.iter().any(Ty::has_param) || self.bindings.iter().any(|(_, ty)| ty.has_param())
    }

    /// Like [`Ty::items_all`].
    pub(crate) fn items_all(&self, holds: &impl Fn(&ItemRef) -> bool) -> bool {
        let is_good = match &self.def {
            TraitDef::Item(item) => holds(item),
            TraitDef::Std(_) | TraitDef::CacheKey | TraitDef::Unknown => true,
        };
        is_good
            && self.args.iter().all(|ty| ty.items_all(holds))
            && self.bindings.iter().all(|(_, ty)| ty.items_all(holds))
    }

    /// The trait's own name.
    pub(crate) fn name(&self) -> &str {
        match &self.def {
            TraitDef::Item(item) => &item.item.name,
            TraitDef::Std(item) => last(item.0.path),
            TraitDef::CacheKey => "CacheKey",
            TraitDef::Unknown => "?",
        }
    }
}

impl Ty {
    /// Whether a parameter of the asking code is in it: answers then depend on the bounds in scope.
    pub(crate) fn has_param(&self) -> bool {
        let any = |args: &[Ty]| args.iter().any(Ty::has_param);
        match self {
            Ty::Unknown | Ty::FnPtr | Ty::Never | Ty::Var(_) => false,
            Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => any(args),
            Ty::Array(ty, len) => ty.has_param() || matches!(len, Const::Param(_)),
            Ty::Slice(ty) | Ty::Ref(_, ty) | Ty::Ptr(_, ty) => ty.has_param(),
            Ty::Dyn(traits) | Ty::Opaque(traits) => traits.iter().any(TraitRef::has_param),
            Ty::Param(_) => true,
            Ty::Projection(it) => it.of.has_param() || it.as_trait.has_param(),
            Ty::Const(value) => matches!(value, Const::Param(_)),
        }
    }

    /// Whether every struct, enum, union and trait in it that has a source satisfies a condition.
    pub(crate) fn items_all(&self, holds: &impl Fn(&ItemRef) -> bool) -> bool {
        let all = |args: &[Ty]| args.iter().all(|ty| ty.items_all(holds));
        match self {
            Ty::Adt(item, args) => holds(item) && all(args),
            Ty::Std(_, args) | Ty::Tuple(args) => all(args),
            Ty::Array(ty, _) | Ty::Slice(ty) | Ty::Ref(_, ty) | Ty::Ptr(_, ty) => {
                ty.items_all(holds)
            }
            Ty::Dyn(traits) | Ty::Opaque(traits) => traits.iter().all(|it| it.items_all(holds)),
            Ty::Projection(it) => it.of.items_all(holds) && it.as_trait.items_all(holds),
            Ty::Unknown | Ty::FnPtr | Ty::Never | Ty::Param(_) | Ty::Var(_) | Ty::Const(_) => true,
        }
    }

    /// Whether something in it isn't known.
    pub(crate) fn is_partly_unknown(&self) -> bool {
        let any = |args: &[Ty]| args.iter().any(Ty::is_partly_unknown);
        match self {
            Ty::Unknown | Ty::Var(_) | Ty::Projection(_) => true,
            Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => any(args),
            Ty::Array(ty, len) => ty.is_partly_unknown() || *len == Const::Unknown,
            Ty::Slice(ty) | Ty::Ref(_, ty) | Ty::Ptr(_, ty) => ty.is_partly_unknown(),
            Ty::Dyn(traits) | Ty::Opaque(traits) => {
                traits.iter().any(|it| it.def == TraitDef::Unknown || any(&it.args))
            }
            Ty::Const(value) => *value == Const::Unknown,
            Ty::FnPtr | Ty::Never | Ty::Param(_) => false,
        }
    }

    /// Whether it consists of the standard library's data alone, none of which can change through a shared reference.
    pub(crate) fn is_immutable_data(&self) -> bool {
        let all = |args: &[Ty]| args.iter().all(Ty::is_immutable_data);
        match self {
            Ty::Std(item, args) => {
                let path = item.0.path;
                let may_change = ["::cell::", "::sync::", "::rc::"];
                !may_change.iter().any(|part| path.contains(part)) && all(args)
            }
            Ty::Tuple(args) => all(args),
            Ty::Array(ty, _) | Ty::Slice(ty) | Ty::Ref(false, ty) => ty.is_immutable_data(),
            Ty::FnPtr | Ty::Never | Ty::Const(_) => true,
            _ => false,
        }
    }

    /// Whether it is made of so many types that it is given up: with aliases and parameters, a few lines make one that
    /// nobody could walk.
    pub(crate) fn is_too_large(&self) -> bool {
        let mut left = MAX_SIZE;
        !self.fits(&mut left)
    }

    /// Takes its own size off what is left.
    fn fits(&self, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let mut all = |args: &[Ty]| args.iter().all(|arg| arg.fits(left));
        match self {
            Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => all(args),
            Ty::Array(ty, _) | Ty::Slice(ty) | Ty::Ref(_, ty) | Ty::Ptr(_, ty) => ty.fits(left),
            Ty::Dyn(traits) | Ty::Opaque(traits) => traits.iter().all(|it| {
                all(&it.args) && it.bindings.iter().all(|(_, ty)| all(std::slice::from_ref(ty)))
            }),
            Ty::Projection(it) => {
                it.of.fits(left) && it.as_trait.args.iter().all(|it| it.fits(left))
            }
            _ => true,
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

struct List<'a, T>(&'a [T], &'a str);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(self.1)?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

fn named(f: &mut fmt::Formatter<'_>, name: &str, args: &[Ty]) -> fmt::Result {
    f.write_str(name)?;
    if args.is_empty() { Ok(()) } else { write!(f, "<{}>", List(args, ", ")) }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Unknown | Ty::Var(_) => f.write_str("_"),
            Ty::Adt(item, args) => named(f, &item.item.name, args),
            Ty::Std(item, args) => named(f, last(item.0.path), args),
            Ty::Tuple(args) if args.len() == 1 => write!(f, "({},)", args[0]),
            Ty::Tuple(args) => write!(f, "({})", List(args, ", ")),
            Ty::Array(ty, len) => write!(f, "[{ty}; {len}]"),
            Ty::Slice(ty) => write!(f, "[{ty}]"),
            Ty::Ref(false, ty) => write!(f, "&{ty}"),
            Ty::Ref(true, ty) => write!(f, "&mut {ty}"),
            Ty::Ptr(false, ty) => write!(f, "*const {ty}"),
            Ty::Ptr(true, ty) => write!(f, "*mut {ty}"),
            Ty::FnPtr => f.write_str("fn(..)"),
            Ty::Never => f.write_str("!"),
            Ty::Dyn(traits) => write!(f, "dyn {}", List(traits, " + ")),
            Ty::Opaque(traits) => write!(f, "impl {}", List(traits, " + ")),
            Ty::Param(name) => f.write_str(name),
            Ty::Projection(it) => write!(f, "<{} as {}>::{}", it.of, it.as_trait, it.name),
            Ty::Const(value) => value.fmt(f),
        }
    }
}

impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Const::Value(value) => value.fmt(f),
            Const::Param(name) => f.write_str(name),
            Const::Var(_) | Const::Unknown => f.write_str("_"),
        }
    }
}

impl fmt::Display for TraitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        named(f, self.name(), &self.args)
    }
}
