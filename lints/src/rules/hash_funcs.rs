//! Which parameters the `hash_funcs` option speaks about.

use ra_ap_syntax::SyntaxKind;
use ra_ap_syntax::ast::{self, AstNode};

use crate::model::{CachedFunction, Context};
use crate::resolve::{Namespace, Resolution};

/// Whether an entry of `hash_funcs` covers a part of `ty`, or may do so under another name.
pub(super) fn is_covered(cx: &Context<'_>, function: &CachedFunction, ty: &ast::Type) -> bool {
    let attribute = &function.attribute;
    let entries = &attribute.options.hash_funcs;
    if entries.is_empty() {
        return false;
    }
    let names = |ty: &ast::Type| -> Vec<String> {
        let tokens =
            ty.syntax().descendants_with_tokens().filter_map(ra_ap_syntax::NodeOrToken::into_token);
        tokens
            .filter(|token| token.kind() == SyntaxKind::IDENT)
            .map(|token| token.text().to_owned())
            .collect()
    };
    let written = names(ty);
    let may_be_alias = ty.syntax().descendants().filter_map(ast::Path::cast).any(|path| {
        !matches!(
            cx.resolver.resolve_path(&function.scope, &path, Namespace::Type),
            Resolution::Other
        )
    });
    may_be_alias
        || entries.iter().any(|entry| {
            let text = attribute.text(&entry.ty);
            let last = text.rsplit("::").next().unwrap_or_default();
            let name = last.split('<').next().unwrap_or_default().trim();
            written.iter().any(|it| it == name)
        })
}
