//! CL006 `invalid-option`.

use cachelit_spec::lints;
use cachelit_spec::options::Problem;

use crate::finding::{Applicability, Finding, Fix, Note, TextEdit};
use crate::model::{CacheAttribute, CachedFunction, Context, cache_attributes};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r"
## What it does

Reports options of `#[cache_data]` and `#[cache_resource]` that are unknown, repeated,
contradictory or malformed.

## Why it matters

The macros refuse such an attribute, so the crate does not compile. The linter says so as you type.

## Example

```rust
#[cache_data(max_entrys = 100)]
//           ^^^^^^^^^^ deny[invalid-option]
fn load(id: u32) -> String { id.to_string() }
```

## Instead

```rust
#[cache_data(max_entries = 100)]
fn load(id: u32) -> String { id.to_string() }
```

## Fix safety

A fix is offered where only one replacement makes sense: a misspelt name, for example.

## See also

The table of options in the documentation of `cachelit`.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::INVALID_OPTION,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let attribute = &function.attribute;
    let problems = attribute.problems.iter().map(|problem| finding(function, attribute, problem));
    let attributes = cache_attributes(cx, function.module, &function.item);
    let repeated = attributes.iter().skip(1).map(|second| {
        let name = second.kind.attribute();
        let message = format!("a second `{name}` on one function: keep one of them");
        function.finding(RULE.lint, second.range, message)
    });
    problems.chain(repeated).collect()
}

fn finding(function: &CachedFunction, attribute: &CacheAttribute, problem: &Problem) -> Finding {
    let range = attribute.shown_range(&problem.range);
    let mut finding = function.finding(RULE.lint, range, problem.message.clone());
    finding.notes.extend(problem.help.clone().map(Note::plain));
    if let Some((tokens, text)) = &problem.replacement {
        let range = attribute.edit_range(tokens);
        let title = match (range.is_empty(), text.is_empty()) {
            (true, _) => format!("Insert `{}`", text.trim()),
            (false, true) => format!("Remove `{}`", attribute.text(tokens)),
            (false, false) => format!("Replace by `{text}`"),
        };
        finding.fixes.push(Fix {
            title,
            applicability: Applicability::MachineApplicable,
            edits: vec![TextEdit { place: function.place(range), text: text.clone() }],
        });
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_fix, check_no_fix};

    #[test]
    fn each_mistake_is_reported_where_it_stands() {
        check(
            r#"
use cachelit::{cache_data, cache_resource};
#[cache_data(max_entries = 0, ttl = "soon", colour = 1)]
//                         ^ deny[invalid-option]
//                                  ^^^^^^ deny[invalid-option]
//                                          ^^^^^^ deny[invalid-option]: unknown option `colour`
fn load() -> u32 { 1 }

#[cache_resource(persist = "disk")]
//               ^^^^^^^ deny[invalid-option]: `persist` is only on `cache_data`
fn open() -> u32 { 1 }
"#,
        );
    }

    #[test]
    fn renamed_and_conditional_attributes_are_read() {
        check(
            r#"
//- /src/lib.rs features:fast
use cachelit::{cache_data as memo, cache_resource};
#[cfg_attr(feature = "fast", memo(colour = 1))]
//                                ^^^^^^ deny[invalid-option]: unknown option `colour`
fn load() -> u32 { 1 }

#[cfg_attr(feature = "slow", memo(colour = 1))]
fn slow() -> u32 { 1 }

#[cfg(feature = "slow")]
#[memo(colour = 1)]
fn left_out() -> u32 { 1 }

#[cachelit::cache_data(colour = 1)]
//                     ^^^^^^ deny[invalid-option]: unknown option `colour`
fn qualified() -> u32 { 1 }
"#,
        );
    }

    #[test]
    fn an_attribute_of_the_same_name_from_elsewhere_is_not_read() {
        check("use other::cache_data;\n#[cache_data(colour = 1)]\nfn load() -> u32 { 1 }\n");
    }

    #[test]
    fn a_second_attribute_is_reported() {
        check(
            "
use cachelit::{cache_data, cache_resource};
#[cache_data]
#[cache_resource]
//^^^^^^^^^^^^^^ deny[invalid-option]: a second `cache_resource` on one function: keep one of them
fn load() -> u32 { 1 }
",
        );
    }

    #[test]
    fn half_typed_attributes_do_not_hide_the_rest_of_the_file() {
        check(
            "
use cachelit::cache_data;
#[cache_data(colour = 1)]
//           ^^^^^^ deny[invalid-option]: unknown option `colour`
fn load() -> u32 { 1 }

#[cache_data(
",
        );
    }

    #[test]
    fn a_misspelt_name_is_replaced() {
        check_fix(
            "use cachelit::cache_data;\n#[cache_data(max_entrys = 5)]\nfn load() -> u32 { 1 }\n",
            "use cachelit::cache_data;\n#[cache_data(max_entries = 5)]\nfn load() -> u32 { 1 }\n",
        );
    }

    #[test]
    fn an_unlikely_name_has_no_fix() {
        check_no_fix(
            "use cachelit::cache_data;\n#[cache_data(colour = 5)]\nfn load() -> u32 { 1 }\n",
        );
    }
}
