//! CL001 `unhashable-param`.

use cachelit_spec::lints;
use ra_ap_syntax::ast::{self, AstNode};

use super::derive_key::derive_cache_key;
use super::hash_funcs::is_covered;
use super::rename::prefix_with_underscore;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, Parameter, ParameterKind};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports a parameter of a cached function that can't be a part of the key: its type implements
neither `CacheKey` nor `std::hash::Hash`, its name has no leading `_`, and `hash_funcs` says nothing
about the type.

## Why it matters

A result is found again by what went into the function. A connection or a lock has no content that
could be hashed, so the compiler refuses the function.

## Example

```rust
struct Connection { open: std::sync::Mutex<bool> }

#[cache_data]
fn users(conn: &Connection, limit: u32) -> Vec<String> {
//       ^^^^ deny[unhashable-param]
    query(conn, limit)
}
```

## Instead

A leading `_` leaves the parameter out of the key:

```rust
struct Connection { open: std::sync::Mutex<bool> }

#[cache_data]
fn users(_conn: &Connection, limit: u32) -> Vec<String> {
    query(_conn, limit)
}
```

If results do depend on it, say how to hash it: derive `CacheKey` for its type, or give
`hash_funcs = { Connection: |it| … }`.

## Fix safety

The first fix renames the parameter in the signature and at every use. It is safe unless the name
occurs inside a macro whose meaning is not known, or in another attribute of the function. The second
one derives `CacheKey` where the type only lacks that, and needs a look.

## See also

`unkeyable-signature`, for `impl Trait`, `dyn Trait` and `&mut` parameters.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNHASHABLE_PARAM,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::Parameter(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction, parameter: &Parameter) -> Option<Finding> {
    let ty = parameter.ty.as_ref()?;
    if parameter.is_excluded()
        || matches!(parameter.kind, ParameterKind::Pattern)
        || parameter.is_mutably_borrowed()
        || is_abstract(ty)
    {
        return None;
    }
    let Verdict::No(reason) = cx.verdict(&function.scope, ty, Trait::CacheKey) else {
        return None;
    };
    if is_covered(function, ty) {
        return None;
    }
    let message = format!(
        "`{}` of type `{}` can't be hashed for the key",
        parameter.name,
        ty.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, parameter.range, message);
    finding.parameter = Some(parameter.name.clone());
    let derive = derive_cache_key(cx, &reason);
    let is_ours = reason.steps.last().is_some_and(|step| {
        step.place.as_ref().is_some_and(|it| !cx.resolver.modules_of_file(&it.file).is_empty())
    });
    finding.notes.extend(reason.into_notes());
    finding.notes.push(Note::plain(ways_out(function, parameter, ty, is_ours)));
    finding.fixes.extend(prefix_with_underscore(cx, function, parameter));
    finding.fixes.extend(derive);
    Some(finding)
}

/// `is_ours`: the type that lacks a key is the workspace's own, so that a derive can be added to it.
fn ways_out(
    function: &CachedFunction,
    parameter: &Parameter,
    ty: &ast::Type,
    is_ours: bool,
) -> String {
    let name = parameter.name.strip_prefix("r#").unwrap_or(&parameter.name);
    let generic =
        function.type_parameters().into_iter().find(|it| ty.syntax().text() == it.as_str());
    if let Some(generic) = generic {
        return format!(
            "bound it by `{generic}: cachelit::CacheKey` or `{generic}: std::hash::Hash`, or rename it to \
             `_{name}` to leave it out of the key"
        );
    }
    let derive = if is_ours { "derive `CacheKey` for its type, or " } else { "" };
    match parameter.kind {
        ParameterKind::Receiver(_) => {
            format!("{derive}give `hash_funcs` for it; a receiver can't be left out of the key")
        }
        ParameterKind::Named(_) | ParameterKind::Pattern => {
            let or = if is_ours { "" } else { "or " };
            format!(
                "rename it to `_{name}` to leave it out of the key, {or}{derive}give `hash_funcs` for it"
            )
        }
    }
}

/// Whether the type is or holds an `impl Trait` or `dyn Trait`, which are `unkeyable-signature`'s.
pub(super) fn is_abstract(ty: &ast::Type) -> bool {
    ty.syntax()
        .descendants()
        .filter_map(ast::Type::cast)
        .any(|it| matches!(it, ast::Type::ImplTraitType(_) | ast::Type::DynTraitType(_)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_fix, check_no_fix, check_uncertain_fix, fixed, render};

    const HEAD: &str = "use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
struct Query { conn: Connection }
";

    #[track_caller]
    fn fixes(before: &str, after: &str) {
        check_fix(&format!("{HEAD}{before}"), &format!("{HEAD}{after}"));
    }

    #[track_caller]
    fn fixes_perhaps(before: &str, after: &str) {
        check_uncertain_fix(&format!("{HEAD}{before}"), &format!("{HEAD}{after}"));
    }

    #[test]
    fn hashable_excluded_and_covered_parameters_are_silent() {
        check(
            "
use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn covered(conn: &Connection, more: Vec<Connection>, id: f64) -> u32 { 1 }
impl Connection {
    #[cache_data(hash_funcs = { Self: |_| 0 })]
    fn receiver(&self, other: &Connection, third: Vec<Self>) -> u32 { 1 }
}
#[cache_data]
fn excluded(_conn: &Connection, _: Connection, text: &str) -> u32 { 1 }
fn not_cached(conn: &Connection) -> u32 { 1 }
",
        );
    }

    #[test]
    fn each_parameter_is_reported_at_its_name() {
        check(
            "
use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
#[cache_data]
fn users(
    mut conn: Connection,
//      ^^^^ deny[unhashable-param]: `conn` of type `Connection` can't be hashed for the key
    id: u32,
    other: Option<&Connection>,
//  ^^^^^ deny[unhashable-param]: `other` of type `Option<&Connection>` can't be hashed for the key
) -> u32 { 1 }
",
        );
    }

    #[test]
    fn a_receiver_is_a_parameter_that_cannot_be_renamed() {
        check_no_fix(
            "
use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
impl Connection {
    #[cache_data]
    fn users(&self, limit: u32) -> u32 { limit }
}
",
        );
    }

    #[test]
    fn an_allow_option_or_a_comment_silences_it() {
        check(
            "
use cachelit::cache_data;
struct Connection { open: std::cell::RefCell<bool> }
#[cache_data(allow(unhashable_param))]
fn by_option(conn: Connection) -> u32 { 1 }

// cache-lint: allow(unhashable-param)
#[cache_data]
fn by_comment_above(conn: Connection) -> u32 { 1 }

#[cache_data]
// Only one thread has it.
// cache-lint: allow(unhashable-param)
#[inline]
// It is long.
pub fn by_comment_between(
    conn: Connection,
    other: Connection,
) -> u32 { 1 }

/// To silence it, write `cache-lint: allow(unhashable-param)`.
/// cache-lint: allow(unhashable-param)
#[cache_data]
fn by_no_documentation(conn: Connection) -> u32 { 1 }
//                     ^^^^ deny[unhashable-param]

// Not so: cache-lint: allow(unhashable-param)
#[cache_data]
fn by_no_mention(conn: Connection) -> u32 { 1 }
//               ^^^^ deny[unhashable-param]

#[cache_data]
fn by_comment_behind(conn: Connection) -> u32 { 1 } // cache-lint: allow(CL001)

#[cache_data]
fn by_comment_on_the_line_above(
    // cache-lint: allow(unhashable-param)
    conn: Connection,
    other: Connection,
//  ^^^^^ deny[unhashable-param]
) -> u32 { 1 }

// cache-lint: allow(unhashable-param): the whole module is generated
mod generated {
    use super::Connection;
    #[cachelit::cache_data]
    fn inside(conn: Connection) -> u32 { 1 }
}
",
        );
    }

    #[test]
    fn the_name_is_changed_at_every_use() {
        fixes(
            "#[cache_data]\nfn f(conn: &Connection) -> u32 { go(conn, conn.x, |conn| conn); go(conn) }\n",
            "#[cache_data]\nfn f(_conn: &Connection) -> u32 { go(_conn, _conn.x, |conn| conn); go(_conn) }\n",
        );
    }

    #[test]
    fn a_shorthand_field_keeps_its_name() {
        fixes(
            "#[cache_data]\nfn f(conn: Connection) -> u32 { go(Query { conn }) }\n",
            "#[cache_data]\nfn f(_conn: Connection) -> u32 { go(Query { conn: _conn }) }\n",
        );
    }

    #[test]
    fn captures_in_format_strings_are_uses() {
        fixes(
            "#[cache_data]\nfn f(conn: Connection) -> String { format!(\"{conn:?} {}\", conn.x) }\n",
            "#[cache_data]\nfn f(_conn: Connection) -> String { format!(\"{_conn:?} {}\", _conn.x) }\n",
        );
    }

    #[test]
    fn other_macros_and_attributes_need_a_look() {
        fixes_perhaps(
            "#[cache_data]\nfn f(conn: Connection) -> u32 { query!(conn, \"select\") }\n",
            "#[cache_data]\nfn f(_conn: Connection) -> u32 { query!(_conn, \"select\") }\n",
        );
        fixes_perhaps(
            "#[cache_data]\n#[instrument(skip(conn))]\nfn f(conn: Connection) -> u32 { 1 }\n",
            "#[cache_data]\n#[instrument(skip(_conn))]\nfn f(_conn: Connection) -> u32 { 1 }\n",
        );
    }

    #[test]
    fn a_raw_name_loses_its_prefix() {
        fixes(
            "#[cache_data]\nfn f(r#type: Connection) -> u32 { go(r#type) }\n",
            "#[cache_data]\nfn f(_type: Connection) -> u32 { go(_type) }\n",
        );
    }

    #[test]
    fn a_taken_name_is_not_used() {
        check_no_fix(&format!(
            "{HEAD}#[cache_data]\nfn f(conn: Connection) -> u32 {{ let _conn = 1; go(conn, _conn) }}\n"
        ));
    }

    #[test]
    fn a_type_that_only_lacks_the_derive_can_have_it() {
        insta::assert_snapshot!(render(
            "use cachelit::cache_data;
/// A filter.
#[derive(Debug)]
struct Filter { name: String }
#[cache_data]
fn f<T>(filter: &Filter, x: T) -> u32 { 1 }
"
        ), @r"
        /src/lib.rs:6 deny[unhashable-param]: `filter` of type `&Filter` can't be hashed for the key
          note: `&Filter` has no key
          note: `Filter` has neither `CacheKey` nor `Hash` [Filter]
          note: rename it to `_filter` to leave it out of the key, derive `CacheKey` for its type, or give `hash_funcs` for it
          fix: Rename to `_filter` (machine-applicable)
          fix: Derive `CacheKey` for `Filter` (maybe-incorrect)
        /src/lib.rs:6 deny[unhashable-param]: `x` of type `T` can't be hashed for the key
          note: `T` has neither bound `CacheKey` nor `Hash`
          note: bound it by `T: cachelit::CacheKey` or `T: std::hash::Hash`, or rename it to `_x` to leave it out of the key
          fix: Rename to `_x` (machine-applicable)
        ");
    }

    #[test]
    fn the_derive_goes_to_the_others_or_on_a_line_of_its_own() {
        let fixture = |filter: &str| {
            format!(
                "use cachelit::cache_data;\n{filter}\n#[cache_data]\nfn f(filter: &Filter) -> u32 {{ 1 }}\n"
            )
        };
        for (before, after) in [
            (
                "/// Docs.\npub struct Filter(u32);",
                "/// Docs.\n#[derive(cachelit::CacheKey)]\npub struct Filter(u32);",
            ),
            (
                "#[derive(Debug)]\nenum Filter { A, B(u8) }",
                "#[derive(Debug, cachelit::CacheKey)]\nenum Filter { A, B(u8) }",
            ),
        ] {
            let fixed = fixed(&fixture(before), "Derive `CacheKey` for `Filter`");
            assert_eq!(fixed, fixture(after));
            check(&fixed);
        }
    }
}
