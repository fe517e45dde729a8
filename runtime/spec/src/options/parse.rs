//! From tokens to options: finds each `name = value`, whatever is wrong with the others.

use super::conflicts::conflicts;
use super::scan::{after_group, expression_end};
use super::table::{OPTIONS, OptionName, ValueShape};
use super::{Kind, Options, Problem};
use crate::suggest::similar;
use crate::token::{Delimiter, Token, TokenKind, TokenRange};

pub(super) struct Parser<'a> {
    pub(super) kind: Kind,
    pub(super) tokens: &'a [Token],
    pub(super) options: Options,
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(kind: Kind, tokens: &'a [Token]) -> Self {
        Parser { kind, tokens, options: Options::default(), problems: Vec::new() }
    }

    pub(super) fn run(mut self) -> (Options, Vec<Problem>) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.item(at);
            if self.tokens.get(at).is_some_and(|token| token.is_punct(',')) {
                at += 1;
            }
        }
        self.problems.extend(conflicts(self.kind, &self.options));
        self.problems.sort_by_key(|problem| problem.range.start);
        (self.options, self.problems)
    }

    pub(super) fn problem(&mut self, range: TokenRange, message: String, help: Option<String>) {
        self.problems.push(Problem { range, message, help, replacement: None });
    }

    pub(super) fn fixable(
        &mut self,
        range: TokenRange,
        message: String,
        help: String,
        replacement: (TokenRange, String),
    ) {
        let replacement = Some(replacement);
        self.problems.push(Problem { range, message, help: Some(help), replacement });
    }

    /// The source text of a range, as well as tokens tell it.
    pub(super) fn text(&self, range: &TokenRange) -> String {
        let mut text = String::new();
        for at in range.clone() {
            let token = &self.tokens[at];
            text.push_str(&token.text);
            let is_word = |token: &Token| {
                matches!(token.kind, TokenKind::Ident | TokenKind::Literal | TokenKind::Lifetime)
            };
            if at + 1 < range.end && is_word(token) && is_word(&self.tokens[at + 1]) {
                text.push(' ');
            }
        }
        text
    }

    /// Reads the item at `start`; returns the position of the comma after it, or the end.
    fn item(&mut self, start: usize) -> usize {
        let name = &self.tokens[start];
        if name.kind != TokenKind::Ident {
            let end = expression_end(self.tokens, &(start..self.tokens.len()));
            let message = format!("expected an option name, found `{}`", name.text);
            let help = format!("options are written `{}`", OPTIONS[0].example);
            self.problem(start..start + 1, message, Some(help));
            return end;
        }
        let value_start = match self.tokens.get(start + 1) {
            Some(separator) if separator.is_punct('=') || separator.is_punct(':') => start + 2,
            _ => start + 1,
        };
        let end = self.item_end(value_start);
        if let Some(option) = self.known_option(start) {
            self.given(option, start, value_start, end);
        }
        end
    }

    /// The end of the value at `start`: a comma, or the next option where the comma was forgotten.
    fn item_end(&mut self, start: usize) -> usize {
        let end = expression_end(self.tokens, &(start.min(self.tokens.len())..self.tokens.len()));
        let mut at = start;
        while at < end {
            let is_option = at > start
                && OptionName::find(&self.tokens[at].text).is_some()
                && self.is_assignment(at + 1);
            if is_option {
                let message = format!("missing `,` before `{}`", self.tokens[at].text);
                let help = "separate options by commas".to_owned();
                self.fixable(at..at + 1, message, help, (at..at, ",".to_owned()));
                return at;
            }
            at = match self.tokens[at].kind {
                TokenKind::Open(_) => after_group(self.tokens, at, end),
                _ => at + 1,
            };
        }
        end
    }

    /// Whether a lone `=` stands at `at`.
    fn is_assignment(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let is_longer = token.kind == (TokenKind::Punct { joint: true })
            && self.tokens.get(at + 1).is_some_and(|next| next.is_punct('=') || next.is_punct('>'));
        token.is_punct('=') && !is_longer
    }

    fn known_option(&mut self, at: usize) -> Option<OptionName> {
        let text = &self.tokens[at].text;
        let range = at..at + 1;
        let Some(option) = OptionName::find(text) else {
            let kind = self.kind;
            let accepted = OPTIONS.iter().filter(|option| option.is_on(kind));
            let message = format!("unknown option `{text}`");
            if let Some(name) = similar(text, accepted.clone().flat_map(super::OptionSpec::names)) {
                let help = format!("did you mean `{name}`?");
                self.fixable(range.clone(), message, help, (range, name.to_owned()));
            } else {
                let names: Vec<_> = accepted.map(|option| format!("`{}`", option.text)).collect();
                let help = format!("`{}` takes {}", kind.attribute(), names.join(", "));
                self.problem(range, message, Some(help));
            }
            return None;
        };
        if let Some(only) = option.spec().only_on
            && only != self.kind
        {
            let message = format!("`{text}` is only on `{}`", only.attribute());
            let help = format!("remove it, or use `#[{}]`", only.attribute());
            self.problem(range, message, Some(help));
            return None;
        }
        if self.options.given.iter().any(|(given, _)| *given == option) {
            let first = option.as_str();
            let message = if **text == *first {
                format!("`{text}` is given twice")
            } else {
                format!("`{text}` is given twice: it is another name for `{first}`")
            };
            self.problem(range, message, Some("remove one of the two".to_owned()));
            return None;
        }
        Some(option)
    }

    fn given(&mut self, option: OptionName, start: usize, value_start: usize, end: usize) {
        self.options.given.push((option, start..end));
        let shape = option.spec().value;
        let after_name = start + 1;
        let is_group = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.kind == TokenKind::Open(Delimiter::Parenthesis))
        };
        let is_lint_list = shape == ValueShape::Lints && is_group(after_name);
        if is_lint_list {
            return self.value(option, start, after_name..end);
        }
        if value_start >= end {
            return self.no_value(option, start, value_start.min(end));
        }
        if !self.is_assignment(after_name) {
            let name = &self.tokens[start].text;
            let message = format!("expected `=` after `{name}`");
            let help = format!("write `{}`", option.spec().example);
            if self.tokens[after_name].is_punct(':') {
                let colon = after_name..after_name + 1;
                self.fixable(colon.clone(), message, help, (colon, " =".to_owned()));
            } else {
                self.problem(after_name..after_name + 1, message, Some(help));
            }
            return;
        }
        self.value(option, start, value_start..end);
    }

    fn no_value(&mut self, option: OptionName, start: usize, end: usize) {
        let name = &self.tokens[start].text;
        let message = format!("`{name}` needs a value");
        let range = start..start + 1;
        if option.spec().value == ValueShape::Bool {
            let full = format!("{name} = true");
            self.fixable(range, message, format!("write `{full}`"), (start..end, full));
        } else {
            let help = format!("write `{}`", option.spec().example);
            self.problem(range, message, Some(help));
        }
    }
}
