//! The grammar of the two attributes: one table, one parser, for the macros, the linter, completion
//! and the documentation.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::token::{Token, TokenRange};

mod conflicts;
mod literal;
mod parse;
mod scan;
mod table;
mod values;

pub use table::{OPTIONS, OptionName, OptionSpec, ValueShape};

/// Which of the two attributes a function carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `#[cache_data]`: callers get copies.
    Data,
    /// `#[cache_resource]`: callers share one object.
    Resource,
}

impl Kind {
    /// The attribute's name.
    pub const fn attribute(self) -> &'static str {
        match self {
            Kind::Data => "cache_data",
            Kind::Resource => "cache_resource",
        }
    }

    /// The word for it in machine-readable output: `data` or `resource`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Data => "data",
            Kind::Resource => "resource",
        }
    }
}

/// Who shares the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One session.
    Session,
    /// Every session of the process.
    Global,
}

/// Where else entries live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persist {
    /// The local disk.
    Disk,
    /// A Redis or Valkey server.
    Shared,
}

/// What happens when an expired entry is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefreshMode {
    /// The caller waits for a fresh value.
    #[default]
    Foreground,
    /// The expired value is served once more while a fresh one is made.
    Background,
}

/// What the code hash covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CodeCoverage {
    /// The function itself.
    #[default]
    Body,
    /// Also everything in the workspace that it reaches.
    Deep,
}

/// What is shown while the body runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Spinner {
    /// ``Running `f(...)`.``
    #[default]
    Default,
    /// Nothing.
    Off,
    /// A text of the user's own.
    Text(String),
}

/// The age past which an entry is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// Written as a number of seconds or as text; never zero.
    Known(Duration),
    /// An expression of type `Duration`.
    Expression(TokenRange),
}

/// One `Type: function` of `hash_funcs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashFunc {
    /// The type's tokens.
    pub ty: TokenRange,
    /// The function's tokens: a path or a closure.
    pub function: TokenRange,
}

/// One name in `allow(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedLint {
    /// The lint.
    pub lint: &'static crate::lints::LintSpec,
    /// The name's tokens.
    pub range: TokenRange,
}

/// The options of one attribute. Token ranges point into the buffer that was parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Age past which an entry is not served.
    pub ttl: Option<Ttl>,
    /// Never more live entries than this.
    pub max_entries: Option<NonZeroU64>,
    /// Bound on the stored bytes.
    pub max_size: Option<NonZeroU64>,
    /// Shown while the body runs.
    pub spinner: Spinner,
    /// Whether elapsed time stands beside the spinner.
    pub show_time: bool,
    /// How to hash parameters of some types.
    pub hash_funcs: Vec<HashFunc>,
    /// Who shares the entries, if it was said; see [`Options::scope`].
    pub explicit_scope: Option<Scope>,
    /// Where else entries live.
    pub persist: Option<Persist>,
    /// Whether interactive widgets may be called in the body.
    pub allow_widgets: bool,
    /// What happens when an expired entry is asked for.
    pub refresh_mode: RefreshMode,
    /// `fn(&T) -> bool`: a path or a closure.
    pub validate: Option<TokenRange>,
    /// `fn(Arc<T>)`: a path or a closure.
    pub on_release: Option<TokenRange>,
    /// What the code hash covers.
    pub code: CodeCoverage,
    /// Lints that are silent on this function.
    pub allow: Vec<AllowedLint>,
    /// Every option that was given, in order, with the tokens from its name to the end of its value.
    pub given: Vec<(OptionName, TokenRange)>,
}

impl Options {
    /// Who shares the entries: what was said, else the default of the attribute.
    pub fn scope(&self, kind: Kind) -> Scope {
        self.explicit_scope.unwrap_or(match kind {
            Kind::Data => Scope::Session,
            Kind::Resource => Scope::Global,
        })
    }
}

/// Something wrong in an attribute (lint `invalid-option`, and a compile error).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The narrowest tokens that are wrong; empty at the end of the buffer where something is missing.
    pub range: TokenRange,
    /// What is wrong, in one line that stands alone.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Tokens to replace, and by what, where that certainly helps.
    pub replacement: Option<(TokenRange, String)>,
}

/// Parses what stands between the parentheses of the attribute.
///
/// Everything that could be read is in the options, whatever the problems: the linter goes on with
/// it, the macros refuse.
///
/// ```
/// # #[cfg(feature = "source")] {
/// use cachelit_spec::options::{self, Kind};
/// use cachelit_spec::token::{Edition, TokenBuffer};
/// let tokens = TokenBuffer::from_source("max_entrys = 5", Edition::E2024);
/// let (_, problems) = options::parse(Kind::Data, tokens.tokens());
/// assert_eq!(problems[0].message, "unknown option `max_entrys`");
/// assert_eq!(problems[0].help.as_deref(), Some("did you mean `max_entries`?"));
/// # }
/// ```
pub fn parse(kind: Kind, tokens: &[Token]) -> (Options, Vec<Problem>) {
    parse::Parser::new(kind, tokens).run()
}

#[cfg(all(test, feature = "source"))]
mod tests;
