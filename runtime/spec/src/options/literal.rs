//! Constants in option values.

use crate::token::{Token, TokenKind};

/// A value that is known without running anything.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Text(String),
    Integer(u128),
    Float(f64),
    Bool(bool),
    /// A number less than zero.
    Negative,
    /// A number with letters after it that are no type, such as `10s`.
    Suffixed,
    /// Another literal: a character, bytes.
    Other,
}

/// The constant that the tokens are, if they are one.
pub(super) fn constant(tokens: &[Token]) -> Option<Constant> {
    match tokens {
        [minus, number] if minus.is_punct('-') && number.kind == TokenKind::Literal => {
            match literal(&number.text) {
                Constant::Integer(0) => Some(Constant::Integer(0)),
                Constant::Float(0.0) => Some(Constant::Float(0.0)),
                Constant::Integer(_) | Constant::Float(_) => Some(Constant::Negative),
                _ => Some(Constant::Other),
            }
        }
        [word] if word.is_ident("true") => Some(Constant::Bool(true)),
        [word] if word.is_ident("false") => Some(Constant::Bool(false)),
        [single] if single.kind == TokenKind::Literal => Some(literal(&single.text)),
        _ => None,
    }
}

fn literal(text: &str) -> Constant {
    if text.starts_with(|ch: char| ch.is_ascii_digit()) {
        return number(text);
    }
    let text = if let Some(raw) = text.strip_prefix('r') {
        let inner = raw.trim_matches('#');
        inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).map(str::to_owned)
    } else {
        text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).and_then(unescape)
    };
    text.map_or(Constant::Other, Constant::Text)
}

fn number(text: &str) -> Constant {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x', ..] => (16, &text[2..]),
        [b'0', b'o', ..] => (8, &text[2..]),
        [b'0', b'b', ..] => (2, &text[2..]),
        _ => (10, text),
    };
    let is_digit = |ch: char| ch.is_digit(radix) || ch == '_';
    let end = digits.find(|ch| !is_digit(ch)).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let is_float_suffix = radix == 10 && matches!(rest, "f32" | "f64");
    if rest.is_empty() || INTEGER_TYPES.contains(&rest) {
        let whole = whole.replace('_', "");
        return u128::from_str_radix(&whole, radix).map_or(Constant::Other, Constant::Integer);
    }
    if radix != 10 || !(is_float_suffix || rest.starts_with(['.', 'e', 'E'])) {
        return Constant::Suffixed;
    }
    let float = text.strip_suffix("f32").or(text.strip_suffix("f64")).unwrap_or(text);
    float.replace('_', "").parse().map_or(Constant::Suffixed, Constant::Float)
}

const INTEGER_TYPES: &[&str] =
    &["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];

/// What a string literal means, given what stands between its quotes; `None` for a bad escape.
fn unescape(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(ch) = chars.next() {
        if ch != '\\' {
            value.push(ch);
            continue;
        }
        match chars.next()? {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            '0' => value.push('\0'),
            quoted @ ('\\' | '\'' | '"') => value.push(quoted),
            'x' => {
                let code = u8::from_str_radix(chars.as_str().get(..2)?, 16).ok()?;
                value.push(code.is_ascii().then_some(char::from(code))?);
                chars = chars.as_str()[2..].chars();
            }
            'u' => {
                let (code, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                let code = u32::from_str_radix(&code.replace('_', ""), 16).ok()?;
                value.push(char::from_u32(code)?);
                chars = rest.chars();
            }
            '\n' => chars = chars.as_str().trim_start_matches([' ', '\n', '\r', '\t']).chars(),
            _ => return None,
        }
    }
    Some(value)
}

/// The text as a string literal.
pub(super) fn quote(text: &str) -> String {
    format!("{text:?}")
}
