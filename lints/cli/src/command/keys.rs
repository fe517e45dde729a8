//! `cargo cache-lint keys`.

use std::io::Write;

use cachelit_lints::keys::FunctionKey;
use cachelit_lints::project::Project;
use cachelit_lints::settings::Levels;
use cachelit_lints::spec::options::{Persist, Scope};
use serde::Serialize;

use crate::args::{AnswerFormat, Keys};
use crate::command::{Outcome, PASSED, load};
use crate::place::Places;
use crate::report::json;

#[derive(Serialize)]
struct WireKey<'a> {
    function: &'a str,
    package: &'a str,
    kind: &'static str,
    file: String,
    line: usize,
    code_hash: String,
    hashed: &'a [String],
    excluded: &'a [String],
    scope: &'static str,
    persist: Option<&'static str>,
    reaches: Vec<WireReached<'a>>,
}

#[derive(Serialize)]
struct WireReached<'a> {
    name: &'a str,
    file: String,
    line: usize,
    tracked: bool,
}

pub(crate) fn run(args: &Keys, out: &mut dyn Write) -> Outcome {
    let workspace = load(&args.load, Levels::new())?;
    let snapshot = workspace.snapshot();
    let keys = snapshot.keys(&args.packages.selection())?;
    let mut places = Places::new(&snapshot);
    for key in &keys {
        let wire = wire(key, snapshot.project(), &mut places);
        match args.message_format {
            AnswerFormat::Json => json::line(&wire, out)?,
            AnswerFormat::Human => print(&wire, out)?,
        }
    }
    if keys.is_empty() && args.message_format == AnswerFormat::Human {
        writeln!(out, "no cached functions")?;
    }
    Ok(PASSED)
}

fn wire<'a>(key: &'a FunctionKey, project: &'a Project, places: &mut Places<'_>) -> WireKey<'a> {
    let place = places.place(&key.name);
    let reaches = key.reaches.iter().map(|reached| {
        let place = places.place(&reached.place);
        WireReached {
            name: &reached.name,
            file: place.file,
            line: place.start.line,
            tracked: reached.tracked,
        }
    });
    WireKey {
        function: &key.function,
        package: &project.package(key.package).name,
        kind: key.kind.as_str(),
        code_hash: key.code_hash.to_string(),
        hashed: &key.hashed,
        excluded: &key.excluded,
        scope: match key.scope {
            Scope::Session => "session",
            Scope::Global => "global",
        },
        persist: key.persist.map(|persist| match persist {
            Persist::Disk => "disk",
            Persist::Shared => "shared",
        }),
        reaches: reaches.collect(),
        file: place.file,
        line: place.start.line,
    }
}

fn print(key: &WireKey<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let list = |names: &[String]| match names {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    writeln!(out, "{} ({}, {}:{})", key.function, key.kind, key.file, key.line)?;
    writeln!(out, "    in the key: {}", list(key.hashed))?;
    if !key.excluded.is_empty() {
        writeln!(out, "    left out:   {}", list(key.excluded))?;
    }
    writeln!(out, "    code hash:  {}", key.code_hash)?;
    match key.persist {
        Some(persist) => writeln!(out, "    scope:      {}, on {persist}", key.scope)?,
        None => writeln!(out, "    scope:      {}", key.scope)?,
    }
    for reached in &key.reaches {
        let tracked = if reached.tracked { "in the code hash" } else { "not in the code hash" };
        writeln!(
            out,
            "    calls:      {} ({}:{}; {tracked})",
            reached.name, reached.file, reached.line
        )?;
    }
    Ok(())
}
