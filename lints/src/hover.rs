//! What an editor shows on a cached function or its attribute.

use ra_ap_syntax::TextRange;

/// A hover text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// Markdown.
    pub markdown: String,
}
