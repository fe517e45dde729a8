//! A SARIF 2.1.0 log, for code scanning.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use cachelit_lints::Finding;
use cachelit_lints::source::FileRange;
use cachelit_lints::spec::lints::{LINTS, Level};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::place::{Place, Places};
use crate::report::{Count, Reporter, Summary};

/// Results so far: a log is one JSON document.
#[derive(Default)]
pub(super) struct Sarif {
    results: Vec<Value>,
    /// How many results have a fingerprint.
    fingerprints: HashMap<String, usize>,
}

impl Reporter for Sarif {
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        _: &mut dyn Write,
    ) -> io::Result<()> {
        let related: Vec<Value> = finding
            .notes
            .iter()
            .filter_map(|note| {
                let mut location = location(&places.place(note.place.as_ref()?));
                location["message"] = json!({ "text": note.message });
                Some(location)
            })
            .collect();
        let mut text = finding.message.clone();
        for note in finding.notes.iter().filter(|note| note.place.is_none()) {
            text.push('\n');
            text.push_str(&note.message);
        }
        let mut result = json!({
            "ruleId": finding.lint.code,
            "ruleIndex": LINTS.iter().position(|lint| *lint == finding.lint),
            "level": level(finding.level),
            "message": { "text": text },
            "locations": [location(&places.place(&finding.place))],
            "partialFingerprints": { "cachelit/v1": self.fingerprint(finding) },
        });
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        let fixes: Vec<Value> = finding.fixes.iter().map(|fix| json!({
            "description": { "text": fix.title },
            "artifactChanges": fix.edits.iter().map(|edit| change(&edit.place, &edit.text, places)).collect::<Vec<_>>(),
        })).collect();
        if !fixes.is_empty() {
            result["fixes"] = fixes.into();
        }
        self.results.push(result);
        Ok(())
    }

    fn statistics(&mut self, _: &[Count], _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn summary(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let rules: Vec<Value> = LINTS
            .iter()
            .map(|lint| json!({
                "id": lint.code,
                "name": lint.name,
                "shortDescription": { "text": lint.name },
                "defaultConfiguration": { "enabled": lint.level != Level::Allow, "level": level(lint.level) },
            }))
            .collect();
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "cargo-cache-lint",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                // Ours count Unicode scalars.
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": { "ROOT": { "description": { "text": "the workspace's root" } } },
                "results": std::mem::take(&mut self.results),
            }],
        });
        serde_json::to_writer_pretty(&mut *out, &log)?;
        writeln!(out)
    }
}

impl Sarif {
    /// Stays the same when the finding moves within its file; of several alike in a function, each has its own.
    fn fingerprint(&mut self, finding: &Finding) -> String {
        let parameter = finding.parameter.as_deref().unwrap_or_default();
        let fingerprint = format!("{}:{}:{parameter}", finding.lint.code, finding.function);
        let before = self.fingerprints.entry(fingerprint.clone()).or_default();
        *before += 1;
        if *before == 1 { fingerprint } else { format!("{fingerprint}:{before}") }
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        // A rule's default; no result has this level.
        Level::Allow => "none",
    }
}

fn location(place: &Place) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(&place.file),
        "region": region(place),
    }})
}

fn change(place: &FileRange, text: &str, places: &mut Places<'_>) -> Value {
    let place = places.place(place);
    json!({
        "artifactLocation": artifact(&place.file),
        "replacements": [{ "deletedRegion": region(&place), "insertedContent": { "text": text } }],
    })
}

/// A file of the workspace is named relative to its root.
fn artifact(file: &str) -> Value {
    if Path::new(file).is_absolute() {
        return json!({ "uri": format!("file://{}", uri(file)) });
    }
    json!({ "uri": uri(file), "uriBaseId": "ROOT" })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// What a path in a URI can't hold; `/` stays.
const NOT_IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn uri(file: &str) -> String {
    utf8_percent_encode(file, NOT_IN_A_PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn what_a_uri_can_not_hold_is_encoded() {
        assert_eq!(uri("src/größe x.rs"), "src/gr%C3%B6%C3%9Fe%20x.rs");
    }
}
