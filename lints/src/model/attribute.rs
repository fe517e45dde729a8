//! `#[cache_data(…)]` and `#[cache_resource(…)]` as they stand in a file.

use std::ops::Range;

use cachelit_spec::options::{self, Kind, OptionName, Options, Problem};
use cachelit_spec::token::{TokenBuffer, TokenRange};
use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{SyntaxKind, TextRange, TextSize};

use super::token_edition;
use crate::project::Edition;

/// A cache attribute, with its options parsed by the same parser that the macros use.
pub(crate) struct CacheAttribute {
    pub(crate) kind: Kind,
    /// `cache_data(…)`, without `#[…]` or the `cfg_attr` around it.
    pub(crate) range: TextRange,
    /// The whole `#[…]`, with the `cfg_attr` where there is one.
    pub(crate) outer: TextRange,
    pub(crate) options: Options,
    pub(crate) problems: Vec<Problem>,
    path: TextRange,
    args: TextRange,
    tokens: TokenBuffer<Range<usize>>,
}

impl CacheAttribute {
    /// Reads the options of an attribute that is known to be of `kind`.
    pub(crate) fn new(kind: Kind, meta: &ast::Meta, edition: Edition) -> Option<Self> {
        let path = meta.path()?.syntax().text_range();
        let outer = meta.syntax().ancestors().find_map(ast::Attr::cast)?.syntax().text_range();
        let args = match meta {
            ast::Meta::TokenTreeMeta(it) => inside(&it.token_tree()?),
            _ => TextRange::empty(path.end()),
        };
        let base = meta.syntax().text_range().start();
        let text = meta.syntax().text().slice(args - base).to_string();
        let tokens = TokenBuffer::from_source(&text, token_edition(edition));
        let (options, problems) = options::parse(kind, tokens.tokens());
        let range = meta.syntax().text_range();
        Some(CacheAttribute { kind, range, outer, options, problems, path, args, tokens })
    }

    /// Where tokens stand, to be replaced: empty where they are none.
    pub(crate) fn edit_range(&self, tokens: &TokenRange) -> TextRange {
        let spans = self.tokens.spans();
        match (spans.get(tokens.start), tokens.end.checked_sub(1).and_then(|at| spans.get(at))) {
            (Some(first), Some(last)) if tokens.start < tokens.end => {
                self.absolute(first.start, last.end)
            }
            (Some(next), _) => TextRange::empty(self.absolute(next.start, next.start).start()),
            (None, _) => TextRange::empty(
                spans.last().map_or(self.args.start(), |last| self.absolute(0, last.end).end()),
            ),
        }
    }

    /// Where tokens stand, to be shown: where something is missing, what stands before it.
    pub(crate) fn shown_range(&self, tokens: &TokenRange) -> TextRange {
        if tokens.start < tokens.end {
            return self.edit_range(tokens);
        }
        match tokens.start.min(self.tokens.spans().len()).checked_sub(1) {
            Some(before) => self.edit_range(&(before..before + 1)),
            None => self.path,
        }
    }

    /// The value of an option as written, if it was given.
    pub(crate) fn option_value(&self, name: OptionName) -> Option<String> {
        let (_, tokens) = self.options.given.iter().find(|(given, _)| *given == name)?;
        // The name and the `=` come first.
        Some(self.text(&((tokens.start + 2).min(tokens.end)..tokens.end)))
    }

    /// Where to add an option, and what to insert there.
    pub(crate) fn addition(&self, option: &str) -> (TextRange, String) {
        let end = TextRange::empty(self.edit_range(&(0..self.tokens.tokens().len())).end());
        if self.args.start() == self.path.end() {
            return (TextRange::empty(self.path.end()), format!("({option})"));
        }
        match self.tokens.tokens().last() {
            None => (end, option.to_owned()),
            Some(last) if last.is_punct(',') => (end, format!(" {option}")),
            Some(_) => (end, format!(", {option}")),
        }
    }

    /// What to remove so that an option is gone, with a comma that belongs to it.
    pub(crate) fn removal(&self, name: OptionName) -> Option<TextRange> {
        let given = &self.options.given;
        let at = given.iter().position(|(given, _)| *given == name)?;
        let whole = self.edit_range(&given[at].1);
        let before = at.checked_sub(1).map(|at| self.edit_range(&given[at].1).end());
        let after = given.get(at + 1).map(|(_, tokens)| self.edit_range(tokens).start());
        Some(match (before, after) {
            (_, Some(after)) => TextRange::new(whole.start(), after),
            (Some(before), None) => TextRange::new(before, whole.end()),
            (None, None) => whole,
        })
    }

    /// The source of some tokens, without comments, a space between words.
    pub(crate) fn text(&self, tokens: &TokenRange) -> String {
        let mut text = String::new();
        for token in &self.tokens.tokens()[tokens.clone()] {
            let is_word = |ch: char| ch.is_alphanumeric() || ch == '_';
            if text.ends_with(is_word) && token.text.starts_with(is_word) || text.ends_with(',') {
                text.push(' ');
            }
            text.push_str(&token.text);
        }
        text
    }

    fn absolute(&self, start: usize, end: usize) -> TextRange {
        let size = |offset| TextSize::try_from(offset).expect("source files are below 4 GiB");
        TextRange::new(size(start), size(end)) + self.args.start()
    }
}

/// What stands between the delimiters; to the end where the closing one is not typed yet.
fn inside(tree: &ast::TokenTree) -> TextRange {
    let range = tree.syntax().text_range();
    let is_closing =
        |kind| matches!(kind, SyntaxKind::R_PAREN | SyntaxKind::R_BRACK | SyntaxKind::R_CURLY);
    let closing = tree.syntax().last_token().filter(|last| is_closing(last.kind()));
    let end = closing.map_or(range.end(), |last| last.text_range().start());
    let start = (range.start() + TextSize::of('(')).min(end);
    TextRange::new(start, end)
}
