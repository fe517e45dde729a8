//! CL007 `unused-hash-func`.

use cachelit_spec::lints;
use cachelit_spec::options::{HashFunc, OptionName};
use ra_ap_syntax::TextRange;

use super::hash_funcs::is_written_in;
use crate::finding::{Applicability, Finding, Fix, Note, TextEdit};
use crate::model::{CachedFunction, Context, Parameter};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports an entry of `hash_funcs` whose type occurs in no parameter that is a part of the key: neither
in what is written nor in the fields of records with a derived `CacheKey`.

## Why it matters

The function is never called. Mostly the type was meant to be another one, such as `String` where the
parameter is a `&str`, or the parameter has since got a leading `_` and is left out of the key.

## Example

```rust
struct Connection;

#[cache_data(hash_funcs = { Connection: |_| 0 })]
//                          ^^^^^^^^^^ warn[unused-hash-func]
fn users(_conn: &Connection, limit: u32) -> Vec<String> { vec![] }
```

## Instead

```rust
struct Connection;

#[cache_data]
fn users(_conn: &Connection, limit: u32) -> Vec<String> { vec![] }
```

## Fix safety

The fix removes the entry, and needs a look: perhaps the type is what should change.

## See also

`unhashable-param`, for parameters that need such a function.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNUSED_HASH_FUNC,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let entries = &function.attribute.options.hash_funcs;
    if !function.attribute.problems.is_empty() {
        return Vec::new();
    }
    entries.iter().enumerate().filter_map(|(at, entry)| finding(cx, function, at, entry)).collect()
}

fn finding(
    cx: &Context<'_>,
    function: &CachedFunction,
    at: usize,
    entry: &HashFunc,
) -> Option<Finding> {
    let attribute = &function.attribute;
    let ty = attribute.text(&entry.ty);
    let holds = |parameter: &Parameter| -> Option<bool> {
        let written = parameter.ty.as_ref()?;
        if is_written_in(function, &ty, written) {
            return Some(true);
        }
        cx.contains(&function.scope, written, &ty)
    };
    let mut left_out = None;
    for parameter in &function.parameters {
        if !parameter.is_excluded() {
            if holds(parameter) != Some(false) {
                return None;
            }
        } else if holds(parameter) == Some(true) {
            left_out = left_out.or(Some(parameter));
        }
    }
    let message = match left_out {
        Some(parameter) => format!(
            "this function is never called: `{}`, which has a `{ty}`, is left out of the key",
            parameter.name
        ),
        None => format!("this function is never called: no parameter has a `{ty}`"),
    };
    let mut finding = function.finding(RULE.lint, attribute.shown_range(&entry.ty), message);
    finding.notes.push(Note::plain(match left_out {
        Some(parameter) if parameter.name.trim_start_matches('_').is_empty() => {
            "give the parameter a name, or remove the entry".to_owned()
        }
        Some(parameter) => format!(
            "rename it to `{}` to make it a part of the key, or remove the entry",
            parameter.name.trim_start_matches('_')
        ),
        None => "write the type as the parameter has it, or remove the entry".to_owned(),
    }));
    finding.fixes.extend(remove(function, at));
    Some(finding)
}

fn remove(function: &CachedFunction, at: usize) -> Option<Fix> {
    let attribute = &function.attribute;
    let entries = &attribute.options.hash_funcs;
    let start = |entry: &HashFunc| attribute.edit_range(&entry.ty).start();
    let end = |entry: &HashFunc| attribute.edit_range(&entry.function).end();
    let range = if let Some(next) = entries.get(at + 1) {
        TextRange::new(start(&entries[at]), start(next))
    } else if let Some(before) = at.checked_sub(1) {
        TextRange::new(end(&entries[before]), end(&entries[at]))
    } else {
        attribute.removal(OptionName::HashFuncs)?
    };
    Some(Fix {
        title: format!("Remove the function for `{}`", attribute.text(&entries[at].ty)),
        applicability: Applicability::MaybeIncorrect,
        edits: vec![TextEdit { place: function.place(range), text: String::new() }],
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_uncertain_fix};

    #[test]
    fn types_that_a_parameter_has_somewhere_are_silent() {
        check(
            "
use cachelit::{CacheKey, cache_data};
pub struct Connection { open: std::cell::RefCell<bool> }
pub type Conn = Connection;
#[derive(CacheKey)]
struct Query { conn: Option<Conn>, text: String }
struct ByHand(Connection);
impl CacheKey for ByHand { fn encode(&self, key: &mut cachelit::KeyHasher) {} }
#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn written(conn: &[Connection]) -> u32 { 1 }
#[cache_data(hash_funcs = { crate::Connection: |_| 0 })]
fn in_a_tuple(conn: (u32, Connection)) -> u32 { 1 }
#[cache_data(hash_funcs = { self::Connection: |_| 0 })]
fn in_a_field(query: &Query) -> u32 { 1 }
#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn perhaps(query: &ByHand) -> u32 { 1 }
#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn perhaps_generic<T: CacheKey>(query: T) -> u32 { 1 }
#[cache_data(hash_funcs = { elsewhere::Thing: |_| 0 })]
fn unknown(query: u32) -> u32 { 1 }
#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn unknown_parameter(query: &elsewhere::Thing) -> u32 { 1 }
impl Connection {
    #[cache_data(hash_funcs = { Self: |_| 0 })]
    fn receiver(&self) -> u32 { 1 }
}
#[cache_data(allow(unused_hash_func), hash_funcs = { String: |_| 0 })]
fn allowed(text: u32) -> u32 { 1 }
",
        );
    }

    #[test]
    fn types_that_none_has_are_reported() {
        check(
            "
use cachelit::{CacheKey, cache_data};
#[derive(Hash)]
struct Hashed(String);
#[derive(CacheKey)]
struct Query { #[cache_key(skip)] name: String, id: u32 }
#[cache_data(hash_funcs = { String: |_| 0 })]
//                          ^^^^^^ warn[unused-hash-func]: this function is never called: no parameter has a `String`
fn text(text: &str, query: Query, hashed: Hashed) -> u32 { 1 }
#[cache_data(hash_funcs = { u32: |_| 0, Vec<String>: |_| 0 })]
//                                      ^^^^^^^^^^^ warn[unused-hash-func]
fn ids(ids: Vec<u32>, _names: Vec<String>) -> u32 { 1 }
",
        );
    }

    #[test]
    fn the_entry_can_be_removed() {
        let fixes = |before: &str, after: &str| {
            let fixture = |options: &str| {
                format!(
                    "use cachelit::cache_data;\n#[cache_data{options}]\nfn f(id: u32, of: u64) -> u32 {{ 1 }}\n"
                )
            };
            check_uncertain_fix(&fixture(before), &fixture(after));
        };
        fixes("(hash_funcs = { String: |_| 0, u64: |_| 1 })", "(hash_funcs = { u64: |_| 1 })");
        fixes("(hash_funcs = { u64: |_| 1, String: |_| 0, })", "(hash_funcs = { u64: |_| 1, })");
        fixes("(ttl = 60, hash_funcs = { String: |_| 0 })", "(ttl = 60)");
    }
}
