//! Which parameters the `hash_funcs` option speaks about.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{NodeOrToken, SyntaxKind};

use crate::model::{CachedFunction, impl_of};

/// Whether an entry of `hash_funcs` has a type in it that is written in `ty`, too.
pub(super) fn is_covered(function: &CachedFunction, ty: &ast::Type) -> bool {
    let attribute = &function.attribute;
    let written = names_written(function, ty);
    attribute.options.hash_funcs.iter().any(|entry| {
        let text = attribute.text(&entry.ty);
        names(&text).any(|name| written.iter().any(|other| other == name))
    })
}

/// Whether all names in a type of that text are written in `ty`, too.
pub(super) fn is_written_in(function: &CachedFunction, text: &str, ty: &ast::Type) -> bool {
    let written = names_written(function, ty);
    names(text)
        .filter(|name| !name.is_empty())
        .all(|name| written.iter().any(|other| other == name))
}

/// Every name in a type. `Self` and the type that the `impl` is for stand for each other.
fn names_written(function: &CachedFunction, ty: &ast::Type) -> Vec<String> {
    let own = impl_of(&function.item).and_then(|it| it.self_ty()).map(|ty| names_of(&ty));
    let mut written = names_of(ty);
    if let Some(own) = own {
        if written.iter().any(|name| own.contains(name)) {
            written.push("Self".to_owned());
        } else if written.iter().any(|name| name == "Self") {
            written.extend(own);
        }
    }
    written
}

/// Every name in a type.
fn names_of(ty: &ast::Type) -> Vec<String> {
    let tokens = ty.syntax().descendants_with_tokens().filter_map(NodeOrToken::into_token);
    tokens
        .filter(|token| matches!(token.kind(), SyntaxKind::IDENT | SyntaxKind::SELF_TYPE_KW))
        .map(|token| token.text().to_owned())
        .collect()
}

/// The names in a type's text, without the modules that lead to them.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |ch: char| ch.is_alphanumeric() || ch == '_';
    let last_of = move |path: &str| path.rfind("::").map_or(0, |at| at + "::".len());
    text.split(move |ch| !is_part(ch) && ch != ':').map(move |path| &path[last_of(path)..])
}
