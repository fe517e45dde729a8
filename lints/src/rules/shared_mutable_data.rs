//! CL011 `shared-mutable-data`.

use cachelit_spec::lints;
use cachelit_spec::options::Kind;
use ra_ap_syntax::ast::AstNode;

use super::unserializable_data::is_unserializable;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports a `#[cache_data]` function whose result is a handle to shared state that can change, such as
`Arc<Mutex<T>>`. Of a `Result<T, E>` only the `T` counts. A type of yours counts if it derives `Clone`
and consists of such handles.

## Why it matters

Every caller of `#[cache_data]` gets a copy, so that none can change what the others see. A copy of a
handle points to the same state: one caller's change reaches all of them, and the cache.

## Example

```rust
use std::sync::{Arc, Mutex};

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct Visits {
    #[serde(skip)]
    count: Arc<Mutex<u64>>,
}

#[cache_data]
fn visits() -> Visits { Visits::default() }
//             ^^^^^^ warn[shared-mutable-data]
```

## Instead

If callers shall share one object, say so:

```rust
use std::sync::Mutex;

#[derive(Default)]
struct Visits { count: Mutex<u64> }

#[cache_resource]
fn visits() -> Visits { Visits::default() }
```

If not, return the data itself.

## Fix safety

There is no automatic fix: whether callers shall share the state is for you to say.

## See also

`unserializable-data`, which speaks first: most handles can't be serialized.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::SHARED_MUTABLE_DATA,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    finding(cx, function).into_iter().collect()
}

fn finding(cx: &Context<'_>, function: &CachedFunction) -> Option<Finding> {
    if function.kind() != Kind::Data || is_unserializable(cx, function) {
        return None;
    }
    let returned = function.return_type()?;
    let reason = cx.shared_state(&function.scope, &returned)?;
    let shown = function.shown_data(cx)?;
    let message = format!(
        "each caller gets a copy of `{}`, but the copies share state that can change",
        shown.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, returned.syntax().text_range(), message);
    finding.notes.extend(reason.into_notes());
    finding.notes.push(Note::plain(
        "return the data itself, or use `#[cache_resource]` if callers shall share one object",
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, render};

    /// A fixture in which all of these can be serialized, as with serde's feature `rc`.
    fn serializable(code: &str) -> String {
        format!(
            "
use cachelit::{{cache_data, cache_resource}};
use std::sync::{{Arc, Mutex, RwLock, OnceLock, atomic::AtomicU64}};
/// Stands for a type that serde is told how to write.
macro_rules! told {{
    ($($ty:ident)*) => {{$(
        impl serde::Serialize for $ty {{}}
        impl<'de> serde::Deserialize<'de> for $ty {{}}
    )*}};
}}
{code}"
        )
    }

    #[test]
    fn what_is_copied_or_never_changes_is_silent() {
        check(&serializable(
            "
#[derive(Clone)]
struct Text(Arc<str>);
#[derive(Clone)]
struct Table { rows: Vec<u32>, memo: Arc<Mutex<Option<u32>>> }
struct Deep(Arc<Mutex<u32>>);
impl Clone for Deep { fn clone(&self) -> Self { loop {} } }
#[derive(Clone)]
struct Once(Arc<OnceLock<u32>>);
#[derive(Clone)]
struct Behind(Arc<Table>);
told!(Text Table Deep Once Behind);
#[cache_data]
fn text() -> Text { loop {} }
#[cache_data]
fn table() -> Table { loop {} }
#[cache_data]
fn deep() -> Deep { loop {} }
#[cache_data]
fn once() -> Once { loop {} }
#[cache_data]
fn behind() -> Vec<Behind> { loop {} }
#[cache_resource]
fn shared() -> Arc<Mutex<u32>> { loop {} }
",
        ));
    }

    #[test]
    fn what_cannot_be_serialized_is_left_to_the_other_lint() {
        check(
            "
use cachelit::cache_data;
use std::sync::{Arc, Mutex};
#[cache_data]
fn shared() -> Arc<Mutex<u32>> { loop {} }
//             ^^^^^^^^^^^^^^^ deny[unserializable-data]
",
        );
    }

    #[test]
    fn a_type_that_consists_of_handles_is_one() {
        insta::assert_snapshot!(render(&serializable(
            "
type Shared<T> = Arc<RwLock<T>>;
#[derive(Clone)]
struct Handle { state: Shared<u32>, name: Arc<str> }
#[derive(Clone)]
struct Outer(Handle);
#[derive(Clone)]
struct Counter<'a>(&'a AtomicU64);
told!(Handle Outer);
impl serde::Serialize for Counter<'_> {}
impl<'de> serde::Deserialize<'de> for Counter<'static> {}
#[cache_data]
fn one() -> Result<Handle, String> { loop {} }
#[cache_data]
fn many() -> Vec<(u32, Outer)> { loop {} }
#[cache_data]
fn counter() -> Option<Counter<'static>> { loop {} }
"
        )), @r"
        /src/lib.rs:22 warn[shared-mutable-data]: each caller gets a copy of `Handle`, but the copies share state that can change
          note: field `state: Shared<u32>` of `Handle` [state: Shared<u32>]
          note: copies of `Arc<RwLock<u32>>` share the `RwLock<u32>`
          note: return the data itself, or use `#[cache_resource]` if callers shall share one object
        /src/lib.rs:24 warn[shared-mutable-data]: each caller gets a copy of `Vec<(u32, Outer)>`, but the copies share state that can change
          note: field `0: Handle` of `Outer` [Handle]
          note: field `state: Shared<u32>` of `Handle` [state: Shared<u32>]
          note: copies of `Arc<RwLock<u32>>` share the `RwLock<u32>`
          note: return the data itself, or use `#[cache_resource]` if callers shall share one object
        /src/lib.rs:26 warn[shared-mutable-data]: each caller gets a copy of `Option<Counter<'static>>`, but the copies share state that can change
          note: field `0: &'a AtomicU64` of `Counter` [&'a AtomicU64]
          note: copies of `&AtomicU64` share the `AtomicU64`
          note: return the data itself, or use `#[cache_resource]` if callers shall share one object
        ");
    }
}
