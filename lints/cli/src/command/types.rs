//! `cargo cache-lint type`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, Write};

use cachelit_lints::Analysis;
use cachelit_lints::project::PackageIndex;
use cachelit_lints::resolve::{Reason, Trait, TypeReport, TypeReportError, Verdict};
use cachelit_lints::settings::Levels;
use cachelit_workspace::{Selection, Snapshot};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::args::{AnswerFormat, Types};
use crate::command::{Outcome, PASSED, load};
use crate::report::json;

pub(crate) fn run(args: &Types, out: &mut dyn Write) -> Outcome {
    let workspace = load(&args.load, Levels::new())?;
    let snapshot = workspace.snapshot();
    let package = package(args, &snapshot)?;
    for given in &args.given {
        if given == "-" {
            for line in io::stdin().lock().lines() {
                let line = line?;
                let ty = line.trim();
                if !ty.is_empty() {
                    answer(args, package, ty, snapshot.analysis(), out)?;
                    // Whoever asks one by one gets one answer at a time.
                    out.flush()?;
                }
            }
        } else {
            answer(args, package, given, snapshot.analysis(), out)?;
        }
    }
    out.flush()?;
    workspace.leave(snapshot);
    Ok(PASSED)
}

/// The package whose code would name the types.
fn package(args: &Types, snapshot: &Snapshot) -> Result<PackageIndex, Box<dyn Error>> {
    let selection = match &args.package {
        Some(name) => Selection::Packages(vec![name.clone()]),
        None => Selection::Default,
    };
    if let [only] = snapshot.members(&selection)?[..] {
        return Ok(only);
    }
    let packages = &snapshot.project().packages;
    let members: Vec<&str> =
        packages.iter().filter(|it| it.is_member).map(|it| &*it.name).collect();
    let members = members.join(", ");
    Err(format!("several packages could name a type; choose one with `-p`: {members}").into())
}

fn answer(
    args: &Types,
    package: PackageIndex,
    ty: &str,
    analysis: &Analysis,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = analysis.type_report(package, &args.module, ty);
    match args.message_format {
        AnswerFormat::Json => json::line(&WireAnswer { ty, report: &report }, out),
        AnswerFormat::Human => print(ty, &report, out),
    }
}

/// An answer as a JSON object, in the order of the contract.
struct WireAnswer<'a> {
    ty: &'a str,
    report: &'a Result<TypeReport, TypeReportError>,
}

impl Serialize for WireAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.ty)?;
        match self.report {
            Err(error) => map.serialize_entry("error", &message(error))?,
            Ok(report) => {
                let mut reasons = BTreeMap::new();
                for (of, verdict) in &report.verdicts {
                    map.serialize_entry(key(*of), word(verdict))?;
                    if let Verdict::No(reason) = verdict {
                        reasons.insert(key(*of), steps(reason));
                    }
                }
                map.serialize_entry("reasons", &reasons)?;
            }
        }
        map.end()
    }
}

fn print(
    ty: &str,
    report: &Result<TypeReport, TypeReportError>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = match report {
        Ok(report) => report,
        Err(error) => return writeln!(out, "{ty}: {}", message(error)),
    };
    writeln!(out, "{ty}")?;
    for (of, verdict) in &report.verdicts {
        write!(out, "    {:<18} {}", key(*of), word(verdict))?;
        if let Verdict::No(reason) = verdict {
            write!(out, ": {}", steps(reason).join(" → "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn steps(reason: &Reason) -> Vec<String> {
    reason.steps.iter().map(|step| step.message.clone()).collect()
}

fn key(of: Trait) -> &'static str {
    match of {
        Trait::CacheKey => "cache_key",
        Trait::Hash => "hash",
        Trait::Send => "send",
        Trait::Sync => "sync",
        Trait::Clone => "clone",
        Trait::Serialize => "serialize",
        Trait::DeserializeOwned => "deserialize_owned",
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No(_) => "no",
        Verdict::Unknown => "unknown",
    }
}

fn message(error: &TypeReportError) -> String {
    match error {
        TypeReportError::NotAType => "not a type".to_owned(),
        TypeReportError::NoSuchModule => "no such module; name one with `--in`".to_owned(),
        TypeReportError::Unresolved(name) => format!("cannot resolve `{name}`"),
    }
}
