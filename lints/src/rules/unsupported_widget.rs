//! CL003 `unsupported-widget`.

use cachelit_spec::lints;
use cachelit_spec::widgets::{WidgetKind, widget};

use super::widget_search::WidgetSearch;
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports `st::file_uploader`, `st::camera_input` and `st::audio_input` in a cached function: called
in its body, or by the workspace functions that the body calls.

## Why it matters

On a hit the body does not run, so the widget would not be shown, and what the user hands in can't
become a part of the key. The runtime refuses these widgets in a cached function, whatever
`experimental_allow_widgets` says.

## Example

```rust
use cachelit::st;

#[cache_data]
fn rows() -> usize {
    st::file_uploader("CSV").map_or(0, |file| file.len())
//  ^^^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
}
```

## Instead

Ask outside, and hand the content in as a parameter: then it is a part of the key.

```rust
#[cache_data]
fn rows(content: &[u8]) -> usize { content.len() }
```

## Fix safety

There is no automatic fix.

## See also

`widget-without-opt-in`, for the widgets that can be allowed.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNSUPPORTED_WIDGET,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let is_unsupported = |name: &str| widget(name) == Some(WidgetKind::Unsupported);
    let mut search = WidgetSearch::new(cx, &is_unsupported);
    let reached = search.reached_from(function.module, &function.item);
    let findings = reached.into_iter().map(|reached| {
        let message = match reached.through.first() {
            None => format!("`st::{}` can't be used in a cached function", reached.widget),
            Some(step) => format!(
                "`{}` calls `st::{}`, which can't be used in a cached function",
                step.callee, reached.widget
            ),
        };
        let mut finding = function.finding(RULE.lint, reached.call, message);
        finding.notes.extend(reached.notes());
        finding.notes.push(Note::plain(
            "call it outside, and hand what it gives to the cached function as a parameter",
        ));
        finding
    });
    findings.collect()
}
