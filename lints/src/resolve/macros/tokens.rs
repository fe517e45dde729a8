//! Tokens of macros: flat, without trivia, delimiters matched.

use ra_ap_parser::{Input, LexedStr, PrefixEntryPoint, Step};
use ra_ap_syntax::{Edition, SmolStr, SyntaxKind};

use crate::resolve::summary::is_shallow;

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: SyntaxKind,
    pub(crate) text: SmolStr,
    /// Whether the next one follows without space, both being punctuation.
    pub(crate) joint: bool,
}

impl Token {
    /// Whether a matcher's token accepts an input's token.
    pub(crate) fn is_same(&self, other: &Token) -> bool {
        self.kind == other.kind && self.text == other.text
    }

    pub(crate) fn opens(&self) -> bool {
        matches!(self.kind, SyntaxKind::L_PAREN | SyntaxKind::L_BRACK | SyntaxKind::L_CURLY)
    }

    pub(crate) fn closes(&self) -> bool {
        matches!(self.kind, SyntaxKind::R_PAREN | SyntaxKind::R_BRACK | SyntaxKind::R_CURLY)
    }
}

/// The operators of several characters.
const OPERATORS: &[&str] = &[
    "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "^=", "&=",
    "|=", "<<", ">>", "<<=", ">>=", "..", "...", "..=",
];

/// A list of tokens whose delimiters match.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    /// For an opening delimiter: where its closing one is.
    ends: Vec<u32>,
}

impl Tokens {
    /// The tokens of a text; `None` if its delimiters don't match, or nest too deeply.
    pub(crate) fn of(text: &str, edition: Edition) -> Option<Tokens> {
        let lexed = LexedStr::new(edition, text);
        if !is_shallow(&lexed) {
            return None;
        }
        let mut list: Vec<Token> = Vec::with_capacity(lexed.len());
        for at in 0..lexed.len() {
            let kind = lexed.kind(at);
            if kind == SyntaxKind::COMMENT {
                push_doc(&mut list, lexed.text(at));
                continue;
            }
            if kind.is_trivia() {
                continue;
            }
            let joint = kind.is_punct() && at + 1 < lexed.len() && lexed.kind(at + 1).is_punct();
            list.push(Token { kind, text: SmolStr::new(lexed.text(at)), joint });
        }
        Tokens::new(list)
    }

    /// The tokens inside the delimiters that a text is wrapped in.
    pub(crate) fn of_group(text: &str, edition: Edition) -> Option<Tokens> {
        let text = text.trim();
        let inner = text.get(1..text.len().checked_sub(1)?)?;
        Tokens::of(inner, edition)
    }

    pub(crate) fn new(list: Vec<Token>) -> Option<Tokens> {
        let mut ends = vec![0; list.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in list.iter().enumerate() {
            if token.opens() {
                open.push(at);
            } else if token.closes() {
                ends[open.pop()?] = u32::try_from(at).ok()?;
            }
        }
        open.is_empty().then_some(Tokens { list, ends })
    }

    /// The end of the token tree that begins at `at`; an operator of several characters is one.
    pub(crate) fn tree_end(&self, at: usize) -> usize {
        if self.list[at].opens() {
            return self.ends[at] as usize + 1;
        }
        let mut text = String::new();
        let mut end = at + 1;
        for (offset, token) in self.list[at..].iter().take(3).enumerate() {
            text.push_str(&token.text);
            if OPERATORS.contains(&text.as_str()) {
                end = at + offset + 1;
            }
            if !token.joint {
                break;
            }
        }
        end
    }

    /// How many tokens from `at` on the parser takes for a fragment; `None` where it objects.
    pub(crate) fn parse(
        &self,
        at: usize,
        entry: &PrefixEntryPoint,
        edition: Edition,
    ) -> Option<usize> {
        // Of a long list of fragments each would be shown the rest of it.
        let mut shown = FIRST_SHOWN;
        loop {
            let end = at.saturating_add(shown).min(self.list.len());
            let (taken, is_good) = parse(&self.list[at..end], entry, edition);
            if end == self.list.len() || at + taken + LOOKAHEAD < end {
                return is_good.then_some(taken);
            }
            shown *= 4;
        }
    }
}

/// How many tokens the parser is shown at first.
const FIRST_SHOWN: usize = 64;
/// More than the parser looks ahead: what it did that far from the end is what it does with more.
const LOOKAHEAD: usize = 8;

/// How many tokens the parser takes, and whether it doesn't object.
fn parse(tokens: &[Token], entry: &PrefixEntryPoint, edition: Edition) -> (usize, bool) {
    let mut input = Input::with_capacity(tokens.len());
    for token in tokens {
        if token.kind == SyntaxKind::IDENT {
            let contextual = SyntaxKind::from_contextual_keyword(&token.text, edition);
            input.push_ident(contextual.unwrap_or(SyntaxKind::IDENT), edition);
        } else {
            input.push(token.kind, edition);
        }
        if token.joint {
            input.was_joint();
        }
    }
    let mut taken = 0;
    let mut is_good = true;
    for step in entry.parse(&input).iter() {
        match step {
            Step::Token { n_input_tokens, .. } => taken += usize::from(n_input_tokens),
            Step::Error { .. } => is_good = false,
            Step::FloatSplit { .. } | Step::Enter { .. } | Step::Exit => {}
        }
    }
    (taken, is_good)
}

/// A doc comment is an attribute to a macro; other comments are nothing.
fn push_doc(list: &mut Vec<Token>, text: &str) {
    let is_outer = (text.starts_with("///") && !text.starts_with("////"))
        || (text.starts_with("/**") && !text.starts_with("/***") && text.len() > 4);
    let is_inner = text.starts_with("//!") || text.starts_with("/*!");
    if !is_outer && !is_inner {
        return;
    }
    let mut push =
        |kind, text| list.push(Token { kind, text: SmolStr::new_static(text), joint: false });
    push(SyntaxKind::POUND, "#");
    if is_inner {
        push(SyntaxKind::BANG, "!");
    }
    push(SyntaxKind::L_BRACK, "[");
    push(SyntaxKind::IDENT, "doc");
    push(SyntaxKind::EQ, "=");
    push(SyntaxKind::STRING, "\"\"");
    push(SyntaxKind::R_BRACK, "]");
}

/// Adds the text of a token, such that lexing it all gives the tokens again.
pub(crate) fn write(token: &Token, into: &mut String) {
    into.push_str(&token.text);
    if !token.joint {
        into.push(' ');
    }
}
