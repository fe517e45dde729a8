//! Filling in a template.

use ra_ap_syntax::{Edition, SyntaxKind};

use super::matching::{Binding, Bindings, matches};
use super::rules::{Part, Rules};
use super::tokens::{Token, Tokens, write};

/// How many tokens one expansion may have.
const MAX_TOKENS: usize = 500_000;

impl Rules {
    /// The expansion by the first arm that matches; `None` where none does or it can't be told.
    pub(crate) fn expand(&self, input: &Tokens, edition: Edition, krate: &str) -> Option<String> {
        for arm in &self.arms {
            let Some(bindings) = matches(&arm.matcher, input, edition) else { continue };
            let mut tokens = Vec::new();
            transcribe(&arm.template, &bindings, krate, &mut tokens)?;
            let mut text = String::new();
            write(&tokens, &mut text);
            return Some(text);
        }
        None
    }
}

fn transcribe(
    parts: &[Part],
    bindings: &Bindings,
    krate: &str,
    into: &mut Vec<Token>,
) -> Option<()> {
    for part in parts {
        if into.len() > MAX_TOKENS {
            return None;
        }
        match part {
            Part::Token(token) => into.push(token.clone()),
            Part::Crate => into.push(ident(krate)),
            Part::Var(name) => match bindings.get(name) {
                Some(Binding::Tokens(tokens)) => {
                    into.extend(tokens.iter().cloned());
                    if let Some(last) = into.last_mut() {
                        last.joint = false;
                    }
                }
                Some(Binding::Repeated(_)) => return None,
                // A macro that defines a macro has variables of the inner one in its template.
                None => {
                    into.push(Token { kind: SyntaxKind::DOLLAR, text: "$".into(), joint: true });
                    into.push(ident(name));
                }
            },
            Part::Repeat { parts: inner, separator } => {
                repeat(inner, separator.as_ref(), bindings, krate, into)?;
            }
        }
    }
    Some(())
}

fn repeat(
    parts: &[Part],
    separator: Option<&Token>,
    bindings: &Bindings,
    krate: &str,
    into: &mut Vec<Token>,
) -> Option<()> {
    let mut vars = Vec::new();
    collect_vars(parts, &mut vars);
    let mut passes = None;
    for var in &vars {
        if let Some(Binding::Repeated(all)) = bindings.get(*var) {
            if passes.is_some_and(|passes| passes != all.len()) {
                return None;
            }
            passes = Some(all.len());
        }
    }
    let mut inner = bindings.clone();
    for pass in 0..passes? {
        for var in &vars {
            if let Some(Binding::Repeated(all)) = bindings.get(*var) {
                inner.insert((*var).clone(), all[pass].clone());
            }
        }
        if pass > 0 {
            into.extend(separator.cloned());
        }
        transcribe(parts, &inner, krate, into)?;
    }
    Some(())
}

fn collect_vars<'a>(parts: &'a [Part], into: &mut Vec<&'a ra_ap_syntax::SmolStr>) {
    for part in parts {
        match part {
            Part::Var(name) => into.push(name),
            Part::Repeat { parts, .. } => collect_vars(parts, into),
            Part::Token(_) | Part::Crate => {}
        }
    }
}

fn ident(text: &str) -> Token {
    Token { kind: SyntaxKind::IDENT, text: text.into(), joint: false }
}
