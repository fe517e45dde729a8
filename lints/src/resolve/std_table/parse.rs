//! Reading the table. Its format is described at its head; the generator writes nothing else, so
//! whatever does not fit is a bug of the generator and panics.

use super::{
    Answer, ArgumentPattern, Child, Item, Kind, Marker, Param, ParamKind, Requirement, Special,
    Table,
};
use crate::resolve::Namespace;

/// A `use` line: where it stands, and what it names.
struct Reexport {
    crates: Vec<&'static str>,
    path: &'static str,
    target: &'static str,
}

/// The table of a text.
pub(super) fn table(text: &'static str) -> Table {
    let mut table = Table::default();
    let mut reexports = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut fields = line.split(" | ");
        let head = fields.next().unwrap_or_default();
        let (crates, rest) = head.split_once(' ').unwrap_or((head, ""));
        let crates = crate_names(crates);
        let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        match kind {
            "use" => {
                let (path, target) = rest.split_once(" = ").expect("a re-export has a target");
                reexports.push(Reexport { crates, path, target });
            }
            "special" => special(&mut table, rest, fields.next().unwrap_or_default()),
            _ => item(&mut table, &crates, kind, rest, fields),
        }
    }
    follow(&mut table, reexports);
    for children in table.children.values_mut() {
        children
            .sort_by(|a, b| (&a.name, a.namespace as usize).cmp(&(&b.name, b.namespace as usize)));
    }
    table
}

/// `sc` stands for `std` and `core`; a `-` for a primitive type, which stands in no crate.
fn crate_names(letters: &str) -> Vec<&'static str> {
    letters
        .chars()
        .filter_map(|letter| match letter {
            's' => Some("std"),
            'c' => Some("core"),
            'a' => Some("alloc"),
            _ => None,
        })
        .collect()
}

fn item(
    table: &mut Table,
    crates: &[&'static str],
    kind: &str,
    head: &'static str,
    fields: impl Iterator<Item = &'static str>,
) {
    let (path, generics) = match head.find('<') {
        Some(open) => (&head[..open], &head[open + 1..head.len() - 1]),
        None => (head, ""),
    };
    let (auto, unsafe_impl, kind) = match kind {
        "auto-trait" => (true, false, "trait"),
        "unsafe-trait" => (false, true, "trait"),
        "unsafe-auto-trait" => (true, true, "trait"),
        other => (false, false, other),
    };
    let kind = kind_of(kind);
    let path = match crates.first() {
        Some(first) if path.is_empty() => first,
        Some(first) => &*format!("{first}::{path}").leak(),
        None => path,
    };
    let mut item = Item {
        path,
        kind,
        generics: split_top(generics, ',').into_iter().map(param).collect(),
        target: None,
        supertraits: Vec::new(),
        auto,
        unsafe_impl,
        answers: Vec::new(),
        special: Vec::new(),
    };
    for field in fields {
        if let Some(target) = field.strip_prefix("= ") {
            item.target = Some(target);
        } else if let Some(supertraits) = field.strip_prefix(": ") {
            item.supertraits = split_top(supertraits, '+');
        } else {
            item.answers = answers(field, &item.generics);
        }
    }
    let index = u32::try_from(table.items.len()).expect("the table is small");
    table.items.push(item);
    if crates.is_empty() {
        insert(table, path, kind.namespaces(), index);
        return;
    }
    let inner = path.split_once("::").map_or("", |(_, inner)| inner);
    for root in crates {
        let full = if inner.is_empty() { (*root).to_owned() } else { format!("{root}::{inner}") };
        insert(table, &full, kind.namespaces(), index);
    }
}

impl Kind {
    /// Where a name of this kind is found. A struct is also given as a value, since its constructor
    /// may be one.
    fn namespaces(self) -> &'static [Namespace] {
        match self {
            Kind::Module
            | Kind::Enum
            | Kind::Union
            | Kind::Primitive
            | Kind::Alias
            | Kind::Trait => &[Namespace::Type],
            Kind::Struct | Kind::Variant => &[Namespace::Type, Namespace::Value],
            Kind::Function | Kind::Constant => &[Namespace::Value],
            Kind::Macro | Kind::Attribute | Kind::Derive => &[Namespace::Macro],
        }
    }
}

fn kind_of(word: &str) -> Kind {
    match word {
        "mod" => Kind::Module,
        "struct" => Kind::Struct,
        "enum" => Kind::Enum,
        "union" => Kind::Union,
        "primitive" => Kind::Primitive,
        "alias" => Kind::Alias,
        "trait" => Kind::Trait,
        "fn" => Kind::Function,
        "const" => Kind::Constant,
        "variant" => Kind::Variant,
        "macro" => Kind::Macro,
        "attribute" => Kind::Attribute,
        "derive" => Kind::Derive,
        other => panic!("`{other}` is no kind of item"),
    }
}

fn insert(table: &mut Table, path: &str, namespaces: &[Namespace], item: u32) {
    for namespace in namespaces {
        let names = table.by_path.entry(path.to_owned()).or_default();
        // A function beside the struct of the same name would be the value; there is none in `std`
        // whose constructor is one too.
        if names[*namespace as usize].is_some() {
            continue;
        }
        names[*namespace as usize] = Some(item);
        if let Some((parent, name)) = path.rsplit_once("::") {
            let child = Child { name: name.to_owned(), namespace: *namespace, item };
            table.children.entry(parent.to_owned()).or_default().push(child);
        }
    }
}

/// Enters the re-exports, those of modules before what they bring along.
fn follow(table: &mut Table, reexports: Vec<Reexport>) {
    for reexport in reexports {
        let names = *table
            .by_path
            .get(reexport.target)
            .unwrap_or_else(|| panic!("`{}` is not in the table", reexport.target));
        for root in &reexport.crates {
            let path = format!("{root}::{}", reexport.path);
            for namespace in [Namespace::Type, Namespace::Value, Namespace::Macro] {
                if let Some(item) = names[namespace as usize] {
                    insert(table, &path, &[namespace], item);
                }
            }
        }
    }
}

fn param(text: &'static str) -> Param {
    let (declared, default) = match text.split_once(" = ") {
        Some((declared, default)) => (declared, Some(default)),
        None => (text, None),
    };
    let (name, bounds) = match declared.split_once(": ") {
        Some((name, bounds)) => (name, split_top(bounds, '+')),
        None => (declared, Vec::new()),
    };
    let (name, kind) = match name.strip_prefix("const ") {
        Some(name) => return Param { name, kind: ParamKind::Const, default, bounds: Vec::new() },
        None if name.starts_with('\'') => (name, ParamKind::Lifetime),
        None => (name, ParamKind::Type),
    };
    Param { name, kind, default, bounds }
}

fn special(table: &mut Table, head: &'static str, facts: &'static str) {
    let (path, arguments) = head.split_once('<').expect("a special answer is about arguments");
    let patterns = split_top(&arguments[..arguments.len() - 1], ',');
    let arguments = patterns
        .iter()
        .map(|pattern| match *pattern {
            "_" => ArgumentPattern::Any,
            "[]" => ArgumentPattern::Slice,
            named => ArgumentPattern::Named(named),
        })
        .collect();
    let names = table.by_path.get(path).expect("a special answer follows the type's line");
    let index = names[Namespace::Type as usize].expect("a special answer is about a type");
    let item = &mut table.items[index as usize];
    let answers = answers(facts, &item.generics);
    item.special.push(Special { arguments, answers });
}

fn answers(facts: &'static str, generics: &[Param]) -> Vec<(Marker, Answer)> {
    split_top(facts, ' ').into_iter().map(|fact| answer(fact, generics)).collect()
}

/// `hash`, `hash?`, `!hash`, `hash(T, U: hash + eq)`.
fn answer(fact: &'static str, generics: &[Param]) -> (Marker, Answer) {
    if let Some(name) = fact.strip_prefix('!') {
        return (marker(name), Answer::No);
    }
    if let Some(name) = fact.strip_suffix('?') {
        return (marker(name), Answer::Unknown);
    }
    let Some((name, requirements)) = fact.split_once('(') else {
        return (marker(fact), Answer::Yes);
    };
    let of = marker(name);
    let mut all = Vec::new();
    for requirement in split_top(requirements.trim_end_matches(')'), ',') {
        if let Some(feature) = requirement.strip_prefix('#') {
            all.push(Requirement::SerdeFeature(feature));
            continue;
        }
        let (subject, traits) = match requirement.rsplit_once(": ") {
            Some((subject, traits)) => {
                (subject, split_top(traits, '+').into_iter().map(marker).collect())
            }
            None => (requirement, vec![of]),
        };
        all.extend(traits.into_iter().map(|implements| require(subject, implements, generics)));
    }
    (of, Answer::If(all))
}

fn require(subject: &'static str, implements: Marker, generics: &[Param]) -> Requirement {
    let position = |name: &str| {
        generics
            .iter()
            .position(|param| param.name == name)
            .unwrap_or_else(|| panic!("`{name}` is no parameter"))
    };
    let Some(projection) = subject.strip_prefix('<') else {
        return Requirement::Argument(position(subject), implements);
    };
    let (param, rest) = projection.split_once(" as ").expect("an associated type has a trait");
    let (of, name) = rest.split_once(">::").expect("an associated type has a name");
    Requirement::Associated { argument: position(param), of, name, implements }
}

fn marker(name: &str) -> Marker {
    Marker::ALL
        .into_iter()
        .find(|marker| marker.name() == name)
        .unwrap_or_else(|| panic!("`{name}` is no trait of the table"))
}

/// The parts of a text between separators that stand in no bracket.
fn split_top(text: &'static str, separator: char) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if c == separator && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
        before = c;
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
