//! CL012 `unkeyable-signature`.

use cachelit_spec::lints;
use ra_ap_syntax::ast::{self, AstNode, HasGenericParams, HasName};
use ra_ap_syntax::{SyntaxKind, SyntaxNode};

use super::rename::prefix_with_underscore;
use super::unhashable_param::is_abstract;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, Parameter, ParameterKind};
use crate::resolve::{Trait, Verdict};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports signatures that a cache can't serve:

- a `&mut` parameter without a leading `_`,
- an `impl Trait` or `dyn Trait` parameter whose bounds give no key,
- a result that borrows,
- type parameters and `impl Trait` parameters of a persisted function.

## Why it matters

What a function writes through `&mut` does not happen on a hit. A value of unknown type has no
content that could be hashed. What is stored outlives the arguments of the call that made it. What is
persisted outlives the process, in which alone a type can be told from another of the same name.

## Example

```rust
#[cache_data]
fn append(log: &mut Vec<String>, line: u32) -> usize { log.push(line.to_string()); log.len() }
//        ^^^ deny[unkeyable-signature]

#[cache_data]
fn first_word(text: &str) -> &str { text.split(' ').next().unwrap_or_default() }
//                           ^^^^ deny[unkeyable-signature]
```

## Instead

With a leading `_`, a `&mut` parameter is only used, and is no part of the key: right for a session
or a connection. Results are owned:

```rust
#[cache_data]
fn first_word(text: &str) -> String { text.split(' ').next().unwrap_or_default().to_owned() }
```

## Fix safety

The fix puts a `_` before the parameter's name, in the signature and at every use. It is safe unless
the name occurs inside a macro whose meaning is not known, or in another attribute of the function.

## See also

`unhashable-param`, for parameters whose type is known and can't be hashed.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNKEYABLE_SIGNATURE,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let parameters = function.parameters.iter().filter(|parameter| parameter.is_configured);
    let mut findings: Vec<Finding> =
        parameters.filter_map(|parameter| unkeyable(cx, function, parameter)).collect();
    findings.extend(borrowed_result(function));
    if function.attribute.options.persist.is_some() {
        let is_new = |finding: &Finding| findings.iter().all(|known| known.place != finding.place);
        let generic: Vec<Finding> = persisted_generics(function).filter(is_new).collect();
        findings.extend(generic);
    }
    findings
}

/// Type parameters, and the parameters of type `impl Trait`, which the macros refuse where results are persisted.
fn persisted_generics(function: &CachedFunction) -> impl Iterator<Item = Finding> {
    let declared =
        function.item.generic_param_list().into_iter().flat_map(|list| list.type_or_const_params());
    let names = declared.filter_map(|param| match param {
        ast::TypeOrConstParam::Type(param) => {
            let name = param.name()?;
            Some((name.syntax().text_range(), name.text().to_string()))
        }
        ast::TypeOrConstParam::Const(_) => None,
    });
    let is_opaque = |parameter: &&Parameter| {
        let ty = parameter.ty.as_ref().filter(|_| parameter.is_configured);
        ty.is_some_and(|ty| {
            ty.syntax().descendants().any(|node| node.kind() == SyntaxKind::IMPL_TRAIT_TYPE)
        })
    };
    let opaque = function.parameters.iter().filter(is_opaque);
    let places = names.chain(opaque.map(|parameter| (parameter.range, parameter.name.clone())));
    places.map(|(range, name)| {
        let message =
            format!("`{name}` may be of any type, and a persisted function can't be generic");
        let mut finding = function.finding(RULE.lint, range, message);
        finding.notes.push(Note::plain(
            "write a function for each type, which calls a shared one, or keep the results in memory",
        ));
        finding
    })
}

fn unkeyable(
    cx: &Context<'_>,
    function: &CachedFunction,
    parameter: &Parameter,
) -> Option<Finding> {
    let ty = parameter.ty.as_ref()?;
    if parameter.is_excluded() || matches!(parameter.kind, ParameterKind::Pattern) {
        return None;
    }
    let name = &parameter.name;
    let (message, reason) = if parameter.is_mutably_borrowed() {
        (
            format!(
                "`{name}` is borrowed mutably, and what is written through it would be lost on a hit"
            ),
            None,
        )
    } else if is_abstract(ty) && function.attribute.options.hash_funcs.is_empty() {
        let Verdict::No(reason) = cx.verdict(&function.scope, ty, Trait::CacheKey) else {
            return None;
        };
        (
            format!("`{name}` of type `{}` has no bound that gives a key", ty.syntax().text()),
            Some(reason),
        )
    } else {
        return None;
    };
    let mut finding = function.finding(RULE.lint, parameter.range, message);
    finding.parameter = Some(name.clone());
    finding.notes.extend(reason.into_iter().flat_map(super::super::resolve::Reason::into_notes));
    if matches!(parameter.kind, ParameterKind::Named(_)) {
        finding.notes.push(Note::plain(format!(
            "rename it to `_{}` to leave it out of the key, or take an owned or shared value of a \
             type that can be hashed",
            name.strip_prefix("r#").unwrap_or(name)
        )));
    }
    finding.fixes.extend(prefix_with_underscore(cx, function, parameter));
    Some(finding)
}

fn borrowed_result(function: &CachedFunction) -> Option<Finding> {
    if !borrows(function) {
        return None;
    }
    let returned = function.return_type()?;
    let message = format!(
        "`{}` borrows, but what is cached outlives the parameters of the call",
        returned.syntax().text()
    );
    let mut finding = function.finding(RULE.lint, returned.syntax().text_range(), message);
    finding.notes.push(Note::plain("return an owned value, such as `String` for `&str`"));
    Some(finding)
}

/// Whether the result borrows, which the macros refuse: what is cached outlives every parameter.
pub(super) fn borrows(function: &CachedFunction) -> bool {
    let mut stack: Vec<SyntaxNode> =
        function.return_type().into_iter().map(|ty| ty.syntax().clone()).collect();
    while let Some(node) = stack.pop() {
        let is_result_of_fn_bound = node.kind() == SyntaxKind::RET_TYPE;
        let has_own_lifetimes = is_result_of_fn_bound
            || node.children().any(|it| it.kind() == SyntaxKind::FOR_BINDER)
            || matches!(
                node.kind(),
                SyntaxKind::FN_PTR_TYPE
                    | SyntaxKind::FOR_TYPE
                    | SyntaxKind::PARENTHESIZED_ARG_LIST
                    | SyntaxKind::MACRO_TYPE
            );
        if has_own_lifetimes {
            continue;
        }
        if let Some(reference) = ast::RefType::cast(node.clone())
            && reference.lifetime().is_none()
        {
            return true;
        }
        if ast::Lifetime::cast(node.clone()).is_some_and(|it| it.text() != "'static") {
            return true;
        }
        stack.extend(node.children());
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_fix, check_no_fix};

    #[test]
    fn mutable_and_abstract_parameters() {
        check(
            "
use cachelit::cache_data;
trait Reader { fn read(&self) -> u32; }
#[cache_data]
fn f(
    log: &mut Vec<u8>,
//  ^^^ deny[unkeyable-signature]: `log` is borrowed mutably, and what is written through it would be lost on a hit
    reader: &dyn Reader,
//  ^^^^^^ deny[unkeyable-signature]: `reader` of type `&dyn Reader` has no bound that gives a key
    any: impl Reader,
//  ^^^ deny[unkeyable-signature]: `any` of type `impl Reader` has no bound that gives a key
    _session: &mut Vec<u8>,
    _reader: &dyn Reader,
    keyed: impl std::hash::Hash,
) -> u32 { 1 }
",
        );
    }

    #[test]
    fn persisted_functions_that_are_generic() {
        check(
            r#"
use cachelit::{CacheKey, cache_data};
trait Reader {}
#[cache_data(scope = "global", persist = "disk", max_entries = 9)]
fn f<T: CacheKey, const N: usize>(x: T, y: [u8; N]) -> u32 { 1 }
//   ^ deny[unkeyable-signature]: `T` may be of any type, and a persisted function can't be generic
#[cache_data(scope = "global", persist = "disk", max_entries = 9)]
fn g(
    keyed: &impl CacheKey,
//  ^^^^^ deny[unkeyable-signature]: `keyed` may be of any type, and a persisted function can't be generic
    _left_out: Vec<impl Reader>,
//  ^^^^^^^^^ deny[unkeyable-signature]: `_left_out` may be of any type, and a persisted function can't be generic
    reader: impl Reader,
//  ^^^^^^ deny[unkeyable-signature]: `reader` of type `impl Reader` has no bound that gives a key
) -> u32 { 1 }
#[cache_data]
fn in_memory<T: CacheKey>(x: T, y: impl CacheKey) -> u32 { 1 }
"#,
        );
    }

    #[test]
    fn results_that_borrow() {
        check(
            "
use cachelit::{cache_data, cache_resource};
#[cache_data]
fn elided(text: &str) -> Option<&str> { None }
//                       ^^^^^^^^^^^^ deny[unkeyable-signature]: `Option<&str>` borrows, but what is cached outlives the parameters of the call
#[cache_resource(ttl = 1)]
fn named<'a>(text: &'a str) -> std::borrow::Cow<'a, str> { text.into() }
//                             ^^^^^^^^^^^^^^^^^^^^^^^^^ deny[unkeyable-signature]
#[cache_resource(ttl = 1)]
fn owned(text: &str) -> (fn(&str) -> &str, Box<dyn Fn(&u8) -> &u8 + Send + Sync>, &'static str) { loop {} }
",
        );
    }

    #[test]
    fn a_receiver_that_is_borrowed_mutably_has_no_fix() {
        check_no_fix(
            "
use cachelit::cache_data;
#[derive(Hash)]
struct Counter { n: u32 }
impl Counter {
    #[cache_data]
    fn next(&mut self) -> u32 { self.n }
}
",
        );
    }

    #[test]
    fn an_underscore_makes_a_mutable_parameter_fine() {
        check_fix(
            "use cachelit::cache_data;\n#[cache_data]\nfn f(log: &mut Vec<u8>) -> usize { log.len() }\n",
            "use cachelit::cache_data;\n#[cache_data]\nfn f(_log: &mut Vec<u8>) -> usize { _log.len() }\n",
        );
    }
}
