//! What is kept of a file: its items, in small types of their own, as a pure function of its text.
//!
//! Nothing here knows other files, features or the build; no syntax node is kept. A summary made once
//! serves every revision in which the file has the same text.

mod attrs;
mod items;
mod kept;
mod nesting;
mod outline;
mod stored;
mod tree;
mod types;

use std::sync::Arc;

use ra_ap_syntax::{SmolStr, TextRange};
use serde::{Deserialize, Serialize};
use thin_vec::{ThinVec, thin_vec};

pub(crate) use attrs::{Attr, Attrs};
pub(crate) use items::{Lowering, Source, block_items};
pub use kept::Summaries;
pub(crate) use nesting::{is_shallow, parse_file};
pub use stored::format;
pub(crate) use types::{generics_of, lower_path, lower_type, parse_type};

use crate::project::Edition;

/// A name without `r#`.
pub(crate) type Name = SmolStr;

/// Items in the order of the source.
pub(crate) type Items = Arc<[Arc<Item>]>;

/// The items of a text; `None` where it nests too deeply. `place` stands for every range where the text is a macro's
/// expansion.
pub(crate) fn parse_items(text: &str, edition: Edition, place: Option<TextRange>) -> Option<Items> {
    let outline = outline::outline(text);
    let tree = tree::parse(&outline, syntax_edition(edition))?;
    let source = Some(Source { text, outline: &outline });
    Some(Lowering::new(source, place).source_file(&tree))
}

/// The items of what a macro expands to among statements.
pub(crate) fn parse_statements(text: &str, edition: Edition, place: TextRange) -> Option<Items> {
    let parse = parse_file(text, syntax_edition(edition))?;
    if parse.errors().is_empty() {
        return parse_items(text, edition, Some(place));
    }
    parse_items(&format!("const _: () = {{ {text} }};"), edition, Some(place))
}

/// The parser's name for an edition.
pub(crate) fn syntax_edition(edition: Edition) -> ra_ap_syntax::Edition {
    match edition {
        Edition::E2015 => ra_ap_syntax::Edition::Edition2015,
        Edition::E2018 => ra_ap_syntax::Edition::Edition2018,
        Edition::E2021 => ra_ap_syntax::Edition::Edition2021,
        Edition::E2024 => ra_ap_syntax::Edition::Edition2024,
    }
}

/// One item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Empty where an item has none.
    pub(crate) name: Name,
    pub(crate) kind: ItemKind,
    pub(crate) attrs: Attrs,
    pub(crate) vis: Visibility,
    pub(crate) range: TextRange,
    pub(crate) name_range: TextRange,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Visibility {
    Private,
    Public,
    In(Box<PathRef>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum ItemKind {
    /// `None`: in a file of its own.
    Module(#[serde(with = "stored::optional_items")] Option<Items>),
    /// One leaf of a use tree. The item's name is what it brings in: empty for globs and `_`.
    Use {
        path: PathRef,
        glob: bool,
    },
    ExternCrate {
        krate: Name,
    },
    Adt(Adt),
    Alias {
        #[serde(with = "stored::shared")]
        generics: Arc<Generics>,
        ty: Option<TypeRef>,
    },
    Trait(Box<Trait>),
    Impl(Box<Impl>),
    Fn,
    Const {
        value: Option<Box<str>>,
    },
    Static,
    MacroRules {
        body: Box<str>,
    },
    /// A macro of another kind: `macro` 2.0.
    OpaqueMacro,
    MacroCall {
        path: PathRef,
        input: Box<str>,
    },
    /// `#![macro_use]` in a module.
    MacroUse,
    /// Items inside a body: nobody outside sees their names, but their impls count.
    Body(#[serde(with = "stored::items")] Items),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum AdtKind {
    Struct,
    Enum,
    Union,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Adt {
    pub(crate) kind: AdtKind,
    #[serde(with = "stored::shared")]
    pub(crate) generics: Arc<Generics>,
    /// One for a struct or union, whose variant has no name.
    pub(crate) variants: ThinVec<Variant>,
    /// Whether the constructor is also a value: unit and tuple structs.
    pub(crate) is_value: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Variant {
    pub(crate) name: Name,
    pub(crate) attrs: Attrs,
    pub(crate) fields: ThinVec<Field>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: Name,
    pub(crate) ty: TypeRef,
    pub(crate) attrs: Attrs,
    pub(crate) range: TextRange,
    /// The type as written, for messages.
    pub(crate) text: Box<str>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trait {
    #[serde(with = "stored::shared")]
    pub(crate) generics: Arc<Generics>,
    /// Supertraits, also those of `where Self: …`.
    pub(crate) supers: ThinVec<Bound>,
    pub(crate) types: ThinVec<AssocType>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AssocType {
    pub(crate) name: Name,
    #[serde(with = "stored::shared")]
    pub(crate) generics: Arc<Generics>,
    pub(crate) bounds: ThinVec<Bound>,
    pub(crate) ty: Option<TypeRef>,
    pub(crate) attrs: Attrs,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Impl {
    #[serde(with = "stored::shared")]
    pub(crate) generics: Arc<Generics>,
    pub(crate) negative: bool,
    /// Whether it holds for some lifetimes only: its head or a bound has `'static` in it, two places share a lifetime, or
    /// one lifetime outlives another.
    pub(crate) ties_lifetimes: bool,
    pub(crate) of: Option<PathRef>,
    pub(crate) self_ty: TypeRef,
    pub(crate) types: ThinVec<AssocType>,
    pub(crate) fns: ThinVec<AssocFn>,
}

/// A function of an impl: there are so many that an [`Item`] for each would be most of a summary.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AssocFn {
    pub(crate) name: Name,
    /// The predicates of every `#[cfg(…)]` on it.
    pub(crate) cfg: ThinVec<Box<str>>,
    pub(crate) range: TextRange,
    /// Whether a macro made it, so that it has no text of its own.
    pub(crate) is_expanded: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Generics {
    pub(crate) params: ThinVec<GenericParam>,
    pub(crate) wheres: ThinVec<WherePred>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GenericParam {
    pub(crate) name: Name,
    /// The predicates of every `#[cfg(…)]` on it.
    pub(crate) cfg: ThinVec<Box<str>>,
    pub(crate) kind: ParamKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ParamKind {
    /// `outlives`: it is bounded by some other lifetime.
    Lifetime {
        outlives: bool,
    },
    Type {
        bounds: ThinVec<Bound>,
        default: Option<TypeRef>,
    },
    Const {
        default: Option<Box<str>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WherePred {
    /// A lifetime predicate has a lifetime's name.
    pub(crate) subject: Result<TypeRef, Name>,
    pub(crate) bounds: ThinVec<Bound>,
}

/// A bound; lifetimes other than in generic arguments are left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Bound {
    pub(crate) path: PathRef,
    /// `?Sized`.
    pub(crate) maybe: bool,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum TypeRef {
    Never,
    /// Broken, inferred, or of a kind that is not followed.
    Unknown,
    Path(PathRef),
    Tuple(ThinVec<TypeRef>),
    Array(Box<TypeRef>, Box<str>),
    Slice(Box<TypeRef>),
    Ref {
        mutable: bool,
        /// `&'static`.
        lasts: bool,
        ty: Box<TypeRef>,
    },
    Ptr {
        mutable: bool,
        ty: Box<TypeRef>,
    },
    FnPtr,
    Dyn(ThinVec<Bound>),
    Impl(ThinVec<Bound>),
    Macro {
        path: PathRef,
        input: Box<str>,
    },
}

/// A path as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PathRef {
    pub(crate) root: PathRoot,
    pub(crate) segments: ThinVec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum PathRoot {
    Plain,
    /// `::name`.
    Global,
    /// `crate`.
    Crate,
    /// `self`, `super`, `super::super` …
    Super(u32),
    /// `$crate` of the crate with this number.
    DollarCrate(u32),
    /// `Self`.
    SelfType,
    /// `<T>::` or `<T as Trait>::`.
    Qualified(Box<TypeRef>, Option<Box<PathRef>>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) name: Name,
    pub(crate) args: ThinVec<ArgRef>,
    /// `Item = T`.
    pub(crate) bindings: ThinVec<(Name, TypeRef)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum ArgRef {
    /// By name, without the tick.
    Lifetime(Name),
    Type(TypeRef),
    /// An expression, as written.
    Const(Box<str>),
}

impl ItemKind {
    /// The parameters of what is declared, where it can have some.
    pub(crate) fn generics_mut(&mut self) -> Option<&mut Arc<Generics>> {
        match self {
            ItemKind::Adt(it) => Some(&mut it.generics),
            ItemKind::Alias { generics, .. } => Some(generics),
            ItemKind::Trait(it) => Some(&mut it.generics),
            ItemKind::Impl(it) => Some(&mut it.generics),
            _ => None,
        }
    }

    /// Likewise.
    pub(crate) fn generics(&self) -> Option<&Arc<Generics>> {
        match self {
            ItemKind::Adt(it) => Some(&it.generics),
            ItemKind::Alias { generics, .. } => Some(generics),
            ItemKind::Trait(it) => Some(&it.generics),
            ItemKind::Impl(it) => Some(&it.generics),
            _ => None,
        }
    }
}

impl PathRef {
    /// A path of one bare name.
    pub(crate) fn of_name(name: &Name) -> PathRef {
        let segment =
            Segment { name: name.clone(), args: ThinVec::new(), bindings: ThinVec::new() };
        PathRef { root: PathRoot::Plain, segments: thin_vec![segment] }
    }

    /// The path's only segment, where it is a bare name.
    pub(crate) fn as_name(&self) -> Option<&Name> {
        match (&self.root, self.segments.as_slice()) {
            (PathRoot::Plain, [one]) if one.args.is_empty() => Some(&one.name),
            _ => None,
        }
    }

    /// The last name, if any.
    pub(crate) fn last_name(&self) -> Option<&Name> {
        self.segments.last().map(|segment| &segment.name)
    }
}

/// How `$crate` is spelled in an expansion, so that it survives as one identifier.
pub(crate) const DOLLAR_CRATE: &str = "__cachelit_dollar_crate_";
