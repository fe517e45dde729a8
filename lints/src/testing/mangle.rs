//! Source that somebody is in the middle of writing, or that no human wrote.

use ra_ap_rustc_lexer::{FrontmatterAllowed, tokenize};

/// What changes the meaning of all that follows, or makes something without end.
const PIECES: [&str; 20] = [
    "(",
    ")",
    "{",
    "}",
    "<",
    "[",
    "\"",
    " where ",
    " &'a ",
    " dyn ",
    " impl ",
    "::",
    "Box<Self>",
    "use self::*;",
    "pub use crate::*;",
    "#[cfg(",
    "#[derive(Hash, Clone)] ",
    "#[cachelit::cache_data] ",
    "macro_rules! m { ($($t:tt)*) => { m! { $($t)* $($t)* } } }",
    "m! { x }",
];

/// How many tokens may come of it: what grows without end says nothing new, slowly.
const MAX_TOKENS: usize = 20_000;

/// Deletes, doubles, repeats and moves tokens of a text, and puts others among them, as bytes say: five for each change.
#[must_use]
pub fn mangle(text: &str, other: &str, by: &[u8]) -> String {
    let mut tokens = tokens_of(text);
    let others = tokens_of(other);
    for &[what, high, low, length, more] in by.as_chunks().0 {
        if tokens.len() > MAX_TOKENS {
            break;
        }
        let place = |count: usize| (usize::from(high) << 8 | usize::from(low)) % (count + 1);
        let at = place(tokens.len());
        let end = (at + usize::from(length % 32)).min(tokens.len());
        let to = (at + usize::from(more)) % (tokens.len() + 1);
        let chosen: Vec<&str> = match what % 6 {
            0 => {
                tokens.drain(at..end);
                continue;
            }
            1 => tokens[at..end].to_vec(),
            2 => tokens[at..end].repeat(usize::from(more)),
            3 => vec![PIECES[usize::from(more) % PIECES.len()]; usize::from(length).max(1)],
            4 => vec![PIECES[usize::from(more) % PIECES.len()]],
            _ => {
                let from = place(others.len());
                others[from..(from + usize::from(length)).min(others.len())].to_vec()
            }
        };
        tokens.splice(to..to, chosen);
    }
    tokens.concat()
}

fn tokens_of(text: &str) -> Vec<&str> {
    let mut at = 0;
    let lengths = tokenize(text, FrontmatterAllowed::No).map(|token| token.len as usize);
    let tokens = lengths.map(|length| {
        let start = at;
        at += length;
        &text[start..at]
    });
    tokens.collect()
}
