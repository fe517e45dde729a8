//! The part of a cache key that stands for the function's code.

use std::fmt;
use std::str::FromStr;

use crate::token::{Delimiter, Token, TokenKind, matching_close, matching_open};

/// blake3 over the canonical tokens of a function.
///
/// ```
/// use cachelit_spec::CodeHash;
/// let hash = CodeHash::from_bytes([0xab; 32]);
/// assert_eq!(hash.to_string(), "ab".repeat(32));
/// assert_eq!(hash.to_string().parse(), Ok(hash));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// The hash that consists of these bytes, as a macro writes them into a program.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        CodeHash(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeHash({self})")
    }
}

/// A text that is no code hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseCodeHashError;

impl fmt::Display for ParseCodeHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code hash is written as 64 hexadecimal digits")
    }
}

impl std::error::Error for ParseCodeHashError {}

impl FromStr for CodeHash {
    type Err = ParseCodeHashError;

    /// Reads 64 hexadecimal digits, in either case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(text)
            .map(|hash| CodeHash(*hash.as_bytes()))
            .map_err(|_| ParseCodeHashError)
    }
}

/// Hashes a whole `fn` item: its signature and its body.
///
/// These don't count:
///
/// - comments and white space, doc comments, and `#[doc = "…"]` with a literal, which a proc macro
///   can't tell from a doc comment;
/// - the function's own attributes, before it and (`#![…]`) at the start of its body;
/// - its visibility, which decides who may call it and not what it does.
///
/// Every other token does. Operators are compared as rustc reads them: `a=-1` is `a = -1`, but
/// `a && b` is not `a & &b`.
///
/// ```
/// # #[cfg(feature = "source")] {
/// use cachelit_spec::code_hash;
/// use cachelit_spec::token::{Edition, TokenBuffer};
/// let hash = |text| code_hash(TokenBuffer::from_source(text, Edition::E2024).tokens());
/// assert_eq!(hash("fn f() { 1 }"), hash("/// One.\n#[inline] pub fn f() {\n    1 // one\n}"));
/// assert_ne!(hash("fn f() { 1 }"), hash("fn f() { 2 }"));
/// # }
/// ```
pub fn code_hash(tokens: &[Token]) -> CodeHash {
    let tokens = skip_visibility(skip_outer_attributes(tokens));
    let body_attributes = inner_attributes_of_body(tokens);
    // The first bytes keep this apart from every other use of blake3 on the same input.
    let mut canonical = b"cachelit code hash 1\n".to_vec();
    let mut at = 0;
    while at < tokens.len() {
        if at == body_attributes.start {
            at = body_attributes.end;
        }
        if let Some(length) = doc_attribute(&tokens[at..]) {
            at += length;
            continue;
        }
        let Some(token) = tokens.get(at) else { break };
        let count = operator_length(&tokens[at..]);
        let tag = match token.kind {
            TokenKind::Open(_) | TokenKind::Close(_) => b'd',
            TokenKind::Ident => b'i',
            TokenKind::Lifetime => b'\'',
            TokenKind::Punct { .. } => b'p',
            TokenKind::Literal => b'l',
        };
        let glued = &tokens[at..at + count];
        let length = glued.iter().map(|part| part.text.len()).sum::<usize>();
        canonical.push(tag);
        canonical.extend_from_slice(&(length as u64).to_le_bytes());
        for part in glued {
            canonical.extend_from_slice(part.text.as_bytes());
        }
        at += count;
    }
    CodeHash(*blake3::hash(&canonical).as_bytes())
}

fn skip_outer_attributes(mut tokens: &[Token]) -> &[Token] {
    while let [pound, open, ..] = tokens
        && pound.is_punct('#')
        && open.kind == TokenKind::Open(Delimiter::Bracket)
        && let Some(close) = matching_close(tokens, 1)
    {
        tokens = &tokens[close + 1..];
    }
    tokens
}

fn skip_visibility(tokens: &[Token]) -> &[Token] {
    let [first, rest @ ..] = tokens else { return tokens };
    if !first.is_ident("pub") {
        return tokens;
    }
    match rest {
        [open, ..] if open.kind == TokenKind::Open(Delimiter::Parenthesis) => {
            matching_close(rest, 0).map_or(rest, |close| &rest[close + 1..])
        }
        _ => rest,
    }
}

/// The `#![…]` at the start of the body; empty at the end where there are none.
///
/// The body is the last brace group: the signature may hold some too (`-> Array<{ N }>`).
fn inner_attributes_of_body(tokens: &[Token]) -> std::ops::Range<usize> {
    let nothing = tokens.len()..tokens.len();
    let Some(last) = tokens.len().checked_sub(1) else { return nothing };
    if tokens[last].kind != TokenKind::Close(Delimiter::Brace) {
        return nothing;
    }
    let Some(open) = matching_open(tokens, last) else { return nothing };
    let start = open + 1;
    let mut end = start;
    while let [pound, bang, bracket, ..] = &tokens[end..]
        && pound.is_punct('#')
        && bang.is_punct('!')
        && bracket.kind == TokenKind::Open(Delimiter::Bracket)
        && let Some(close) = matching_close(tokens, end + 2)
    {
        end = close + 1;
    }
    if end == start { nothing } else { start..end }
}

/// The length of the `#[doc = "…"]` or `#![doc = "…"]` that the tokens begin with.
fn doc_attribute(tokens: &[Token]) -> Option<usize> {
    let [pound, rest @ ..] = tokens else { return None };
    let (rest, skipped) = match rest {
        [bang, rest @ ..] if bang.is_punct('!') => (rest, 2),
        _ => (rest, 1),
    };
    let [open, doc, equals, text, close, ..] = rest else { return None };
    let matches = pound.is_punct('#')
        && open.kind == TokenKind::Open(Delimiter::Bracket)
        && doc.is_ident("doc")
        && equals.is_punct('=')
        && text.kind == TokenKind::Literal
        && close.kind == TokenKind::Close(Delimiter::Bracket);
    matches.then_some(skipped + 5)
}

/// How many tokens the operator at the start is made of, by rustc's maximal munch; 1 for other tokens.
fn operator_length(tokens: &[Token]) -> usize {
    const OPERATORS: &[&str] = &[
        "<<=", ">>=", "...", "..=", "==", "=>", "<=", "<<", "<-", ">=", ">>", "!=", "&&", "&=",
        "||", "|=", "+=", "-=", "->", "*=", "/=", "%=", "^=", "..", "::",
    ];
    let spells = |operator: &str| {
        let last = operator.len() - 1;
        operator.char_indices().all(|(at, ch)| {
            tokens.get(at).is_some_and(|token| {
                token.is_punct(ch)
                    && (at == last || token.kind == (TokenKind::Punct { joint: true }))
            })
        })
    };
    OPERATORS.iter().find(|operator| spells(operator)).map_or(1, |operator| operator.len())
}

#[cfg(all(test, feature = "source"))]
mod tests;
