//! CL003 `unsupported-widget`.

use cachelit_spec::lints;
use cachelit_spec::widgets::WidgetKind;

use super::reach::{Search, Widgets};
use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports `st::file_uploader`, `st::camera_input`, `st::audio_input` and `st::session_state` in a cached
function: called in its body, or by the workspace functions that the body calls.

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
fn rows_of(content: &[u8]) -> usize { content.len() }
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
    let mut search = Search::new(cx, Widgets(WidgetKind::Unsupported));
    let reached = search.reached_from(function.module, &function.item);
    let findings = reached.into_iter().map(|reached| {
        let message = match reached.describe::<Widgets>() {
            None => format!("`st::{}` can't be used in a cached function", reached.thing),
            Some(way) => format!("{way}, which can't be used in a cached function"),
        };
        let mut finding = function.finding(RULE.lint, reached.place, message);
        finding.notes.extend(reached.notes::<Widgets>());
        finding.notes.push(Note::plain(
            "call it outside, and hand what it gives to the cached function as a parameter",
        ));
        finding
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, render};

    #[test]
    fn renamed_imports_are_followed_and_namesakes_are_not() {
        check(
            r#"
use cachelit::{cache_data, st as ui, st::camera_input as photo};
mod st { pub fn file_uploader(_label: &str) {} }
#[cache_data]
fn load() -> u32 {
    ui::file_uploader("a");
//  ^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]: `st::file_uploader` can't be used in a cached function
    photo("b");
//  ^^^^^^^^^^ deny[unsupported-widget]: `st::camera_input` can't be used in a cached function
    st::file_uploader("mine");
    file_uploader("mine");
    ui::text("shown");
    1
}
fn file_uploader(_label: &str) {}
fn not_cached() { ui::file_uploader("a"); }
"#,
        );
    }

    #[test]
    fn arguments_of_known_macros_are_calls_like_others() {
        check(
            r#"
use cachelit::{cache_data, st};
#[cache_data]
fn load() -> String {
    println!("{:?}", x = st::file_uploader("a"));
//                       ^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
    let unknown = unknown!(st::file_uploader("a"));
    vec![1, g(st::file_uploader("a")) == 2]
//            ^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
}
"#,
        );
    }

    #[test]
    fn calls_are_followed_through_functions_methods_and_recursion() {
        check(
            r#"
use cachelit::{cache_data, st};
struct Form { title: String }
impl Form {
    fn new() -> Self { Form { title: String::new() } }
    fn itself(&self) -> &Self { self }
    fn ask(&self) { self.show() }
    fn show(&self) { st::file_uploader(&self.title); }
}
fn make() -> Form { Form::new() }
fn ask() { ask_again() }
fn ask_again() { if true { ask() } st::camera_input("a"); }

#[cache_data]
fn by_path() -> u32 {
    ask();
//  ^^^^^ deny[unsupported-widget]: `demo::ask` reaches `st::camera_input`, which can't be used in a cached function
    Form::show(&f);
//  ^^^^^^^^^^^^^^ deny[unsupported-widget]: `demo::Form::show` calls `st::file_uploader`, which can't be used in a cached function
    1
}
#[cache_data]
fn by_receiver(_form: &Form) -> u32 {
    _form.ask();
//  ^^^^^^^^^^^ deny[unsupported-widget]
    let made = Form::new();
    made.ask();
//  ^^^^^^^^^^ deny[unsupported-widget]
    let written: Form = other();
    written.ask();
//  ^^^^^^^^^^^^^ deny[unsupported-widget]
    unknown().ask();
    make().itself().ask();
//  ^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
    1
}
"#,
        );
    }

    #[test]
    fn only_what_runs_in_the_body_counts() {
        check(
            r#"
use cachelit::{cache_data, st};
#[cache_data]
fn load() -> u32 {
    fn inner() { st::file_uploader("never called"); }
    register(|| st::file_uploader("later"));
    let later = || st::file_uploader("later");
    let task = async { st::file_uploader("never awaited") };
    let now = || st::file_uploader("now");
//               ^^^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
    now();
    [1].iter().for_each(|_| { st::file_uploader("each"); });
//                            ^^^^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
    #[cfg(feature = "off")]
    st::file_uploader("left out");
    1
}
"#,
        );
    }

    #[test]
    fn async_functions_run_where_they_are_awaited() {
        check(
            r#"
use cachelit::{cache_data, st};
async fn ask() { st::file_uploader("a"); }
#[cache_data]
async fn load() -> u32 {
    spawn(ask());
    ask().await;
//  ^^^^^ deny[unsupported-widget]
    async { st::camera_input("b") }.await;
//          ^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
    1
}
"#,
        );
    }

    #[test]
    fn a_cached_function_that_is_called_has_its_own_finding() {
        check(
            r#"
use cachelit::{cache_data, st};
#[cache_data]
fn outer() -> u32 { inner() }
#[cache_data]
fn inner() -> u32 { st::file_uploader("a"); 1 }
//                  ^^^^^^^^^^^^^^^^^^^^^^ deny[unsupported-widget]
"#,
        );
    }

    #[test]
    fn the_way_to_the_widget_is_told() {
        insta::assert_snapshot!(render(r#"
use cachelit::{cache_data, st};
fn ask() { ask_again() }
fn ask_again() { st::camera_input("a"); }
#[cache_data]
fn load() -> u32 { ask(); 1 }
"#), @r#"
    /src/lib.rs:5 deny[unsupported-widget]: `demo::ask` reaches `st::camera_input`, which can't be used in a cached function
      note: `demo::ask` calls `demo::ask_again` here [ask_again()]
      note: `demo::ask_again` calls `st::camera_input` here [st::camera_input("a")]
      note: call it outside, and hand what it gives to the cached function as a parameter
    "#);
    }
}
