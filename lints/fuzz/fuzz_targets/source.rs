//! Real source that the fuzzer has changed, or source of its own: every lint runs over it, and every type that it
//! declares is asked about.
//!
//! | byte | what |
//! |---|---|
//! | 0 | which source is changed; past the last: the rest is text |
//! | 1 | which source pieces are taken from |
//! | … | the changes, as `cachelit_lints::testing::mangle` takes them |

#![no_main]

use cachelit_lints::TextSize;
use cachelit_lints::rules::RULES;
use cachelit_lints::settings::Settings;
use cachelit_lints::testing::{Fixture, mangle};
use libfuzzer_sys::fuzz_target;

/// Types that are hard to judge, mistakes, and what a user may write around them.
const SOURCES: [&str; 24] = [
    include_str!("../../../tests/differential/local/src/attributes.rs"),
    include_str!("../../../tests/differential/local/src/bounds.rs"),
    include_str!("../../../tests/differential/local/src/constants.rs"),
    include_str!("../../../tests/differential/local/src/cycles.rs"),
    include_str!("../../../tests/differential/local/src/derives.rs"),
    include_str!("../../../tests/differential/local/src/lifetimes.rs"),
    include_str!("../../../tests/differential/local/src/macros.rs"),
    include_str!("../../../tests/differential/local/src/names.rs"),
    include_str!("../../../tests/differential/local/src/objects.rs"),
    include_str!("../../../tests/differential/local/src/options.rs"),
    include_str!("../../../tests/differential/local/src/projections.rs"),
    include_str!("../../../tests/differential/local/src/serdes.rs"),
    include_str!("../../../tests/differential/local/src/shapes.rs"),
    include_str!("../../../tests/mistakes/src/invalid_option.rs"),
    include_str!("../../../tests/mistakes/src/non_sync_resource.rs"),
    include_str!("../../../tests/mistakes/src/recursive_key.rs"),
    include_str!("../../../tests/mistakes/src/unhashable_param.rs"),
    include_str!("../../../tests/mistakes/src/unkeyable_signature.rs"),
    include_str!("../../../tests/mistakes/src/unserializable_data.rs"),
    include_str!("../../../tests/mistakes/src/unsupported_widget.rs"),
    include_str!("../../../tests/mistakes/src/unused_allow.rs"),
    include_str!("../../../tests/demo/guide/src/data.rs"),
    include_str!("../../../tests/demo/guide/src/key.rs"),
    include_str!("../../../tests/demo/guide/src/sharing.rs"),
];

fuzz_target!(|input: &[u8]| {
    let [of, other, changes @ ..] = input else { return };
    let other = SOURCES[usize::from(*other) % SOURCES.len()];
    let text = match SOURCES.get(usize::from(*of)) {
        Some(source) => mangle(source, other, changes),
        None => String::from_utf8_lossy(changes).into_owned(),
    };
    // A line of the text must not begin another file of the fixture.
    let [text, other] = [&text, other].map(|text| text.replace("//- ", "// - "));
    let fixture = Fixture::new(&format!(
        "//- /src/lib.rs\npub mod a;\npub mod b;\npub use a::*;\n//- /src/a.rs\n{text}\n//- /src/b.rs\n{other}"
    ));
    let analysis = fixture.analysis(Settings::default());
    for path in fixture.paths() {
        let length = fixture.text(path).len();
        for finding in analysis.check_file(path) {
            assert!(RULES.iter().any(|rule| rule.lint == finding.lint));
            let edits = finding.fixes.iter().flat_map(|fix| &fix.edits);
            for place in edits.map(|edit| &edit.place).chain([&finding.place]) {
                let whole = fixture.text(&place.file);
                assert!(whole.get(std::ops::Range::from(place.range)).is_some());
            }
        }
        analysis.function_keys(path);
        let middle = TextSize::try_from(length / 2).expect("the text is small");
        analysis.hover(path, middle);
    }
    let demo = fixture.package("demo");
    for (_, name) in declared(&text).take(12) {
        for ty in
            [format!("a::{name}"), format!("a::{name}<u8>"), format!("Vec<a::{name}<&str, 3>>")]
        {
            // Any answer will do.
            let _ = analysis.type_report(demo, "", &ty);
        }
    }
});

/// The names that follow a keyword of types, wherever.
fn declared(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let words =
        text.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|it| !it.is_empty());
    words.clone().zip(words.skip(1)).filter(|(word, _)| matches!(*word, "struct" | "enum" | "type"))
}
