//! On which parameters, and what is named by way of them, a derive puts bounds, by the fields as they are written.

use crate::resolve::names::has_word;
use crate::resolve::summary::{
    ArgRef, Field, Generics, Name, ParamKind, PathRef, PathRoot, TypeRef,
};

/// What serde puts bounds on: parameters in a field's type outside of `PhantomData`, and `T::Item` if the whole type
/// begins so.
pub(super) fn bound_by_serde(field: &Field, generics: &Generics) -> Vec<TypeRef> {
    let mut found = Vec::new();
    if let Some(path) = beginning_with_param(&field.ty, generics)
        && path.segments.len() > 1
    {
        found.push(field.ty.clone());
    }
    walk(&field.ty, &mut |ty| {
        match beginning_with_param(ty, generics) {
            Some(path) if path.segments.len() == 1 && !found.contains(ty) => found.push(ty.clone()),
            _ if hides_param(ty, field, generics) => found.push(TypeRef::Unknown),
            _ => {}
        }
        !matches!(ty, TypeRef::Path(path) if path.last_name().is_some_and(|name| name == "PhantomData"))
    });
    found
}

/// What the derives of the language put bounds on beside the parameters: `T::Item`, wherever it is.
pub(super) fn projections(field: &Field, generics: &Generics) -> Vec<TypeRef> {
    let mut found = Vec::new();
    walk(&field.ty, &mut |ty| {
        match beginning_with_param(ty, generics) {
            Some(path) if path.segments.len() > 1 => found.push(ty.clone()),
            _ if hides_param(ty, field, generics) && may_name_in_param(field, generics) => {
                found.push(TypeRef::Unknown);
            }
            _ => {}
        }
        true
    });
    found
}

fn beginning_with_param<'a>(ty: &'a TypeRef, generics: &Generics) -> Option<&'a PathRef> {
    let TypeRef::Path(path) = ty else { return None };
    let first = path.segments.first().filter(|_| path.root == PathRoot::Plain)?;
    is_param(generics, &first.name).then_some(path)
}

fn is_param(generics: &Generics, name: &Name) -> bool {
    let mut params = generics.params.iter();
    params.any(|it| it.name == *name && matches!(it.kind, ParamKind::Type { .. }))
}

/// Whether it is a function pointer, of which a summary says no more, and may be one of a parameter.
fn hides_param(ty: &TypeRef, field: &Field, generics: &Generics) -> bool {
    let mut params = generics.params.iter();
    *ty == TypeRef::FnPtr
        && params
            .any(|it| matches!(it.kind, ParamKind::Type { .. }) && has_word(&field.text, &it.name))
}

/// Whether a field's type as it is written may have something like `T::Item` in it.
fn may_name_in_param(field: &Field, generics: &Generics) -> bool {
    let text: String = field.text.split_whitespace().collect();
    generics.params.iter().any(|it| text.contains(&format!("{}::", it.name)))
}

/// Meets a type and the types in it, those of whatever `visit` wants to be looked into.
fn walk(ty: &TypeRef, visit: &mut impl FnMut(&TypeRef) -> bool) {
    if !visit(ty) {
        return;
    }
    match ty {
        TypeRef::Path(path) => walk_path(path, visit),
        TypeRef::Tuple(list) => list.iter().for_each(|ty| walk(ty, visit)),
        TypeRef::Array(ty, _)
        | TypeRef::Slice(ty)
        | TypeRef::Ref { ty, .. }
        | TypeRef::Ptr { ty, .. } => walk(ty, visit),
        TypeRef::Dyn(bounds) | TypeRef::Impl(bounds) => {
            bounds.iter().for_each(|bound| walk_path(&bound.path, visit));
        }
        TypeRef::Never | TypeRef::Unknown | TypeRef::FnPtr | TypeRef::Macro { .. } => {}
    }
}

fn walk_path(path: &PathRef, visit: &mut impl FnMut(&TypeRef) -> bool) {
    if let PathRoot::Qualified(ty, of) = &path.root {
        walk(ty, visit);
        if let Some(of) = of {
            walk_path(of, visit);
        }
    }
    for segment in &path.segments {
        for arg in &segment.args {
            if let ArgRef::Type(ty) = arg {
                walk(ty, visit);
            }
        }
        segment.bindings.iter().for_each(|(_, ty)| walk(ty, visit));
    }
}
