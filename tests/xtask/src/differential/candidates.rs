//! Paths that may lead to types, and arguments that may fit these.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Param, Source, Type};

/// A path, with the parameters that the type behind it may have.
pub(super) struct Path {
    pub(super) krate: String,
    pub(super) text: String,
    params: BTreeSet<Vec<Param>>,
}

/// A type to ask about.
pub(super) struct Candidate {
    /// The crate that it was reached through.
    pub(super) krate: String,
    pub(super) text: String,
}

/// What modules export: for each name what parameters it may have.
type Exports = BTreeMap<String, BTreeMap<String, BTreeSet<Vec<Param>>>>;

/// Chains of globs longer than this are cut.
const ROUNDS: usize = 4;

/// How many paths of equal names in a crate are asked about.
const PATHS: usize = 3;

/// Every path to something that may be a type.
pub(super) fn paths(sources: &[Source]) -> Vec<Path> {
    let mut by_name: BTreeMap<&str, BTreeSet<Vec<Param>>> = BTreeMap::new();
    let mut exports = Exports::new();
    for (module, Type { name, params }) in sources.iter().flat_map(|source| &source.types) {
        by_name.entry(name).or_default().insert(params.clone());
        let names = exports.entry(module.clone()).or_default();
        names.entry(name.clone()).or_default().insert(params.clone());
    }
    for (module, name, target) in sources.iter().flat_map(|source| &source.imports) {
        let found = target.rsplit("::").next().and_then(|last| by_name.get(last));
        let params = found.cloned().unwrap_or_else(|| BTreeSet::from([Vec::new()]));
        let names = exports.entry(module.clone()).or_default();
        names.entry(name.clone()).or_default().extend(params);
    }
    for _ in 0..ROUNDS {
        for (module, target) in sources.iter().flat_map(|source| &source.globs) {
            copy(&mut exports, module, target, module);
        }
        for (module, name, target) in sources.iter().flat_map(|source| &source.imports) {
            copy(&mut exports, module, target, &format!("{module}::{name}"));
        }
    }
    let mut paths = Vec::new();
    for source in sources {
        let inside = format!("{}::", source.name);
        let own = exports
            .iter()
            .filter(|(module, _)| **module == source.name || module.starts_with(&inside));
        for (module, names) in own {
            paths.extend(names.iter().map(|(name, params)| Path {
                krate: source.name.clone(),
                text: format!("{module}::{name}"),
                params: params.clone(),
            }));
        }
    }
    paths
}

/// Makes what a module exports, named by a path as it is written in `module`, exports of `into`.
fn copy(exports: &mut Exports, module: &str, target: &str, into: &str) {
    for from in meanings(module, target) {
        if let Some(names) = exports.get(&from).filter(|_| from != into).cloned() {
            let known = exports.entry(into.to_owned()).or_default();
            for (name, params) in names {
                known.entry(name).or_default().extend(params);
            }
        }
    }
}

/// The modules that a path may mean.
fn meanings(module: &str, path: &str) -> Vec<String> {
    let krate = module.split("::").next().unwrap_or_default();
    if let Some(rest) = path.strip_prefix("crate::") {
        return vec![format!("{krate}::{rest}")];
    }
    if let Some(rest) = path.strip_prefix("self::") {
        return vec![format!("{module}::{rest}")];
    }
    let (mut base, mut rest) = (module, path);
    while let Some(after) = rest.strip_prefix("super") {
        base = base.rsplit_once("::").map_or(base, |(parent, _)| parent);
        rest = after.trim_start_matches("::");
    }
    if rest.is_empty() {
        vec![base.to_owned()]
    } else if base == module {
        vec![format!("{module}::{rest}"), rest.trim_start_matches("::").to_owned()]
    } else {
        vec![format!("{base}::{rest}")]
    }
}

/// Each path with some arguments for each list of parameters, the shortest paths of a name first.
pub(super) fn instances(mut paths: Vec<Path>) -> Vec<Candidate> {
    paths.sort_by_key(|path| (path.krate.clone(), path.text.split("::").count()));
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    paths.retain(|path| {
        let name = path.text.rsplit("::").next().unwrap_or_default();
        let count = seen.entry((path.krate.clone(), name.to_owned())).or_default();
        *count += 1;
        *count <= PATHS
    });
    let mut candidates = Vec::new();
    for path in &paths {
        let lists: BTreeSet<Vec<String>> =
            path.params.iter().flat_map(|it| arguments(it)).collect();
        candidates.extend(lists.into_iter().map(|list| {
            let list =
                if list.is_empty() { String::new() } else { format!("<{}>", list.join(", ")) };
            Candidate { krate: path.krate.clone(), text: format!("{}{list}", path.text) }
        }));
    }
    candidates
}

/// Types that have everything, that can't be hashed, and that lack one of the auto traits or both.
const ORDINARY: [&str; 5] = ["u8", "String", "std::rc::Rc<u8>", "std::cell::Cell<u8>", "*const u8"];

/// What else may fit where a bound has this word in it.
const FITTING: [(&str, &str); 10] = [
    ("BuildHasher", "std::collections::hash_map::RandomState"),
    ("Iterator", "std::vec::IntoIter<u8>"),
    ("Future", "std::future::Ready<u8>"),
    ("Stream", "std::vec::IntoIter<u8>"),
    ("Fn", "fn(u8) -> u8"),
    ("Read", "std::io::Cursor<Vec<u8>>"),
    ("Write", "Vec<u8>"),
    ("Float", "f64"),
    ("Array", "[u8; 4]"),
    ("Error", "std::fmt::Error"),
];

/// Lists of arguments: one kind of type everywhere, then one place that differs.
fn arguments(params: &[Param]) -> Vec<Vec<String>> {
    let required =
        params.iter().filter(|param| !matches!(param, Param::Type(_, true))).cloned().collect();
    let mut lists = Vec::new();
    for params in BTreeSet::from([params.to_vec(), required]) {
        let choices: Vec<Vec<&str>> = params.iter().map(choices).collect();
        let pick = |place: usize, kind: usize| {
            let fitting: &[&str] = &choices[place];
            fitting[kind.min(fitting.len() - 1)].to_owned()
        };
        let most = choices.iter().map(Vec::len).max().unwrap_or(1);
        for kind in 0..most {
            lists.push((0..params.len()).map(|place| pick(place, kind)).collect());
        }
        for differing in 0..params.len() {
            for kind in [2, 3] {
                let one = |place| pick(place, if place == differing { kind } else { 1 });
                lists.push((0..params.len()).map(one).collect());
            }
        }
    }
    lists
}

fn choices(param: &Param) -> Vec<&'static str> {
    match param {
        Param::Lifetime => vec!["'static"],
        Param::Type(bounds, _) => {
            let fitting = FITTING.iter().filter(|(word, _)| bounds.contains(word));
            fitting.map(|(_, ty)| *ty).chain(ORDINARY).collect()
        }
        Param::Const(ty) => match ty.as_str() {
            "bool" => vec!["true"],
            "char" => vec!["'a'"],
            _ => vec!["3"],
        },
    }
}
