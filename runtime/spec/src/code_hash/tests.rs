use proptest::prelude::*;

use super::*;
use crate::token::{Edition, TokenBuffer};

fn hash(text: &str) -> CodeHash {
    code_hash(TokenBuffer::from_source(text, Edition::E2024).tokens())
}

#[test]
fn s156_s158_s161_what_does_not_count() {
    let function = "fn f(x: &u8) -> u8 { let y = *x; y }";
    let same = [
        "fn f(x:&u8)->u8{let y=*x;y}",
        "fn f ( x : & u8 ) -> u8 { let y = * x ; y }",
        "fn f(x: &u8) -> u8 {\r\n    let y = *x; // why\r\n    y /* so */\r\n}",
        "/// Docs.\n/** More. */\nfn f(x: &u8) -> u8 { let y = *x; y }",
        "#[inline] #[cfg(any(a, b))] fn f(x: &u8) -> u8 { let y = *x; y }",
        "#[cache_data(ttl = \"1h\")]\nfn f(x: &u8) -> u8 { let y = *x; y }",
        "pub fn f(x: &u8) -> u8 { let y = *x; y }",
        "#[must_use] pub(in crate::a) fn f(x: &u8) -> u8 { let y = *x; y }",
        "fn f(x: &u8) -> u8 { #![allow(unused)] #![doc(hidden)] let y = *x; y }",
        "fn f(x: &u8) -> u8 { //! Docs.\n let y = *x; y }",
        "fn f(#[doc = \"x\"] x: &u8) -> u8 { #[doc = r\"y\"] let y = *x; /// z\n y }",
    ];
    for text in same {
        assert_eq!(hash(text), hash(function), "{text}");
    }
}

#[test]
fn s157_s160_what_counts() {
    let texts = [
        "fn f(x: &u8) -> u8 { let y = *x; y }",
        "fn f(z: &u8) -> u8 { let y = *x; y }",
        "fn g(x: &u8) -> u8 { let y = *x; y }",
        "fn f(x: &u16) -> u8 { let y = *x; y }",
        "fn f(x: &u8) -> u16 { let y = *x; y }",
        "fn f(x: &u8) -> u8 { let y = *x; y; }",
        "fn f(x: &u8) -> u8 { let y = *x; 'y' }",
        "fn f(x: &u8) -> u8 { let y = *x; \"y\" }",
        "fn f(x: &u8) -> u8 { let y = *x; \"y \" }",
        "fn f(x: &u8) -> u8 { let y = *x; r#y }",
        "fn f(x: &u8) -> u8 { let y = *x; {y} }",
        "fn f(x: &u8) -> u8 { #[cold] let y = *x; y }",
        "fn f(#[cold] x: &u8) -> u8 { let y = *x; y }",
        "fn f(x: &u8) -> u8 { #[doc = concat!(\"y\")] let y = *x; y }",
        "async fn f(x: &u8) -> u8 { let y = *x; y }",
        "const fn f(x: &u8) -> u8 { let y = *x; y }",
    ];
    for (at, text) in texts.iter().enumerate() {
        for other in &texts[..at] {
            assert_ne!(hash(text), hash(other), "{text} and {other}");
        }
    }
}

#[test]
fn operators_are_what_rustc_reads() {
    let alike =
        [("a=-1", "a = -1"), ("a&&b", "a && b"), ("a..=b", "a ..= b"), ("a=&&b", "a = &&b")];
    for (left, right) in alike {
        assert_eq!(hash(left), hash(right), "{left} and {right}");
    }
    let apart = [
        ("a && b", "a & & b"),
        ("a >> b", "a > > b"),
        ("a >>= b", "a >> = b"),
        ("a ..= b", "a .. = b"),
        ("a - > b", "a -> b"),
        ("a & // c\n & b", "a && b"),
        ("a & /** c */ & b", "a && b"),
    ];
    for (left, right) in apart {
        assert_ne!(hash(left), hash(right), "{left} and {right}");
    }
}

#[test]
fn inner_attributes_belong_to_the_body_and_not_to_braces_in_the_signature() {
    assert_eq!(
        hash("fn f() -> A<{ 1 }> where A<{ 2 }>: Sized { #![allow(a)] }"),
        hash("fn f() -> A<{ 1 }> where A<{ 2 }>: Sized {}"),
    );
    assert_ne!(hash("fn f() { { #![allow(a)] } }"), hash("fn f() { {} }"));
}

/// Whoever changes this makes every entry that users have stored a miss.
#[test]
fn the_hash_is_the_same_for_ever() {
    let text = "fn f<'a>(x: &'a str) -> Vec<Vec<u8>> { g(x)?; r#\"a\"#; 1.0_f32 }";
    assert_eq!(hash(text).to_string(), GOLDEN);
}

const GOLDEN: &str = "831ad704b2adf0ab346892d9e93dd25fbe1bebd04473bb86224cdda12c63a188";

#[test]
fn broken_texts_have_a_hash_too() {
    for text in
        ["", "pub", "pub(", "#[", "#[a", "}", "{ #![", "fn f() {", "fn f() }", "#![doc = \""]
    {
        hash(text);
    }
}

#[test]
fn code_hashes_are_read_back() {
    let hash = hash("fn f() {}");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
    for text in ["", "0", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65)] {
        assert_eq!(text.parse::<CodeHash>(), Err(ParseCodeHashError), "{text}");
    }
}

/// Tokens that can stand beside each other in any order.
const TOKENS: &[&str] = &[
    "a",
    "_",
    "r#type",
    "'a",
    "'x'",
    "'\\''",
    "\"s\"",
    "\"// no\"",
    "r#\"/*\"#",
    "b\"b\"",
    "c\"c\"",
    "1",
    "1.5",
    "0x1f",
    "1.",
    "1e3f32",
    "+",
    "-",
    "&&",
    "&",
    "->",
    "=>",
    "==",
    "=",
    "..=",
    "...",
    "..",
    ".",
    "::",
    ":",
    "<",
    "<<=",
    ">>",
    ">",
    "|",
    "||",
    "!",
    "?",
    ";",
    ",",
    "#",
    "$",
    "@",
    "~",
    "é",
    "( )",
    "[ ]",
    "{ }",
    "(",
    "}",
    "fn",
    "pub",
];

/// What may stand between tokens without any meaning.
const GAPS: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{2028}",
    "/* c */",
    "/* /* c */ */",
    "// c\n",
    "//\r\n",
    "/**/",
    "/***/",
    "//// c\n",
    " /*** \" */ ",
];

proptest! {
    #[test]
    fn gaps_do_not_matter(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..40),
        gaps in prop::collection::vec(prop::collection::vec(prop::sample::select(GAPS), 1..4), 41),
    ) {
        let plain = tokens.join(" ");
        let mut gappy = gaps[tokens.len()].concat();
        for (token, gap) in tokens.iter().zip(&gaps) {
            gappy.push_str(token);
            gappy.push_str(&gap.concat());
        }
        let read = |text: &str| TokenBuffer::from_source(text, Edition::E2024).tokens().to_vec();
        prop_assert_eq!(read(&plain), read(&gappy));
        prop_assert_eq!(hash(&plain), hash(&gappy));
    }

    #[test]
    fn any_text_is_hashed_without_panic(text in ".{0,60}") {
        hash(&text);
    }
}
