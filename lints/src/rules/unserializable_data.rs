//! CL005 `unserializable-data`.

use cachelit_spec::lints;
use cachelit_spec::options::Kind;
use ra_ap_syntax::ast::AstNode;

use super::unkeyable_signature::borrows;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports a `#[cache_data]` function whose result is not `Clone`, `Serialize` and `DeserializeOwned`.
Of a `Result<T, E>` only the `T` counts: errors are not cached.

## Why it matters

Every caller gets a copy of cached data, and it may be kept outside of the process. The compiler
refuses what can't be copied or serialized.

## Example

```rust
struct Row { name: String }

#[cache_data]
fn row(id: u32) -> Row { Row { name: id.to_string() } }
//                 ^^^ deny[unserializable-data]
```

## Instead

Derive the traits, for data:

```rust
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Row { name: String }

#[cache_data]
fn row(id: u32) -> Row { Row { name: id.to_string() } }
```

For what is not data, such as a connection or a model, use `#[cache_resource]`: callers share it.

## Fix safety

There is no automatic fix.

## See also

`non-sync-resource`, for what `#[cache_resource]` asks of a result.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNSERIALIZABLE_DATA,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

const NEEDED: [(Trait, &str); 3] = [
    (Trait::Clone, "`Clone`"),
    (Trait::Serialize, "`Serialize`"),
    (Trait::DeserializeOwned, "`DeserializeOwned`"),
];

/// Whether the result certainly lacks one of the traits.
pub(super) fn is_unserializable(cx: &Context<'_>, function: &CachedFunction) -> bool {
    let Some(returned) = function.return_type() else { return false };
    NEEDED.iter().any(|&(of, _)| {
        matches!(cx.verdict_on_success(&function.scope, &returned, of), Verdict::No(_))
    })
}

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    finding(cx, function).into_iter().collect()
}

fn finding(cx: &Context<'_>, function: &CachedFunction) -> Option<Finding> {
    if function.kind() != Kind::Data || borrows(function) {
        return None;
    }
    let returned = function.return_type()?;
    let mut missing = Vec::new();
    let mut notes = Vec::new();
    for (of, name) in NEEDED {
        let Verdict::No(reason) = cx.verdict_on_success(&function.scope, &returned, of) else {
            continue;
        };
        missing.push(name);
        for note in reason.into_notes() {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    let missing = match &missing[..] {
        [] => return None,
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let shown = function.shown_data(cx)?;
    let message =
        format!("`{}` can't be cached as data: it is not {missing}", shown.syntax().text());
    let mut finding = function.finding(RULE.lint, returned.syntax().text_range(), message);
    finding.notes = notes;
    finding.notes.push(Note::plain(
        "derive what is missing, or use `#[cache_resource]` if callers shall share one object",
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn an_alias_called_result_is_what_it_stands_for() {
        check(
            "
use cachelit::cache_data;
pub struct Problem;
mod counts {
    use super::*;
    pub type Result<E> = std::result::Result<u32, E>;
    #[cache_data]
    fn fine(id: u32) -> Result<Problem> { Ok(id) }
}
mod problems {
    use super::*;
    pub type Result<E> = std::result::Result<Problem, E>;
    #[cache_data]
    fn rows(id: u32) -> Result<u32> { Err(id) }
    //                  ^^^^^^^^^^^ deny[unserializable-data]: `Result<u32>` can't be cached as data: it is not `Clone`, `Serialize` and `DeserializeOwned`
}
",
        );
    }

    #[test]
    fn of_a_result_only_the_value_counts() {
        check(
            "
use cachelit::{cache_data, cache_resource};
struct Row { name: String }
struct Problem { text: String }
type Fallible<T> = Result<T, Problem>;
#[cache_data]
fn fine(id: u32) -> Result<Vec<String>, Problem> { loop {} }
#[cache_data]
fn aliased(id: u32) -> Fallible<u32> { loop {} }
#[cache_data]
fn written(id: u32) -> std::fmt::Result { loop {} }
#[cache_data]
fn rows(id: u32) -> Result<Vec<Row>, Problem> { loop {} }
//                  ^^^^^^^^^^^^^^^^^^^^^^^^^ deny[unserializable-data]: `Vec<Row>` can't be cached as data: it is not `Clone`, `Serialize` and `DeserializeOwned`
#[cache_resource]
fn shared() -> Row { loop {} }
#[cache_data(allow(unserializable_data))]
fn allowed() -> Row { loop {} }
",
        );
    }
}
