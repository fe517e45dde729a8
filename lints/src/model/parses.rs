//! Syntax trees of one revision, each parsed once.

use std::path::Path;
use std::sync::{Arc, RwLock};

use ra_ap_syntax::ast::AstNode;
use ra_ap_syntax::{Parse, SourceFile, SyntaxNode, TextRange, ast};
use rustc_hash::FxHashMap;

use super::parser_edition;
use crate::project::Edition;
use crate::resolve::parse_file;
use crate::source::{FileRange, SourceFiles};

type Key = (Arc<Path>, Edition);

/// Syntax trees by file. Trees are shared between threads; the nodes made from them are not.
pub(crate) struct Parses {
    files: Arc<dyn SourceFiles>,
    parsed: RwLock<FxHashMap<Key, Option<Parse<SourceFile>>>>,
}

impl Parses {
    pub(crate) fn new(files: Arc<dyn SourceFiles>) -> Self {
        Parses { files, parsed: RwLock::default() }
    }

    /// The tree of a file, or `None` where there is no such file, or it nests too deeply.
    pub(crate) fn tree(&self, file: &Path, edition: Edition) -> Option<SourceFile> {
        let key = (Arc::from(file), edition);
        let known = self.parsed.read().expect("no panic while the lock is held").get(&key).cloned();
        let parse = known.unwrap_or_else(|| {
            let text = self.files.read(file);
            let parse = text.and_then(|text| parse_file(&text, parser_edition(edition)));
            let mut parsed = self.parsed.write().expect("no panic while the lock is held");
            parsed.entry(key).or_insert(parse).clone()
        });
        parse.map(|parse| parse.tree())
    }

    /// The function whose item covers exactly `place`.
    pub(crate) fn function(&self, place: &FileRange, edition: Edition) -> Option<ast::Fn> {
        let tree = self.tree(&place.file, edition)?;
        node_at(tree.syntax(), place.range, ast::Fn::cast)
    }

    /// The static whose item covers exactly `place`.
    pub(crate) fn static_item(&self, place: &FileRange, edition: Edition) -> Option<ast::Static> {
        let tree = self.tree(&place.file, edition)?;
        node_at(tree.syntax(), place.range, ast::Static::cast)
    }
}

/// The node of a kind that covers exactly `range`.
fn node_at<N>(
    root: &SyntaxNode,
    range: TextRange,
    cast: impl Fn(SyntaxNode) -> Option<N>,
) -> Option<N> {
    if !root.text_range().contains_range(range) {
        return None;
    }
    let node = match root.covering_element(range) {
        ra_ap_syntax::NodeOrToken::Node(node) => node,
        ra_ap_syntax::NodeOrToken::Token(token) => token.parent()?,
    };
    node.ancestors().take_while(|node| node.text_range() == range).find_map(cast)
}
