//! Tokens from source text, read as rustc reads them.

use std::borrow::Cow;
use std::ops::Range;

use ra_ap_rustc_lexer::{Cursor, DocStyle, FrontmatterAllowed, LiteralKind, strip_shebang};
use ra_ap_rustc_lexer::{Token as Lexeme, TokenKind as LexemeKind};
use unicode_normalization::UnicodeNormalization;

use super::{Delimiter, TokenBuffer, TokenKind, TokenRange};

/// A Rust edition, as far as reading tokens depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// 2015
    E2015,
    /// 2018
    E2018,
    /// 2021
    E2021,
    /// 2024
    #[default]
    E2024,
}

impl TokenBuffer<Range<usize>> {
    /// Reads source text: a whole file, an item, or what stands in an attribute.
    ///
    /// Text that rustc would refuse gives as many tokens as can be made out; delimiters need not match.
    pub fn from_source(text: &str, edition: Edition) -> Self {
        let mut reader = Reader { text, edition, at: 0, buffer: TokenBuffer::default() };
        reader.run();
        reader.buffer
    }

    /// The part of the text that a range of tokens covers; at the end of the last token where it is
    /// empty.
    pub fn source_range(&self, range: &TokenRange) -> Range<usize> {
        if let Some((first, last)) = self.ends(range) {
            return first.start..last.end;
        }
        let before = range.start.min(self.spans.len()).checked_sub(1);
        let end = before.map_or(0, |at| self.spans[at].end);
        end..end
    }
}

struct Reader<'a> {
    text: &'a str,
    edition: Edition,
    at: usize,
    buffer: TokenBuffer<Range<usize>>,
}

impl Reader<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.at += strip_shebang(&self.text[self.at..]).unwrap_or(0);
        let mut at_start = true;
        while self.at < self.text.len() {
            let frontmatter =
                if at_start { FrontmatterAllowed::Yes } else { FrontmatterAllowed::No };
            let lexeme = Cursor::new(&self.text[self.at..], frontmatter).advance_token();
            at_start &= lexeme.kind == LexemeKind::Whitespace;
            let end = self.at + self.token(&lexeme);
            self.at = end;
        }
    }

    /// Appends what a lexeme stands for, and returns how many bytes of it were used.
    fn token(&mut self, lexeme: &Lexeme) -> usize {
        let length = lexeme.len as usize;
        match lexeme.kind {
            LexemeKind::Whitespace | LexemeKind::Frontmatter { .. } | LexemeKind::Eof => {}
            LexemeKind::LineComment { doc_style } => {
                if let Some(style) = doc_style {
                    let comment = &self.text[self.at..self.at + length];
                    let comment = comment.strip_suffix('\r').unwrap_or(comment);
                    self.doc_comment(style, &comment[3..], length);
                }
            }
            LexemeKind::BlockComment { doc_style, terminated } => {
                if let Some(style) = doc_style {
                    let end = length - if terminated { 2 } else { 0 };
                    self.doc_comment(style, &self.text[self.at + 3..self.at + end], length);
                }
            }
            LexemeKind::Ident
            | LexemeKind::InvalidIdent
            | LexemeKind::RawIdent
            | LexemeKind::UnknownPrefix => self.push(TokenKind::Ident, length),
            LexemeKind::Lifetime { .. } | LexemeKind::UnknownPrefixLifetime => {
                self.push(TokenKind::Lifetime, length);
            }
            LexemeKind::RawLifetime if self.edition < Edition::E2021 => {
                self.push(TokenKind::Lifetime, "'r".len());
                return "'r".len();
            }
            LexemeKind::RawLifetime => self.push(TokenKind::Lifetime, length),
            LexemeKind::Literal { kind, .. } => {
                if let Some(prefix) = self.prefix_before_c_strings(kind) {
                    self.push(TokenKind::Ident, prefix);
                    return prefix;
                }
                self.push(TokenKind::Literal, length);
            }
            // `##` and `#"`, reserved since 2024.
            LexemeKind::GuardedStrPrefix => {
                self.punct(1);
                return 1;
            }
            LexemeKind::OpenParen => self.push(TokenKind::Open(Delimiter::Parenthesis), length),
            LexemeKind::CloseParen => self.push(TokenKind::Close(Delimiter::Parenthesis), length),
            LexemeKind::OpenBracket => self.push(TokenKind::Open(Delimiter::Bracket), length),
            LexemeKind::CloseBracket => self.push(TokenKind::Close(Delimiter::Bracket), length),
            LexemeKind::OpenBrace => self.push(TokenKind::Open(Delimiter::Brace), length),
            LexemeKind::CloseBrace => self.push(TokenKind::Close(Delimiter::Brace), length),
            _ => self.punct(length),
        }
        length
    }

    /// In editions without C strings, `c"…"` is an identifier and a string.
    fn prefix_before_c_strings(&self, kind: LiteralKind) -> Option<usize> {
        let prefix = match kind {
            LiteralKind::CStr { .. } => "c".len(),
            LiteralKind::RawCStr { .. } => "cr".len(),
            _ => return None,
        };
        (self.edition < Edition::E2021).then_some(prefix)
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let range = self.at..self.at + length;
        let text = &self.text[range.clone()];
        let text: Cow<'_, str> = match kind {
            // rustc replaces line ends in the whole file before it reads tokens.
            TokenKind::Literal if text.contains('\r') => text.replace("\r\n", "\n").into(),
            TokenKind::Ident | TokenKind::Lifetime if !text.is_ascii() => {
                text.nfc().collect::<String>().into()
            }
            _ => text.into(),
        };
        self.buffer.push(kind, text, range);
    }

    fn punct(&mut self, length: usize) {
        let rest = &self.text[self.at + length..];
        let is_comment = rest.starts_with("//") || rest.starts_with("/*");
        let joint = !is_comment && rest.starts_with(is_operator_character);
        self.push(TokenKind::Punct { joint }, length);
    }

    /// Appends `#[doc = "…"]` or `#![doc = "…"]`, which is what rustc shows to proc macros.
    fn doc_comment(&mut self, style: DocStyle, text: &str, length: usize) {
        let span = self.at..self.at + length;
        let alone = TokenKind::Punct { joint: false };
        let text = text.replace("\r\n", "\n");
        // Character by character, as rustc does it: `str::escape_debug` keeps combining characters.
        let escaped: String = text.chars().flat_map(char::escape_debug).collect();
        let literal = format!("\"{escaped}\"");
        let mut push = |kind, text: &str| self.buffer.push(kind, text, span.clone());
        push(alone, "#");
        if matches!(style, DocStyle::Inner) {
            push(alone, "!");
        }
        push(TokenKind::Open(Delimiter::Bracket), Delimiter::Bracket.open());
        push(TokenKind::Ident, "doc");
        push(alone, "=");
        push(TokenKind::Literal, &literal);
        push(TokenKind::Close(Delimiter::Bracket), Delimiter::Bracket.close());
    }
}

/// Whether rustc takes the character for (the start of) an operator.
fn is_operator_character(ch: char) -> bool {
    matches!(
        ch,
        ';' | ','
            | '.'
            | '@'
            | '#'
            | '~'
            | '?'
            | ':'
            | '$'
            | '='
            | '!'
            | '<'
            | '>'
            | '-'
            | '&'
            | '|'
            | '+'
            | '*'
            | '/'
            | '^'
            | '%'
    )
}
