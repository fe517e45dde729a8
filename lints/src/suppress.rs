//! What silences a finding: `allow(…)` in the attribute, and comments.
//!
//! `// cache-lint: allow(unhashable-param)` behind code silences its line. Alone on a line it
//! silences the item that follows, or else the line that follows.

use cachelit_spec::lints::{self, LintSpec};
use ra_ap_syntax::ast::{self, AstNode, AstToken};
use ra_ap_syntax::{Direction, NodeOrToken, SyntaxNode, SyntaxToken, TextRange, TextSize};
use rustc_hash::FxHashSet;

use crate::finding::Finding;
use crate::model::CachedFunction;

/// What silences findings in a file, and what of it did.
pub(crate) struct Suppressions {
    comments: Vec<Silenced>,
    used: FxHashSet<Allow>,
}

/// A lint named in an `allow`: in a function's attribute or in a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Allow {
    pub(crate) lint: &'static LintSpec,
    /// The name in the attribute, or the whole comment.
    pub(crate) range: TextRange,
}

struct Silenced {
    allow: Allow,
    /// What the comment speaks about.
    range: TextRange,
}

impl Suppressions {
    /// The comments of a file.
    pub(crate) fn of(file: &SyntaxNode) -> Self {
        let mut comments = Vec::new();
        let tokens = file.descendants_with_tokens().filter_map(NodeOrToken::into_token);
        // In documentation it is an example.
        for comment in tokens.filter_map(ast::Comment::cast).filter(|it| !it.is_doc()) {
            let lints = allowed_in(comment.text());
            if lints.is_empty() {
                continue;
            }
            let Some(range) = silenced_by(comment.syntax()) else { continue };
            let place = comment.syntax().text_range();
            comments.extend(
                lints
                    .into_iter()
                    .map(|lint| Silenced { allow: Allow { lint, range: place }, range }),
            );
        }
        Suppressions { comments, used: FxHashSet::default() }
    }

    /// Whether a comment or the function's `allow(…)` silences a finding.
    pub(crate) fn silence(&mut self, function: &CachedFunction, finding: &Finding) -> bool {
        let start = finding.place.range.start();
        let by_option =
            options_of(function).filter(|allow| allow.lint == finding.lint).collect::<Vec<_>>();
        let by_comment = self.comments.iter().filter(|silenced| {
            silenced.allow.lint == finding.lint && silenced.range.contains_inclusive(start)
        });
        let silencing: Vec<Allow> =
            by_option.into_iter().chain(by_comment.map(|silenced| silenced.allow)).collect();
        let is_silenced = !silencing.is_empty();
        self.used.extend(silencing);
        is_silenced
    }

    /// What would silence findings of `function`, but silenced nothing in the whole file.
    pub(crate) fn unused(&self, function: &CachedFunction) -> Vec<Allow> {
        let item = function.item.syntax().text_range();
        let comments = self.comments.iter().filter(|it| it.range.intersect(item).is_some());
        options_of(function)
            .chain(comments.map(|silenced| silenced.allow))
            .filter(|allow| !self.used.contains(allow))
            .collect()
    }
}

fn options_of(function: &CachedFunction) -> impl Iterator<Item = Allow> {
    let attribute = &function.attribute;
    attribute
        .options
        .allow
        .iter()
        .map(|allowed| Allow { lint: allowed.lint, range: attribute.edit_range(&allowed.range) })
}

/// The lints that a comment names: `// cache-lint: allow(a, b)`, with a reason behind it or not.
fn allowed_in(comment: &str) -> Vec<&'static LintSpec> {
    let said = comment.trim_start_matches(['/', '*']).trim_start();
    let Some(rest) = said.strip_prefix("cache-lint:") else { return Vec::new() };
    let Some(names) = rest.trim_start().strip_prefix("allow(") else { return Vec::new() };
    let Some((names, _)) = names.split_once(')') else { return Vec::new() };
    names.split(',').filter_map(|name| lints::find(name.trim())).collect()
}

/// What a comment speaks about.
fn silenced_by(comment: &SyntaxToken) -> Option<TextRange> {
    let before = neighbour(comment, Direction::Prev);
    if let Some(code) = before.filter(|code| !breaks_line_between(code, comment)) {
        return Some(line_of(&code));
    }
    let after = neighbour(comment, Direction::Next)?;
    // A comment above an item is a part of the item in the tree.
    let item = after
        .parent_ancestors()
        .filter_map(ast::Item::cast)
        .filter(|item| begins(item, &after))
        .last();
    Some(item.map_or_else(|| line_of(&after), |item| item.syntax().text_range()))
}

/// Whether a token is the first of an item, of its head behind the attributes, or of one of these.
fn begins(item: &ast::Item, token: &SyntaxToken) -> bool {
    let is_code = |it: &SyntaxToken| !it.kind().is_trivia();
    let parts = item.syntax().children_with_tokens();
    let firsts = parts.filter_map(|part| match part {
        NodeOrToken::Node(node) => {
            let is_attribute = ast::Attr::can_cast(node.kind());
            let tokens = node.descendants_with_tokens().filter_map(NodeOrToken::into_token);
            Some((tokens.into_iter().find(is_code)?, is_attribute))
        }
        NodeOrToken::Token(token) => is_code(&token).then_some((token, false)),
    });
    for (first, is_attribute) in firsts {
        if first == *token {
            return true;
        }
        if !is_attribute {
            return false;
        }
    }
    false
}

/// The next token that is code.
fn neighbour(token: &SyntaxToken, direction: Direction) -> Option<SyntaxToken> {
    let step = |token: &SyntaxToken| match direction {
        Direction::Next => token.next_token(),
        Direction::Prev => token.prev_token(),
    };
    let mut next = step(token)?;
    while next.kind().is_trivia() {
        next = step(&next)?;
    }
    Some(next)
}

fn breaks_line_between(first: &SyntaxToken, second: &SyntaxToken) -> bool {
    let mut token = first.next_token();
    while let Some(next) = token {
        if next == *second {
            return false;
        }
        if next.text().contains('\n') {
            return true;
        }
        token = next.next_token();
    }
    true
}

/// The line that a token begins on, without its end.
fn line_of(token: &SyntaxToken) -> TextRange {
    let mut start = token.text_range().start();
    let mut before = token.prev_token();
    while let Some(previous) = before {
        if let Some(line_end) = previous.text().rfind('\n') {
            start = previous.text_range().start() + offset(line_end + 1);
            break;
        }
        start = previous.text_range().start();
        before = previous.prev_token();
    }
    let mut end = token.text_range().end();
    let mut after = token.next_token();
    while let Some(next) = after {
        if let Some(line_end) = next.text().find('\n') {
            end = next.text_range().start() + offset(line_end);
            break;
        }
        end = next.text_range().end();
        after = next.next_token();
    }
    TextRange::new(start, end.max(start))
}

fn offset(at: usize) -> TextSize {
    TextSize::try_from(at).expect("source files are below 4 GiB")
}
