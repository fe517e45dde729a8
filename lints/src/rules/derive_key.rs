//! Derives `CacheKey` for a type of the workspace.

use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasGenericParams, HasName};
use ra_ap_syntax::{SyntaxNode, TextRange};

use crate::finding::{Applicability, Fix, TextEdit};
use crate::model::Context;
use crate::resolve::{ModuleId, Reason, Trait, Verdict};
use crate::source::FileRange;

/// A fix for a type that only lacks the derive: `None` where the reason lies deeper, such as in a
/// field that can't be hashed.
pub(super) fn derive_cache_key(cx: &Context<'_>, reason: &Reason) -> Option<Fix> {
    let place = reason.steps.last()?.place.as_ref()?;
    let module = cx.resolver.modules_of_file(&place.file).into_iter().next()?;
    let tree = cx.parses.tree(&place.file, cx.edition(module))?;
    let adt = tree.syntax().covering_element(place.range).ancestors().find_map(ast::Adt::cast)?;
    let name = adt.name()?;
    let is_defined_there = [adt.syntax().text_range(), name.syntax().text_range()];
    if !is_defined_there.contains(&place.range)
        || matches!(adt, ast::Adt::Union(_))
        || adt.generic_param_list().is_some()
        || !all_fields_can_be_hashed(cx, module, adt.syntax())
    {
        return None;
    }
    let dependencies = &cx.package(module).dependencies;
    let cachelit = dependencies
        .iter()
        .find(|dependency| cx.project.package(dependency.package).name == "cachelit")?;
    let derive = format!("{}::CacheKey", cachelit.name);
    let (range, text) = insertion(&adt, &derive)?;
    Some(Fix {
        title: format!("Derive `CacheKey` for `{}`", name.text()),
        applicability: Applicability::MaybeIncorrect,
        edits: vec![TextEdit { place: FileRange { file: place.file.clone(), range }, text }],
    })
}

fn all_fields_can_be_hashed(cx: &Context<'_>, module: ModuleId, adt: &SyntaxNode) -> bool {
    let named = adt.descendants().filter_map(ast::RecordField::cast).map(|field| field.ty());
    let unnamed = adt.descendants().filter_map(ast::TupleField::cast).map(|field| field.ty());
    named.chain(unnamed).all(|ty| {
        let Some(ty) = ty else { return false };
        let Some(scope) = cx.resolver.scope_at(module, ty.syntax()) else { return true };
        !matches!(cx.verdict(&scope, &ty, Trait::CacheKey), Verdict::No(_))
    })
}

/// Into the derive that is there, else on a line of its own.
fn insertion(adt: &ast::Adt, derive: &str) -> Option<(TextRange, String)> {
    let existing = adt.attrs().find_map(|attr| {
        let (name, tree) = attr.as_simple_call()?;
        (name == "derive").then(|| tree.r_paren_token()).flatten()
    });
    if let Some(closing) = existing {
        let is_empty = closing.prev_token().is_some_and(|it| it.text() == "(");
        let separator = if is_empty { "" } else { ", " };
        let range = TextRange::empty(closing.text_range().start());
        return Some((range, format!("{separator}{derive}")));
    }
    let mut first = adt.syntax().first_token()?;
    while first.kind().is_trivia() {
        first = first.next_token()?;
    }
    let before = first.prev_token().map(|it| it.text().to_owned()).unwrap_or_default();
    let indent = before.rsplit('\n').next().filter(|it| it.trim().is_empty()).unwrap_or_default();
    let range = TextRange::empty(first.text_range().start());
    Some((range, format!("#[derive({derive})]\n{indent}")))
}
