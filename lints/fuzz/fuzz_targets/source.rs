//! Real source that the fuzzer has changed, or source of its own: every lint runs over it, and every type that it
//! declares is asked about.
//!
//! | byte | what |
//! |---|---|
//! | 0 | which source is changed; past the last: the rest is text |
//! | 1 | which part of it, from an item on |
//! | 2 | which source pieces are taken from |
//! | … | the changes, as `cachelit_lints::testing::mangle` takes them |

#![no_main]

use std::path::Path;
use std::sync::{Arc, LazyLock};

use cachelit_lints::TextSize;
use cachelit_lints::resolve::Summaries;
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

/// How long a part is at least. The rest of the source stands beside it unchanged, and is summarized once.
const PART: usize = 1_200;

/// Most failures need few changes; many make it slow.
const MAX_CHANGES: usize = 30;

static SUMMARIES: LazyLock<Arc<Summaries>> = LazyLock::new(Arc::default);

fuzz_target!(|input: &[u8]| {
    let [of, part, other, changes @ ..] = input else { return };
    let [whole, other] = [of, other].map(|at| SOURCES[usize::from(*at) % SOURCES.len()]);
    let text = match SOURCES.get(usize::from(*of)) {
        Some(source) => {
            let changes = &changes[..changes.len().min(5 * MAX_CHANGES)];
            mangle(part_of(source, usize::from(*part)), other, changes)
        }
        None => String::from_utf8_lossy(changes).into_owned(),
    };
    // A line of the text must not begin another file of the fixture.
    let [text, whole] = [&text, whole].map(|text| text.replace("//- ", "// - "));
    let fixture = Fixture::new(&format!(
        "//- /src/lib.rs\npub mod a;\npub mod b;\npub use a::*;\n\
         //- /src/a.rs\nuse crate::b::*;\n{text}\n//- /src/b.rs\n{whole}"
    ));
    let analysis = fixture.analysis_with(Settings::default(), Arc::clone(&SUMMARIES));
    let path = Path::new("/src/a.rs");
    for finding in analysis.check_file(path) {
        assert!(RULES.iter().any(|rule| rule.lint == finding.lint));
        let edits = finding.fixes.iter().flat_map(|fix| &fix.edits);
        for place in edits.map(|edit| &edit.place).chain([&finding.place]) {
            let whole = fixture.text(&place.file);
            assert!(whole.get(std::ops::Range::from(place.range)).is_some());
        }
    }
    analysis.function_keys(path);
    let middle = TextSize::try_from(fixture.text(path).len() / 2).expect("the text is small");
    analysis.hover(path, middle);
    let demo = fixture.package("demo");
    for (_, name) in declared(&text).take(6) {
        for ty in
            [format!("a::{name}"), format!("a::{name}<u8>"), format!("Vec<a::{name}<&str, 3>>")]
        {
            // Any answer will do.
            let _ = analysis.type_report(demo, "", &ty);
        }
    }
});

/// The items of a source from one on, which stand apart by empty lines.
fn part_of(source: &'static str, first: usize) -> &'static str {
    let begins: Vec<usize> = source.match_indices("\n\n").map(|(at, _)| at).collect();
    let from = begins.get(first % (begins.len() + 1)).copied().unwrap_or_default();
    let to = begins.into_iter().find(|to| *to >= from + PART).unwrap_or(source.len());
    &source[from..to]
}

/// The names that follow a keyword of types, wherever.
fn declared(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let words =
        text.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|it| !it.is_empty());
    words.clone().zip(words.skip(1)).filter(|(word, _)| matches!(*word, "struct" | "enum" | "type"))
}
