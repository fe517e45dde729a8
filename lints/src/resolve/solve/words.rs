//! Which words a program may write: a proc macro, or a build script.

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind};

use crate::resolve::names::has_word;

/// Whether what a proc macro's source makes may have a trait's name where the trait is implemented: the name is in a text, or
/// in what a macro such as `quote!` is given, other than as a bound.
pub(super) fn may_write(source: &str, name: &str) -> bool {
    has_word(source, name) && scan(source, name, 0)
}

/// Whether what a macro is given may have a trait's name where the trait is implemented, rather than as a bound.
pub(super) fn may_pass_on(given: &str, name: &str) -> bool {
    has_word(given, name) && scan(given, name, 1)
}

/// `given`: how many delimiters are open inside of what a macro is given.
fn scan(source: &str, name: &str, mut given: usize) -> bool {
    let lexed = LexedStr::new(Edition::CURRENT, source);
    let tokens: Vec<(SyntaxKind, &str)> = (0..lexed.len())
        .map(|at| (lexed.kind(at), lexed.text(at)))
        .filter(|(kind, _)| !kind.is_trivia())
        .collect();
    tokens.iter().enumerate().any(|(at, &(kind, text))| {
        match kind {
            SyntaxKind::L_PAREN | SyntaxKind::L_BRACK | SyntaxKind::L_CURLY => {
                given += usize::from(given > 0 || is_of_macro(&tokens[..at]));
            }
            SyntaxKind::R_PAREN | SyntaxKind::R_BRACK | SyntaxKind::R_CURLY => {
                given = given.saturating_sub(1);
            }
            SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING => {
                return has_word(text, name);
            }
            _ if given > 0 && text.trim_start_matches("r#") == name => {
                return !is_bound(&tokens[..at]);
            }
            _ => {}
        }
        false
    })
}

/// Whether a delimiter after these tokens opens what a macro is given: `quote!(`, `macro_rules! name {`.
fn is_of_macro(before: &[(SyntaxKind, &str)]) -> bool {
    match before {
        [.., (name, _), (SyntaxKind::BANG, _)]
        | [.., (name, _), (SyntaxKind::BANG, _), (SyntaxKind::IDENT, _)] => {
            *name == SyntaxKind::IDENT
        }
        _ => false,
    }
}

/// Whether the last segment of a path that these tokens end in the middle of is a bound: `T: ::std::hash::Hash`.
fn is_bound(mut before: &[(SyntaxKind, &str)]) -> bool {
    while let [rest @ .., (SyntaxKind::COLON, _), (SyntaxKind::COLON, _)] = before {
        before = rest;
        if let [rest @ .., (kind, _)] = before
            && (*kind == SyntaxKind::IDENT || kind.is_keyword(Edition::CURRENT))
        {
            before = rest;
        }
        if let [rest @ .., (SyntaxKind::POUND | SyntaxKind::DOLLAR, _)] = before {
            before = rest;
        }
    }
    matches!(before, [.., (SyntaxKind::COLON | SyntaxKind::PLUS, _)])
}

/// A source without its comments.
pub(super) fn without_comments(source: &str) -> String {
    let lexed = LexedStr::new(Edition::CURRENT, source);
    let kept = (0..lexed.len()).map(|at| match lexed.kind(at) {
        SyntaxKind::COMMENT => " ",
        _ => lexed.text(at),
    });
    kept.collect()
}

/// Whether a source declares a module that stands in a file of its own.
pub(super) fn declares_file(source: &str) -> bool {
    source.split("mod ").skip(1).any(|after| {
        let after = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '#');
        after.trim_start().starts_with(';')
    })
}

#[cfg(test)]
mod tests {
    use super::{declares_file, may_pass_on, may_write, without_comments};

    #[test]
    fn a_name_in_a_text_or_in_what_a_macro_is_given_may_be_written() {
        for source in [
            "fn f() { quote! { impl ::std::hash::Hash for #name {} } }",
            "fn f() { quote!(#[derive(Clone, Hash)] struct #name;) }",
            "fn f() -> Ident { Ident::new(\"Hash\", span) }",
            "fn f() { \"impl Hash for A {}\".parse() }",
            "macro_rules! all { () => { Hash } }",
            "fn f() { parse_quote!(::core::hash::Hash) }",
            "fn f() { quote! { use std::hash::Hash; } }",
            "fn f() { quote! { impl<T: Hash> Hash for #name<T> {} } }",
        ] {
            assert!(may_write(source, "Hash"), "{source}");
        }
    }

    #[test]
    fn a_name_in_code_or_of_a_bound_is_not_written_as_an_impl() {
        for source in [
            "use std::hash::Hash; #[derive(Hash)] struct A; impl Hash for B {}",
            "fn f<T: Hash>(t: T) -> bool { !(t as Hash) }",
            "fn f() { quote! { where #ty: ::std::hash::Hash + Eq, } }",
            "fn f() { quote! { impl<T: Eq + #krate::hash::Hash> A for #name<T> {} } }",
            "// quote!(Hash)\\n/// \"Hash\"\\nfn f() { quote!(HashMap) }",
        ] {
            assert!(!may_write(&source.replace("\\\\n", "\\n"), "Hash"), "{source}");
        }
    }

    #[test]
    fn what_a_macro_is_given_is_looked_at_whole() {
        assert!(may_pass_on("(Hash, A)", "Hash") && may_pass_on("{ } Hash", "Hash"));
        assert!(!may_pass_on(
            "($f:ident) => { impl<T: Hash> A for $f where $f: Eq + Hash {} }",
            "Hash"
        ));
    }

    #[test]
    fn comments_are_left_out_and_files_of_modules_are_told_from_others() {
        assert_eq!(without_comments("a /* b */ // c\n\"// d\""), "a    \n\"// d\"");
        assert!(declares_file("mod a; fn main() {}") && declares_file("pub mod r#b ;"));
        assert!(!declares_file("mod a { } \"mod made$ { }\""));
    }
}
