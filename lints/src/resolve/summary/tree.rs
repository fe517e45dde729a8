//! Syntax trees that live for a moment: made, lowered to items, dropped.

use ra_ap_parser::{LexedStr, StrStep};
use ra_ap_syntax::ast::{AstNode, SourceFile};
use ra_ap_syntax::{Edition, SyntaxKind, SyntaxNode};
use rowan::{GreenNode, GreenToken, NodeOrToken};
use rustc_hash::FxHashMap;

use super::nesting::parse_lexed;

/// The tree of a text; `None` where it nests too deeply. `SourceFile::parse` makes the same, but looks for equal parts to share, which
/// pays only in trees that stay, and leaves what is dropped to a thread that lets it pile up.
pub(super) fn parse(text: &str, edition: Edition) -> Option<SourceFile> {
    let lexed = LexedStr::new(edition, text);
    let parsed = parse_lexed(&lexed, edition)?;
    let mut tree = Tree::default();
    lexed.intersperse_trivia(&parsed, &mut |step| match step {
        StrStep::Token { kind, text } => tree.token(kind, text),
        StrStep::Enter { kind } => tree.open.push((kind, tree.parts.len())),
        StrStep::Exit => tree.close(),
        StrStep::Error { .. } => {}
    });
    let root = tree.parts.pop().and_then(NodeOrToken::into_node);
    let root = root.unwrap_or_else(|| GreenNode::new(raw(SyntaxKind::SOURCE_FILE), []));
    SourceFile::cast(SyntaxNode::new_root(root))
}

/// A tree in the making.
#[derive(Default)]
struct Tree {
    /// Nodes that are not complete, and where their first part is.
    open: Vec<(SyntaxKind, usize)>,
    parts: Vec<NodeOrToken<GreenNode, GreenToken>>,
    /// Tokens that are always spelt the same, and single spaces.
    fixed: FxHashMap<SyntaxKind, GreenToken>,
}

impl Tree {
    fn token(&mut self, kind: SyntaxKind, text: &str) {
        let new = || GreenToken::new(raw(kind), text);
        let is_fixed = kind.is_punct() || kind.is_keyword(Edition::LATEST) || text == " ";
        let token =
            if is_fixed { self.fixed.entry(kind).or_insert_with(new).clone() } else { new() };
        self.parts.push(NodeOrToken::Token(token));
    }

    fn close(&mut self) {
        let Some((kind, first)) = self.open.pop() else { return };
        let node = GreenNode::new(raw(kind), self.parts.drain(first..));
        self.parts.push(NodeOrToken::Node(node));
    }
}

fn raw(kind: SyntaxKind) -> rowan::SyntaxKind {
    rowan::SyntaxKind(kind.into())
}
