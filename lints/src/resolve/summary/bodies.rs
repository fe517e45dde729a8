//! Function bodies, which are most of a text and say nothing about its items.

use std::borrow::Cow;
use std::ops::Range;

use ra_ap_rustc_lexer::{Cursor, FrontmatterAllowed, TokenKind, strip_shebang};

/// The text with spaces for every function body that holds no `impl`: its summary is the same, and so
/// is every place in it. What macros and attributes are given stays, for it is theirs to read.
pub(super) fn without_bodies(text: &str) -> Cow<'_, str> {
    // Where such a header ends is the parser's to tell; hardly a module has one.
    if strip_shebang(text).is_some() || text.trim_start().starts_with("---") {
        return Cow::Borrowed(text);
    }
    let mut bodies = Vec::new();
    let lexer = Cursor::new(text, FrontmatterAllowed::No);
    let mut scan = Scan { text, lexer, at: 0, open: Vec::new() };
    scan.collect(&mut bodies);
    // In a text that is no Rust, what is a body is anybody's guess.
    if scan.at < text.len() || !scan.open.is_empty() || bodies.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blank = String::with_capacity(text.len());
    let mut kept = 0;
    for body in bodies {
        blank.push_str(&text[kept..body.start]);
        blank.extend(std::iter::repeat_n(' ', body.len()));
        kept = body.end;
    }
    blank.push_str(&text[kept..]);
    Cow::Owned(blank)
}

/// A walk over the tokens that matter to a parser.
struct Scan<'a> {
    text: &'a str,
    lexer: Cursor<'a>,
    at: usize,
    /// What closes the delimiters around.
    open: Vec<TokenKind>,
}

struct Token {
    kind: TokenKind,
    range: Range<usize>,
}

impl Scan<'_> {
    /// `None` at the end, and where delimiters don't match, which leaves some open.
    fn next(&mut self) -> Option<Token> {
        let token = loop {
            let token = self.lexer.advance_token();
            let start = self.at;
            self.at += token.len as usize;
            match token.kind {
                TokenKind::Eof => return None,
                TokenKind::Whitespace
                | TokenKind::LineComment { .. }
                | TokenKind::BlockComment { .. } => {}
                kind => break Token { kind, range: start..self.at },
            }
        };
        match token.kind {
            TokenKind::OpenParen => self.open.push(TokenKind::CloseParen),
            TokenKind::OpenBracket => self.open.push(TokenKind::CloseBracket),
            TokenKind::OpenBrace => self.open.push(TokenKind::CloseBrace),
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace
                if self.open.pop() != Some(token.kind) =>
            {
                self.open.push(TokenKind::Unknown);
                return None;
            }
            _ => {}
        }
        Some(token)
    }

    fn is(&self, token: &Token, word: &str) -> bool {
        token.kind == TokenKind::Ident && self.text[token.range.clone()] == *word
    }

    /// Adds the inside of every body that can go. Stops early where the text is no Rust.
    fn collect(&mut self, bodies: &mut Vec<Range<usize>>) {
        let mut last = TokenKind::Semi;
        let mut token = self.next();
        while let Some(here) = token {
            let next = self.next();
            let (end, behind) = match here.kind {
                TokenKind::Ident if self.is(&here, "fn") && next.as_ref().is_some_and(is_name) => {
                    (TokenKind::CloseBrace, self.function(bodies))
                }
                // A constant's value is kept as it is written. `<const N: u8>` and `*const T` have none.
                TokenKind::Ident
                    if self.is(&here, "const")
                        && !matches!(last, TokenKind::Lt | TokenKind::Comma | TokenKind::Star)
                        && next.as_ref().is_some_and(|it| is_name(it) && !self.is(it, "fn")) =>
                {
                    (TokenKind::Ident, self.constant())
                }
                TokenKind::Bang if matches!(last, TokenKind::Ident | TokenKind::RawIdent) => {
                    (TokenKind::Bang, self.macro_input(next))
                }
                TokenKind::Pound => (TokenKind::Pound, self.attribute(next)),
                kind => (kind, next),
            };
            last = end;
            token = behind;
        }
    }

    /// From a function's name to its end; the next token. The inside of its body is added, where it has
    /// one that can go.
    fn function(&mut self, bodies: &mut Vec<Range<usize>>) -> Option<Token> {
        let mut angles = 0_u32;
        let mut dash_end = 0;
        loop {
            let token = self.next()?;
            match token.kind {
                // Braces among generic arguments are a constant, as in `Bytes<{ N + 1 }>`.
                TokenKind::OpenBrace if angles == 0 => {
                    let inside = self.skip_group()?;
                    if !inside.has_impl {
                        bodies.push(token.range.end..inside.end);
                    }
                    return self.next();
                }
                TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => {
                    self.skip_group()?;
                }
                TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => {
                    return None;
                }
                TokenKind::Semi => return self.next(),
                TokenKind::Lt => angles += 1,
                TokenKind::Gt if dash_end != token.range.start => {
                    angles = angles.checked_sub(1)?;
                }
                TokenKind::Minus => dash_end = token.range.end,
                _ => {}
            }
        }
    }

    /// From a constant's name to its end; the next token.
    fn constant(&mut self) -> Option<Token> {
        let colon = self.next();
        // `const unsafe fn`
        if colon.as_ref().is_none_or(|it| it.kind != TokenKind::Colon) {
            return colon;
        }
        let level = self.open.len();
        loop {
            let token = self.next()?;
            if self.open.len() < level {
                return None;
            }
            if token.kind == TokenKind::Semi && self.open.len() == level {
                return self.next();
            }
        }
    }

    /// From behind the `!` of what may be a macro call to its end; the next token.
    fn macro_input(&mut self, next: Option<Token>) -> Option<Token> {
        // `macro_rules! name { … }`
        let next = if next.as_ref().is_some_and(is_name) { self.next() } else { next };
        if next.as_ref().is_some_and(|it| {
            matches!(it.kind, TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace)
        }) {
            self.skip_group()?;
            return self.next();
        }
        next
    }

    /// From behind a `#` to the end of the attribute; the next token.
    fn attribute(&mut self, next: Option<Token>) -> Option<Token> {
        let is = |token: &Option<Token>, kind| token.as_ref().is_some_and(|it| it.kind == kind);
        let next = if is(&next, TokenKind::Bang) { self.next() } else { next };
        if is(&next, TokenKind::OpenBracket) {
            self.skip_group()?;
            return self.next();
        }
        next
    }

    /// From behind an opening delimiter to the closing one.
    fn skip_group(&mut self) -> Option<Group> {
        let level = self.open.len();
        let mut has_impl = false;
        loop {
            let token = self.next()?;
            if self.open.len() < level {
                return Some(Group { end: token.range.start, has_impl });
            }
            has_impl |= self.is(&token, "impl");
        }
    }
}

/// What stands between two delimiters.
struct Group {
    end: usize,
    has_impl: bool,
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Ident | TokenKind::RawIdent)
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::SourceFile;

    use super::super::{Lowering, stored};
    use super::without_bodies;

    /// What stays of a text, spaces in bodies left out.
    fn stays(text: &str) -> String {
        let mut short = without_bodies(text).into_owned();
        assert_eq!(short.len(), text.len());
        while short.contains("{ ") {
            short = short.replace("{ ", "{");
        }
        short
    }

    #[test]
    fn bodies_go_and_the_rest_stays() {
        for (text, expected) in [
            ("fn a() { b }", "fn a() {}"),
            ("fn r#fn() -> [u8; 3] { b } struct S;", "fn r#fn() -> [u8; 3] {} struct S;"),
            ("impl A { const fn a(&self) -> B { b } }", "impl A {const fn a(&self) -> B {} }"),
            ("fn a() -> B<{ 1 > 0 }> { b }", "fn a() -> B<{1 > 0 }> {}"),
            (
                "fn a<F>(f: F) where F: Fn() -> u8, { b } struct S {c: u8}",
                "fn a<F>(f: F) where F: Fn() -> u8, {} struct S {c: u8}",
            ),
            ("trait T { fn a(); fn b() { c } }", "trait T {fn a(); fn b() {} }"),
            (
                "type F = fn(u8) -> u8; struct S {a: fn()}",
                "type F = fn(u8) -> u8; struct S {a: fn()}",
            ),
            (
                "fn a() { '}' } fn b() { \"}\" } fn c() { r#\"}\"\"# /* } */ }",
                "fn a() {} fn b() {} fn c() {}",
            ),
        ] {
            assert_eq!(stays(text), expected);
        }
    }

    #[test]
    fn what_others_read_stays() {
        for text in [
            "fn a() { impl B for C {} }",
            "make! {fn a() { b }}",
            "a::make!(fn a() { b });",
            "macro_rules! make {() => {fn a() { b }}}",
            "#[make(fn a() { b })] struct S;",
            "const _: () = {fn a() { b!() }};",
            "#!/usr/bin/env run\nfn a() { b }",
            "fn a() { b",
            "fn a() { b ) }",
            "} fn a() { b }",
        ] {
            assert_eq!(without_bodies(text), text);
        }
    }

    #[test]
    fn summaries_are_those_of_the_whole_text() {
        let summary = |text: &str| {
            let tree = SourceFile::parse(text, ra_ap_syntax::Edition::LATEST).tree();
            stored::encode(&Lowering { text: Some(text), place: None }.source_file(&tree))
        };
        for text in stored::SOURCES {
            assert!(without_bodies(text).len() == text.len());
            assert!(summary(text) == summary(&without_bodies(text)), "{text}");
        }
    }
}
