//! CL004 `widget-without-opt-in`.

use cachelit_spec::lints;
use cachelit_spec::options::OptionName;
use cachelit_spec::widgets::WidgetKind;

use super::reach::{Reached, Search, Widgets};
use crate::finding::{Applicability, Finding, Fix, Note, TextEdit};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports an input widget in a cached function that does not have `experimental_allow_widgets = true`:
called in its body, by the workspace functions that the body calls, or by another cached function
that may use widgets. Closures count where the body certainly runs them.

## Why it matters

What the user enters decides the result, so it has to be a part of the key. Without the option the
runtime refuses the widget.

## Example

```rust
use cachelit::st;

#[cache_data]
fn chart(rows: u32) -> u32 {
    rows * st::slider("Zoom", 1..=10)
//         ^^^^^^^^^^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
}
```

## Instead

Ask outside, and hand the value in as a parameter:

```rust
#[cache_data]
fn chart(rows: u32, zoom: u32) -> u32 {
    rows * zoom
}
```

Or make the widget's value a part of the key:

```rust
use cachelit::st;

#[cache_data(experimental_allow_widgets = true)]
fn chart(rows: u32) -> u32 {
    rows * st::slider("Zoom", 1..=10)
}
```

## Fix safety

The fix adds the option. It needs a look: each value of the widget then has an entry of its own.

## See also

`unsupported-widget`, for the widgets that can't be allowed.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::WIDGET_WITHOUT_OPT_IN,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::Function(check),
};

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    if function.attribute.options.allow_widgets {
        return Vec::new();
    }
    let reached = Search::new(cx, Widgets(WidgetKind::Interactive))
        .reached_from(function.module, &function.item);
    reached.into_iter().map(|reached| finding(function, &reached)).collect()
}

fn finding(function: &CachedFunction, reached: &Reached<String>) -> Finding {
    let message = match reached.describe::<Widgets>() {
        None => {
            format!("`st::{}` in a cached function that does not allow widgets", reached.thing)
        }
        Some(way) => format!("{way}, but this cached function does not allow widgets"),
    };
    let mut finding = function.finding(RULE.lint, reached.place, message);
    finding.notes.extend(reached.notes::<Widgets>());
    finding.notes.push(Note::plain(if function.attribute.options.persist.is_some() {
        "call it outside and hand its value in as a parameter: a persisted result can't hang on a widget"
    } else {
        "call it outside and hand its value in as a parameter, or set \
         `experimental_allow_widgets = true` to make its value a part of the key"
    }));
    finding.fixes.extend(opt_in(function));
    finding
}

fn opt_in(function: &CachedFunction) -> Option<Fix> {
    let is_persisted = function.attribute.options.persist.is_some();
    if is_persisted || function.attribute.option_value(OptionName::AllowWidgets).is_some() {
        return None;
    }
    let (range, text) = function.attribute.addition("experimental_allow_widgets = true");
    Some(Fix {
        title: "Allow widgets in this cached function".to_owned(),
        applicability: Applicability::MaybeIncorrect,
        edits: vec![TextEdit { place: function.place(range), text }],
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_no_fix, check_uncertain_fix};

    #[test]
    fn a_cached_callee_with_allowed_widgets_needs_the_permission_too() {
        check(
            r#"
use cachelit::{cache_data, st};
#[cache_data(allow_widgets = true)]
fn zoom() -> u32 { st::slider("Zoom", 1..=10) }
#[cache_data]
fn chart() -> u32 { zoom() }
//                  ^^^^^^ deny[widget-without-opt-in]: `demo::zoom` calls `st::slider`, but this cached function does not allow widgets
#[cache_data(experimental_allow_widgets = true)]
fn allowed() -> u32 { zoom() }
"#,
        );
    }

    #[test]
    fn closures_count_where_they_certainly_run() {
        check(
            r#"
use cachelit::{cache_data, st};
struct Route<F>(F);
struct Start;
impl Start { fn and_then<F: Fn() -> bool>(self, f: F) -> Route<F> { Route(f) } }
#[cache_data]
fn builder(id: u32) -> u32 { let _route = Start.and_then(|| st::checkbox("later")); id }
#[cache_data]
fn never_awaited(id: u32) -> u32 {
    let f = || st::checkbox("later");
    let _task = async move { f() };
    id
}
#[cache_data]
fn left_out(id: u32) -> u32 {
    let f = || st::checkbox("later");
    #[cfg(feature = "off")]
    f();
    id
}
#[cache_data]
fn never_asked(ids: Vec<u32>) -> u32 { let _later = ids.iter().map(|_| st::checkbox("a")).rev(); 1 }
#[cache_data]
fn asked(ids: Vec<u32>, name: Option<&str>) -> bool {
    let all: Vec<bool> = ids.iter().map(|_| st::checkbox("a")).rev().collect();
//                                          ^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
    for _ in "a b".split(' ').filter(|_| st::checkbox("b")) {}
//                                       ^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
    (all.len() > 1).then(|| st::checkbox("c"));
//                          ^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
    name.map(|_| st::checkbox("d")).unwrap_or_default()
//               ^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
}
"#,
        );
    }

    #[test]
    fn a_macro_of_that_name_may_be_another() {
        check(
            r#"
use cachelit::{cache_data, st};
mod own {
    use super::*;
    macro_rules! debug_assert { ($($t:tt)*) => {} }
    #[cache_data]
    fn dropped(id: u32) -> u32 { debug_assert!(st::checkbox("gone")); id }
}
#[cache_data]
fn asserted(id: u32) -> u32 { debug_assert!(st::checkbox("asked")); id }
//                                          ^^^^^^^^^^^^^^^^^^^^^ deny[widget-without-opt-in]
"#,
        );
    }

    #[test]
    fn the_option_is_added_behind_the_others() {
        let fixture = |attribute: &str| {
            format!(
                "use cachelit::{{cache_data, st}};\n#[{attribute}]\nfn f() -> bool {{ st::checkbox(\"a\") }}\n"
            )
        };
        for (before, after) in [
            ("cache_data", "cache_data(experimental_allow_widgets = true)"),
            ("cache_data()", "cache_data(experimental_allow_widgets = true)"),
            ("cache_data(ttl = 1)", "cache_data(ttl = 1, experimental_allow_widgets = true)"),
            ("cache_data(ttl = 1,)", "cache_data(ttl = 1, experimental_allow_widgets = true)"),
        ] {
            check_uncertain_fix(&fixture(before), &fixture(after));
        }
        check_no_fix(&fixture("cache_data(experimental_allow_widgets = false)"));
        check_no_fix(&fixture("cache_data(scope = \"global\", persist = \"disk\", ttl = 1)"));
    }
}
