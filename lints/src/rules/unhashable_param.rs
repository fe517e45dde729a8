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
    let Verdict::No(reason) = cx.resolver.verdict(&function.scope, ty, Trait::CacheKey) else {
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
    finding.notes.extend(reason.into_notes());
    finding.notes.push(Note::plain(ways_out(parameter)));
    finding.fixes.extend(prefix_with_underscore(function, parameter));
    finding.fixes.extend(derive);
    Some(finding)
}

fn ways_out(parameter: &Parameter) -> String {
    let name = parameter.name.strip_prefix("r#").unwrap_or(&parameter.name);
    match parameter.kind {
        ParameterKind::Receiver(_) => {
            "derive `CacheKey` for its type, or give `hash_funcs` for it; \
             a receiver can't be left out of the key"
                .to_owned()
        }
        ParameterKind::Named(_) | ParameterKind::Pattern => format!(
            "rename it to `_{name}` to leave it out of the key, derive `CacheKey` for its type, or \
             give `hash_funcs` for it"
        ),
    }
}

/// Whether the type is or holds an `impl Trait` or `dyn Trait`, which are `unkeyable-signature`'s.
pub(super) fn is_abstract(ty: &ast::Type) -> bool {
    ty.syntax()
        .descendants()
        .filter_map(ast::Type::cast)
        .any(|it| matches!(it, ast::Type::ImplTraitType(_) | ast::Type::DynTraitType(_)))
}
