//! What an editor shows on a cached function or its attribute: what the key is made of, and which
//! edits change it.

use std::fmt::Write as _;

use cachelit_spec::options::{CodeCoverage, Kind, OptionName, Persist, Scope, Ttl};
use ra_ap_syntax::ast::AstNode;
use ra_ap_syntax::{TextRange, TextSize};

use crate::keys::reached;
use crate::model::{CachedFunction, Context, Parameter};
use crate::resolve::{Trait, Verdict};

/// A hover text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// Markdown.
    pub markdown: String,
}

/// The text for `function`, if `offset` is on its name or its attribute.
pub(crate) fn hover(
    cx: &Context<'_>,
    function: &CachedFunction,
    offset: TextSize,
) -> Option<Hover> {
    let ranges = [function.name.syntax().text_range(), function.attribute.outer];
    let range = ranges.into_iter().find(|range| range.contains_inclusive(offset))?;
    Some(Hover { range, markdown: describe(cx, function) })
}

fn describe(cx: &Context<'_>, function: &CachedFunction) -> String {
    let hash = function.code_hash().to_string();
    let is_deep = function.attribute.options.code == CodeCoverage::Deep;
    let callees: Vec<_> =
        reached(cx, function).iter().map(|it| short_name(&it.name).to_owned()).collect();
    let (excluded, hashed): (Vec<_>, Vec<_>) =
        function.parameters.iter().partition(|parameter| parameter.is_excluded());

    let mut text = format!("**`{}`**: {}\n\n", function.name.text(), summary(function));
    text.push_str("**In the key**\n");
    for parameter in hashed {
        let _ = writeln!(text, "- `{}`{}", written(parameter), remark(cx, function, parameter));
    }
    let arguments = function.type_parameters();
    if !arguments.is_empty() {
        let _ = writeln!(text, "- the type arguments {}", list(&arguments));
    }
    if function.attribute.options.allow_widgets {
        text.push_str("- the values of the widgets that the body calls\n");
    }
    let _ = writeln!(text, "- its code, hash `{}…`", &hash[..12]);
    if is_deep {
        text.push_str(
            "- the workspace code that it reaches, and the versions of the packages it names\n",
        );
    }

    let lacks_callees = !is_deep && !callees.is_empty();
    if !excluded.is_empty() || lacks_callees {
        text.push_str("\n**Not in the key**\n");
    }
    for parameter in excluded {
        let _ = writeln!(text, "- `{}`, for its leading `_`", written(parameter));
    }
    if lacks_callees {
        let _ = writeln!(text, "- the code of {}, which it calls", list(&callees));
    }
    text.push_str(
        "\n**Changes the key**: any edit of the signature or the body, even a new name for a local \
         variable\n\n**Doesn't**: comments, formatting, visibility, other attributes, options of this \
         one\n\n",
    );
    let _ = writeln!(text, "Code hash `{hash}`");
    text
}

/// Who shares the entries, for how long and how many of them.
fn summary(function: &CachedFunction) -> String {
    let attribute = &function.attribute;
    let options = &attribute.options;
    let mut parts = vec![
        match function.kind() {
            Kind::Data => "cached data, a copy for every caller".to_owned(),
            Kind::Resource => "cached resource, one object for all callers".to_owned(),
        },
        match options.scope(function.kind()) {
            Scope::Session => "per session".to_owned(),
            Scope::Global => "shared by all sessions".to_owned(),
        },
    ];
    let value = |name| attribute.option_value(name);
    match &options.ttl {
        Some(Ttl::Known(_) | Ttl::Expression(_)) => {
            parts.extend(
                value(OptionName::Ttl).map(|ttl| format!("ttl `{}`", ttl.trim_matches('"'))),
            );
        }
        None => parts.push("no ttl".to_owned()),
    }
    if let Some(entries) = options.max_entries {
        parts.push(format!("at most {entries} entries"));
    }
    if options.max_size.is_some() {
        parts.extend(
            value(OptionName::MaxSize).map(|size| format!("at most `{}`", size.trim_matches('"'))),
        );
    }
    match options.persist {
        Some(Persist::Disk) => parts.push("also on disk".to_owned()),
        Some(Persist::Shared) => parts.push("also on the shared server".to_owned()),
        None => {}
    }
    parts.join(" · ")
}

fn written(parameter: &Parameter) -> String {
    match &parameter.ty {
        Some(ty) => format!("{}: {}", parameter.name, one_line(&ty.syntax().text().to_string())),
        None => parameter.name.clone(),
    }
}

fn remark(cx: &Context<'_>, function: &CachedFunction, parameter: &Parameter) -> &'static str {
    let verdict = parameter.ty.as_ref().map(|ty| cx.verdict(&function.scope, ty, Trait::CacheKey));
    let has_hash_funcs = !function.attribute.options.hash_funcs.is_empty();
    match verdict {
        Some(Verdict::No(_)) if !has_hash_funcs => " (can't be hashed)",
        _ => "",
    }
}

fn short_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::testing::hover;

    #[test]
    fn a_function_with_parameters_options_and_callees() {
        insta::assert_snapshot!(hover(r#"
use cachelit::cache_data;
fn clean(text: &str) -> String { text.trim().to_owned() }
#[cache_data(ttl = "1h", max_entries = 1000, scope = "global")]
async fn fetch$0_data<T: Clone>(_db: &str, rows: usize, like: &str) -> Vec<String> {
    vec![clean(like), helper()]
}
fn helper() -> String { String::new() }
"#).expect("a hover"), @r"
    **`fetch_data`**: cached data, a copy for every caller · shared by all sessions · ttl `1h` · at most 1000 entries

    **In the key**
    - `rows: usize`
    - `like: &str`
    - the type arguments `T`
    - its code, hash `f44a43471a23…`

    **Not in the key**
    - `_db: &str`, for its leading `_`
    - the code of `clean`, `helper`, which it calls

    **Changes the key**: any edit of the signature or the body, even a new name for a local variable

    **Doesn't**: comments, formatting, visibility, other attributes, options of this one

    Code hash `f44a43471a23babf7036497e447547848fcee2ee7aaf07dbc89eae34bdef1e10`
    ");
    }

    #[test]
    fn a_resource_without_parameters() {
        insta::assert_snapshot!(hover(r"
use cachelit::cache_resource;
#[cache_resource$0]
fn pool() -> u32 { 1 }
").expect("a hover"), @r"
    **`pool`**: cached resource, one object for all callers · shared by all sessions · no ttl

    **In the key**
    - its code, hash `025de4b3fe8f…`

    **Changes the key**: any edit of the signature or the body, even a new name for a local variable

    **Doesn't**: comments, formatting, visibility, other attributes, options of this one

    Code hash `025de4b3fe8ff166b9fa254f7a6dd5f78e467e3249f33a66955acc24810d1a48`
    ");
    }

    #[test]
    fn other_places_have_no_hover() {
        for fixture in [
            "#[inline]\nfn plain$0() -> u32 { 1 }\n",
            "use cachelit::cache_data;\n#[cache_data]\nfn f() -> u32 { $01 }\n",
            "use cachelit::cache_data;\n#[cache_data]\n#[inline$0]\nfn f() -> u32 { 1 }\n",
        ] {
            assert_eq!(hover(fixture), None, "{fixture}");
        }
    }
}
