//! `textDocument/hover`.

use cachelit_lints::TextSize;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::event::Reply;
use crate::from_proto;
use crate::line_index::LineIndex;
use crate::schedule;
use crate::state::State;
use crate::tasks::View;

/// Answers from the present revision.
pub(crate) fn handle(state: &mut State, params: HoverParams, reply: Reply<Option<Hover>>) {
    let document = &params.text_document_position_params.text_document;
    let view = from_proto::path(&document.uri).and_then(|path| state.view_of(&path));
    let Some(view) = view else {
        // The receiver is gone if the client cancelled.
        let _ = reply.send(Ok(None));
        return;
    };
    schedule::spawn(
        move || hover(&view, &params),
        move |outcome| {
            let answer: Result<_> = outcome.map_err(|_| Error::internal_error());
            let _ = reply.send(answer);
        },
    );
}

fn hover(view: &View, params: &HoverParams) -> Option<Hover> {
    let at = &params.text_document_position_params;
    let path = from_proto::path(&at.text_document.uri)?;
    let text = view.snapshot.text(&path)?;
    let lines = LineIndex::new(&text);
    let encoding = view.agreement.encoding;
    let offset = TextSize::try_from(lines.offset(&text, at.position, encoding)).ok()?;
    let hover = view.snapshot.analysis().hover(&path, offset)?;
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: hover.markdown,
        }),
        range: Some(lines.range(&text, hover.range, encoding)),
    })
}
