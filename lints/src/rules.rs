//! The lints, a file each, and the registry that the engine dispatches by.
//!
//! A rule's file has, in this order: its documentation (a text under fixed headings, which
//! `cargo cache-lint explain` prints and whose examples are run as tests), its entry for the
//! registry, the check, the message, the fix, and tests. A new rule is a file and a line in [`RULES`].

use cachelit_spec::lints::{self, LintSpec};
use ra_ap_syntax::TextRange;

use crate::finding::Finding;
use crate::model::{CachedFunction, Context, Parameter};
use crate::suppress::Allow;

mod derive_key;
mod fate;
mod hardcoded_credential;
mod hash_funcs;
mod hidden_input;
mod ignored_param;
mod invalid_option;
mod non_sync_resource;
mod persisted_std_hash;
mod reach;
mod recursive_key;
mod rename;
mod shared_mutable_data;
#[cfg(test)]
mod tests;
mod unbounded_cache;
mod unhashable_param;
mod unkeyable_signature;
mod unserializable_data;
mod unsupported_widget;
mod untracked_code;
mod unused_allow;
mod unused_hash_func;
mod widget_without_opt_in;

/// A lint: what it is called, what it says of itself, and what it looks at.
#[derive(Debug)]
pub struct Rule {
    /// Name, code and default level.
    pub lint: &'static LintSpec,
    /// Markdown: what it does, why it matters, an example, what to write instead, how far its fixes
    /// can be trusted.
    pub docs: &'static str,
    /// Whether its findings come with a fix.
    pub fixes: FixAvailability,
    pub(crate) check: Check,
}

/// Whether findings of a rule come with a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never.
    None,
    /// Where it is known what helps.
    Sometimes,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// A cached function as a whole.
    Function(fn(&Context<'_>, &CachedFunction) -> Vec<Finding>),
    /// Each parameter that certainly belongs to this build.
    Parameter(fn(&Context<'_>, &CachedFunction, &Parameter) -> Option<Finding>),
    /// What silenced nothing, which the engine knows once all other rules have run, and names in comments that no
    /// lint has.
    UnusedAllow {
        check: fn(&CachedFunction, Allow) -> Finding,
        unknown: fn(&CachedFunction, &str, TextRange) -> Finding,
    },
}

impl Check {
    /// What the rule says about a function; levels and silencing are the engine's.
    pub(crate) fn run(self, cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
        match self {
            Check::Function(check) => check(cx, function),
            Check::Parameter(check) => function
                .parameters
                .iter()
                .filter(|parameter| parameter.is_configured)
                .filter_map(|parameter| check(cx, function, parameter))
                .collect(),
            Check::UnusedAllow { .. } => Vec::new(),
        }
    }
}

/// Every rule, by code.
pub static RULES: &[&Rule] = &[
    &unhashable_param::RULE,
    &non_sync_resource::RULE,
    &unsupported_widget::RULE,
    &widget_without_opt_in::RULE,
    &unserializable_data::RULE,
    &invalid_option::RULE,
    &unused_hash_func::RULE,
    &ignored_param::RULE,
    &hidden_input::RULE,
    &hardcoded_credential::RULE,
    &shared_mutable_data::RULE,
    &unkeyable_signature::RULE,
    &untracked_code::RULE,
    &unbounded_cache::RULE,
    &recursive_key::RULE,
    &persisted_std_hash::RULE,
    &unused_allow::RULE,
];

/// Finds a rule by the name or code of its lint.
///
/// ```
/// use cachelit_lints::rules;
/// let rule = rules::find("unhashable-param").unwrap();
/// assert_eq!(rule.lint.code, "CL001");
/// assert!(rule.docs.contains("## What it does"));
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    let lint = lints::find(name)?;
    RULES.iter().copied().find(|rule| rule.lint == lint)
}
