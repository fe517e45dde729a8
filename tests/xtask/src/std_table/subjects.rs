//! What is asked about: types as templates whose places take arguments.

use super::declaration::{Param, params};
use super::docs::last;
use super::markers::{BORROWED, GOOD};
use super::names::Named;

/// A type, or a type with parameters.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// The name, as the table has it.
    pub(super) head: String,
    pub(super) params: Vec<Param>,
    /// The type's text, with `{T}` where the argument for the type parameter `T` goes.
    template: String,
    /// The last segments of traits that documentation says it implements.
    pub(super) implements: Vec<String>,
    /// An argument for each type parameter, with which all of the table's traits are implemented
    /// that its bounds leave a choice of.
    pub(super) base: Vec<Argument>,
    /// All such lists, where a place needs a type that no marker can be.
    pub(super) fitting: Vec<Vec<Argument>>,
}

/// What stands for a type parameter to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// A marker, which another can be put in place of.
    Marker(&'static str),
    /// A function, since no marker can be one: the trait and the signature, with places.
    Function { family: String, signature: String },
    /// A type that meets the parameter's bound; there are no markers that do.
    Fixed(&'static str),
    /// A type to be found that meets the parameter's bound.
    Unknown,
}

impl Argument {
    pub(super) fn text(&self) -> String {
        match self {
            Argument::Marker(text) | Argument::Fixed(text) => (*text).to_owned(),
            Argument::Function { signature, .. } => format!("fn{signature}"),
            Argument::Unknown => GOOD.to_owned(),
        }
    }
}

impl Subject {
    /// A struct, enum or union of the library.
    pub(super) fn of(named: &Named) -> Self {
        let params = params(&named.item.declaration, last(&named.item.path));
        let arguments: Vec<String> = params
            .iter()
            .map(|param| match param.name.as_str() {
                _ if param.is_lifetime() => "'static".to_owned(),
                _ if param.is_const() => "3".to_owned(),
                name => format!("{{{name}}}"),
            })
            .collect();
        let arguments =
            if params.is_empty() { String::new() } else { format!("<{}>", arguments.join(", ")) };
        Subject {
            head: named.path.clone(),
            template: format!("{}{arguments}", named.path),
            base: params.iter().filter(|param| param.is_type()).map(base).collect(),
            params,
            implements: named.item.implements.clone(),
            fitting: Vec::new(),
        }
    }

    /// The shapes: types that are written with signs, and the primitive types.
    pub(super) fn primitives() -> Vec<Self> {
        const NAMES: [&str; 17] = [
            "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
            "u16", "u32", "u64", "u128", "usize",
        ];
        let mut all: Vec<Self> = NAMES.iter().map(|name| Self::shape(name, name, &[])).collect();
        all.push(Self::shape("!", "<fn() -> ! as Returns>::Type", &[]));
        all.push(Self::shape("fn", "for<'a> fn(&'a u8, Good) -> &'a std::rc::Rc<u8>", &[]));
        for (head, template) in [
            ("&", "&'static {T}"),
            ("&mut", "&'static mut {T}"),
            ("*const", "*const {T}"),
            ("*mut", "*mut {T}"),
        ] {
            all.push(Self::shape(head, template, &["?T"]));
        }
        for (head, template) in
            [("[]", "[{T}]"), ("[;0]", "[{T}; 0]"), ("[;32]", "[{T}; 32]"), ("[;33]", "[{T}; 33]")]
        {
            all.push(Self::shape(head, template, &["T"]));
        }
        for arity in 0..=17 {
            let names: Vec<String> = (0..arity).map(|i| format!("T{i}")).collect();
            let places: Vec<String> = names.iter().map(|name| format!("{{{name}}},")).collect();
            let places = places.concat();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            all.push(Self::shape(&format!("({arity})"), &format!("({places})"), &names));
        }
        all
    }

    /// `?T` for a parameter that may be unsized.
    fn shape(head: &str, template: &str, params: &[&str]) -> Self {
        let params: Vec<Param> = params
            .iter()
            .map(|name| Param {
                name: name.trim_start_matches('?').to_owned(),
                bounds: if name.starts_with('?') { vec!["?Sized".to_owned()] } else { Vec::new() },
                default: None,
            })
            .collect();
        Subject {
            head: head.to_owned(),
            template: template.to_owned(),
            base: params.iter().map(base).collect(),
            params,
            implements: Vec::new(),
            fitting: Vec::new(),
        }
    }

    /// The names of the type parameters.
    pub(super) fn type_params(&self) -> Vec<&Param> {
        self.params.iter().filter(|param| param.is_type()).collect()
    }

    /// The type, with the base arguments.
    pub(super) fn text(&self) -> String {
        self.with(usize::MAX, "")
    }

    /// The same type with another list of base arguments.
    pub(super) fn based_on(&self, base: &[Argument]) -> Self {
        Subject { base: base.to_vec(), ..self.clone() }
    }

    /// The type, with another argument for one type parameter.
    pub(super) fn with(&self, place: usize, argument: &str) -> String {
        let mut text = self.template.clone();
        let params = self.type_params();
        // A function's signature has places of its own, hence the order.
        for (i, param) in params.iter().enumerate().rev() {
            let base = self.base[i].text();
            let argument = if i == place { argument } else { &base };
            text = text.replace(&format!("{{{}}}", param.name), argument);
        }
        text
    }
}

/// Traits that [`GOOD`] implements besides the table's.
const GOOD_FOR: [&str; 12] = [
    "std::cmp::Ord",
    "std::cmp::Eq",
    "std::iter::Iterator",
    "std::iter::IntoIterator",
    "std::iter::DoubleEndedIterator",
    "std::io::Read",
    "std::io::Write",
    "std::io::BufRead",
    "std::hash::Hasher",
    "std::hash::BuildHasher",
    "std::ops::Deref",
    "?Sized",
];

fn base(param: &Param) -> Argument {
    if param.bounds.iter().any(|bound| bound == "std::borrow::ToOwned") {
        return Argument::Marker(BORROWED);
    }
    let mut unknown = param.bounds.iter().filter(|bound| !GOOD_FOR.contains(&bound.as_str()));
    let Some(bound) = unknown.next() else { return Argument::Marker(GOOD) };
    match bound.split_once('(') {
        Some((family, signature)) if family.starts_with("std::ops::Fn") => {
            let signature = signature.replace("&T", "&{T}").replace("&mut T", "&mut {T}");
            Argument::Function { family: family.to_owned(), signature: format!("({signature}") }
        }
        _ => Argument::Unknown,
    }
}
