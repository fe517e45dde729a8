//! Renames a parameter everywhere in its function.

use ra_ap_syntax::ast::{AstNode, HasAttrs};
use ra_ap_syntax::{SyntaxKind, TextRange};

use crate::finding::{Applicability, Fix, TextEdit};
use crate::model::{CachedFunction, Context, Locals, Parameter, ParameterKind, UseForm};

/// "Rename to `_name`": in the signature, at every use, and where other attributes of the function
/// mention it. `None` where the parameter has no name of its own, or the new name is taken.
pub(super) fn prefix_with_underscore(
    cx: &Context<'_>,
    function: &CachedFunction,
    parameter: &Parameter,
) -> Option<Fix> {
    let ParameterKind::Named(name) = &parameter.kind else { return None };
    let old = name.text();
    let new = format!("_{}", old.strip_prefix("r#").unwrap_or(old));
    if mentions(function, &new) {
        return None;
    }
    let locals = Locals::of(cx, function.module, &function.item);
    let binding = locals.binding(parameter.range)?;
    let mut edits = vec![(parameter.range, new.clone())];
    let mut is_certain = true;
    for used in &binding.uses {
        let text = match used.form {
            UseForm::Name => new.clone(),
            UseForm::Shorthand => format!("{old}: {new}"),
        };
        edits.push((used.range, text));
        is_certain &= used.is_certain;
    }
    for mention in attribute_mentions(function, old) {
        edits.push((mention, new.clone()));
        is_certain = false;
    }
    edits.sort_by_key(|(range, _)| range.start());
    let edits =
        edits.into_iter().map(|(range, text)| TextEdit { place: function.place(range), text });
    Some(Fix {
        title: format!("Rename to `{new}`"),
        applicability: if is_certain {
            Applicability::MachineApplicable
        } else {
            Applicability::MaybeIncorrect
        },
        edits: edits.collect(),
    })
}

/// Whether the function's text has the word `name` anywhere but in comments.
fn mentions(function: &CachedFunction, name: &str) -> bool {
    let tokens = function.item.syntax().descendants_with_tokens();
    tokens.filter_map(ra_ap_syntax::NodeOrToken::into_token).any(|token| match token.kind() {
        SyntaxKind::IDENT => token.text() == name,
        SyntaxKind::STRING => token.text().contains(&format!("{{{name}")),
        _ => false,
    })
}

/// Where other attributes name the parameter, as in `#[instrument(skip(conn))]`.
fn attribute_mentions(function: &CachedFunction, name: &str) -> Vec<TextRange> {
    let others = function
        .item
        .attrs()
        .filter(|attr| !attr.syntax().text_range().contains_range(function.attribute.range));
    others
        .flat_map(|attr| attr.syntax().descendants_with_tokens())
        .filter_map(ra_ap_syntax::NodeOrToken::into_token)
        .filter(|token| token.kind() == SyntaxKind::IDENT && token.text() == name)
        .map(|token| token.text_range())
        .collect()
}
