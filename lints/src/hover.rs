//! What an editor shows on a cached function or its attribute: what the key is made of, and which
//! edits change it.

use std::fmt::Write as _;

use cachelit_spec::options::{CodeCoverage, Kind, OptionName, Persist, Scope, Ttl};
use ra_ap_syntax::ast::{self, AstNode, HasGenericParams};
use ra_ap_syntax::{TextRange, TextSize};

use crate::keys::{Reached, reached};
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
    let (excluded, hashed): (Vec<_>, Vec<_>) =
        function.parameters.iter().partition(|parameter| parameter.is_excluded());

    let mut text = format!("**`{}`** — {}\n\n", function.name.text(), summary(function));
    text.push_str("In the key:\n");
    for parameter in hashed {
        let _ = writeln!(text, "- `{}`{}", written(parameter), remark(cx, function, parameter));
    }
    let arguments = type_arguments(function);
    if !arguments.is_empty() {
        let _ = writeln!(text, "- the type arguments {}", list(&arguments));
    }
    if function.attribute.options.allow_widgets {
        text.push_str("- the values of the widgets that the body calls\n");
    }
    let _ = writeln!(text, "- the code, hash `{}…`", &hash[..12]);
    if !excluded.is_empty() {
        let names: Vec<_> = excluded.iter().map(|parameter| written(parameter)).collect();
        let _ = writeln!(text, "\nLeft out by a leading `_`: {}", list(&names));
    }
    let _ = write!(text, "\n{}", edits(&reached(cx, function), function));
    let _ = write!(text, "\nCode hash: `{hash}`\n");
    text
}

/// Who shares the entries, for how long and how many of them.
fn summary(function: &CachedFunction) -> String {
    let attribute = &function.attribute;
    let options = &attribute.options;
    let mut parts = vec![
        match function.kind() {
            Kind::Data => "cached data, every caller gets a copy".to_owned(),
            Kind::Resource => "cached resource, every caller gets the same object".to_owned(),
        },
        match options.scope(function.kind()) {
            Scope::Session => "per session".to_owned(),
            Scope::Global => "shared by all sessions".to_owned(),
        },
    ];
    let value = |name| attribute.option_value(name);
    match &options.ttl {
        Some(Ttl::Known(_) | Ttl::Expression(_)) => {
            parts.extend(value(OptionName::Ttl).map(|ttl| format!("ttl `{ttl}`")));
        }
        None => parts.push("no ttl".to_owned()),
    }
    if let Some(entries) = options.max_entries {
        parts.push(format!("at most {entries} entries"));
    }
    if options.max_size.is_some() {
        parts.extend(value(OptionName::MaxSize).map(|size| format!("at most `{size}`")));
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
    let verdict =
        parameter.ty.as_ref().map(|ty| cx.resolver.verdict(&function.scope, ty, Trait::CacheKey));
    let has_hash_funcs = !function.attribute.options.hash_funcs.is_empty();
    match verdict {
        Some(Verdict::No(_)) if !has_hash_funcs => " (can't be hashed)",
        _ => "",
    }
}

/// Generic parameters of the function and of the `impl` around it.
fn type_arguments(function: &CachedFunction) -> Vec<String> {
    let around = function.item.syntax().ancestors().find_map(ast::Impl::cast);
    let lists = around
        .and_then(|it| it.generic_param_list())
        .into_iter()
        .chain(function.item.generic_param_list());
    lists
        .flat_map(|list| list.type_or_const_params())
        .filter_map(|param| match param {
            ast::TypeOrConstParam::Type(it) => ast::HasName::name(&it),
            ast::TypeOrConstParam::Const(it) => ast::HasName::name(&it),
        })
        .map(|name| name.text().to_string())
        .collect()
}

/// What will change the key, and what won't.
fn edits(reached: &[Reached], function: &CachedFunction) -> String {
    let is_deep = function.attribute.options.code == CodeCoverage::Deep;
    let mut changes =
        "any edit of the signature or the body, even the new name of a local variable".to_owned();
    let mut keeps = "comments, formatting, other attributes, the options of this one".to_owned();
    let names: Vec<_> = reached.iter().map(|it| short_name(&it.name).to_owned()).collect();
    if is_deep {
        changes.push_str("; what it reaches in the workspace, and the versions of packages");
    } else if !names.is_empty() {
        let _ = write!(keeps, "; the code of {}, which it calls", list(&names));
    }
    format!("Changes the key: {changes}\n\nDoes not change it: {keeps}\n")
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
