//! Which words a program may write: a proc macro, or a build script.

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind};

use crate::resolve::names::has_word;
use crate::resolve::{Namespace, std_table};

/// What the source of a proc macro may write, as far as a trait's name is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::resolve) struct Writes {
    /// The name where the trait may be implemented: in a text, or in what a macro such as `quote!` is given, other than as a bound.
    pub(super) names: bool,
    /// The name as a bound that stands alone, in a piece such as `quote!(#ty: Hash)`.
    pub(super) bounds: bool,
    /// Pieces within what another macro is given, for which a bound need not be one.
    pub(super) passes_on: bool,
}

impl Writes {
    /// Of what can't be read.
    pub(super) const ANYTHING: Writes = Writes { names: true, bounds: true, passes_on: true };

    /// Whether the trait may be implemented.
    pub(super) fn may_implement(self) -> bool {
        self.names || (self.bounds && self.passes_on)
    }

    pub(super) fn and(self, other: Writes) -> Writes {
        Writes {
            names: self.names || other.names,
            bounds: self.bounds || other.bounds,
            passes_on: self.passes_on || other.passes_on,
        }
    }
}

/// Instead of a trait's name: whether pieces are passed on.
pub(super) const PIECES: &str = "";

/// What the source of a proc macro may write: of a trait's name, or of [`PIECES`].
pub(super) fn writes(source: &str, name: &str) -> Writes {
    if name != PIECES && !has_word(source, name) {
        return Writes::default();
    }
    let mut scan = Scan::default();
    let names = scan.finds(source, name);
    Writes { names, bounds: scan.found_bound, passes_on: scan.passes_on && name == PIECES }
}

/// Whether what a macro is given may have a trait's name where the trait is implemented, rather than as a bound of generics:
/// what `A: Hash` means by itself is for the macro to say.
pub(super) fn may_pass_on(given: &str, name: &str) -> bool {
    let whole = Group { is_passed_on: true, ..Group::default() };
    has_word(given, name) && Scan { open: vec![whole], ..Scan::default() }.finds(given, name)
}

#[derive(Default)]
struct Scan {
    /// The groups of what a macro is given, around where the scan is.
    open: Vec<Group>,
    /// There was a bound outside all generics.
    found_bound: bool,
    /// There was a piece within what a macro is given that a macro writes.
    passes_on: bool,
}

#[derive(Default)]
struct Group {
    /// A macro is given it that may not be one to quote with.
    is_passed_on: bool,
    /// That macro is none of the standard library's.
    is_of_other: bool,
    angles: usize,
    is_after_where: bool,
}

impl Scan {
    fn finds(&mut self, source: &str, name: &str) -> bool {
        let lexed = LexedStr::new(Edition::CURRENT, source);
        let tokens: Vec<(SyntaxKind, &str)> = (0..lexed.len())
            .map(|at| (lexed.kind(at), lexed.text(at)))
            .filter(|(kind, _)| !kind.is_trivia())
            .collect();
        (0..tokens.len()).any(|at| {
            let is_piece = tokens[at].0 == SyntaxKind::POUND
                && matches!(tokens.get(at + 1), Some((SyntaxKind::IDENT | SyntaxKind::L_PAREN, _)));
            self.passes_on |= is_piece && self.open.last().is_some_and(|group| group.is_of_other);
            self.is_name(&tokens[..at], tokens[at], name)
        })
    }

    /// Goes on by a token, and says whether it is the trait's name where the trait may be implemented.
    fn is_name(
        &mut self,
        before: &[(SyntaxKind, &str)],
        (kind, text): (SyntaxKind, &str),
        name: &str,
    ) -> bool {
        match kind {
            SyntaxKind::L_PAREN | SyntaxKind::L_BRACK | SyntaxKind::L_CURLY => {
                let of_macro = is_of_macro(before);
                match self.open.last() {
                    Some(around) => {
                        let is_passed_on = around.is_passed_on || of_macro;
                        let is_of_other = around.is_of_other || (of_macro && !is_usual(before));
                        self.open.push(Group { is_passed_on, is_of_other, ..Group::default() });
                    }
                    None if of_macro => self.open.push(Group::default()),
                    None => {}
                }
            }
            SyntaxKind::R_PAREN | SyntaxKind::R_BRACK | SyntaxKind::R_CURLY => {
                self.open.pop();
                if let Some(around) = self.open.last_mut().filter(|_| kind == SyntaxKind::R_CURLY) {
                    around.is_after_where = false;
                }
            }
            SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING => {
                return name != PIECES && has_word(text, name);
            }
            _ => {}
        }
        let Some(group) = self.open.last_mut() else { return false };
        match kind {
            SyntaxKind::L_ANGLE => group.angles += 1,
            SyntaxKind::R_ANGLE if !is_of_arrow(before) => {
                group.angles = group.angles.saturating_sub(1);
            }
            SyntaxKind::WHERE_KW => group.is_after_where = true,
            SyntaxKind::SEMICOLON => (group.angles, group.is_after_where) = (0, false),
            _ if text.trim_start_matches("r#") == name => {
                let is_alone = group.angles == 0 && !group.is_after_where;
                let is_written = !is_bound(before) || (is_alone && group.is_passed_on);
                self.found_bound |= is_alone && !is_written;
                return is_written;
            }
            _ => {}
        }
        false
    }
}

/// Whether `>` after these tokens ends an arrow.
fn is_of_arrow(before: &[(SyntaxKind, &str)]) -> bool {
    matches!(before, [.., (SyntaxKind::MINUS | SyntaxKind::EQ, _)])
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

/// Whether the macro before a delimiter is one to quote with, or the standard library's.
fn is_usual(before: &[(SyntaxKind, &str)]) -> bool {
    const QUOTES: &[&str] = &["parse_quote", "parse_quote_spanned", "quote", "quote_spanned"];
    let [rest @ .., (_, name), (SyntaxKind::BANG, _)] = before else { return false };
    let is_std = || std_table::lookup(&format!("std::{name}"), Namespace::Macro).is_some();
    !matches!(rest, [.., (SyntaxKind::POUND, _)]) && (QUOTES.contains(name) || is_std())
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
pub(in crate::resolve) fn without_comments(source: &str) -> String {
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
    use super::{PIECES, declares_file, may_pass_on, without_comments, writes};

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
            "fn f() { quote! { #krate::implement!(#name: Hash); } }",
        ] {
            assert!(writes(source, "Hash").may_implement(), "{source}");
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
            let found = writes(&source.replace("\\\\n", "\\n"), "Hash");
            assert!(!found.may_implement(), "{source}");
        }
    }

    #[test]
    fn a_bound_that_stands_alone_may_be_put_where_it_is_none() {
        let piece = writes("fn f() { quote!(#ty: Hash) }", "Hash");
        assert!(piece.bounds && !piece.may_implement());
        for other in [
            "fn f() { quote!(implement!(#piece);) }",
            "fn f() { quote!(#name! { #(#pieces),* }) }",
            "fn f() { quote!(a::b! { c { #piece } }) }",
        ] {
            let passes = writes(other, PIECES);
            assert!(passes.passes_on && !passes.may_implement(), "{other}");
            assert!(piece.and(passes).may_implement(), "{other}");
        }
        for other in [
            "fn f() { quote!(impl A for #name { fn f() { panic!(#text) } }) }",
            "fn f() { vec![quote!(#name)] }",
            "fn f() { quote!(#[allow(a)] #name implement! { A }) }",
            "fn f() { quote!(impl<T> A for T where #(#pieces),* {}) }",
        ] {
            assert!(!writes(other, PIECES).passes_on, "{other}");
        }
        assert!(
            !writes("fn f() { quote! { impl<T: Hash> A for T where T: Hash {} } }", "Hash").bounds
        );
    }

    #[test]
    fn what_a_macro_is_given_is_looked_at_whole() {
        for given in [
            "(Hash, A)",
            "{ } Hash",
            "A: Hash + Clone",
            "(A: Clone + std::hash::Hash)",
            "impl<T> A<T> where T: Eq; B: Hash",
            "impl<T> A for T where T: Eq {} B: Hash",
            "fn(A<u8>) -> B: Hash",
        ] {
            assert!(may_pass_on(given, "Hash"), "{given}");
        }
        for given in [
            "($f:ident) => { impl<T: Hash> A for $f where $f: Eq + Hash {} }",
            "impl<F: Fn() -> u8, T: Hash> A for B<F, T> {}",
        ] {
            assert!(!may_pass_on(given, "Hash"), "{given}");
        }
    }

    #[test]
    fn comments_are_left_out_and_files_of_modules_are_told_from_others() {
        assert_eq!(without_comments("a /* b */ // c\n\"// d\""), "a    \n\"// d\"");
        assert!(declares_file("mod a; fn main() {}") && declares_file("pub mod r#b ;"));
        assert!(!declares_file("mod a { } \"mod made$ { }\""));
    }
}
