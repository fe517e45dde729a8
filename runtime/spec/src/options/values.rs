//! What stands after the `=` of each option.

use std::num::NonZeroU64;
use std::time::Duration;

use super::literal::{Constant, constant, quote};
use super::parse::Parser;
use super::scan::{expression_end, type_end};
use super::table::{OptionName, ValueShape};
use super::{
    AllowedLint, CodeCoverage, HashFunc, Persist, RefreshMode, Scope, Spinner, TokenRange, Ttl,
};
use crate::lints::{self, LINTS};
use crate::suggest::similar;
use crate::token::{Delimiter, TokenKind, matching_close};
use crate::units::{UnitError, parse_size, parse_ttl};

impl Parser<'_> {
    /// Reads the value of `option`, whose name stands at `name`.
    pub(super) fn value(&mut self, option: OptionName, name: usize, value: TokenRange) {
        match option.spec().value {
            ValueShape::Time => self.time(value),
            ValueShape::Count => self.options.max_entries = self.count(option, value),
            ValueShape::Size => self.options.max_size = self.size(option, value),
            ValueShape::Bool => {
                let flag = self.bool(option, value).unwrap_or_default();
                match option {
                    OptionName::ShowTime => self.options.show_time = flag,
                    _ => self.options.allow_widgets = flag,
                }
            }
            ValueShape::BoolOrText => self.spinner(option, value),
            ValueShape::OneOf(words) => self.one_of(option, words, value),
            ValueShape::HashFuncs => self.hash_funcs(value),
            ValueShape::Function(signature) => self.function(option, signature, value),
            ValueShape::Lints => self.lints(name, value),
        }
    }

    fn constant(&self, value: &TokenRange) -> Option<Constant> {
        constant(&self.tokens[value.clone()])
    }

    fn wrong_value(&mut self, option: OptionName, value: TokenRange, takes: &str) {
        let found = self.text(&value);
        let message =
            format!("`{option}` takes {takes}, found `{found}`", option = option.as_str());
        let help = format!("write `{}`", option.spec().example);
        self.problem(value, message, Some(help));
    }

    fn bad_unit(&mut self, option: OptionName, value: TokenRange, error: &UnitError) {
        let (name, text) = (option.as_str(), self.text(&value));
        let what = if name == "ttl" { "time" } else { "size" };
        let message = format!("`{text}` is no {what} for `{name}`: {error}");
        self.problem(value, message, Some(error.help()));
    }

    /// A number such as `10s`, which is a text with units but for its quotes.
    fn unquoted(&mut self, option: OptionName, value: &TokenRange, is_valid: bool) -> bool {
        if is_valid {
            let quoted = quote(&self.text(value));
            let message = format!("`{}` takes a text here", option.as_str());
            let help = format!("write `{quoted}`");
            self.fixable(value.clone(), message, help, (value.clone(), quoted));
        }
        is_valid
    }

    fn time(&mut self, value: TokenRange) {
        const TAKES: &str = "seconds, a text with units or a `Duration`";
        let option = OptionName::Ttl;
        let ttl = match self.constant(&value) {
            None => {
                self.options.ttl = Some(Ttl::Expression(value));
                return;
            }
            Some(Constant::Integer(seconds)) => match u64::try_from(seconds) {
                Ok(seconds) => Ok(Duration::from_secs(seconds)),
                Err(_) => Err(UnitError::TooLarge),
            },
            Some(Constant::Float(seconds)) => {
                Duration::try_from_secs_f64(seconds).map_err(|_| UnitError::TooLarge)
            }
            Some(Constant::Text(text)) => parse_ttl(&text),
            Some(Constant::Negative) => Err(UnitError::Negative),
            Some(Constant::Suffixed) => {
                let is_valid = parse_ttl(&self.text(&value)).is_ok();
                if !self.unquoted(option, &value, is_valid) {
                    self.wrong_value(option, value, TAKES);
                }
                return;
            }
            Some(Constant::Bool(_) | Constant::Other) => {
                return self.wrong_value(option, value, TAKES);
            }
        };
        match ttl {
            Ok(Duration::ZERO) | Err(UnitError::Zero | UnitError::Negative) => {
                let message = format!(
                    "`ttl = {}` is not more than zero: no entry would ever be served",
                    self.text(&value)
                );
                let help = "write more than zero, or leave `ttl` out: entries then don't expire";
                self.problem(value, message, Some(help.to_owned()));
            }
            Ok(ttl) => self.options.ttl = Some(Ttl::Known(ttl)),
            Err(error) => self.bad_unit(option, value, &error),
        }
    }

    fn count(&mut self, option: OptionName, value: TokenRange) -> Option<NonZeroU64> {
        if let Some(Constant::Integer(count)) = self.constant(&value)
            && let Some(count) = u64::try_from(count).ok().and_then(NonZeroU64::new)
        {
            return Some(count);
        }
        self.wrong_value(option, value, "an integer of at least 1");
        None
    }

    fn size(&mut self, option: OptionName, value: TokenRange) -> Option<NonZeroU64> {
        match self.constant(&value) {
            Some(Constant::Text(text)) => match parse_size(&text) {
                Ok(size) => return Some(size),
                Err(error) => {
                    self.bad_unit(option, value, &error);
                    return None;
                }
            },
            Some(Constant::Suffixed) => {
                let is_valid = parse_size(&self.text(&value)).is_ok();
                if self.unquoted(option, &value, is_valid) {
                    return None;
                }
            }
            Some(Constant::Integer(size)) => {
                if let Some(size) = u64::try_from(size).ok().and_then(NonZeroU64::new) {
                    return Some(size);
                }
            }
            _ => {}
        }
        self.wrong_value(option, value, "at least 1 byte, or a text with a unit");
        None
    }

    fn bool(&mut self, option: OptionName, value: TokenRange) -> Option<bool> {
        if let Some(Constant::Bool(flag)) = self.constant(&value) {
            return Some(flag);
        }
        let written = match self.constant(&value) {
            Some(Constant::Text(text)) => text,
            _ => self.text(&value),
        };
        match &*written.to_ascii_lowercase() {
            word @ ("true" | "false") => {
                let message = format!("`{}` takes `true` or `false`", option.as_str());
                let help = format!("write `{word}`");
                self.fixable(value.clone(), message, help, (value, word.to_owned()));
            }
            _ => self.wrong_value(option, value, "`true` or `false`"),
        }
        None
    }

    fn spinner(&mut self, option: OptionName, value: TokenRange) {
        self.options.spinner = match self.constant(&value) {
            Some(Constant::Bool(true)) => Spinner::Default,
            Some(Constant::Bool(false)) => Spinner::Off,
            Some(Constant::Text(text)) => Spinner::Text(text),
            _ => return self.wrong_value(option, value, "`true`, `false` or a text"),
        };
    }

    fn one_of(&mut self, option: OptionName, words: &[&str], value: TokenRange) {
        let name = option.as_str();
        let written = match self.constant(&value) {
            Some(Constant::Text(text)) => text,
            Some(Constant::Bool(true)) if option == OptionName::Persist => {
                let message = "`persist` takes the place where entries are stored".to_owned();
                let help = "write `\"disk\"` for what other caches call `true`".to_owned();
                return self.fixable(value.clone(), message, help, (value, "\"disk\"".to_owned()));
            }
            _ => {
                let text = self.text(&value);
                if let Some(word) = words.iter().find(|word| **word == text) {
                    let quoted = quote(word);
                    let message = format!("`{name}` takes a text");
                    let help = format!("write `{quoted}`");
                    return self.fixable(value.clone(), message, help, (value, quoted));
                }
                text
            }
        };
        if self.set_word(option, &written) {
            return;
        }
        let known: Vec<_> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let known = known.join(" and ");
        let message = format!("`{name}` has no value `{}`", self.text(&value));
        match similar(&written, words.iter().copied()) {
            Some(word) => {
                let quoted = quote(word);
                let help = format!("did you mean `{quoted}`? values are {known}");
                self.fixable(value.clone(), message, help, (value, quoted));
            }
            None => self.problem(value, message, Some(format!("values are {known}"))),
        }
    }

    fn set_word(&mut self, option: OptionName, word: &str) -> bool {
        let options = &mut self.options;
        match (option, word) {
            (OptionName::Scope, "session") => options.explicit_scope = Some(Scope::Session),
            (OptionName::Scope, "global") => options.explicit_scope = Some(Scope::Global),
            (OptionName::Persist, "disk") => options.persist = Some(Persist::Disk),
            (OptionName::Persist, "shared") => options.persist = Some(Persist::Shared),
            (OptionName::RefreshMode, "foreground") => {
                options.refresh_mode = RefreshMode::Foreground;
            }
            (OptionName::RefreshMode, "background") => {
                options.refresh_mode = RefreshMode::Background;
            }
            (OptionName::Code, "body") => options.code = CodeCoverage::Body,
            (OptionName::Code, "deep") => options.code = CodeCoverage::Deep,
            _ => return false,
        }
        true
    }

    fn function(&mut self, option: OptionName, signature: &str, value: TokenRange) {
        let name = option.as_str();
        if self.tokens[value.start].is_ident("async") {
            let message = format!("`{name}` can't be async");
            let help = format!("give a plain `{signature}`");
            return self.problem(value, message, Some(help));
        }
        if self.constant(&value).is_some() {
            return self.wrong_value(option, value, &format!("a function, `{signature}`"));
        }
        match option {
            OptionName::Validate => self.options.validate = Some(value),
            _ => self.options.on_release = Some(value),
        }
    }

    fn hash_funcs(&mut self, value: TokenRange) {
        let is_braced = self.tokens[value.start].kind == TokenKind::Open(Delimiter::Brace)
            && matching_close(self.tokens, value.start) == Some(value.end - 1);
        if !is_braced {
            return self.wrong_value(OptionName::HashFuncs, value, "`{ Type: function, … }`");
        }
        let inner_end = value.end - 1;
        let mut at = value.start + 1;
        while at < inner_end {
            at = self.hash_func(at..inner_end) + 1;
        }
    }

    /// Reads one `Type: function`; returns its end.
    fn hash_func(&mut self, range: TokenRange) -> usize {
        let ty = range.start..type_end(self.tokens, &range);
        if ty.is_empty() {
            let message = format!("expected a type, found `{}`", self.tokens[ty.start].text);
            self.problem(
                ty.start..ty.start + 1,
                message,
                Some("write `Type: function`".to_owned()),
            );
            return expression_end(self.tokens, &range).max(ty.start + 1);
        }
        if !self.tokens.get(ty.end).is_some_and(|token| token.is_punct(':')) || ty.end == range.end
        {
            let message = format!("`{}` has no hash function", self.text(&ty));
            self.problem(ty.clone(), message, Some("write `Type: function`".to_owned()));
            return ty.end;
        }
        let rest = ty.end + 1..range.end;
        let function = rest.start..expression_end(self.tokens, &rest);
        let end = function.end;
        if function.is_empty() {
            let message = format!("`{}` has no hash function", self.text(&ty));
            self.problem(ty, message, Some("write `Type: function`".to_owned()));
        } else if let Some(constant) = self.constant(&ty) {
            let message = format!("`{}` is no type", self.text(&ty));
            match constant {
                Constant::Text(path) if is_path(&path) => {
                    let help = format!("write the type itself: `{path}`");
                    self.fixable(ty.clone(), message, help, (ty, path));
                }
                _ => self.problem(ty, message, Some("write `Type: function`".to_owned())),
            }
        } else if self.constant(&function).is_some() {
            let message = format!("`{}` is no function", self.text(&function));
            let help = "give a path or a closure that takes a reference to the type".to_owned();
            self.problem(function, message, Some(help));
        } else if self.is_repeated_type(&ty) {
            let message = format!("`{}` is in `hash_funcs` twice", self.text(&ty));
            self.problem(ty, message, Some("remove one of the two".to_owned()));
        } else {
            self.options.hash_funcs.push(HashFunc { ty, function });
        }
        end
    }

    fn is_repeated_type(&self, ty: &TokenRange) -> bool {
        let text = self.text(ty);
        self.options.hash_funcs.iter().any(|known| self.text(&known.ty) == text)
    }

    fn lints(&mut self, name: usize, value: TokenRange) {
        let is_list = self.tokens[value.start].kind == TokenKind::Open(Delimiter::Parenthesis)
            && matching_close(self.tokens, value.start) == Some(value.end - 1);
        if !is_list {
            return self.wrong_value(OptionName::Allow, name..value.end, "`allow(lint-name, …)`");
        }
        let mut at = value.start + 1;
        let inner_end = value.end - 1;
        while at < inner_end {
            let end =
                (at..inner_end).find(|at| self.tokens[*at].is_punct(',')).unwrap_or(inner_end);
            self.lint(at..end, at);
            at = end + 1;
        }
    }

    fn lint(&mut self, range: TokenRange, at: usize) {
        if range.is_empty() {
            return self.problem(at..at + 1, "expected a lint name, found `,`".to_owned(), None);
        }
        let written: String = self.tokens[range.clone()].iter().map(|token| &*token.text).collect();
        let unquoted = written.trim_matches('"');
        match lints::find(unquoted) {
            Some(lint) if unquoted != written => {
                let message = "lint names are written without quotes".to_owned();
                let help = format!("write `{}`", lint.name);
                self.fixable(range.clone(), message, help, (range, lint.name.to_owned()));
            }
            Some(lint) if self.options.allow.iter().any(|known| known.lint == lint) => {
                let message = format!("`{written}` is allowed twice");
                self.problem(range, message, Some("remove one of the two".to_owned()));
            }
            Some(lint) => self.options.allow.push(AllowedLint { lint, range }),
            None => {
                let message = format!("unknown lint `{unquoted}`");
                let names = LINTS.iter().map(|lint| lint.name);
                if let Some(name) = similar(unquoted, names) {
                    let help = format!("did you mean `{name}`?");
                    self.fixable(range.clone(), message, help, (range, name.to_owned()));
                } else {
                    let help = "`cargo cache-lint explain` lists the lints";
                    self.problem(range, message, Some(help.to_owned()));
                }
            }
        }
    }
}

/// Whether the text is a path such as `a::B`.
fn is_path(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|ch: char| ch.is_alphabetic() || ch == '_')
            && name.chars().all(|ch| ch.is_alphanumeric() || ch == '_')
    };
    text.split("::").all(is_name)
}
