//! Paths that may lead to types, and arguments that may fit these.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Param, Shape, Source, Type};

/// A path, with what may be behind it.
pub(super) struct Path {
    pub(super) krate: String,
    pub(super) text: String,
    shapes: BTreeSet<Shape>,
}

/// A type to ask about.
pub(super) struct Candidate {
    /// The crate that it was reached through.
    pub(super) krate: String,
    pub(super) text: String,
}

/// What modules export: for each name what may be behind it.
type Exports = BTreeMap<String, BTreeMap<String, BTreeSet<Shape>>>;

/// Chains of globs longer than this are cut.
const ROUNDS: usize = 4;

/// How many paths of equal names in a crate are asked about.
const PATHS: usize = 3;

/// Every path to something that may be a type.
pub(super) fn paths(sources: &[Source]) -> Vec<Path> {
    let mut by_name: BTreeMap<&str, BTreeSet<Shape>> = BTreeMap::new();
    let mut exports = Exports::new();
    for (module, Type { name, shape }) in sources.iter().flat_map(|source| &source.types) {
        by_name.entry(name).or_default().insert(shape.clone());
        let names = exports.entry(module.clone()).or_default();
        names.entry(name.clone()).or_default().insert(shape.clone());
    }
    for (module, name, target) in sources.iter().flat_map(|source| &source.imports) {
        let found = target.rsplit("::").next().and_then(|last| by_name.get(last));
        let shapes = found.cloned().unwrap_or_else(|| BTreeSet::from([Shape::Type(Vec::new())]));
        let names = exports.entry(module.clone()).or_default();
        names.entry(name.clone()).or_default().extend(shapes);
    }
    for _ in 0..ROUNDS {
        for source in sources {
            for (module, target) in &source.globs {
                copy(&mut exports, source, module, target, module);
            }
            for (module, name, target) in &source.imports {
                copy(&mut exports, source, module, target, &format!("{module}::{name}"));
            }
        }
    }
    let mut paths = Vec::new();
    for source in sources.iter().filter(|source| source.is_direct) {
        let inside = format!("{}::", source.root);
        let is_hidden = |module: &str| {
            let ends = module.match_indices("::").map(|(at, _)| at).chain([module.len()]);
            ends.into_iter().any(|end| source.private.contains(&module[..end]))
        };
        let own = exports
            .iter()
            .filter(|(module, _)| **module == source.root || module.starts_with(&inside))
            .filter(|(module, _)| !is_hidden(module));
        for (module, names) in own {
            paths.extend(names.iter().map(|(name, shapes)| Path {
                krate: source.root.clone(),
                text: format!("{module}::{name}"),
                shapes: shapes.clone(),
            }));
        }
    }
    paths
}

/// Makes what a module exports, named by a path as it is written in `module`, exports of `into`.
fn copy(exports: &mut Exports, source: &Source, module: &str, target: &str, into: &str) {
    for from in meanings(source, module, target) {
        if let Some(names) = exports.get(&from).filter(|_| from != into).cloned() {
            let known = exports.entry(into.to_owned()).or_default();
            for (name, shapes) in names {
                known.entry(name).or_default().extend(shapes);
            }
        }
    }
}

/// The modules that a path may mean.
fn meanings(source: &Source, module: &str, path: &str) -> Vec<String> {
    if let Some(rest) = path.strip_prefix("crate::") {
        return vec![format!("{}::{rest}", source.root)];
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
        return vec![base.to_owned()];
    }
    if base != module {
        return vec![format!("{base}::{rest}")];
    }
    let global = rest.trim_start_matches("::");
    let (first, after) = global.split_once("::").unwrap_or((global, ""));
    let root = source.dependencies.get(first).map_or(first, String::as_str);
    let outside = if after.is_empty() { root.to_owned() } else { format!("{root}::{after}") };
    vec![format!("{module}::{rest}"), outside]
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
        let texts: BTreeSet<String> =
            path.shapes.iter().flat_map(|shape| with_shape(&path.text, shape)).collect();
        let krate = &path.krate;
        candidates.extend(texts.into_iter().map(|text| Candidate { krate: krate.clone(), text }));
    }
    candidates
}

fn with_shape(path: &str, shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Type(params) => arguments(params)
            .into_iter()
            .map(|list| match list.as_slice() {
                [] => path.to_owned(),
                list => format!("{path}<{}>", list.join(", ")),
            })
            .collect(),
        Shape::Trait => ["dyn {}", "Box<dyn {} + Send + Sync>", "std::sync::Arc<dyn {} + Send>"]
            .map(|with| with.replace("{}", path))
            .to_vec(),
    }
}

/// Types around a type.
const AROUND: [&str; 16] = [
    "Option<std::sync::Arc<std::sync::Mutex<{}>>>",
    "&'static {}",
    "Box<{}>",
    "std::rc::Rc<{}>",
    "Vec<(u8, {})>",
    "[{}; 3]",
    "fn(&{}) -> {}",
    "std::marker::PhantomData<{}>",
    "std::cell::RefCell<{}>",
    "Result<{}, std::io::Error>",
    "std::collections::BTreeMap<String, {}>",
    "std::collections::HashMap<u8, {}>",
    "std::borrow::Cow<'static, {}>",
    "std::sync::RwLock<{}>",
    "std::sync::mpsc::Sender<{}>",
    "Box<dyn Fn({}) -> u8 + Send>",
];

/// For some of the types another one around it.
pub(super) fn around(candidates: &[Candidate]) -> Vec<Candidate> {
    let some = candidates.iter().filter_map(|candidate| {
        let at = usize::try_from(number(&candidate.text) % 100).ok()?;
        let text = AROUND.get(at)?.replace("{}", &candidate.text);
        Some(Candidate { krate: candidate.krate.clone(), text })
    });
    some.collect()
}

/// At most so many of each crate, always the same ones, as if by chance.
pub(super) fn some_of_each<T>(
    mut list: Vec<T>,
    at_most: impl Fn(&str) -> usize,
    candidate: impl Fn(&T) -> &Candidate,
) -> Vec<T> {
    list.sort_by_cached_key(|it| {
        (candidate(it).krate.clone(), number(&candidate(it).text), candidate(it).text.clone())
    });
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    list.retain(|it| {
        let count = count.entry(candidate(it).krate.clone()).or_default();
        *count += 1;
        *count <= at_most(&candidate(it).krate)
    });
    list
}

/// A number that a text always has, and that says nothing about it.
fn number(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

/// Types that have everything, that can't be hashed, and that lack one of the auto traits or both.
const ORDINARY: [&str; 6] =
    ["u8", "String", "std::rc::Rc<u8>", "std::cell::Cell<u8>", "*const u8", "f64"];

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
