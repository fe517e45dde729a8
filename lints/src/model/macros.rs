//! Names inside macro calls, whose arguments are only tokens.

use ra_ap_syntax::SyntaxKind::{self, COLON, DOT, EQ, IDENT, L_CURLY, R_CURLY};
use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{SyntaxToken, T, TextRange};

use super::{Context, UseForm};
use crate::resolve::ModuleId;

/// Macros of the standard library whose arguments are expressions, some behind a format string.
const KNOWN: [&str; 21] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "panic",
    "print",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
    "try",
];

/// Whether a macro call in a file of `module` is one whose arguments are known to be expressions.
pub(super) fn is_known(cx: &Context<'_>, module: ModuleId, call: &ast::MacroCall) -> bool {
    let means_it = |path| {
        let scope = cx.resolver.scope_at(module, call.syntax());
        scope.is_some_and(|scope| cx.resolver.is_std_macro(&scope, path))
    };
    has_known_name(call) && call.path().as_ref().is_some_and(means_it)
}

/// Whether a macro call looks like one of those.
pub(super) fn has_known_name(call: &ast::MacroCall) -> bool {
    let name = call.path().and_then(|path| path.segment()).and_then(|it| it.name_ref());
    name.is_some_and(|name| KNOWN.contains(&name.text()))
}

/// Where the arguments of a call stand, which commas or (in `vec![x; n]`) semicolons separate; the
/// names of named ones are left out.
pub(super) fn arguments(tree: &ast::TokenTree) -> Vec<TextRange> {
    let mut arguments = Vec::new();
    let mut current: Option<TextRange> = None;
    let elements: Vec<_> = tree.syntax().children_with_tokens().collect();
    let inner = elements.get(1..elements.len().saturating_sub(1)).unwrap_or_default();
    for (at, element) in inner.iter().enumerate() {
        let is_comparison = inner.get(at + 1).is_some_and(|next| next.kind() == EQ);
        match element.kind() {
            T![,] | T![;] => arguments.extend(current.take()),
            kind if kind.is_trivia() => {}
            EQ if !is_comparison && current.is_some_and(|it| is_word(tree, it)) => current = None,
            _ => {
                let range = element.text_range();
                current = Some(current.map_or(range, |it| it.cover(range)));
            }
        }
    }
    arguments.extend(current);
    arguments
}

/// Whether `range` is a single identifier of the tree.
fn is_word(tree: &ast::TokenTree, range: TextRange) -> bool {
    tree.syntax().children_with_tokens().any(|it| it.text_range() == range && it.kind() == IDENT)
}

/// Whether the tokens may introduce names of their own: closures, `let`, `match`, blocks.
pub(super) fn may_bind(tokens: &[SyntaxToken]) -> bool {
    tokens
        .iter()
        .any(|token| matches!(token.kind(), T![let] | T![match] | T![for] | T![|] | T![fn]))
}

/// The names of format arguments: `name = value`.
pub(super) fn named_arguments(tokens: &[SyntaxToken]) -> Vec<String> {
    (0..tokens.len())
        .filter(|&at| tokens[at].kind() == IDENT && is_assigned(tokens, at))
        .map(|at| tokens[at].text().to_owned())
        .collect()
}

/// How the identifier at `at` uses a local, if it can.
pub(super) fn use_form(tokens: &[SyntaxToken], at: usize) -> Option<UseForm> {
    if tokens[at].kind() != IDENT {
        return None;
    }
    let before = |distance: usize| at.checked_sub(distance).map(|at| tokens[at].kind());
    let after = |distance: usize| tokens.get(at + distance).map(SyntaxToken::kind);
    let is_member = before(1) == Some(DOT) && before(2) != Some(DOT);
    let is_in_path =
        before(1) == Some(COLON) && before(2) == Some(COLON) || before(1) == Some(T![::]);
    let is_prefix = after(1) == Some(T![::]) || after(1) == Some(COLON);
    let is_macro = after(1) == Some(T![!]) && after(2) != Some(EQ);
    if is_member || is_in_path || is_prefix || is_macro || is_assigned(tokens, at) {
        return None;
    }
    let opens = |kind| matches!(kind, Some(L_CURLY | T![,]));
    let closes = |kind| matches!(kind, Some(R_CURLY | T![,]));
    let is_field = opens(before(1)) && closes(after(1)) && is_in_struct_literal(&tokens[at]);
    Some(if is_field { UseForm::Shorthand } else { UseForm::Name })
}

/// Whether the identifier at `at` is followed by a single `=`.
fn is_assigned(tokens: &[SyntaxToken], at: usize) -> bool {
    let kind = |distance: usize| tokens.get(at + distance).map(SyntaxToken::kind);
    kind(1) == Some(EQ)
        && !matches!(kind(2), Some(EQ | T![>]))
        && !matches!(at.checked_sub(1).map(|at| tokens[at].kind()), Some(DOT))
}

/// Whether the token stands directly in `Name { … }`.
fn is_in_struct_literal(token: &SyntaxToken) -> bool {
    let Some(tree) = token.parent() else { return false };
    if tree.first_token().map(|it| it.kind()) != Some(L_CURLY) {
        return false;
    }
    let mut before = tree.first_token().and_then(|it| it.prev_token());
    while before.as_ref().is_some_and(|it| it.kind() == SyntaxKind::WHITESPACE) {
        before = before.and_then(|it| it.prev_token());
    }
    before.is_some_and(|it| it.kind() == IDENT && it.text().starts_with(char::is_uppercase))
}

/// The names that a format string captures, with their byte offsets in the literal: `{name}`,
/// `{name:?}`, `{:name$}`, `{:.name$}`.
pub(super) fn format_captures(literal: &str) -> Vec<(usize, &str)> {
    let mut captures = Vec::new();
    let mut rest = 0;
    while let Some(open) = literal[rest..].find('{').map(|at| rest + at) {
        if literal[open..].starts_with("{{") {
            rest = open + 2;
            continue;
        }
        let Some(close) = literal[open..].find('}').map(|at| open + at) else { break };
        rest = close + 1;
        if literal[..open].ends_with("\\u") {
            continue;
        }
        let inside = &literal[open + 1..close];
        let (argument, spec) = inside.split_once(':').unwrap_or((inside, ""));
        let name = argument.trim();
        if is_identifier(name) {
            captures.push((open + 1 + argument.find(name).unwrap_or(0), name));
        }
        let spec_start = close - spec.len();
        for (dollar, _) in spec.match_indices('$') {
            let is_part = |ch: char| ch.is_alphanumeric() || ch == '_';
            let start = spec[..dollar]
                .char_indices()
                .rev()
                .take_while(|(_, ch)| is_part(*ch))
                .last()
                .map_or(dollar, |(at, _)| at);
            if is_identifier(&spec[start..dollar]) {
                captures.push((spec_start + start, &spec[start..dollar]));
            }
        }
    }
    captures
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|ch| ch.is_alphabetic() || ch == '_')
        && chars.all(|ch| ch.is_alphanumeric() || ch == '_')
}

#[cfg(test)]
mod tests {
    use super::format_captures;

    #[test]
    fn captures_are_found_where_the_format_grammar_has_them() {
        let cases: [(&str, &[&str]); 9] = [
            ("\"{conn}\"", &["conn"]),
            ("\"a {conn:?} b {id:>5}\"", &["conn", "id"]),
            ("\"{:width$} {:.precision$} {:a$.b$}\"", &["width", "precision", "a", "b"]),
            ("\"{x:w$}\"", &["x", "w"]),
            ("\"{{conn}} {}\"", &[]),
            ("\"{0} {:?} {:>5}\"", &[]),
            ("r#\"{ conn }\"#", &["conn"]),
            ("\"\\u{c0} {c0}\"", &["c0"]),
            ("\"{unclosed\"", &[]),
        ];
        for (literal, names) in cases {
            let found = format_captures(literal);
            assert_eq!(found.iter().map(|(_, name)| *name).collect::<Vec<_>>(), names, "{literal}");
            for (at, name) in found {
                assert_eq!(&literal[at..at + name.len()], name, "{literal}");
            }
        }
    }
}
