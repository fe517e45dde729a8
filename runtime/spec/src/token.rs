//! One flat token sequence for both callers.
//!
//! Delimiters are tokens, invisible groups vanish, comments and white space are gone, and doc comments
//! are `#[doc = "…"]`. Operators are kept as single characters with a `joint` mark, as a proc macro
//! sees them; who needs `&&` as one token glues it (see [`crate::code_hash()`]).

use std::ops::Range;

#[cfg(feature = "proc-macro")]
mod from_proc_macro;
#[cfg(feature = "source")]
mod from_source;

#[cfg(feature = "proc-macro")]
pub use from_proc_macro::slice;
#[cfg(feature = "source")]
pub use from_source::Edition;

/// A bracket pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `( … )`
    Parenthesis,
    /// `[ … ]`
    Bracket,
    /// `{ … }`
    Brace,
}

impl Delimiter {
    /// The character that opens.
    pub const fn open(self) -> &'static str {
        match self {
            Delimiter::Parenthesis => "(",
            Delimiter::Bracket => "[",
            Delimiter::Brace => "{",
        }
    }

    /// The character that closes.
    pub const fn close(self) -> &'static str {
        match self {
            Delimiter::Parenthesis => ")",
            Delimiter::Bracket => "]",
            Delimiter::Brace => "}",
        }
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An opening delimiter.
    Open(Delimiter),
    /// A closing delimiter.
    Close(Delimiter),
    /// An identifier or keyword; raw identifiers keep their `r#`.
    Ident,
    /// A lifetime or label with its quote, such as `'a`.
    Lifetime,
    /// One operator character. `joint` says that another operator character follows immediately.
    Punct {
        /// Whether the next token is an operator character with nothing in between.
        joint: bool,
    },
    /// A literal as it stands in the source, suffix included.
    Literal,
}

/// A token and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its text; line ends inside literals are `\n`, identifiers are in Unicode form NFC, as in rustc.
    pub text: Box<str>,
}

impl Token {
    /// Whether this is the operator character `ch`.
    pub fn is_punct(&self, ch: char) -> bool {
        matches!(self.kind, TokenKind::Punct { .. }) && self.text.chars().eq([ch])
    }

    /// Whether this is the identifier or keyword `name`.
    pub fn is_ident(&self, name: &str) -> bool {
        self.kind == TokenKind::Ident && &*self.text == name
    }
}

/// Positions of tokens in a [`TokenBuffer`], end exclusive.
pub type TokenRange = Range<usize>;

/// A token sequence, each token with the place it came from: a `proc_macro2::Span` or a byte range.
///
/// ```
/// # #[cfg(feature = "source")] {
/// use cachelit_spec::token::{Edition, TokenBuffer};
/// let buffer = TokenBuffer::from_source("ttl = \"1h\"", Edition::E2024);
/// assert_eq!(buffer.tokens().len(), 3);
/// assert_eq!(buffer.spans()[2], 6..10);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TokenBuffer<S> {
    tokens: Vec<Token>,
    spans: Vec<S>,
}

impl<S> Default for TokenBuffer<S> {
    fn default() -> Self {
        TokenBuffer { tokens: Vec::new(), spans: Vec::new() }
    }
}

impl<S> TokenBuffer<S> {
    /// The tokens.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Where each token stands; as long as [`tokens`](Self::tokens).
    pub fn spans(&self) -> &[S] {
        &self.spans
    }

    /// The places of the first and the last token of a range; `None` for an empty one.
    pub fn ends(&self, range: &TokenRange) -> Option<(&S, &S)> {
        let spans = self.spans.get(range.clone())?;
        Some((spans.first()?, spans.last()?))
    }

    /// Appends a token.
    pub fn push(&mut self, kind: TokenKind, text: impl Into<Box<str>>, span: S) {
        self.tokens.push(Token { kind, text: text.into() });
        self.spans.push(span);
    }
}

/// The position of the delimiter that closes the one at `open`.
///
/// `None` where there is no opening delimiter at `open`, or none closes it.
pub fn matching_close(tokens: &[Token], open: usize) -> Option<usize> {
    let TokenKind::Open(_) = tokens.get(open)?.kind else { return None };
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The position of the delimiter that opens the one at `close`.
///
/// `None` where there is no closing delimiter at `close`, or none opens it.
pub fn matching_open(tokens: &[Token], close: usize) -> Option<usize> {
    let TokenKind::Close(_) = tokens.get(close)?.kind else { return None };
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().take(close + 1).rev() {
        match token.kind {
            TokenKind::Close(_) => depth += 1,
            TokenKind::Open(_) => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(all(test, feature = "source"))]
mod tests;
