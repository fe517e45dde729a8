//! CL016 `persisted-std-hash`.

use cachelit_spec::lints;
use ra_ap_syntax::ast::AstNode;

use super::hash_funcs::is_covered;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, Parameter, ParameterKind};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};
use crate::source::FileRange;

const DOCS: &str = r#"
## What it does

Reports a parameter of a persisted function whose key, or a part of it, rests on `std::hash::Hash`,
because its type has no `CacheKey`.

## Why it matters

What a type feeds to `Hash` may change with the compiler and says nothing of field names, so such
results are found again by the same build only: each new build of the program makes all of them anew.

## Example

```rust
#[derive(Hash)]
struct Filter { name: String }

#[cache_data(scope = "global", persist = "disk", ttl = "1 day")]
fn rows(filter: &Filter) -> Vec<u32> { vec![] }
//      ^^^^^^ warn[persisted-std-hash]
```

## Instead

Derive `CacheKey`, which is the same in every build:

```rust
#[derive(cachelit::CacheKey)]
struct Filter { name: String }

#[cache_data(scope = "global", persist = "disk", ttl = "1 day")]
fn rows(filter: &Filter) -> Vec<u32> { vec![] }
```

For a type of another crate, turn on the feature of cachelit that is called like the crate if there
is one, or give `hash_funcs` for the type.

## Fix safety

There is no automatic fix.

## See also

`unhashable-param`, for types that have neither; `untracked-code`, for what else a later build may
not notice.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::PERSISTED_STD_HASH,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Parameter(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction, parameter: &Parameter) -> Option<Finding> {
    let ty = parameter.ty.as_ref()?;
    if function.attribute.options.persist.is_none()
        || parameter.is_excluded()
        || matches!(parameter.kind, ParameterKind::Pattern)
        || is_covered(function, ty)
        || cx.verdict(&function.scope, ty, Trait::CacheKey) != Verdict::Yes
    {
        return None;
    }
    let reason = cx.rests_on_hash(&function.scope, ty)?;
    let message = format!(
        "the key of `{}` of type `{}` rests on `std::hash::Hash`, so other builds don't find the result",
        parameter.name,
        ty.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, parameter.range, message);
    finding.parameter = Some(parameter.name.clone());
    let place = reason.steps.last().and_then(|step| step.place.clone());
    let is_ours = |place: &FileRange| !cx.resolver.modules_of_file(&place.file).is_empty();
    finding.notes.extend(reason.into_notes());
    finding.notes.push(Note::plain(match &place {
        None => "give `hash_funcs` for it",
        Some(place) if is_ours(place) => "derive `CacheKey` for it, or give `hash_funcs` for it",
        Some(_) => "turn on the feature of cachelit for its crate if there is one, or give `hash_funcs` for it",
    }));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, render};

    #[test]
    fn keys_of_their_own_and_results_in_memory_are_silent() {
        check(
            r#"
use cachelit::{CacheKey, cache_data};
#[derive(Hash)]
struct Hashed(u32);
#[derive(Hash, CacheKey)]
struct Both(u32);
struct ByHand(Hashed);
impl CacheKey for ByHand { fn encode(&self, key: &mut cachelit::KeyHasher) {} }
#[derive(CacheKey)]
struct Told { #[cache_key(skip)] a: Hashed, #[cache_key(with = id)] b: Hashed, c: std::marker::PhantomData<Hashed> }
#[cache_data]
fn in_memory(it: Hashed) -> u32 { 1 }
#[cache_data(persist = "disk", scope = "global", ttl = 60, hash_funcs = { Hashed: |it| it.0 })]
fn covered(it: Vec<Hashed>) -> u32 { 1 }
#[cache_data(persist = "disk", scope = "global", ttl = 60)]
fn fine(_it: Hashed, a: Both, b: &[ByHand], c: Told, d: (u32, Option<&str>), e: f64) -> u32 { 1 }
#[cache_data(persist = "disk", scope = "global", ttl = 60)]
fn unknown(it: elsewhere::Hashed) -> u32 { 1 }
"#,
        );
    }

    #[test]
    fn a_part_that_rests_on_hash_is_found() {
        check(
            r#"
use cachelit::{CacheKey, cache_data};
#[derive(Hash)]
struct Hashed(u32);
#[derive(CacheKey)]
enum Deep { None, Some { it: Option<Inner> } }
#[derive(CacheKey)]
struct Inner(std::time::Instant);
#[cache_data(persist = "disk", scope = "global", ttl = 60)]
fn f(
    direct: &Hashed,
//  ^^^^^^ warn[persisted-std-hash]: the key of `direct` of type `&Hashed` rests on `std::hash::Hash`, so other builds don't find the result
    listed: Vec<Hashed>,
//  ^^^^^^ warn[persisted-std-hash]
    deep: &[Deep],
//  ^^^^ warn[persisted-std-hash]
    at: std::time::Instant,
//  ^^ warn[persisted-std-hash]
) -> u32 { 1 }
"#,
        );
    }

    #[test]
    fn the_way_to_it_is_shown() {
        insta::assert_snapshot!(render(
            r#"use cachelit::{CacheKey, cache_data};
#[derive(Hash)]
struct Hashed(u32);
#[derive(CacheKey)]
struct Outer { inner: Option<Inner> }
#[derive(CacheKey)]
struct Inner { it: std::time::Instant }
#[cache_data(persist = "disk", scope = "global", ttl = 60)]
fn f(a: Hashed, b: Outer) -> u32 { 1 }
"#
        ), @r"
        /src/lib.rs:9 warn[persisted-std-hash]: the key of `a` of type `Hashed` rests on `std::hash::Hash`, so other builds don't find the result
          note: `Hashed` has `Hash`, but no `CacheKey` [Hashed]
          note: derive `CacheKey` for it, or give `hash_funcs` for it
        /src/lib.rs:9 warn[persisted-std-hash]: the key of `b` of type `Outer` rests on `std::hash::Hash`, so other builds don't find the result
          note: field `inner: Option<Inner>` of `Outer` [inner: Option<Inner>]
          note: field `it: std::time::Instant` of `Inner` [it: std::time::Instant]
          note: `Instant` has `Hash`, but no `CacheKey`
          note: give `hash_funcs` for it
        ");
    }
}
