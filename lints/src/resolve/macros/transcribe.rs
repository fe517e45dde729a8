//! Filling in a template.

use ra_ap_syntax::Edition;

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
            let input = &input.list;
            let mut filling = Filling { input, krate, text: String::new(), tokens: 0 };
            filling.parts(&arm.template, &mut scope(&bindings))?;
            return Some(filling.text);
        }
        None
    }
}

/// What names stand for, the innermost last.
type Scope<'a> = Vec<(&'a str, &'a Binding)>;

fn scope<'a>(bindings: &'a Bindings<'_>) -> Scope<'a> {
    bindings.iter().map(|(name, binding)| (*name, binding)).collect()
}

fn find<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Binding> {
    scope.iter().rev().find(|(other, _)| *other == name).map(|(_, binding)| *binding)
}

/// A template on its way to text.
struct Filling<'a> {
    input: &'a [Token],
    /// What `$crate` is spelled like.
    krate: &'a str,
    text: String,
    tokens: usize,
}

impl<'a> Filling<'a> {
    fn parts(&mut self, parts: &'a [Part], scope: &mut Scope<'a>) -> Option<()> {
        for part in parts {
            if self.tokens > MAX_TOKENS {
                return None;
            }
            match part {
                Part::Token(token) => self.token(token),
                Part::Crate => self.word(self.krate),
                Part::Var(name) => match find(scope, name) {
                    Some(Binding::Tokens(range)) => {
                        self.input[range.clone()].iter().for_each(|token| self.token(token));
                        // What follows is no part of its last operator.
                        if !self.text.is_empty() && !self.text.ends_with(' ') {
                            self.text.push(' ');
                        }
                    }
                    Some(Binding::Repeated(_)) => return None,
                    // A macro that defines a macro has variables of the inner one in its template.
                    None => {
                        self.text.push('$');
                        self.word(name);
                    }
                },
                Part::Repeat { parts: inner, separator } => {
                    self.repeat(inner, separator.as_ref(), scope)?;
                }
            }
        }
        Some(())
    }

    fn repeat(
        &mut self,
        parts: &'a [Part],
        separator: Option<&Token>,
        scope: &mut Scope<'a>,
    ) -> Option<()> {
        let mut vars = Vec::new();
        collect_vars(parts, &mut vars);
        let mut repeated: Vec<(&str, &[Binding])> = Vec::new();
        for var in vars {
            if let Some(Binding::Repeated(all)) = find(scope, var) {
                if repeated.first().is_some_and(|(_, first)| first.len() != all.len()) {
                    return None;
                }
                repeated.push((var, all));
            }
        }
        let around = scope.len();
        for pass in 0..repeated.first()?.1.len() {
            scope.extend(repeated.iter().map(|(var, all)| (*var, &all[pass])));
            if pass > 0
                && let Some(separator) = separator
            {
                self.token(separator);
            }
            self.parts(parts, scope)?;
            scope.truncate(around);
        }
        Some(())
    }

    fn token(&mut self, token: &Token) {
        write(token, &mut self.text);
        self.tokens += 1;
    }

    fn word(&mut self, word: &str) {
        self.text.push_str(word);
        self.text.push(' ');
        self.tokens += 1;
    }
}

fn collect_vars<'a>(parts: &'a [Part], into: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Var(name) => into.push(name),
            Part::Repeat { parts, .. } => collect_vars(parts, into),
            Part::Token(_) | Part::Crate => {}
        }
    }
}
