//! CL013 `untracked-code`.

use cachelit_spec::lints;
use cachelit_spec::options::CodeCoverage;
use ra_ap_syntax::ast::HasName;

use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context, calls_of};
use crate::resolve::Resolution;
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports calls of workspace functions in a persisted cached function whose code hash covers only
itself.

## Why it matters

The key holds the hash of the function's own code. When a function that it calls changes, entries
that the old code made are still found, also by the next version of the program.

## Example

```rust
fn clean(text: &str) -> String { text.trim().to_owned() }

#[cache_data(scope = "global", persist = "disk", max_entries = 10)]
fn load(path: &str) -> String { clean(path) }
//                              ^^^^^^^^^^^ warn[untracked-code]
```

## Instead

```rust
#[cache_data(scope = "global", persist = "disk", max_entries = 10)]
fn load(path: &str) -> String { path.trim().to_owned() }
```

Or keep the call, remove the old entries whenever the other function changes in what it returns (`load::clear()`, or
another edit of `load` itself), and say so: `allow(untracked-code)`.

## Fix safety

There is no automatic fix.

## See also

The hover on a cached function, which lists what it calls.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNTRACKED_CODE,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

/// One finding per function that is called: at the first call.
fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let options = &function.attribute.options;
    if options.persist.is_none() || options.code == CodeCoverage::Deep {
        return Vec::new();
    }
    let mut seen = Vec::new();
    let mut findings = Vec::new();
    for call in calls_of(cx, function.module, &function.item) {
        let Resolution::Function(callee) = call.target else { continue };
        let is_member = cx.project.package(callee.package).is_member;
        let is_itself = callee.item == function.item_place();
        if !is_member || is_itself || seen.contains(&callee.item) {
            continue;
        }
        seen.push(callee.item.clone());
        let message = format!(
            "`{}` is called by a persisted function, but its code is not in the key",
            callee.path
        );
        let mut finding = function.finding(RULE.lint, call.range, message);
        let name = cx.function(&callee).and_then(|(_, item)| item.name());
        finding.notes.extend(name.map(|name| Note {
            message: "an edit here leaves old entries in use".to_owned(),
            place: Some(crate::source::FileRange {
                file: callee.item.file.clone(),
                range: ra_ap_syntax::ast::AstNode::syntax(&name).text_range(),
            }),
        }));
        finding.notes.push(Note::plain(format!(
            "move the code into `{name}`; or clear its cache after such an edit, and set `allow(untracked-code)`",
            name = function.name.text()
        )));
        findings.push(finding);
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn each_callee_is_reported_once_and_only_in_persisted_functions() {
        check(
            r#"
use cachelit::cache_data;
fn clean(x: u8) -> u8 { x }
#[cache_data(scope = "global", persist = "disk", ttl = 1)]
fn persisted(x: u8) -> u8 { if x == 0 { persisted(1) } else { clean(x) + clean(x) } }
//                                                            ^^^^^^^^ warn[untracked-code]: `demo::clean` is called by a persisted function, but its code is not in the key
#[cache_data]
fn in_memory(x: u8) -> u8 { clean(x) }
"#,
        );
    }
}
