//! What changed between two lists of keys.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use similar::TextDiff;

use super::record::{Key, Listed, names};

/// A function whose entries are lost, or that is new.
pub(super) struct Change {
    before: Option<Listed>,
    after: Option<Listed>,
}

#[derive(Serialize)]
pub(super) struct WireChange<'a> {
    reason: &'static str,
    change: &'static str,
    function: &'a str,
    package: &'a str,
    before: Option<&'a Key>,
    after: Option<&'a Key>,
    /// The edit of the function itself, where both sources are at hand.
    diff: Option<String>,
}

/// Pairs functions by package and path. A move to another file or line changes no key.
pub(super) fn changes(before: Vec<Listed>, after: Vec<Listed>) -> Vec<Change> {
    let mut pairs: BTreeMap<(String, String), (Option<Listed>, Option<Listed>)> = BTreeMap::new();
    let name = |listed: &Listed| (listed.key.package.clone(), listed.key.function.clone());
    for listed in before {
        let name = name(&listed);
        pairs.entry(name).or_default().0 = Some(listed);
    }
    for listed in after {
        let name = name(&listed);
        pairs.entry(name).or_default().1 = Some(listed);
    }
    pairs
        .into_values()
        .filter(|(before, after)| match (before, after) {
            (Some(before), Some(after)) => identity(&before.key) != identity(&after.key),
            _ => true,
        })
        .map(|(before, after)| Change { before, after })
        .collect()
}

/// What of a key decides which entries are found.
fn identity(key: &Key) -> impl PartialEq + use<'_> {
    (&key.kind, &key.code_hash, &key.hashed, &key.scope, &key.persist)
}

impl Change {
    /// As a JSON line.
    pub(super) fn wire(&self) -> WireChange<'_> {
        let key = self.key();
        WireChange {
            reason: "key-change",
            change: self.word(),
            function: &key.function,
            package: &key.package,
            before: self.before.as_ref().map(|listed| &listed.key),
            after: self.after.as_ref().map(|listed| &listed.key),
            diff: self.diff(),
        }
    }

    /// For people.
    pub(super) fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let key = self.key();
        writeln!(out, "{} {} ({}:{})", self.word(), key.function, key.file, key.line)?;
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Ok(()) };
        let (before, after) = (&before.key, &after.key);
        let rows = [
            ("kind", before.kind.clone(), after.kind.clone()),
            ("in the key", names(&before.hashed), names(&after.hashed)),
            ("code hash", before.code_hash.clone(), after.code_hash.clone()),
            ("scope", before.home(), after.home()),
        ];
        for (what, before, after) in rows.iter().filter(|(_, before, after)| before != after) {
            writeln!(out, "    {what}: {before} → {after}")?;
        }
        for line in self.diff().unwrap_or_default().lines() {
            writeln!(out, "    {line}")?;
        }
        Ok(())
    }

    fn key(&self) -> &Key {
        let listed = self.after.as_ref().or(self.before.as_ref());
        &listed.expect("a change has a side").key
    }

    fn word(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }

    fn diff(&self) -> Option<String> {
        let before = self.before.as_ref()?.source.as_deref()?;
        let after = self.after.as_ref()?.source.as_deref()?;
        if before == after {
            return None;
        }
        let mut diff = TextDiff::from_lines(before, after).unified_diff().to_string();
        // The end of a function is no end of a file.
        diff = diff.replace("\\ No newline at end of file\n", "");
        Some(diff)
    }
}
