//! Attributes and the `cfg` predicates on an item.

use ra_ap_syntax::ast::{self, AstNode, HasAttrs};
use serde::{Deserialize, Serialize};

use thin_vec::ThinVec;

use super::PathRef;
use super::types::lower_path;

/// The attributes of an item, doc comments left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attrs {
    /// The predicates of every `#[cfg(…)]`.
    pub(crate) cfg: ThinVec<Box<str>>,
    /// All others, in order.
    pub(crate) list: ThinVec<Attr>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attr {
    /// The predicates of the `cfg_attr`s around it.
    pub(crate) when: ThinVec<Box<str>>,
    pub(crate) path: PathRef,
    /// What stands between the outermost delimiters, or after `=`.
    pub(crate) input: Box<str>,
}

impl Attr {
    /// Whether this is the built-in attribute of that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.path.as_name().is_some_and(|own| own == name)
    }
}

impl Attrs {
    /// The attributes of a node.
    pub(crate) fn of(node: &dyn HasAttrs) -> Attrs {
        let mut attrs = Attrs::default();
        // Attributes come first: a file's other children may be thousands.
        let written = node.syntax().children().map_while(ast::Attr::cast);
        for meta in written.filter_map(|attr| attr.meta()) {
            attrs.meta(meta, &[]);
        }
        attrs.cfg.shrink_to_fit();
        attrs.list.shrink_to_fit();
        attrs
    }

    fn meta(&mut self, meta: ast::Meta, when: &[Box<str>]) {
        match meta {
            ast::Meta::CfgMeta(cfg) => {
                let text = cfg.cfg_predicate().map_or(String::new(), |it| it.syntax().to_string());
                if when.is_empty() {
                    self.cfg.push(text.into());
                } else {
                    self.cfg.push(format!("any(not(all({})), {text})", when.join(", ")).into());
                }
            }
            ast::Meta::CfgAttrMeta(conditional) => {
                let mut when = ThinVec::from(when);
                let text =
                    conditional.cfg_predicate().map_or(String::new(), |it| it.syntax().to_string());
                when.push(text.into());
                for inner in conditional.metas() {
                    self.meta(inner, &when);
                }
            }
            ast::Meta::UnsafeMeta(inner) => {
                if let Some(inner) = inner.meta() {
                    self.meta(inner, when);
                }
            }
            ast::Meta::PathMeta(it) => self.push(it.path().as_ref(), String::new(), when),
            ast::Meta::TokenTreeMeta(it) => {
                let input = it.token_tree().map_or(String::new(), |tree| tree.syntax().to_string());
                let inner = input.get(1..input.len().saturating_sub(1)).unwrap_or_default();
                self.push(it.path().as_ref(), inner.to_owned(), when);
            }
            ast::Meta::KeyValueMeta(it) => {
                let value = it.expr().map_or(String::new(), |value| value.syntax().to_string());
                self.push(it.path().as_ref(), value, when);
            }
        }
    }

    fn push(&mut self, path: Option<&ast::Path>, input: String, when: &[Box<str>]) {
        let Some(path) = path.map(lower_path) else { return };
        if path.as_name().is_some_and(|name| name == "doc") {
            return;
        }
        self.list.push(Attr { when: ThinVec::from(when), path, input: input.into() });
    }
}
