//! Runs the rules over a file: dispatch by what they look at, levels, silencing, order.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cachelit_spec::lints::{Level, LintSpec};
use ra_ap_syntax::ast::AstNode;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::finding::Finding;
use crate::model::{CachedFunction, Context, cached_functions};
use crate::rules::{self, Check, RULES, Rule};
use crate::settings::Settings;
use crate::suppress::Suppressions;

/// The cached functions of a file, in every crate that the file belongs to.
pub(crate) fn functions_of(cx: &Context<'_>, file: &Path) -> Vec<CachedFunction> {
    let file: Arc<Path> = Arc::from(file);
    let modules = cx.resolver.modules_of_file(&file);
    let functions = modules.into_iter().flat_map(|module| {
        let tree = cx.parses.tree(&file, cx.edition(module));
        tree.map(|tree| cached_functions(cx, &file, module, &tree)).unwrap_or_default()
    });
    functions.collect()
}

/// What is wrong with the cached functions of a file, in source order.
pub(crate) fn check_file(cx: &Context<'_>, settings: &Settings, file: &Path) -> Vec<Finding> {
    let functions = functions_of(cx, file);
    let root = functions.first().and_then(|function| function.item.syntax().ancestors().last());
    let Some(root) = root else { return Vec::new() };
    let mut suppressions = Suppressions::of(&root);
    let mut findings = Vec::new();
    let mut doubtful: FxHashSet<&LintSpec> = FxHashSet::default();
    for (function, found) in functions.iter().zip(run_rules(cx, settings, file, &functions)) {
        doubtful.extend(found.doubtful);
        for finding in found.findings {
            if !suppressions.silence(function, &finding) {
                push(&mut findings, finding);
            }
        }
    }
    // Only now it is known what silenced nothing.
    let about_allows = RULES.iter().filter_map(|rule| match rule.check {
        Check::UnusedAllow { check, unknown } => Some((rule, check, unknown)),
        Check::Function(_) | Check::Parameter(_) => None,
    });
    for (rule, check, unknown) in about_allows {
        for function in &functions {
            let level = |lint| settings.level(lint, cx.resolver.package_of(function.module));
            if level(rule.lint) == Level::Allow {
                continue;
            }
            for (name, comment) in suppressions.unknown(function) {
                let finding = unknown(function, name, comment);
                push(&mut findings, Finding { level: level(rule.lint), ..finding });
            }
            for allow in suppressions.unused(function) {
                // A lint that did not run, or could not tell, may have had something to say.
                let has_spoken = rules::find(allow.lint.name).is_some()
                    && level(allow.lint) != Level::Allow
                    && !doubtful.contains(allow.lint);
                if !has_spoken {
                    continue;
                }
                let finding = Finding { level: level(rule.lint), ..check(function, allow) };
                if !suppressions.silence(function, &finding) {
                    push(&mut findings, finding);
                }
            }
        }
    }
    findings.sort_by_key(|finding| (finding.place.range.start(), finding.place.range.end()));
    findings
}

/// What the rules say of one function.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// Lints that could not tell.
    doubtful: Vec<&'static LintSpec>,
}

/// Runs the rules over each function: side by side where the caller is in a pool of threads, whose stacks
/// it has chosen. Threads make the functions anew, for syntax nodes stay where they are made.
fn run_rules(
    cx: &Context<'_>,
    settings: &Settings,
    file: &Path,
    functions: &[CachedFunction],
) -> Vec<Found> {
    let threads = match rayon::current_thread_index() {
        Some(_) => rayon::current_num_threads().min(functions.len()),
        None => 1,
    };
    if threads < 2 {
        return functions.iter().map(|function| run_rules_on(cx, settings, function)).collect();
    }
    let Context { project, resolver, parses, .. } = *cx;
    let count = functions.len();
    let next = AtomicUsize::new(0);
    let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count);
    let work = |_| {
        let Some(first) = take() else { return Vec::new() };
        let doubt = Cell::default();
        let cx = Context { project, resolver, parses, doubt: &doubt };
        let functions = functions_of(&cx, file);
        let run = |at: usize| {
            let function = functions.get(at);
            (at, function.map(|it| run_rules_on(&cx, settings, it)).unwrap_or_default())
        };
        std::iter::successors(Some(first), |_| take()).map(run).collect()
    };
    let mut found: Vec<(usize, Found)> = (0..threads).into_par_iter().flat_map_iter(work).collect();
    found.sort_unstable_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, found)| found).collect()
}

fn run_rules_on(cx: &Context<'_>, settings: &Settings, function: &CachedFunction) -> Found {
    let level = |rule: &Rule| settings.level(rule.lint, cx.resolver.package_of(function.module));
    let mut all = Found::default();
    for rule in RULES.iter().filter(|rule| level(rule) != Level::Allow) {
        cx.doubt.set(false);
        let found = rule.check.run(cx, function);
        if cx.doubt.get() {
            all.doubtful.push(rule.lint);
        }
        let leveled = found.into_iter().map(|finding| Finding { level: level(rule), ..finding });
        all.findings.extend(leveled);
    }
    all
}

/// A file that belongs to several crates is still one text: what is wrong with it is said once.
fn push(findings: &mut Vec<Finding>, finding: Finding) {
    let is_known = findings.iter().any(|known| {
        known.place == finding.place
            && known.lint == finding.lint
            && known.message == finding.message
    });
    if !is_known {
        findings.push(finding);
    }
}
