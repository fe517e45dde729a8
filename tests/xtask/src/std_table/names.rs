//! Which paths there are, and which of them are the same item.

use std::collections::{BTreeMap, BTreeSet};

use super::docs::{CRATES, Docs, Documented, last};
use crate::probe::Program;

/// Ambiguity is not an error yet where rustc once overlooked it; and `alloc`, unlike the other two,
/// is not in scope by itself.
const PRELUDE: &str = "#![deny(ambiguous_glob_imports)]\nextern crate alloc;";

/// A path with what stands there.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The path that stands for the item.
    pub(super) path: String,
    /// All paths of the item, in the order of preference; the first is `path`.
    pub(super) paths: Vec<String>,
    /// As documented at `path`.
    pub(super) item: Documented,
}

/// All items that stable code can name, with all their paths, sorted.
///
/// # Errors
///
/// When rustc can't be asked.
pub(super) fn stable(
    docs: &Docs,
    program: &Program,
) -> Result<Vec<Named>, Box<dyn std::error::Error>> {
    let stable = stable_items(docs, program)?;
    let mut groups: BTreeMap<(&str, &str), Vec<&Documented>> = BTreeMap::new();
    for item in stable.iter().filter(|item| item.kind != "mod") {
        groups.entry((last(&item.path), item.kind)).or_default().push(item);
    }
    let mut named: Vec<Named> = stable
        .iter()
        .filter(|item| item.kind == "mod")
        .map(|item| Named {
            path: item.path.clone(),
            paths: vec![item.path.clone()],
            item: item.clone(),
        })
        .collect();
    let mut classes: Vec<Vec<&Documented>> = Vec::new();
    let mut open: Vec<Vec<&Documented>> = groups.into_values().collect();
    for group in &mut open {
        group.sort_by(|a, b| preference(&a.path).cmp(&preference(&b.path)));
    }
    // Each round takes the first of every group and asks which of the others are the same.
    while !open.is_empty() {
        let pairs: Vec<String> = open
            .iter()
            .flat_map(|group| group[1..].iter().map(|other| same(&group[0].path, &other.path)))
            .enumerate()
            .map(|(i, module)| format!("pub mod m{i} {module}"))
            .collect();
        let mut answers = program.compiles(PRELUDE, &pairs)?.into_iter();
        let mut left = Vec::new();
        for group in open {
            let (first, others) = (group[0], &group[1..]);
            let same: Vec<bool> = others.iter().filter_map(|_| answers.next()).collect();
            let (mut class, mut rest) = (vec![first], Vec::new());
            for (other, same) in others.iter().zip(same) {
                if same { class.push(other) } else { rest.push(*other) }
            }
            classes.push(class);
            if !rest.is_empty() {
                left.push(rest);
            }
        }
        open = left;
    }
    named.extend(classes.into_iter().map(|class| Named {
        path: class[0].path.clone(),
        paths: class.iter().map(|item| item.path.clone()).collect(),
        item: class[0].clone(),
    }));
    named.sort_by(|a, b| (&a.path, a.item.kind).cmp(&(&b.path, b.item.kind)));
    Ok(named)
}

/// `std` before `core` before `alloc`, preludes last, then the shorter, then by letters.
fn preference(path: &str) -> (usize, bool, usize, &str) {
    let root = path.split("::").next().unwrap_or_default();
    let rank = CRATES.iter().position(|name| *name == root).unwrap_or(CRATES.len());
    (rank, path.contains("::prelude::"), path.split("::").count(), path)
}

/// The body of a module that compiles exactly if both paths name the same things: a name from two
/// globs is ambiguous otherwise.
fn same(a: &str, b: &str) -> String {
    let name = last(a);
    let name = if is_keyword(name) { format!("r#{name}") } else { name.to_owned() };
    let (a, b) = (raw(a), raw(b));
    format!(
        "{{ mod a {{ pub use {a}; }} mod b {{ pub use {b}; }} use a::*; use b::*; use self::{name} as one; }}"
    )
}

/// Items and re-exports that can be imported without a feature.
fn stable_items(
    docs: &Docs,
    program: &Program,
) -> Result<Vec<Documented>, Box<dyn std::error::Error>> {
    let mut all: Vec<Documented> =
        docs.items.iter().filter(|item| !is_intrinsic(item)).cloned().collect();
    let known: BTreeSet<(String, &str)> =
        docs.items.iter().map(|item| (item.path.clone(), item.kind)).collect();
    for (path, target) in reexports(docs) {
        for item in docs.items.iter().filter(|item| item.path == target && item.kind != "mod") {
            if !known.contains(&(path.clone(), item.kind)) {
                all.push(Documented { path: path.clone(), ..item.clone() });
            }
        }
    }
    let lines: Vec<String> = all
        .iter()
        .map(|item| {
            if item.path.contains("::") {
                format!("pub use {}", raw(&item.path))
            } else {
                format!("pub extern crate {}", item.path)
            }
        })
        .enumerate()
        .map(|(i, import)| format!("pub mod m{i} {{ {import} as one; }}"))
        .collect();
    let good = program.compiles(PRELUDE, &lines)?;
    Ok(all.into_iter().zip(good).filter_map(|(item, good)| good.then_some(item)).collect())
}

/// Whether this is one of the thousands of functions and constants that stand for a processor's
/// instructions.
fn is_intrinsic(item: &Documented) -> bool {
    item.path.contains("::arch::") && matches!(item.kind, "fn" | "constant")
}

/// All re-exports, those of globs included.
fn reexports(docs: &Docs) -> BTreeMap<String, String> {
    let mut all = docs.reexports.clone();
    loop {
        let before = all.len();
        for (module, source) in &docs.globs {
            let inside = format!("{source}::");
            let direct = |path: &str| path.strip_prefix(&inside).map(|name| !name.contains("::"));
            let items = docs.items.iter().map(|item| (item.path.clone(), item.path.clone()));
            let found: Vec<(String, String)> =
                items.chain(all.clone()).filter(|(path, _)| direct(path) == Some(true)).collect();
            for (path, target) in found {
                all.entry(format!("{module}::{}", last(&path))).or_insert(target);
            }
        }
        if all.len() == before {
            return all;
        }
    }
}

/// A path with its keywords made raw: `std::keyword` has none, but `std::r#try` is a macro.
fn raw(path: &str) -> String {
    path.split("::")
        .map(|name| if is_keyword(name) { format!("r#{name}") } else { name.to_owned() })
        .collect::<Vec<_>>()
        .join("::")
}

fn is_keyword(name: &str) -> bool {
    matches!(name, "try" | "yield" | "gen" | "async" | "await" | "dyn" | "macro")
}
