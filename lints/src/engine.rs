//! Runs the rules over a file: dispatch by what they look at, levels, silencing, order.

use std::path::Path;
use std::sync::Arc;

use cachelit_spec::lints::Level;
use ra_ap_syntax::ast::AstNode;

use crate::finding::Finding;
use crate::model::{CachedFunction, Context, cached_functions};
use crate::rules::RULES;
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
    let mut findings: Vec<Finding> = Vec::new();
    let functions = functions_of(cx, file);
    let root = functions.first().and_then(|function| function.item.syntax().ancestors().last());
    let Some(suppressions) = root.map(|root| Suppressions::of(&root)) else { return findings };
    for function in functions {
        for finding in check_function(cx, settings, &function) {
            // A file that belongs to several crates is still one text.
            let is_known = |known: &Finding| {
                known.place == finding.place
                    && known.lint == finding.lint
                    && known.message == finding.message
            };
            if suppressions.silence(&function, &finding) || findings.iter().any(is_known) {
                continue;
            }
            findings.push(finding);
        }
    }
    findings.sort_by_key(|finding| (finding.place.range.start(), finding.place.range.end()));
    findings
}

fn check_function(
    cx: &Context<'_>,
    settings: &Settings,
    function: &CachedFunction,
) -> Vec<Finding> {
    let package = cx.resolver.package_of(function.module);
    let mut findings = Vec::new();
    for rule in RULES {
        let level = settings.level(rule.lint, package);
        if level == Level::Allow {
            continue;
        }
        findings.extend(
            rule.check.run(cx, function).into_iter().map(|finding| Finding { level, ..finding }),
        );
    }
    findings
}
