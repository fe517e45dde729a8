//! What a build script gives names to with `cfg_aliases!`.

use std::ops::Range;

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind};

use crate::resolve::names::has_word;

/// What the only call of `cfg_aliases!` in a script defines.
#[derive(Debug)]
pub(super) struct Aliases {
    /// The names with their predicates.
    pub(super) list: Vec<(Box<str>, Box<str>)>,
    /// Where the call stands.
    pub(super) place: Range<usize>,
}

/// The aliases of a script.
///
/// `None` where there is no such call, or where it need not be run: it has to stand in `main` itself, with no way out
/// before it.
pub(super) fn aliases(script: &str) -> Option<Aliases> {
    if !has_word(script, "cfg_aliases") {
        return None;
    }
    let lexed = LexedStr::new(Edition::CURRENT, script);
    let tokens: Vec<usize> = (0..lexed.len()).filter(|at| !lexed.kind(*at).is_trivia()).collect();
    let kind = |at: usize| tokens.get(at).map(|it| lexed.kind(*it));
    let text = |at: usize| tokens.get(at).map_or("", |it| lexed.text(*it));
    let is_call = |at: &usize| text(*at) == "cfg_aliases" && kind(at + 1) == Some(SyntaxKind::BANG);
    let mut calls = (0..tokens.len()).filter(is_call);
    let (call, None) = (calls.next()?, calls.next()) else { return None };
    let (mut depth, mut main) = (0_usize, None);
    for at in 0..call {
        match kind(at)? {
            SyntaxKind::L_CURLY => depth += 1,
            SyntaxKind::R_CURLY => depth = depth.checked_sub(1)?,
            SyntaxKind::FN_KW if depth == 0 => main = Some(at).filter(|_| text(at + 1) == "main"),
            _ => {}
        }
    }
    let may_leave = |at| {
        matches!(kind(at), Some(SyntaxKind::RETURN_KW | SyntaxKind::QUESTION))
            || matches!(text(at), "exit" | "panic")
    };
    if depth != 1 || (main?..call).any(may_leave) {
        return None;
    }
    let mut at = call + 3;
    let mut list = Vec::new();
    while !is_closing(kind(at)?) {
        let (name, colon, open) = (text(at), kind(at + 1)?, kind(at + 2)?);
        if (colon, open) != (SyntaxKind::COLON, SyntaxKind::L_CURLY) {
            return None;
        }
        let start = at + 3;
        let end = (start..tokens.len()).find(|at| kind(*at) == Some(SyntaxKind::R_CURLY))?;
        let predicate: String = (start..end).map(text).collect::<Vec<_>>().join(" ");
        list.push((name.into(), predicate.into()));
        at = end + 1;
        if kind(at) == Some(SyntaxKind::COMMA) {
            at += 1;
        }
    }
    let place = lexed.text_range(tokens[call]).start..lexed.text_range(tokens[at]).end;
    Some(Aliases { list, place })
}

fn is_closing(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::R_CURLY | SyntaxKind::R_PAREN | SyntaxKind::R_BRACK)
}

#[cfg(test)]
mod tests {
    use super::{Aliases, aliases};

    #[test]
    fn names_have_their_predicates() {
        let script = "use cfg_aliases::cfg_aliases;\nfn main() {\n    // comment\n    cfg_aliases! {\n        \
                      a: { unix }, b: { any(a, feature = \"x\", not(windows),) },\n    }\n    other();\n}";
        let Aliases { list, place } = aliases(script).expect("there is a call");
        let found: Vec<_> = list.iter().map(|(name, of)| (&**name, &**of)).collect();
        assert_eq!(
            found,
            [("a", "unix"), ("b", "any ( a , feature = \"x\" , not ( windows ) , )")]
        );
        assert!(script[place.clone()].starts_with("cfg_aliases! {"));
        assert_eq!(script[place.end..].trim(), "other();\n}");
    }

    #[test]
    fn a_call_that_need_not_be_run_tells_nothing() {
        for script in [
            "fn main() { if a { cfg_aliases! { a: { unix } } } }",
            "fn main() { if a { return; } cfg_aliases! { a: { unix } } }",
            "fn main() -> Result<(), E> { f()?; cfg_aliases! { a: { unix } } }",
            "fn f() { cfg_aliases! { a: { unix } } } fn main() {}",
            "fn main() { cfg_aliases! { a: { unix } } cfg_aliases! { b: { unix } } }",
            "fn main() { cfg_aliases! { a: { unix }",
            "fn main() { cfg_aliases! { $a: { unix } } }",
            "fn main() { cfg_aliases!",
            "fn main() {}",
        ] {
            let found = aliases(script);
            assert!(found.is_none(), "{script}: {found:?}");
        }
    }
}
