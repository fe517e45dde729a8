//! CL002 `non-sync-resource`.

use cachelit_spec::lints;
use cachelit_spec::options::Kind;
use ra_ap_syntax::ast::AstNode;

use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports a `#[cache_resource]` function whose result is not `Send` and `Sync`.

## Why it matters

A resource is one object that every caller shares, from any thread. What is not `Send + Sync` can't
be shared so, and the compiler refuses it.

## Example

```rust
use std::cell::RefCell;

struct Pool { idle: RefCell<Vec<u32>> }

#[cache_resource]
fn pool() -> Pool { Pool { idle: RefCell::default() } }
//           ^^^^ deny[non-sync-resource]
```

## Instead

```rust
use std::sync::Mutex;

struct Pool { idle: Mutex<Vec<u32>> }

#[cache_resource]
fn pool() -> Pool { Pool { idle: Mutex::default() } }
```

## Fix safety

There is no automatic fix: which lock or pool fits is a decision about the program.

## See also

`unserializable-data`, for what `#[cache_data]` asks of a result.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::NON_SYNC_RESOURCE,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    finding(cx, function).into_iter().collect()
}

fn finding(cx: &Context<'_>, function: &CachedFunction) -> Option<Finding> {
    if function.kind() != Kind::Resource {
        return None;
    }
    let returned = function.return_type()?;
    let stored = function.stored_object()?;
    let verdict = |of| match cx.verdict_on_success(&function.scope, &stored, of) {
        Verdict::No(reason) => Some(reason),
        Verdict::Yes | Verdict::Unknown => None,
    };
    let (missing, reason) = match (verdict(Trait::Sync), verdict(Trait::Send)) {
        (Some(reason), None) => ("`Sync`", reason),
        (None, Some(reason)) => ("`Send`", reason),
        (Some(reason), Some(_)) => ("`Send` and `Sync`", reason),
        (None, None) => return None,
    };
    let message = format!(
        "`{}` is not {missing}, but a resource is shared by all threads",
        stored.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, returned.syntax().text_range(), message);
    finding.notes.extend(reason.into_notes());
    finding.notes.push(Note::plain(
        "make it `Send + Sync`: a `Mutex` or `RwLock` for `RefCell` and `Cell`, an `Arc` for `Rc`, \
         a connection pool for a connection",
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn another_arc_is_not_looked_into() {
        check(
            "
use cachelit::cache_resource;
use std::sync;
mod own {
    pub struct Arc<T>(std::sync::Mutex<std::marker::PhantomData<fn() -> T>>);
}
#[cache_resource]
fn fine() -> own::Arc<std::cell::RefCell<u8>> { own::Arc(Default::default()) }
#[cache_resource]
fn shared() -> sync::Arc<std::cell::RefCell<u8>> { sync::Arc::default() }
//             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ deny[non-sync-resource]: `std::cell::RefCell<u8>` is not `Sync`, but a resource is shared by all threads
",
        );
    }

    #[test]
    fn results_and_shared_objects_are_looked_into() {
        check(
            "
use cachelit::{cache_data, cache_resource};
use std::sync::Arc;
struct Pool { idle: std::cell::RefCell<Vec<u32>> }
#[cache_resource]
fn fallible() -> Result<Pool, String> { loop {} }
//               ^^^^^^^^^^^^^^^^^^^^ deny[non-sync-resource]: `Pool` is not `Sync`, but a resource is shared by all threads
#[cache_resource]
async fn shared() -> Arc<Pool> { loop {} }
//                   ^^^^^^^^^ deny[non-sync-resource]: `Pool` is not `Sync`, but a resource is shared by all threads
#[cache_resource]
fn counted() -> std::rc::Rc<u32> { loop {} }
//              ^^^^^^^^^^^^^^^^ deny[non-sync-resource]: `std::rc::Rc<u32>` is not `Send` and `Sync`, but a resource is shared by all threads
#[cache_resource]
fn sync() -> std::sync::Mutex<std::cell::RefCell<u32>> { loop {} }
#[cache_resource]
fn unit() {}
#[cache_resource(allow(non_sync_resource))]
fn allowed() -> Pool { loop {} }
",
        );
    }
}
