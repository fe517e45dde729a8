//! The work that is kept up to date: what it is done on, and each of its steps as a plain function.

use std::fmt::Write as _;
use std::sync::Arc;

use ra_ap_syntax::ast::{self, AstNode, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile};
use rustc_hash::FxHashMap;

/// Some 390 packages with five files each.
const FILES: usize = 1_950;
const TYPES: usize = 12;
const FUNCTIONS: usize = 50;

/// The texts of a workspace; its own file is the last.
pub struct Sources(pub Vec<String>);

impl Sources {
    pub fn new() -> Sources {
        let mut texts: Vec<String> = (0..FILES).map(package_file).collect();
        let mut own = String::new();
        for at in 0..FUNCTIONS {
            let file = at * 37 % FILES;
            let _ = writeln!(own, "use f{file}::T{} as R{at};", at % TYPES);
            let _ =
                writeln!(own, "#[cache_resource]\nfn c{at}(key: &str) -> R{at} {{ loop {{}} }}");
        }
        texts.push(own);
        Sources(texts)
    }

    pub fn own(&self) -> &str {
        &self.0[FILES]
    }
}

/// Each type holds some of files further on, a part of them by names that others export; so there are no cycles.
fn package_file(file: usize) -> String {
    let mut text = String::new();
    let next = |step: usize| file + 1 + (file * 7 + step * 13) % 90;
    for ty in 0..TYPES {
        let [first, second] = [next(ty), next(ty + 5)];
        if first.max(second) < FILES {
            let _ = writeln!(
                text,
                "pub use f{first}::T{ty} as A{ty};\npub use f{second}::A{ty} as B{ty};"
            );
        }
        let body = "{ let mut sum = 0; for it in 0..self.id { sum += it; } sum }";
        let _ = writeln!(text, "/// Number {ty}.\n#[derive(Debug)]\npub struct T{ty} {{");
        let _ = writeln!(text, "    pub id: u64,\n    name: String,");
        // Only a few lead on, so that questions end without a memo, too.
        if first.max(second) < FILES && ty % 4 == 0 {
            let _ = writeln!(text, "    a: A{ty},\n    b: B{ty},");
        }
        if (file * TYPES + ty) % 977 == 0 {
            text.push_str("    cell: RefCell<u8>,\n");
        }
        let _ = writeln!(text, "}}\nimpl T{ty} {{ pub fn sum(&self) -> u64 {body} }}");
    }
    text
}

/// A type's name in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub file: usize,
    pub name: Arc<str>,
}

/// What of a file matters to others.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The types of each struct's fields.
    types: FxHashMap<Arc<str>, Vec<Arc<str>>>,
    imports: FxHashMap<Arc<str>, Place>,
    /// What each cached function returns.
    functions: Vec<Arc<str>>,
}

/// The steps, as some contender remembers them.
pub trait Queries {
    fn summary(&self, file: usize) -> Arc<Summary>;
    /// Where what is named there is declared.
    fn resolve(&self, place: &Place) -> Option<Place>;
    fn is_sync(&self, place: &Place) -> bool;
}

pub fn summarize(text: &str) -> Summary {
    let mut summary = Summary::default();
    for item in SourceFile::parse(text, Edition::CURRENT).tree().items() {
        match item {
            ast::Item::Struct(it) => {
                let Some(ast::FieldList::RecordFieldList(fields)) = it.field_list() else {
                    continue;
                };
                let types = fields.fields().filter_map(|field| field.ty());
                let types = types.map(|ty| Arc::from(ty.syntax().text().to_string()));
                let name = it.name().map_or(Arc::from(""), |name| Arc::from(name.text()));
                summary.types.insert(name, types.collect());
            }
            ast::Item::Use(it) => {
                let text = it.use_tree().map(|tree| tree.syntax().text().to_string());
                summary.imports.extend(text.as_deref().and_then(import));
            }
            ast::Item::Fn(it) => {
                let returned = it.ret_type().and_then(|it| it.ty());
                summary.functions.extend(returned.map(|ty| ty.syntax().text().to_string().into()));
            }
            _ => {}
        }
    }
    summary
}

/// `f3::T1 as A1`.
fn import(text: &str) -> Option<(Arc<str>, Place)> {
    let (path, alias) = text.split_once(" as ")?;
    let (file, name) = path.strip_prefix('f')?.split_once("::")?;
    Some((alias.into(), Place { file: file.parse().ok()?, name: name.into() }))
}

pub fn resolve(queries: &impl Queries, place: &Place) -> Option<Place> {
    let summary = queries.summary(place.file);
    if summary.types.contains_key(&place.name) {
        return Some(place.clone());
    }
    queries.resolve(summary.imports.get(&place.name)?)
}

pub fn is_sync(queries: &impl Queries, declared: &Place) -> bool {
    let summary = queries.summary(declared.file);
    summary.types[&declared.name].iter().all(|field| match &**field {
        "u64" | "String" => true,
        "RefCell<u8>" => false,
        _ => {
            let named = Place { file: declared.file, name: Arc::clone(field) };
            queries.resolve(&named).is_none_or(|place| queries.is_sync(&place))
        }
    })
}

pub fn check(queries: &impl Queries, file: usize) -> usize {
    let summary = queries.summary(file);
    let is_good = |returned: &&Arc<str>| {
        let named = Place { file, name: Arc::clone(returned) };
        queries.resolve(&named).is_some_and(|place| queries.is_sync(&place))
    };
    summary.functions.iter().filter(is_good).count()
}
