//! What is kept of a file: its items, in small types of their own, as a pure function of its text.
//!
//! Nothing here knows other files, features or the build; no syntax node is kept. A summary made once
//! serves every revision in which the file has the same text.

mod attrs;
mod items;
mod types;

use std::path::Path;
use std::sync::{Arc, RwLock};

use ra_ap_syntax::{SmolStr, SourceFile, TextRange};
use rustc_hash::FxHashMap;

pub(crate) use attrs::{Attr, Attrs};
pub(crate) use items::{Lowering, block_items};
pub(crate) use types::{generics_of, lower_path, lower_type, parse_type};

use crate::project::Edition;

/// A name without `r#`.
pub(crate) type Name = SmolStr;

/// What is kept of files between revisions: pure functions of a file's text.
#[derive(Debug, Default)]
pub struct Summaries {
    by_file: RwLock<FxHashMap<(Arc<Path>, Edition), Kept>>,
}

#[derive(Debug)]
struct Kept {
    text: blake3::Hash,
    items: Arc<[Arc<Item>]>,
}

impl Summaries {
    /// The items of a file. Two threads may do the same work once each; neither waits for the other.
    pub(crate) fn items(&self, file: &Arc<Path>, text: &str, edition: Edition) -> Arc<[Arc<Item>]> {
        let hash = blake3::hash(text.as_bytes());
        let key = (Arc::clone(file), edition);
        if let Some(kept) = self.by_file.read().expect("no panic while held").get(&key)
            && kept.text == hash
        {
            return Arc::clone(&kept.items);
        }
        let items = parse_items(text, edition, None);
        let kept = Kept { text: hash, items: Arc::clone(&items) };
        self.by_file.write().expect("no panic while held").insert(key, kept);
        items
    }
}

/// The items of a text. `place` stands for every range where the text is a macro's expansion.
pub(crate) fn parse_items(
    text: &str,
    edition: Edition,
    place: Option<TextRange>,
) -> Arc<[Arc<Item>]> {
    let tree = SourceFile::parse(text, syntax_edition(edition)).tree();
    Lowering { place }.source_file(&tree)
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
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Empty where an item has none.
    pub(crate) name: Name,
    pub(crate) kind: ItemKind,
    pub(crate) attrs: Attrs,
    pub(crate) vis: Visibility,
    pub(crate) range: TextRange,
    pub(crate) name_range: TextRange,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Private,
    Public,
    In(PathRef),
}

#[derive(Clone, Debug)]
pub(crate) enum ItemKind {
    /// `None`: in a file of its own.
    Module(Option<Arc<[Arc<Item>]>>),
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
        generics: Arc<Generics>,
        ty: Option<TypeRef>,
    },
    Trait(Trait),
    Impl(Impl),
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
    /// Items inside a body: nobody outside sees their names, but their impls count.
    Body(Arc<[Arc<Item>]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AdtKind {
    Struct,
    Enum,
    Union,
}

#[derive(Clone, Debug)]
pub(crate) struct Adt {
    pub(crate) kind: AdtKind,
    pub(crate) generics: Arc<Generics>,
    /// One for a struct or union, whose variant has no name.
    pub(crate) variants: Vec<Variant>,
    /// Whether the constructor is also a value: unit and tuple structs.
    pub(crate) is_value: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: Name,
    pub(crate) attrs: Attrs,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: Name,
    pub(crate) ty: TypeRef,
    pub(crate) attrs: Attrs,
    pub(crate) range: TextRange,
    /// The type as written, for messages.
    pub(crate) text: Box<str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Trait {
    pub(crate) generics: Arc<Generics>,
    /// Supertraits, also those of `where Self: …`.
    pub(crate) supers: Vec<Bound>,
    pub(crate) types: Vec<AssocType>,
}

#[derive(Clone, Debug)]
pub(crate) struct AssocType {
    pub(crate) name: Name,
    pub(crate) generics: Arc<Generics>,
    pub(crate) bounds: Vec<Bound>,
    pub(crate) ty: Option<TypeRef>,
    pub(crate) attrs: Attrs,
}

#[derive(Clone, Debug)]
pub(crate) struct Impl {
    pub(crate) generics: Arc<Generics>,
    pub(crate) negative: bool,
    pub(crate) of: Option<PathRef>,
    pub(crate) self_ty: TypeRef,
    pub(crate) types: Vec<AssocType>,
    pub(crate) fns: Vec<Arc<Item>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generics {
    pub(crate) params: Vec<GenericParam>,
    pub(crate) wheres: Vec<WherePred>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GenericParam {
    pub(crate) name: Name,
    /// The predicates of every `#[cfg(…)]` on it.
    pub(crate) cfg: Vec<Box<str>>,
    pub(crate) kind: ParamKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParamKind {
    /// `outlives`: it is bounded by some other lifetime.
    Lifetime {
        outlives: bool,
    },
    Type {
        bounds: Vec<Bound>,
        default: Option<TypeRef>,
    },
    Const {
        default: Option<Box<str>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WherePred {
    /// A lifetime predicate has a lifetime's name.
    pub(crate) subject: Result<TypeRef, Name>,
    pub(crate) bounds: Vec<Bound>,
}

/// A bound; lifetimes other than in generic arguments are left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) path: PathRef,
    /// `?Sized`.
    pub(crate) maybe: bool,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TypeRef {
    Never,
    /// Broken, inferred, or of a kind that is not followed.
    Unknown,
    Path(PathRef),
    Tuple(Vec<TypeRef>),
    Array(Box<TypeRef>, Box<str>),
    Slice(Box<TypeRef>),
    Ref {
        mutable: bool,
        ty: Box<TypeRef>,
    },
    Ptr {
        ty: Box<TypeRef>,
    },
    FnPtr,
    Dyn(Vec<Bound>),
    Impl(Vec<Bound>),
    Macro {
        path: PathRef,
        input: Box<str>,
    },
}

/// A path as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PathRef {
    pub(crate) root: PathRoot,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Segment {
    pub(crate) name: Name,
    pub(crate) args: Vec<ArgRef>,
    /// `Item = T`.
    pub(crate) bindings: Vec<(Name, TypeRef)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
        let segment = Segment { name: name.clone(), args: Vec::new(), bindings: Vec::new() };
        PathRef { root: PathRoot::Plain, segments: vec![segment] }
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
