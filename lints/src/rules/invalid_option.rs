//! CL006 `invalid-option`.

use cachelit_spec::lints;
use cachelit_spec::options::Problem;

use crate::finding::{Applicability, Finding, Fix, Note, TextEdit};
use crate::model::{CacheAttribute, CachedFunction, Context};
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

fn check(_cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let attribute = &function.attribute;
    attribute.problems.iter().map(|problem| finding(function, attribute, problem)).collect()
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
