//! A key as it is printed, written to files and read back.

use std::io::Write;

use cachelit_lints::keys::FunctionKey;
use cachelit_lints::project::Project;
use cachelit_lints::spec::options::{Persist, Scope};
use cachelit_workspace::{Selection, Snapshot, UnknownPackage};
use serde::{Deserialize, Serialize};

use crate::place::Places;

/// A cached function and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) function: String,
    pub(super) package: String,
    pub(super) kind: String,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) code_hash: String,
    pub(super) hashed: Vec<String>,
    pub(super) excluded: Vec<String>,
    pub(super) scope: String,
    pub(super) persist: Option<String>,
    pub(super) reaches: Vec<Reached>,
}

/// A workspace function that the body calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reached {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) tracked: bool,
}

/// A key, and the function's source where it is at hand.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) key: Key,
    pub(super) source: Option<String>,
}

/// The keys of some members.
pub(super) fn list(
    snapshot: &Snapshot,
    selection: &Selection,
) -> Result<Vec<Listed>, UnknownPackage> {
    let mut places = Places::new(snapshot);
    let keys = snapshot.keys(selection)?;
    Ok(keys
        .iter()
        .map(|key| {
            let text = &places.lines(&key.item.file).text;
            let range = usize::from(key.item.range.start())..usize::from(key.item.range.end());
            let source = text.get(range).map(str::to_owned);
            Listed { key: record(key, snapshot.project(), &mut places), source }
        })
        .collect())
}

fn record(key: &FunctionKey, project: &Project, places: &mut Places<'_>) -> Key {
    let place = places.place(&key.name);
    let reaches = key.reaches.iter().map(|reached| {
        let place = places.place(&reached.place);
        Reached {
            name: reached.name.clone(),
            file: place.file,
            line: place.start.line,
            tracked: reached.tracked,
        }
    });
    Key {
        function: key.function.clone(),
        package: project.package(key.package).name.clone(),
        kind: key.kind.as_str().to_owned(),
        code_hash: key.code_hash.to_string(),
        hashed: key.hashed.clone(),
        excluded: key.excluded.clone(),
        scope: match key.scope {
            Scope::Session => "session".to_owned(),
            Scope::Global => "global".to_owned(),
        },
        persist: key.persist.map(|persist| match persist {
            Persist::Disk => "disk".to_owned(),
            Persist::Shared => "shared".to_owned(),
        }),
        reaches: reaches.collect(),
        file: place.file,
        line: place.start.line,
    }
}

impl Key {
    /// Prints it for people.
    pub(super) fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "{} ({}, {}:{})", self.function, self.kind, self.file, self.line)?;
        writeln!(out, "    in the key: {}", names(&self.hashed))?;
        if !self.excluded.is_empty() {
            writeln!(out, "    left out:   {}", names(&self.excluded))?;
        }
        writeln!(out, "    code hash:  {}", self.code_hash)?;
        writeln!(out, "    scope:      {}", self.home())?;
        for Reached { name, file, line, tracked } in &self.reaches {
            let tracked = if *tracked { "in the code hash" } else { "not in the code hash" };
            writeln!(out, "    calls:      {name} ({file}:{line}; {tracked})")?;
        }
        Ok(())
    }

    /// Who shares the entries, and where else they live.
    pub(super) fn home(&self) -> String {
        match &self.persist {
            Some(persist) => format!("{}, persisted: {persist}", self.scope),
            None => self.scope.clone(),
        }
    }
}

/// Parameters in a sentence.
pub(super) fn names(names: &[String]) -> String {
    if names.is_empty() { "no parameter".to_owned() } else { names.join(", ") }
}
