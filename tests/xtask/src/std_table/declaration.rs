//! The parts of a declaration that the table tells: parameters with bounds and defaults, what an
//! alias stands for, supertraits.

/// A generic parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Param {
    /// `'a`, `T`, `const N`.
    pub(super) name: String,
    pub(super) bounds: Vec<String>,
    pub(super) default: Option<String>,
}

impl Param {
    pub(super) fn is_lifetime(&self) -> bool {
        self.name.starts_with('\'')
    }

    pub(super) fn is_const(&self) -> bool {
        self.name.starts_with("const ")
    }

    pub(super) fn is_type(&self) -> bool {
        !self.is_lifetime() && !self.is_const()
    }

    pub(super) fn is_unsized(&self) -> bool {
        self.bounds.iter().any(|bound| bound == "?Sized")
    }
}

/// The parameters of a declaration of `name`. Those that only unstable code can name, the
/// allocators, are left out.
pub(super) fn params(declaration: &str, name: &str) -> Vec<Param> {
    let Some(list) = after_name(declaration, name).and_then(bracketed) else { return Vec::new() };
    let mut params: Vec<Param> = split(list, ',').into_iter().map(param).collect();
    if let Some((_, clauses)) = declaration.split_once("where\n") {
        let clauses = clauses.split(['{', ';']).next().unwrap_or_default();
        for (subject, bounds) in split(clauses, ',').iter().filter_map(|c| c.split_once(": ")) {
            if let Some(param) = params.iter_mut().find(|param| param.name == subject) {
                param.bounds.extend(bounds_of(bounds));
            }
        }
    }
    params.retain(|param| !param.bounds.iter().any(|bound| bound == "std::alloc::Allocator"));
    params
}

/// What an alias stands for.
pub(super) fn target(declaration: &str, name: &str) -> Option<String> {
    let rest = after_name(declaration, name)?;
    let rest = bracketed(rest).map_or(rest, |list| &rest[list.len() + 2..]);
    let (_, target) = rest.split_once('=')?;
    Some(one_line(target.trim_end_matches(';')))
}

/// The supertraits of a declaration of a trait.
pub(super) fn supertraits(declaration: &str, name: &str) -> Vec<String> {
    let Some(rest) = after_name(declaration, name) else { return Vec::new() };
    let rest = bracketed(rest).map_or(rest, |list| &rest[list.len() + 2..]);
    let Some(bounds) = rest.strip_prefix(':') else { return Vec::new() };
    let bounds = bounds.split("where\n").next().unwrap_or_default();
    bounds_of(bounds.split('{').next().unwrap_or_default())
}

/// What follows `struct Name`.
fn after_name<'a>(declaration: &'a str, name: &str) -> Option<&'a str> {
    ["struct ", "enum ", "union ", "trait ", "type "].iter().find_map(|keyword| {
        let (_, rest) = declaration.split_once(&format!("{keyword}{name}"))?;
        (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then_some(rest)
    })
}

/// What is between `<` at the start and the `>` that belongs to it.
fn bracketed(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.strip_prefix('<')?.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before == '-' => {}
            '>' if depth == 0 => return Some(&text[1..=at]),
            '>' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

fn param(text: &str) -> Param {
    let (declared, default) = match split(text, '=')[..] {
        [declared, default] => (declared, Some(default.to_owned())),
        _ => (text, None),
    };
    let (name, bounds) = declared.split_once(": ").unwrap_or((declared, ""));
    let bounds = if name.starts_with("const ") { Vec::new() } else { bounds_of(bounds) };
    Param { name: name.to_owned(), bounds, default }
}

/// The bounds that are traits; `'a` says nothing here.
fn bounds_of(text: &str) -> Vec<String> {
    split(text, '+')
        .iter()
        .filter(|bound| !bound.starts_with('\''))
        .map(|bound| match *bound {
            // The last two are how the library itself says the first.
            "?std::marker::Sized"
            | "?core::marker::Sized"
            | "std::marker::PointeeSized"
            | "core::marker::PointeeSized" => "?Sized".to_owned(),
            bound => one_line(bound),
        })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of a text between separators that stand in no bracket.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
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
