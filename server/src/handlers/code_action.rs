//! `textDocument/codeAction`: quick fixes, and all certain fixes of a file at once.

use std::path::Path;

use cachelit_lints::{Applicability, Finding, Fix, TextEdit, TextRange, TextSize};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
    Diagnostic,
};

use crate::capabilities::FIX_ALL;
use crate::event::Reply;
use crate::from_proto;
use crate::line_index::LineIndex;
use crate::schedule;
use crate::state::State;
use crate::tasks::View;
use crate::to_proto::Translator;

/// Answers from the present revision, never from what was published: edits must fit the text.
pub(crate) fn handle(
    state: &mut State,
    params: CodeActionParams,
    reply: Reply<Option<CodeActionResponse>>,
) {
    let view = from_proto::path(&params.text_document.uri).and_then(|path| state.view_of(&path));
    let Some(view) = view else {
        // The receiver is gone if the client cancelled.
        let _ = reply.send(Ok(None));
        return;
    };
    schedule::spawn(
        move || code_actions(&view, &params),
        move |outcome| {
            let answer: Result<_> = outcome.map_err(|_| Error::internal_error());
            let _ = reply.send(answer);
        },
    );
}

fn code_actions(view: &View, params: &CodeActionParams) -> Option<CodeActionResponse> {
    let path = from_proto::path(&params.text_document.uri)?;
    let text = view.snapshot.text(&path)?;
    let wanted = LineIndex::new(&text).byte_range(&text, params.range, view.agreement.encoding);
    let wanted = TextRange::new(
        TextSize::try_from(wanted.start).ok()?,
        TextSize::try_from(wanted.end).ok()?,
    );
    let findings = view.snapshot.check_file(&path);
    let mut translator = Translator::new(&view.snapshot, &view.documents, &view.agreement);
    let mut actions = Vec::new();
    if asks_for(params, &CodeActionKind::QUICKFIX) {
        // Touching counts: the cursor stands behind the name as often as in it.
        for finding in findings.iter().filter(|it| it.place.range.intersect(wanted).is_some()) {
            actions.extend(quick_fixes(&mut translator, finding, &params.context.diagnostics));
        }
    }
    if asks_for(params, &FIX_ALL) {
        actions.extend(fix_all(&mut translator, &findings, &path));
    }
    Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect())
}

/// Whether the client wants a kind of action: it names kinds, each of which stands for its sub-kinds.
fn asks_for(params: &CodeActionParams, kind: &CodeActionKind) -> bool {
    let Some(only) = &params.context.only else {
        return true;
    };
    only.iter().any(|wanted| {
        let rest = kind.as_str().strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty()
        })
    })
}

fn quick_fixes(
    translator: &mut Translator<'_>,
    finding: &Finding,
    shown: &[Diagnostic],
) -> Vec<CodeAction> {
    let Some(diagnostic) = translator.diagnostic(finding) else {
        return Vec::new();
    };
    // The client recognises its own copy, which may have more fields than it was sent with.
    let diagnostic = shown
        .iter()
        .find(|it| it.range == diagnostic.range && it.code == diagnostic.code)
        .cloned()
        .unwrap_or(diagnostic);
    let action = |(at, fix): (usize, &Fix)| {
        Some(CodeAction {
            title: fix.title.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic.clone()]),
            edit: Some(translator.workspace_edit(&fix.edits)?),
            is_preferred: Some(at == 0 && fix.applicability == Applicability::MachineApplicable),
            ..CodeAction::default()
        })
    };
    finding.fixes.iter().enumerate().filter_map(action).collect()
}

fn fix_all(
    translator: &mut Translator<'_>,
    findings: &[Finding],
    path: &Path,
) -> Option<CodeAction> {
    let edits = certain_edits(findings, path);
    if edits.is_empty() {
        return None;
    }
    Some(CodeAction {
        title: "Apply all certain fixes of cachelit".to_owned(),
        kind: Some(FIX_ALL),
        edit: Some(translator.workspace_edit(edits)?),
        ..CodeAction::default()
    })
}

/// The edits of every finding's first certain fix, as far as they stay in the file and out of each
/// other's way.
fn certain_edits<'f>(findings: &'f [Finding], path: &Path) -> Vec<&'f TextEdit> {
    let mut chosen: Vec<&TextEdit> = Vec::new();
    for finding in findings {
        let certain = |fix: &&Fix| fix.applicability == Applicability::MachineApplicable;
        let Some(fix) = finding.fixes.iter().find(certain) else {
            continue;
        };
        let fits = fix.edits.iter().all(|edit| {
            *edit.place.file == *path
                && chosen
                    .iter()
                    .all(|other| other.place.range.intersect(edit.place.range).is_none())
        });
        if fits {
            chosen.extend(&fix.edits);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cachelit_lints::source::FileRange;
    use cachelit_lints::spec::lints::{INVALID_OPTION, Level};

    use super::*;

    const FILE: &str = "/w/src/lib.rs";

    fn finding(applicability: Applicability, edits: &[(&str, u32, u32)]) -> Finding {
        let place = |file: &str, start, end| FileRange {
            file: Arc::from(Path::new(file)),
            range: TextRange::new(TextSize::new(start), TextSize::new(end)),
        };
        let edits = edits
            .iter()
            .map(|&(file, start, end)| TextEdit {
                place: place(file, start, end),
                text: "x".to_owned(),
            })
            .collect();
        Finding {
            lint: &INVALID_OPTION,
            level: Level::Deny,
            message: String::new(),
            place: place(FILE, 0, 1),
            function: String::new(),
            parameter: None,
            notes: Vec::new(),
            fixes: vec![Fix { title: String::new(), applicability, edits }],
        }
    }

    #[track_caller]
    fn check(findings: &[Finding], expected: &[(u32, u32)]) {
        let chosen: Vec<_> = certain_edits(findings, Path::new(FILE))
            .into_iter()
            .map(|edit| (edit.place.range.start().into(), edit.place.range.end().into()))
            .collect();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn certain_fixes_apart_are_all_chosen() {
        let certain = |start, end| finding(Applicability::MachineApplicable, &[(FILE, start, end)]);
        check(&[certain(0, 2), certain(4, 6)], &[(0, 2), (4, 6)]);
    }

    #[test]
    fn of_fixes_that_touch_the_first_is_chosen() {
        let certain = |start, end| finding(Applicability::MachineApplicable, &[(FILE, start, end)]);
        check(&[certain(0, 2), certain(2, 3), certain(1, 4)], &[(0, 2)]);
    }

    #[test]
    fn uncertain_fixes_are_not_chosen() {
        check(&[finding(Applicability::MaybeIncorrect, &[(FILE, 0, 2)])], &[]);
    }

    #[test]
    fn a_fix_that_reaches_into_another_file_is_not_chosen() {
        let wide =
            finding(Applicability::MachineApplicable, &[(FILE, 0, 2), ("/w/src/a.rs", 0, 2)]);
        check(&[wide], &[]);
    }
}
