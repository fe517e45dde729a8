//! What the standard library consists of, and which of its types implement which traits.
//!
//! Its sources are often not installed, so this is a table, `std_table/items.txt`, made by
//! `cargo xtask std-table`: the names come from the toolchain's own documentation, every answer
//! from a program that rustc compiled. The format is described at the head of that file. What is
//! not stable, or not there on the platform of the generator, is not in the table.
//!
//! Re-exports are followed: two paths name the same item if [`lookup`] gives the same [`Item::path`].

mod parse;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Namespace;

/// The text of the table.
const TEXT: &str = include_str!("std_table/items.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| parse::table(TEXT));

/// The parsed table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    items: Vec<Item>,
    /// From a full path to what it names, by [`Namespace`].
    by_path: FxHashMap<String, [Option<u32>; 3]>,
    /// From the full path of a module or enum to what stands in it.
    children: FxHashMap<String, Vec<Child>>,
}

/// A name in a module, or a variant of an enum.
#[derive(Clone, Debug)]
pub struct Child {
    /// The name, as the module has it.
    pub name: String,
    /// Which of the two or three things of that name.
    pub namespace: Namespace,
    item: u32,
}

impl Child {
    /// What it names, re-exports followed.
    #[must_use]
    pub fn item(&self) -> &'static Item {
        &TABLE.items[self.item as usize]
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A module; also the three crate roots.
    Module,
    /// A struct.
    Struct,
    /// An enum.
    Enum,
    /// A union.
    Union,
    /// A type that is part of the language: `u8`, `str`, and the shapes of [`shape`].
    Primitive,
    /// A type alias; [`Item::target`] is what it stands for.
    Alias,
    /// A trait.
    Trait,
    /// A function.
    Function,
    /// A constant.
    Constant,
    /// A variant of an enum.
    Variant,
    /// A macro called with `!`.
    Macro,
    /// An attribute macro.
    Attribute,
    /// A derive macro.
    Derive,
}

/// An item of the standard library.
#[derive(Debug)]
pub struct Item {
    /// The path that stands for all of its paths: beginning with `std::` where it is in `std`.
    pub path: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The parameters that can be named by stable code, in order.
    pub generics: Vec<Param>,
    /// Of an alias: the type that it stands for, with full paths.
    pub target: Option<&'static str>,
    /// Of a trait: its supertraits, with full paths; bounds on associated types are not among them.
    pub supertraits: Vec<&'static str>,
    /// Of a trait: whether it is an auto trait.
    pub auto: bool,
    /// Of a trait: whether an impl is `unsafe`.
    pub unsafe_impl: bool,
    /// The answers for any arguments.
    answers: Vec<(Marker, Answer)>,
    /// Answers that hold for certain arguments instead.
    special: Vec<Special>,
}

/// Answers that hold for certain arguments.
#[derive(Debug)]
struct Special {
    arguments: Vec<ArgumentPattern>,
    answers: Vec<(Marker, Answer)>,
}

/// A parameter of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// `'a`, `T`, `N`.
    pub name: &'static str,
    /// What it ranges over.
    pub kind: ParamKind,
    /// Its default, with full paths.
    pub default: Option<&'static str>,
    /// The traits that it must implement for the type to be a type, with full paths: `?Sized`,
    /// `std::borrow::ToOwned`.
    pub bounds: Vec<&'static str>,
}

/// What a parameter ranges over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// Lifetimes.
    Lifetime,
    /// Types.
    Type,
    /// Constants.
    Const,
}

/// The traits that the table has answers about: those of the lints, and those that these rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marker {
    /// `std::hash::Hash`.
    Hash,
    /// `Send`.
    Send,
    /// `Sync`.
    Sync,
    /// `Clone`.
    Clone,
    /// `Copy`.
    Copy,
    /// `serde::Serialize`, serde's `std` feature being on.
    Serialize,
    /// `serde::de::DeserializeOwned`, serde's `std` feature being on.
    DeserializeOwned,
    /// `Eq`.
    Eq,
    /// `Ord`.
    Ord,
    /// `Default`.
    Default,
    /// `std::hash::BuildHasher`.
    BuildHasher,
    /// `PartialEq` with the type itself.
    PartialEq,
    /// `PartialOrd` with the type itself.
    PartialOrd,
    /// `std::fmt::Debug`.
    Debug,
    /// `std::fmt::Display`.
    Display,
    /// `Unpin`.
    Unpin,
}

impl Marker {
    /// All of them, in the order of the table.
    pub const ALL: [Marker; 16] = [
        Marker::Hash,
        Marker::Send,
        Marker::Sync,
        Marker::Clone,
        Marker::Copy,
        Marker::Serialize,
        Marker::DeserializeOwned,
        Marker::Eq,
        Marker::Ord,
        Marker::Default,
        Marker::BuildHasher,
        Marker::PartialEq,
        Marker::PartialOrd,
        Marker::Debug,
        Marker::Display,
        Marker::Unpin,
    ];

    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Marker::Hash => "hash",
            Marker::Send => "send",
            Marker::Sync => "sync",
            Marker::Clone => "clone",
            Marker::Copy => "copy",
            Marker::Serialize => "serialize",
            Marker::DeserializeOwned => "deserialize",
            Marker::Eq => "eq",
            Marker::Ord => "ord",
            Marker::Default => "default",
            Marker::BuildHasher => "build_hasher",
            Marker::PartialEq => "partial_eq",
            Marker::PartialOrd => "partial_ord",
            Marker::Debug => "debug",
            Marker::Display => "display",
            Marker::Unpin => "unpin",
        }
    }
}

/// Whether a type implements a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Whatever its arguments are.
    Yes,
    /// Whatever its arguments are.
    No,
    /// No statement is made.
    Unknown,
    /// Exactly if all of these hold.
    If(Vec<Requirement>),
}

/// One part of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// An argument implements a trait.
    Argument(usize, Marker),
    /// An associated type of an argument implements a trait: `<B as std::borrow::ToOwned>::Owned`.
    Associated {
        /// Which of [`Item::generics`].
        argument: usize,
        /// The path of the trait.
        of: &'static str,
        /// The associated type's name.
        name: &'static str,
        /// What it must implement.
        implements: Marker,
    },
    /// A feature of serde is on.
    SerdeFeature(&'static str),
}

/// Which arguments a special answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentPattern {
    /// Any.
    Any,
    /// A slice; conditions on this argument are about the type of its elements.
    Slice,
    /// The type with this [`Item::path`].
    Named(&'static str),
}

/// An argument of a type, as far as a special answer can depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// A slice.
    Slice,
    /// A type of the table without arguments, by its [`Item::path`].
    Named(&'a str),
    /// Any other type, lifetime or constant.
    Other,
}

impl Item {
    /// Whether the type with these arguments, one for each of [`Item::generics`], implements the
    /// trait. A list that is too short stands for [`Argument::Other`] in what is left out.
    #[must_use]
    pub fn answer(&self, of: Marker, arguments: &[Argument<'_>]) -> &Answer {
        if !matches!(self.kind, Kind::Struct | Kind::Enum | Kind::Union | Kind::Primitive) {
            return &Answer::Unknown;
        }
        self.special
            .iter()
            .filter(|special| matches_all(&special.arguments, arguments))
            .find_map(|special| find(&special.answers, of))
            .or_else(|| find(&self.answers, of))
            .unwrap_or(&Answer::No)
    }
}

fn find(answers: &[(Marker, Answer)], of: Marker) -> Option<&Answer> {
    answers.iter().find(|(marker, _)| *marker == of).map(|(_, answer)| answer)
}

fn matches_all(patterns: &[ArgumentPattern], arguments: &[Argument<'_>]) -> bool {
    patterns.iter().enumerate().all(|(i, pattern)| {
        match (pattern, arguments.get(i).copied().unwrap_or(Argument::Other)) {
            (ArgumentPattern::Any, _) | (ArgumentPattern::Slice, Argument::Slice) => true,
            (ArgumentPattern::Named(expected), Argument::Named(path)) => *expected == path,
            _ => false,
        }
    })
}

/// What a full path names: `std::collections::HashMap`, `core::fmt`, `alloc`; a primitive type by
/// its name alone: `u8`.
#[must_use]
pub fn lookup(path: &str, namespace: Namespace) -> Option<&'static Item> {
    let index = TABLE.by_path.get(path)?[namespace as usize]?;
    Some(&TABLE.items[index as usize])
}

/// Everything that stands in a module, or the variants of an enum, by its full path. Nothing where
/// the path names neither.
pub fn children(path: &str) -> &'static [Child] {
    TABLE.children.get(path).map_or(&[], Vec::as_slice)
}

/// The module whose names every module of a crate of that edition sees. The macros of the crate's
/// root are seen beside them.
///
/// `std` says whether the crate is without `#![no_std]`.
#[must_use]
pub fn prelude(edition: &str, std: bool) -> String {
    let root = if std { "std" } else { "core" };
    let version = match edition {
        "2015" => "rust_2015",
        "2018" => "rust_2018",
        "2021" => "rust_2021",
        _ => "rust_2024",
    };
    format!("{root}::prelude::{version}")
}

/// A type that is written with signs instead of a name.
///
/// Its arguments are the types in it, in order. A tuple of more than 17 types is answered by the item
/// of 17, of which it is true that only the requirements of the first 17 are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `&T`.
    Reference,
    /// `&mut T`.
    MutableReference,
    /// `*const T`.
    ConstPointer,
    /// `*mut T`.
    MutPointer,
    /// `[T]`.
    Slice,
    /// `[T; N]`; `None` for a length that isn't known.
    Array(Option<u64>),
    /// A tuple of so many.
    Tuple(usize),
    /// A function pointer, of whatever parameters and result.
    FunctionPointer,
    /// `!`.
    Never,
}

/// The item of such a type; `None` where no statement is made.
#[must_use]
pub fn shape(shape: Shape) -> Option<&'static Item> {
    let name = match shape {
        Shape::Reference => "&",
        Shape::MutableReference => "&mut",
        Shape::ConstPointer => "*const",
        Shape::MutPointer => "*mut",
        Shape::Slice => "[]",
        Shape::Array(None) => return None,
        Shape::Array(Some(0)) => "[;0]",
        Shape::Array(Some(1..=32)) => "[;32]",
        Shape::Array(Some(_)) => "[;33]",
        Shape::Tuple(arity) => return lookup(&format!("({})", arity.min(17)), Namespace::Type),
        Shape::FunctionPointer => "fn",
        Shape::Never => "!",
    };
    lookup(name, Namespace::Type)
}
