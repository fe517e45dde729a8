//! CL008 `ignored-param`.

use cachelit_spec::lints;
use ra_ap_syntax::ast::AstNode;

use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, Locals, Parameter, ParameterKind};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports a parameter with a leading `_` that could be a part of the key, and that the body uses. It
is off unless you turn it on.

## Why it matters

A leading `_` leaves a parameter out of the key. If the result depends on it, callers with different
arguments get each other's results.

## Example

```rust
#[cache_data]
fn page(url: &str, _width: u32) -> String { format!("{url}?w={_width}") }
//                 ^^^^^^ warn[ignored-param]
```

## Instead

```rust
#[cache_data]
fn page(url: &str, width: u32) -> String { format!("{url}?w={width}") }
```

## Fix safety

There is no automatic fix: whether the result depends on the parameter is for you to say.

## See also

`unhashable-param`, for parameters that need the `_`.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::IGNORED_PARAM,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Parameter(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction, parameter: &Parameter) -> Option<Finding> {
    if !parameter.is_excluded() || !matches!(parameter.kind, ParameterKind::Named(_)) {
        return None;
    }
    let ty = parameter.ty.as_ref()?;
    let locals = Locals::of(cx, function.module, &function.item);
    let is_used = locals.binding(parameter.range)?.uses.iter().any(|used| used.is_certain);
    if !is_used || cx.verdict(&function.scope, ty, Trait::CacheKey) != Verdict::Yes {
        return None;
    }
    let message = format!(
        "`{}` of type `{}` is used, but left out of the key",
        parameter.name,
        ty.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, parameter.range, message);
    finding.parameter = Some(parameter.name.clone());
    let name = parameter.name.trim_start_matches('_');
    if !name.is_empty() {
        finding.notes.push(Note::plain(format!(
            "if the result depends on it, rename it to `{name}`: then it is a part of the key"
        )));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn unused_and_unhashable_parameters_are_silent() {
        check(
            "
use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
#[cache_data]
fn f(_unused: u32, _conn: &Connection, _: u32, _used: u32) -> u32 { go(_conn); _used }
//                                             ^^^^^ warn[ignored-param]: `_used` of type `u32` is used, but left out of the key
#[cache_data(allow(ignored_param))]
fn allowed(_used: u32) -> u32 { _used }
",
        );
    }
}
