//! `cargo cache-lint [check]`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cachelit_lints::Finding;
use cachelit_workspace::{Report, Selection, Snapshot, Workspace};
use similar::TextDiff;

use crate::args::Check;
use crate::baseline::Baseline;
use crate::command::{DENIED, Outcome, PASSED, load, load_and};
use crate::fix::{self, Rewritten};
use crate::place::Places;
use crate::report::{self, Count, Summary};
use crate::terminal;

/// A fix can make way for another; this many rounds are enough for any that come to an end.
const ROUNDS: usize = 10;

pub(crate) fn run(args: &Check, out: &mut dyn Write) -> Outcome {
    let started = Instant::now();
    let baseline = args.baseline.as_deref().map(Baseline::read).transpose()?;
    let selection = args.packages.selection();
    let check = |workspace: &Workspace| {
        let snapshot = workspace.snapshot();
        let report = snapshot.check(&selection);
        (snapshot, report)
    };
    let (workspace, (snapshot, report)) = if args.fix {
        let mut workspace = load(&args.load, args.levels())?;
        repair(&mut workspace, &selection, baseline.as_ref())?;
        let checked = check(&workspace);
        (workspace, checked)
    } else {
        load_and(&args.load, args.levels(), check)?
    };
    let mut report = report?;
    if let Some(baseline) = baseline {
        let gone = baseline.subtract(&mut report.findings, workspace.root());
        if gone > 0 {
            terminal::note(&format!("{gone} of the baseline's findings are gone; write it anew"));
        }
    }
    let mut summary = Summary {
        files: report.files,
        functions: report.functions,
        elapsed: started.elapsed(),
        ..Summary::default()
    };
    summary.count(&report.findings);
    if args.diff {
        let changes = fix::plan(&report.findings, &snapshot).files;
        print_diff(&changes, &Places::new(&snapshot), out)?;
    } else {
        print(args, &report, &snapshot, &summary, out)?;
    }
    out.flush()?;
    workspace.leave(snapshot);
    Ok(if summary.deny == 0 { PASSED } else { DENIED })
}

fn print(
    args: &Check,
    report: &Report,
    snapshot: &Snapshot,
    summary: &Summary,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut reporter = report::reporter(args.message_format);
    let mut places = Places::new(snapshot);
    if args.statistics {
        reporter.statistics(&Count::all(&report.findings), out)?;
    } else {
        for finding in &report.findings {
            reporter.finding(finding, &mut places, out)?;
        }
    }
    reporter.summary(summary, out)
}

/// Applies fixes, and those that they make way for; not of what the baseline holds.
fn repair(
    workspace: &mut Workspace,
    selection: &Selection,
    baseline: Option<&Baseline>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut total = 0;
    for _ in 0..ROUNDS {
        let snapshot = workspace.snapshot();
        let mut findings: Vec<Finding> = snapshot.check(selection)?.findings;
        if let Some(baseline) = baseline {
            baseline.clone().subtract(&mut findings, workspace.root());
        }
        let fixed = fix::plan(&findings, &snapshot);
        if fixed.files.is_empty() {
            break;
        }
        for (file, rewritten) in &fixed.files {
            fix::write(file, rewritten)?;
        }
        total += fixed.findings;
        workspace.files_changed(fixed.files.keys().map(|file| &**file));
    }
    if total > 0 {
        terminal::note(&format!("repaired {total} finding{}", if total == 1 { "" } else { "s" }));
    }
    Ok(())
}

fn print_diff(
    changes: &BTreeMap<Arc<Path>, Rewritten>,
    places: &Places<'_>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for (file, Rewritten { before, after }) in changes {
        let name = places.name(file);
        let diff = TextDiff::from_lines(&**before, after);
        let (old, new) = (format!("a/{name}"), format!("b/{name}"));
        write!(out, "{}", diff.unified_diff().header(&old, &new))?;
    }
    Ok(())
}
