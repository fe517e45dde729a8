use super::*;

/// The tokens of a text, `·` after an operator character that another one follows immediately.
fn read(text: &str, edition: Edition) -> Vec<String> {
    show(TokenBuffer::from_source(text, edition).tokens())
}

fn show(tokens: &[Token]) -> Vec<String> {
    let joint = TokenKind::Punct { joint: true };
    let mark = |token: &Token| if token.kind == joint { "·" } else { "" };
    tokens.iter().map(|token| format!("{}{}", token.text, mark(token))).collect()
}

#[track_caller]
fn check(text: &str, edition: Edition, expected: &str) {
    assert_eq!(read(text, edition).join(" "), expected, "{text:?} in {edition:?}");
}

#[test]
fn operators_and_their_neighbours() {
    let cases = [
        ("a&&b", "a &· & b"),
        ("a & &b", "a & & b"),
        ("x=-1", "x =· - 1"),
        ("&'a T", "& 'a T"),
        ("a-(b)", "a - ( b )"),
        ("a&/*c*/&b", "a & & b"),
        ("a/ /*c*/b", "a / b"),
        ("x.0.1", "x . 0.1"),
        ("1..2", "1 .· . 2"),
        ("1.foo()", "1 . foo ( )"),
        ("1.+1.", "1. + 1."),
        ("$x", "$ x"),
        ("€", "€"),
    ];
    for (text, expected) in cases {
        check(text, Edition::E2024, expected);
    }
}

#[test]
fn what_editions_read_differently() {
    let cases = [
        ("c\"x\"", "c \"x\"", "c\"x\""),
        ("cr#\"x\"#", "cr # \"x\" #", "cr#\"x\"#"),
        ("'r#a", "'r # a", "'r#a"),
        ("k#a f\"x\"", "k # a f \"x\"", "k # a f \"x\""),
        ("br\"x\" b'x' r#\"x\"#", "br\"x\" b'x' r#\"x\"#", "br\"x\" b'x' r#\"x\"#"),
    ];
    for (text, early, late) in cases {
        check(text, Edition::E2015, early);
        check(text, Edition::E2018, early);
        check(text, Edition::E2021, late);
        check(text, Edition::E2024, late);
    }
}

#[test]
fn doc_comments_are_attributes() {
    check("/// a\r\nx", Edition::E2024, "# [ doc = \" a\" ] x");
    check("//! \"a\"", Edition::E2024, "# ! [ doc = \" \\\"a\\\"\" ]");
    check("/** a\r\n b */x", Edition::E2024, "# [ doc = \" a\\n b \" ] x");
    check("///e\u{301}", Edition::E2024, "# [ doc = \"e\\u{301}\" ]");
    check("/*! a", Edition::E2024, "# ! [ doc = \" a\" ]");
    check("//// a\n/*** a */ /**/ /***/ // a", Edition::E2024, "");
}

#[test]
fn texts_are_normalised_as_rustc_does() {
    check("\"a\r\nb\rc\"", Edition::E2024, "\"a\nb\rc\"");
    check("e\u{301} 'e\u{301} r#e\u{301} \"e\u{301}\"", Edition::E2024, "é 'é r#é \"e\u{301}\"");
}

#[test]
fn what_may_stand_before_a_file() {
    check("\u{feff}a", Edition::E2024, "a");
    check("#!/usr/bin/env run\na", Edition::E2024, "a");
    check("\u{feff}#!/usr/bin/env run\na", Edition::E2024, "a");
    check("#![a]", Edition::E2024, "#· ! [ a ]");
    check("---cargo\n[dependencies]\n---\na", Edition::E2024, "a");
    check("a ---b", Edition::E2024, "a -· -· - b");
}

#[test]
fn spans_point_at_the_text() {
    let text = "\u{feff}é = f(\"\r\n\", 'a)";
    let buffer = TokenBuffer::from_source(text, Edition::E2024);
    let parts: Vec<_> = buffer.spans().iter().map(|span| &text[span.clone()]).collect();
    assert_eq!(parts, ["é", "=", "f", "(", "\"\r\n\"", ",", "'a", ")"]);
    assert_eq!(&text[buffer.source_range(&(2..8))], "f(\"\r\n\", 'a)");
    assert_eq!(buffer.source_range(&(8..8)), text.len()..text.len());
    assert_eq!(buffer.source_range(&(1..1)), 5..5);
    assert_eq!(buffer.source_range(&(0..0)), 0..0);
}

#[test]
fn delimiters_find_each_other() {
    let buffer = TokenBuffer::from_source("( [ ] { } ) ) (", Edition::E2024);
    let tokens = buffer.tokens();
    assert_eq!(matching_close(tokens, 0), Some(5));
    assert_eq!(matching_close(tokens, 1), Some(2));
    assert_eq!(matching_close(tokens, 2), None);
    assert_eq!(matching_close(tokens, 7), None);
    assert_eq!(matching_close(tokens, 8), None);
    assert_eq!(matching_open(tokens, 5), Some(0));
    assert_eq!(matching_open(tokens, 4), Some(3));
    assert_eq!(matching_open(tokens, 6), None);
}

#[cfg(feature = "proc-macro")]
mod beside_a_proc_macro {
    use proc_macro2::{Delimiter as Bracket, Group, Literal, TokenStream, TokenTree};

    use super::*;

    fn invisible(text: &str) -> TokenStream {
        let stream = text.parse().unwrap();
        TokenStream::from(TokenTree::from(Group::new(Bracket::None, stream)))
    }

    #[test]
    fn both_read_the_same() {
        let texts = [
            "fn f<'a>(x: &'a Vec<Vec<u8>>) -> u8 { r#type + x.0.1; m!(a && b) }",
            "/// Docs \"quoted\".\nfn f() { /** Inner. */ let x = \"a\\n\"; b'x' }",
            "ttl = \"1h\", hash_funcs = { A: |a| a.id }, allow(hidden-input)",
            "'a: loop { break 'a }",
        ];
        for text in texts {
            let stream = TokenBuffer::from_tokens(text.parse().unwrap());
            let source = TokenBuffer::from_source(text, Edition::E2021);
            assert_eq!(crate::code_hash(stream.tokens()), crate::code_hash(source.tokens()));
            assert_eq!(stream.spans().len(), source.spans().len(), "{text}");
        }
    }

    #[test]
    fn invisible_groups_vanish_and_signs_are_operators() {
        let mut stream = invisible("a + b");
        stream.extend([TokenTree::from(Literal::i32_suffixed(-5))]);
        stream.extend(invisible("f(x)"));
        let buffer = TokenBuffer::from_tokens(stream);
        assert_eq!(show(buffer.tokens()).join(" "), "a + b - 5i32 f ( x )");
    }

    #[test]
    fn slices_keep_what_a_fragment_holds_together() {
        let mut stream: TokenStream = "x = 'a".parse().unwrap();
        stream.extend(invisible("a + b"));
        stream.extend([TokenTree::from(Literal::i32_unsuffixed(-5))]);
        stream.extend("* [c, (d)]".parse::<TokenStream>());
        let cases = [
            (0..3, "x = 'a"),
            (2..3, "'a"),
            (3..6, "a + b"),
            (3..8, "a + b - 5"),
            (6..9, "- 5 *"),
            (4..6, "+ b"),
            (10..15, "c , (d)"),
            (13..14, "d"),
            (9..16, "[c , (d)]"),
            (5..5, ""),
        ];
        let whole = TokenBuffer::from_tokens(stream.clone());
        for (range, text) in cases {
            let part = slice(&stream, &range);
            let tokens = TokenBuffer::from_tokens(part.clone());
            assert_eq!(tokens.tokens(), &whole.tokens()[range.clone()], "{range:?}");
            let expected = TokenBuffer::from_tokens(text.parse().unwrap());
            assert_eq!(show(tokens.tokens()), show(expected.tokens()), "{range:?}");
        }
        let fragment = slice(&stream, &(3..6)).into_iter().next();
        assert!(matches!(fragment, Some(TokenTree::Group(_))), "{fragment:?}");
    }
}
