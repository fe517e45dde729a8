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
    unknown: Vec<Unknown>,
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

/// A comment that names a lint that there isn't.
struct Unknown {
    name: String,
    comment: TextRange,
    /// What the comment speaks about.
    range: TextRange,
}

impl Suppressions {
    /// The comments of a file.
    pub(crate) fn of(file: &SyntaxNode) -> Self {
        let (mut comments, mut unknown) = (Vec::new(), Vec::new());
        let tokens = file.descendants_with_tokens().filter_map(NodeOrToken::into_token);
        // In documentation it is an example.
        for comment in tokens.filter_map(ast::Comment::cast).filter(|it| !it.is_doc()) {
            let mut names = allowed_in(comment.text()).peekable();
            if names.peek().is_none() {
                continue;
            }
            let Some(range) = silenced_by(comment.syntax()) else { continue };
            let place = comment.syntax().text_range();
            for name in names {
                match lints::find(name) {
                    Some(lint) => {
                        comments.push(Silenced { allow: Allow { lint, range: place }, range });
                    }
                    None => unknown.push(Unknown { name: name.to_owned(), comment: place, range }),
                }
            }
        }
        Suppressions { comments, unknown, used: FxHashSet::default() }
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

    /// The names in comments about `function` that no lint has, each with its comment.
    pub(crate) fn unknown(&self, function: &CachedFunction) -> Vec<(&str, TextRange)> {
        let item = function.item.syntax().text_range();
        let about_it = self.unknown.iter().filter(|it| it.range.intersect(item).is_some());
        about_it.map(|unknown| (&*unknown.name, unknown.comment)).collect()
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
fn allowed_in(comment: &str) -> impl Iterator<Item = &str> {
    let said = comment.trim_start_matches(['/', '*']).trim_start();
    let names = said
        .strip_prefix("cache-lint:")
        .and_then(|rest| rest.trim_start().strip_prefix("allow("))
        .and_then(|rest| rest.split_once(')'))
        .map_or("", |(names, _)| names);
    names.split(',').map(str::trim).filter(|name| !name.is_empty())
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
