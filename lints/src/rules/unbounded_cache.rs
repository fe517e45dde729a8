//! CL014 `unbounded-cache`.

use cachelit_spec::lints;
use cachelit_spec::options::{Kind, Scope};
use ra_ap_syntax::ast::HasGenericParams;

use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports a cached function whose entries live as long as the program, or longer, and whose number
nothing limits: shared by all sessions or persisted, without `ttl`, `max_entries` and `max_size`.
Functions with a single key are left alone. It is off unless you turn it on.

## Why it matters

Every new argument adds an entry that nobody removes.

## Example

```rust
#[cache_data(scope = "global")]
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[unbounded-cache]
fn page(url: &str) -> String { url.to_owned() }
```

## Instead

```rust
#[cache_data(scope = "global", max_entries = 1000)]
fn page(url: &str) -> String { url.to_owned() }
```

## Fix safety

There is no automatic fix: which bound fits is a decision about the program.

## See also

The options `ttl`, `max_entries` and `max_size`.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNBOUNDED_CACHE,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

fn check(_cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let options = &function.attribute.options;
    let lives_on = options.scope(function.kind()) == Scope::Global || options.persist.is_some();
    let is_bounded =
        options.ttl.is_some() || options.max_entries.is_some() || options.max_size.is_some();
    let has_many_keys = function.parameters.iter().any(|parameter| !parameter.is_excluded())
        || function.item.generic_param_list().is_some()
        || options.allow_widgets;
    // An option that could not be read may be the bound.
    if !lives_on || is_bounded || !has_many_keys || !function.attribute.problems.is_empty() {
        return Vec::new();
    }
    let message = format!("nothing limits how many entries `{}` keeps", function.name.text());
    let mut finding = function.finding(RULE.lint, function.attribute.range, message);
    let bounds = match function.kind() {
        Kind::Data => "set `max_entries`, `max_size` or `ttl`",
        Kind::Resource => "set `max_entries` or `ttl`",
    };
    finding.notes.push(Note::plain(bounds));
    vec![finding]
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn bounded_single_and_session_caches_are_silent() {
        check(
            r#"
use cachelit::{cache_data, cache_resource};
#[cache_data(scope = "global", ttl = "1h")]
fn by_ttl(id: u32) -> u32 { id }
#[cache_data(scope = "global", max_size = "1MB")]
fn by_size(id: u32) -> u32 { id }
#[cache_resource]
fn single(_name: &str) -> u32 { 1 }
#[cache_data]
fn per_session(id: u32) -> u32 { id }
#[cache_resource]
//^^^^^^^^^^^^^^ warn[unbounded-cache]: nothing limits how many entries `by_name` keeps
fn by_name(name: &str) -> u32 { 1 }
"#,
        );
    }
}
