//! CL015 `recursive-key`.

use cachelit_spec::lints;
use ra_ap_syntax::TextRange;
use ra_ap_syntax::ast::{self, AstNode, HasArgList};

use super::hash_funcs::is_covered;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, Locals, Origin, Parameter, ParameterKind, calls_of};
use crate::resolve::Resolution;
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports a cached function that calls itself with the parameters that it was called with. It is silent where
one of them is hashed by `hash_funcs` or may change inside, as what holds a `Cell` or an atomic may.

## Why it matters

The inner call has the same key, so it would have to wait for the outer one, which waits for the
inner one. The runtime reports this as an error instead of hanging.

## Example

```rust
#[cache_data]
fn depth(node: u32) -> u32 { if node == 0 { 0 } else { 1 + depth(node) } }
//                                                         ^^^^^^^^^^^ warn[recursive-key]
```

## Instead

```rust
#[cache_data]
fn depth(node: u32) -> u32 { if node == 0 { 0 } else { 1 + depth(node - 1) } }
```

## Fix safety

There is no automatic fix.

## See also

`ignored-param`: parameters with a leading `_` don't make keys differ.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::RECURSIVE_KEY,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let has_receiver = function
        .parameters
        .iter()
        .any(|parameter| matches!(parameter.kind, ParameterKind::Receiver(_)));
    if has_receiver || ast::HasGenericParams::generic_param_list(&function.item).is_some() {
        return Vec::new();
    }
    let locals = Locals::of(cx, function.module, &function.item);
    let own = function.item_place();
    let calls = calls_of(cx, function.module, &function.item).into_iter().filter(|call| {
        call.runs_in_body
            && matches!(&call.target, Resolution::Function(callee) if callee.item == own)
            && has_same_key(cx, function, &locals, call.range)
    });
    calls
        .map(|call| {
            let message = format!("`{}` calls itself with the same key", function.name.text());
            let mut finding = function.finding(RULE.lint, call.range, message);
            finding.notes.push(Note::plain(
                "change an argument that is a part of the key, or move the shared work to a \
                 function that is not cached",
            ));
            finding
        })
        .collect()
}

/// Whether each argument of the call that is a part of the key is the parameter itself, with what it was hashed by.
fn has_same_key(
    cx: &Context<'_>,
    function: &CachedFunction,
    locals: &Locals,
    call: TextRange,
) -> bool {
    let nodes = function.item.syntax().descendants().filter_map(ast::CallExpr::cast);
    let Some(call) = nodes.into_iter().find(|it| it.syntax().text_range() == call) else {
        return false;
    };
    let Some(arguments) = call.arg_list() else { return false };
    let arguments: Vec<_> = arguments.args().collect();
    arguments.len() == function.parameters.len()
        && function.parameters.iter().zip(&arguments).all(|(parameter, argument)| {
            parameter.is_excluded()
                || is_parameter(locals, parameter, argument)
                    && is_hashed_the_same(cx, function, parameter)
        })
}

/// Whether two hashes of a parameter are certainly equal, whatever happens between them.
fn is_hashed_the_same(cx: &Context<'_>, function: &CachedFunction, parameter: &Parameter) -> bool {
    let Some(ty) = &parameter.ty else { return false };
    !is_covered(function, ty) && cx.resolver.is_immutable_data(&function.scope, ty)
}

fn is_parameter(locals: &Locals, parameter: &Parameter, argument: &ast::Expr) -> bool {
    let ast::Expr::PathExpr(path) = argument else { return false };
    let name = path.path().and_then(|path| path.as_single_name_ref());
    let meant = name.and_then(|name| locals.meant_at(name.syntax().text_range()));
    meant.is_some_and(|binding| match &binding.origin {
        Origin::Parameter(param) => {
            let is_mutable =
                matches!(param.pat(), Some(ast::Pat::IdentPat(it)) if it.mut_token().is_some());
            binding.range == parameter.range && !is_mutable && !parameter.is_mutably_borrowed()
        }
        Origin::Let(_) | Origin::Other => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn what_may_change_inside_gives_another_key() {
        check(
            "
use cachelit::cache_data;
use std::sync::atomic::{AtomicU32, Ordering};
struct Counter(AtomicU32);
impl std::hash::Hash for Counter {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) { state.write_u32(self.0.load(Ordering::Relaxed)); }
}
#[cache_data(hash_funcs = { Counter: |it| it.0.load(Ordering::Relaxed) })]
fn by_function(it: &Counter) -> u32 { if it.0.fetch_sub(1, Ordering::Relaxed) == 0 { 0 } else { by_function(it) } }
#[cache_data]
fn by_trait(it: &Counter) -> u32 { if it.0.fetch_sub(1, Ordering::Relaxed) == 0 { 0 } else { by_trait(it) } }
#[cache_data]
fn same(names: &[(String, Option<u8>)]) -> u32 { same(names) }
//                                               ^^^^^^^^^^^ warn[recursive-key]
",
        );
    }

    #[test]
    fn only_unchanged_parameters_give_the_same_key() {
        check(
            "
use cachelit::cache_data;
#[cache_data]
fn same(a: u32, _b: &mut Vec<u8>) -> u32 { same(a, &mut Vec::new()) }
//                                         ^^^^^^^^^^^^^^^^^^^^^^^^ warn[recursive-key]: `same` calls itself with the same key
#[cache_data]
fn swapped(a: u32, b: u32) -> u32 { swapped(b, a) }
#[cache_data]
fn shadowed(a: u32) -> u32 { let a = a - 1; shadowed(a) }
#[cache_data]
fn changed(mut a: u32) -> u32 { a -= 1; changed(a) }
#[cache_data]
fn generic<T: std::hash::Hash + Default>(a: u32) -> u32 { generic::<u8>(a) }
#[cache_data]
fn without() -> u32 { without() }
//                    ^^^^^^^^^ warn[recursive-key]
#[cache_data(allow(recursive_key))]
fn allowed() -> u32 { allowed() }
",
        );
    }
}
