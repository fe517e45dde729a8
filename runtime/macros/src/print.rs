//! Prints expansions for those who want to know what the attributes make of their functions.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use proc_macro2::{Ident, TokenStream};

/// Which functions: their names, with commas between them, or `*`.
const VARIABLE: &str = "CACHELIT_PRINT_EXPANSION";

/// Prints what a function became to the standard error of the compiler, if the environment asks for it.
pub(crate) fn if_asked(function: &Ident, expansion: &TokenStream) {
    let Ok(asked) = env::var(VARIABLE) else { return };
    if names(&asked, &function.to_string()) {
        let text = expansion.to_string();
        eprintln!("// `{function}`, as cachelit expands it\n{}", formatted(&text).unwrap_or(text));
    }
}

fn names(asked: &str, function: &str) -> bool {
    asked.split(',').map(str::trim).any(|name| name == "*" || name == function)
}

/// By `rustfmt`, if there is one.
fn formatted(text: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    rustfmt.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_asked_for_by_name() {
        let cases = [
            ("fetch", "fetch", true),
            ("fetch", "fetch_all", false),
            ("other, fetch", "fetch", true),
            ("*", "fetch", true),
            ("", "fetch", false),
        ];
        for (asked, function, expected) in cases {
            assert_eq!(names(asked, function), expected, "{asked:?} and {function}");
        }
    }
}
