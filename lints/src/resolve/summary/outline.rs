//! The outline of a text: what a summary is made of, without what only makes parsing long.

use std::borrow::Cow;
use std::ops::Range;

use ra_ap_rustc_lexer::{Cursor, DocStyle, FrontmatterAllowed, TokenKind, strip_shebang};

/// The text with spaces for what its summary doesn't need as syntax: signatures of functions, bodies
/// without an `impl`, what macros are given, long tables, all but the first of comments in a row. Every
/// item is where it was.
pub(super) fn outline(text: &str) -> Cow<'_, str> {
    // Where such a header ends is the parser's to tell; hardly a module has one.
    if strip_shebang(text).is_some() || text.trim_start().starts_with("---") {
        return Cow::Borrowed(text);
    }
    let mut scan = Scan::new(text);
    scan.items();
    // What is no Rust is taken as it is.
    if scan.at < text.len() || !scan.open.is_empty() || scan.blank.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut outline = String::with_capacity(text.len());
    let mut kept = 0;
    for range in scan.blank {
        outline.push_str(&text[kept..range.start]);
        outline.extend(std::iter::repeat_n(' ', range.len()));
        kept = range.end;
    }
    outline.push_str(&text[kept..]);
    Cow::Owned(outline)
}

/// A walk over the tokens that matter to a parser.
struct Scan<'a> {
    text: &'a str,
    lexer: Cursor<'a>,
    at: usize,
    /// What closes the delimiters around.
    open: Vec<TokenKind>,
    /// What goes, in order.
    blank: Vec<Range<usize>>,
}

struct Token {
    kind: TokenKind,
    range: Range<usize>,
}

/// How far the path of what may become a macro call is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    None,
    Name,
    Colon,
    Colons,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let lexer = Cursor::new(text, FrontmatterAllowed::No);
        Scan { text, lexer, at: 0, open: Vec::new(), blank: Vec::new() }
    }

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
        self.track(token)
    }

    /// The same between items, where of comments in a row only the first stays.
    fn next_outside(&mut self) -> Option<Token> {
        let mut last: Option<(Option<DocStyle>, usize)> = None;
        let mut end = 0;
        let token = loop {
            let token = self.lexer.advance_token();
            let start = self.at;
            self.at += token.len as usize;
            match token.kind {
                TokenKind::Eof => break None,
                TokenKind::LineComment { doc_style } => {
                    match last {
                        Some((style, _)) if style == doc_style => {}
                        _ => {
                            self.blank_comments(last, end);
                            last = Some((doc_style, self.at));
                        }
                    }
                    end = self.at;
                }
                TokenKind::Whitespace => {
                    let lines = memchr::memchr_iter(b'\n', &self.text.as_bytes()[start..self.at]);
                    if lines.count() > 1 {
                        self.blank_comments(last.take(), end);
                    }
                }
                TokenKind::BlockComment { .. } => self.blank_comments(last.take(), end),
                kind => break Some(Token { kind, range: start..self.at }),
            }
        };
        self.blank_comments(last, end);
        self.track(token?)
    }

    /// Blanks comments behind the first of a row, which ends where `row` says.
    fn blank_comments(&mut self, row: Option<(Option<DocStyle>, usize)>, end: usize) {
        if let Some((_, first_end)) = row
            && first_end < end
        {
            self.blank.push(first_end..end);
        }
    }

    fn track(&mut self, token: Token) -> Option<Token> {
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

    /// Goes through the items, also those of modules, traits and impls, and notes what can go. Stops
    /// early where the text is no Rust.
    fn items(&mut self) {
        let mut last = TokenKind::Semi;
        let mut path = Path::None;
        let mut angles = 0_u32;
        let mut token = self.next_outside();
        while let Some(here) = token {
            let is_path_end = path == Path::Name;
            path = match (path, here.kind) {
                (Path::Name, TokenKind::Colon) => Path::Colon,
                (Path::Colon, TokenKind::Colon) => Path::Colons,
                (Path::Colons, TokenKind::Ident | TokenKind::RawIdent) => Path::Name,
                (_, TokenKind::Ident | TokenKind::RawIdent) if begins_item(last) => Path::Name,
                (_, TokenKind::Colon) if begins_item(last) => Path::Colon,
                _ => Path::None,
            };
            let was = last;
            last = here.kind;
            match here.kind {
                TokenKind::Ident if self.is(&here, "fn") => {
                    token = self.next_outside();
                    if let Some(name) = token.as_ref().filter(|it| is_name(it)) {
                        token = self.function(name.range.end);
                        last = TokenKind::CloseBrace;
                    }
                    continue;
                }
                // `<const N: u8>` and `*const T` have no value.
                TokenKind::Ident
                    if (self.is(&here, "const") || self.is(&here, "static"))
                        && !matches!(was, TokenKind::Lt | TokenKind::Comma | TokenKind::Star) =>
                {
                    let mut name = self.next_outside();
                    if name.as_ref().is_some_and(|it| self.is(it, "mut")) {
                        name = self.next_outside();
                    }
                    if name.as_ref().is_some_and(|it| is_name(it) && !self.is(it, "fn")) {
                        let is_nameless = name.as_ref().is_some_and(|it| self.is(it, "_"));
                        token = self.constant(is_nameless);
                        last = TokenKind::Semi;
                    } else {
                        token = name;
                    }
                    continue;
                }
                TokenKind::Bang if matches!(was, TokenKind::Ident | TokenKind::RawIdent) => {
                    let is_item = is_path_end
                        && angles == 0
                        && matches!(self.open.last(), None | Some(TokenKind::CloseBrace));
                    token = self.macro_call(is_item);
                    last = TokenKind::CloseBrace;
                    continue;
                }
                TokenKind::Pound => {
                    token = self.attribute();
                    continue;
                }
                // Braces among generic arguments are a constant, as in `Bytes<{ N + 1 }>`.
                TokenKind::OpenBrace if angles > 0 => {
                    self.skip_group();
                }
                TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Semi => angles = 0,
                TokenKind::Lt => angles += 1,
                TokenKind::Gt if was != TokenKind::Minus => angles = angles.saturating_sub(1),
                _ => {}
            }
            token = self.next_outside();
        }
    }

    /// From the end of a function's name to its own end; the next token.
    fn function(&mut self, name_end: usize) -> Option<Token> {
        let mut angles = 0_u32;
        let mut dash_end = 0;
        let mut params = None;
        // Items can stand in a signature, but not without braces.
        let mut has_braces = false;
        let mut last = TokenKind::Ident;
        loop {
            let token = self.next()?;
            // Its body is yet to be written.
            if angles == 0 && self.begins_next_item(&token, last) {
                return Some(token);
            }
            last = token.kind;
            let signature = (name_end, params.clone().filter(|_| !has_braces), token.range.start);
            match token.kind {
                TokenKind::OpenBrace if angles == 0 => {
                    let inside = self.skip_group()?;
                    self.blank_signature(signature);
                    if !inside.has_impl {
                        self.blank.push(token.range.end..inside.end);
                    }
                    return self.next_outside();
                }
                TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => {
                    let inside = self.skip_group()?;
                    has_braces |= inside.has_braces || token.kind == TokenKind::OpenBrace;
                    last = TokenKind::CloseParen;
                    if params.is_none() && angles == 0 && token.kind == TokenKind::OpenParen {
                        params = Some(token.range.end..inside.end);
                    }
                }
                TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => {
                    return None;
                }
                TokenKind::Semi => {
                    self.blank_signature(signature);
                    return self.next_outside();
                }
                TokenKind::Lt => angles += 1,
                TokenKind::Gt if dash_end != token.range.start => {
                    angles = angles.checked_sub(1)?;
                }
                TokenKind::Minus => dash_end = token.range.end,
                _ => {}
            }
        }
    }

    /// Whether something in a signature certainly belongs to the item behind it.
    fn begins_next_item(&self, token: &Token, last: TokenKind) -> bool {
        let range = token.range.clone();
        match token.kind {
            TokenKind::Pound => true,
            TokenKind::Ident => match &self.text[range] {
                "enum" | "mod" | "pub" | "static" | "struct" | "trait" | "type" | "use" => true,
                "const" => last != TokenKind::Star,
                "async" | "extern" | "fn" | "impl" | "unsafe" => last == TokenKind::CloseParen,
                _ => false,
            },
            _ => false,
        }
    }

    /// Blanks what stands between the name of a function, the parentheses of its parameters and its body.
    fn blank_signature(&mut self, (start, params, end): (usize, Option<Range<usize>>, usize)) {
        let Some(params) = params else { return };
        let generics = self.text[start..params.start - 1].trim();
        if generics.is_empty() || (generics.starts_with('<') && generics.ends_with('>')) {
            self.blank.push(start..params.start - 1);
            self.blank.push(params.clone());
            self.blank.push(params.end + 1..end);
        }
    }

    /// From a constant's name to its end; the next token. A table in its value goes, unless macros may
    /// have put impls there.
    fn constant(&mut self, is_nameless: bool) -> Option<Token> {
        let colon = self.next_outside();
        // `const unsafe fn`
        if colon.as_ref().is_none_or(|it| it.kind != TokenKind::Colon) {
            return colon;
        }
        let level = self.open.len();
        let mut last = TokenKind::Colon;
        let mut is_value = false;
        loop {
            let token = self.next()?;
            if self.open.len() < level {
                return None;
            }
            let is_table =
                is_value && !is_nameless && matches!(last, TokenKind::Eq | TokenKind::And);
            last = token.kind;
            match token.kind {
                TokenKind::Semi if self.open.len() == level => return self.next_outside(),
                TokenKind::Eq => is_value = true,
                TokenKind::OpenBracket if is_table && self.open.len() == level + 1 => {
                    let inside = self.skip_group()?;
                    if !inside.has_impl {
                        self.blank.push(token.range.end..inside.end);
                    }
                }
                _ => {}
            }
        }
    }

    /// From the `!` of what may be a macro call to its end; the next token.
    fn macro_call(&mut self, is_item: bool) -> Option<Token> {
        let mut next = self.next_outside();
        // `macro_rules! name { … }`
        if next.as_ref().is_some_and(is_name) {
            next = self.next_outside();
        }
        let open = next?;
        match open.kind {
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => {
                let inside = self.skip_group()?;
                if is_item {
                    self.blank.push(open.range.end..inside.end);
                }
                self.next_outside()
            }
            _ => Some(open),
        }
    }

    /// From a `#` to the end of the attribute; the next token.
    fn attribute(&mut self) -> Option<Token> {
        let mut next = self.next_outside()?;
        if next.kind == TokenKind::Bang {
            next = self.next_outside()?;
        }
        if next.kind == TokenKind::OpenBracket {
            self.skip_group()?;
            return self.next_outside();
        }
        Some(next)
    }

    /// From behind an opening delimiter to the closing one.
    fn skip_group(&mut self) -> Option<Group> {
        let level = self.open.len();
        let (mut has_impl, mut has_braces) = (false, false);
        loop {
            let token = self.next()?;
            if self.open.len() < level {
                return Some(Group { end: token.range.start, has_impl, has_braces });
            }
            has_impl |= self.is(&token, "impl");
            has_braces |= token.kind == TokenKind::OpenBrace;
        }
    }
}

/// What stands between two delimiters.
struct Group {
    end: usize,
    has_impl: bool,
    has_braces: bool,
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Ident | TokenKind::RawIdent)
}

/// Whether an item can follow; behind an attribute, its `#` is the last that is remembered.
fn begins_item(last: TokenKind) -> bool {
    matches!(
        last,
        TokenKind::Semi | TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Pound
    )
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::SourceFile;

    use super::super::{Lowering, Source, stored};
    use super::outline;

    /// What stays of a text, all but one space in a row and those behind an opening delimiter left out.
    fn stays(text: &str) -> String {
        let short = outline(text);
        assert_eq!(short.len(), text.len());
        let mut short = short.split_inclusive(' ').filter(|part| *part != " ").collect::<String>();
        for open in ["{", "(", "["] {
            while short.contains(&format!("{open} ")) {
                short = short.replace(&format!("{open} "), open);
            }
        }
        short
    }

    #[test]
    fn what_is_no_item_goes() {
        for (text, expected) in [
            ("fn a() { b }", "fn a() {}"),
            ("fn r#fn() -> [u8; 3] { b } struct S;", "fn r#fn() {} struct S;"),
            ("impl A { const fn a(&self) -> B { b } }", "impl A {const fn a() {} }"),
            ("fn a() -> B<{ 1 > 0 }> { b }", "fn a() -> B<{1 > 0 }> {}"),
            (
                "fn a<F>() where F: Fn() -> u8, { b } struct S {c: u8}",
                "fn a () {} struct S {c: u8}",
            ),
            ("fn a<T: B<C>>(d: T, #[e] f: impl G) -> H;", "fn a () ;"),
            ("fn a(b: [u8; { 1 }]) -> C { d }", "fn a(b: [u8; {1 }]) -> C {}"),
            ("fn a() -> *const B where C: Fn() -> fn(d) {}", "fn a() {}"),
            ("fn a() struct S { b: C } fn d() { e }", "fn a() struct S {b: C } fn d() {}"),
            (
                "fn a(b: C) #[d] const E: F = G; fn h() impl I for J {}",
                "fn a(b: C) #[d] const E: F = G; fn h() impl I for J {}",
            ),
            ("fn a(b: C) fn d(e: F) -> G { h }", "fn a(b: C) fn d() {}"),
            ("trait T { fn a(); fn b() { c } }", "trait T {fn a(); fn b() {} }"),
            (
                "fn a() { '}' } fn b() { \"}\" } fn c() { r#\"}\"\"# /* } */ }",
                "fn a() {} fn b() {} fn c() {}",
            ),
            ("macro_rules! a { b } a::a!(b); a! {c}", "macro_rules! a {} a::a!(); a! {}"),
            ("mod m { #[a] ::b::a! [ c ]; }", "mod m {#[a] ::b::a! []; }"),
            (
                "const A: &[u8] = &[1, 2]; static mut B: [u8; 2] = [1, 2];",
                "const A: &[u8] = &[]; static mut B: [u8; 2] = [];",
            ),
        ] {
            assert_eq!(stays(text), expected);
        }
    }

    #[test]
    fn of_comments_in_a_row_the_first_stays() {
        let text = "/// a\n/// b\n\n// c\n  // d\n/// e\nstruct S; // f";
        let expected = "/// a      \n\n// c       \n/// e\nstruct S; // f";
        assert_eq!(outline(text), expected);
    }

    #[test]
    fn what_is_read_as_syntax_stays() {
        for text in [
            "fn a() { impl B for C {} }",
            "type F = fn(u8) -> u8; struct S {a: fn()}",
            "struct S {a: b!(c)}",
            "struct S {a: [u8; b!(c)]}",
            "type A = B<{ a!(b) }>;",
            "type A = b!(c);",
            "#[make(fn a() { b })] struct S;",
            "const _: () = {fn a() { b!() }};",
            "const A: u8 = b!(c);",
            "const A: [u8; 2] = {[1, 2]};",
            "#!/usr/bin/env run\nfn a() { b }",
            "fn a() { b",
            "fn a() { b ) }",
            "} fn a() { b }",
        ] {
            assert_eq!(outline(text), text);
        }
    }

    #[test]
    fn summaries_are_those_of_the_whole_text() {
        let summary = |text: &str, outline: &str| {
            let tree = SourceFile::parse(outline, ra_ap_syntax::Edition::LATEST).tree();
            let source = Some(Source { text, outline });
            stored::encode(&Lowering::new(source, None).source_file(&tree))
        };
        let captures = "fn a<'a>(b: &'a C) -> impl D + use<'a> { e; f! {} } struct S { g: H }";
        let condition =
            "fn a<T>() where T: const B { c!() } impl D for E {} fn f() { impl G for H {} }";
        for text in stored::SOURCES.iter().copied().chain([captures, condition]) {
            let outline = outline(text);
            assert_eq!(outline.len(), text.len());
            assert!(summary(text, text) == summary(text, &outline), "{text}");
        }
    }

    #[test]
    fn bodies_in_bodies_are_lowered_once() {
        let nested = |depth: usize| {
            (0..depth).fold(String::new(), |inner, at| {
                format!("fn f{at}() {{ struct S{at}; impl Copy for S{at} {{}} {inner} }}")
            })
        };
        let length = |depth| {
            let text = nested(depth);
            let tree = SourceFile::parse(&text, ra_ap_syntax::Edition::LATEST).tree();
            stored::encode(&Lowering::new(None, None).source_file(&tree)).len()
        };
        assert!(length(40) < 5 * length(10), "{} and {}", length(40), length(10));
    }
}
