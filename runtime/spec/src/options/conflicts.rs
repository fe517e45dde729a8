//! Options that contradict each other.

use super::{Kind, OptionName, Options, Problem, RefreshMode, Scope, TokenRange};

/// What the options of one attribute get wrong together.
///
/// A malformed option has its own problem and takes part in no other.
pub(super) fn conflicts(kind: Kind, options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |range: &TokenRange, message: &str, help: &str| {
        problems.push(Problem {
            range: range.clone(),
            message: message.to_owned(),
            help: Some(help.to_owned()),
            replacement: None,
        });
    };
    let given =
        |name| options.given.iter().find(|(option, _)| *option == name).map(|(_, range)| range);
    let scope_is_known = given(OptionName::Scope).is_none() || options.explicit_scope.is_some();
    if let Some(range) = given(OptionName::Persist)
        && options.persist.is_some()
        && scope_is_known
        && options.scope(kind) == Scope::Session
    {
        report(
            range,
            "`persist` needs `scope = \"global\"`: what is stored outlives every session",
            "add `scope = \"global\"` if every session may see these values, else remove `persist`",
        );
    }
    if let Some(range) = given(OptionName::AllowWidgets)
        && options.allow_widgets
        && options.persist.is_some()
    {
        report(
            range,
            "widgets can't be allowed together with `persist`: what a user chose belongs to one session",
            "ask the widget outside of the function and pass its value in, or remove `persist`",
        );
    }
    if let Some(range) = given(OptionName::RefreshMode)
        && options.refresh_mode == RefreshMode::Background
    {
        if given(OptionName::Ttl).is_none() {
            report(
                range,
                "`refresh_mode = \"background\"` needs a `ttl`: without one nothing expires",
                "add a `ttl`, or remove `refresh_mode`",
            );
        }
        if options.persist.is_some() {
            report(
                range,
                "`refresh_mode = \"background\"` can't be combined with `persist`",
                "remove one of the two",
            );
        }
    }
    problems
}
