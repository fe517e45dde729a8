//! Types, paths and generics as written.

use ra_ap_syntax::ast::{self, AstNode, HasGenericArgs, HasGenericParams, HasName, HasTypeBounds};

use thin_vec::ThinVec;

use super::{
    ArgRef, Attrs, Bound, DOLLAR_CRATE, GenericParam, Generics, Name, ParamKind, PathRef, PathRoot,
    Segment, TypeRef, WherePred, parse_file, syntax_edition,
};
use crate::project::Edition;

/// A type from its text, where the whole text is one type.
pub(crate) fn parse_type(text: &str, edition: Edition) -> Option<TypeRef> {
    let source = format!("type T = {text};");
    let parse = parse_file(&source, syntax_edition(edition))?;
    if !parse.errors().is_empty() {
        return None;
    }
    let tree = parse.tree();
    let mut items = ast::HasModuleItem::items(&tree);
    let (Some(ast::Item::TypeAlias(alias)), None) = (items.next(), items.next()) else {
        return None;
    };
    alias.generic_param_list().is_none().then_some(())?;
    alias.where_clause().is_none().then_some(())?;
    alias.ty().map(|ty| lower_type(&ty))
}

pub(crate) fn lower_type(ty: &ast::Type) -> TypeRef {
    match ty {
        ast::Type::ArrayType(it) => {
            let len = it.const_arg().and_then(|arg| arg.expr());
            let len = len.map_or(String::new(), |len| len.syntax().to_string());
            TypeRef::Array(boxed(it.ty()), len.into())
        }
        ast::Type::DynTraitType(it) => TypeRef::Dyn(bounds(it.type_bound_list())),
        ast::Type::ImplTraitType(it) => TypeRef::Impl(bounds(it.type_bound_list())),
        ast::Type::FnPtrType(_) => TypeRef::FnPtr,
        ast::Type::ForType(it) => optional(it.ty()),
        ast::Type::ParenType(it) => optional(it.ty()),
        ast::Type::InferType(_) | ast::Type::PatternType(_) => TypeRef::Unknown,
        ast::Type::MacroType(it) => {
            let Some(call) = it.macro_call() else { return TypeRef::Unknown };
            let Some(path) = call.path() else { return TypeRef::Unknown };
            let input = call.token_tree().map_or(String::new(), |it| it.syntax().to_string());
            TypeRef::Macro { path: lower_path(&path), input: input.into() }
        }
        ast::Type::NeverType(_) => TypeRef::Never,
        ast::Type::PathType(it) => {
            it.path().map_or(TypeRef::Unknown, |path| TypeRef::Path(lower_path(&path)))
        }
        ast::Type::PtrType(it) => {
            TypeRef::Ptr { mutable: it.mut_token().is_some(), ty: boxed(it.ty()) }
        }
        ast::Type::RefType(it) => {
            let lasts = it.lifetime().is_some_and(|it| it.text() == "'static");
            TypeRef::Ref { mutable: it.mut_token().is_some(), lasts, ty: boxed(it.ty()) }
        }
        ast::Type::SliceType(it) => TypeRef::Slice(boxed(it.ty())),
        ast::Type::TupleType(it) => TypeRef::Tuple(it.fields().map(|ty| lower_type(&ty)).collect()),
    }
}

pub(super) fn optional(ty: Option<ast::Type>) -> TypeRef {
    ty.map_or(TypeRef::Unknown, |ty| lower_type(&ty))
}

fn boxed(ty: Option<ast::Type>) -> Box<TypeRef> {
    Box::new(optional(ty))
}

/// The path of a macro call, a use, a type.
pub(crate) fn lower_path(path: &ast::Path) -> PathRef {
    let mut segments = Vec::new();
    let mut at = Some(path.clone());
    while let Some(path) = at {
        at = path.qualifier();
        segments.extend(path.segment());
    }
    segments.reverse();
    let room = ThinVec::with_capacity(segments.len());
    let mut lowered = PathRef { root: PathRoot::Plain, segments: room };
    for (index, segment) in segments.iter().enumerate() {
        if index == 0 && segment.coloncolon_token().is_some() {
            lowered.root = PathRoot::Global;
        }
        lower_segment(&mut lowered, segment);
    }
    lowered
}

fn lower_segment(into: &mut PathRef, segment: &ast::PathSegment) {
    match segment.kind() {
        Some(ast::PathSegmentKind::Name(name)) => {
            let text = name.text();
            let number = text.strip_prefix(DOLLAR_CRATE).and_then(|number| number.parse().ok());
            if let Some(number) = number {
                into.root = PathRoot::DollarCrate(number);
                return;
            }
            let mut lowered =
                Segment { name: plain(text), args: ThinVec::new(), bindings: ThinVec::new() };
            if let Some(list) = segment.generic_arg_list() {
                lower_args(&mut lowered, &list);
                lowered.args.shrink_to_fit();
            }
            if let Some(list) = segment.parenthesized_arg_list() {
                let inputs = list.type_args().map(|arg| optional(arg.ty())).collect();
                lowered.args.push(ArgRef::Type(TypeRef::Tuple(inputs)));
                let output = segment.ret_type().and_then(|ret| ret.ty());
                let output = output.map_or(TypeRef::Tuple(ThinVec::new()), |ty| lower_type(&ty));
                lowered.bindings.push((Name::new_static("Output"), output));
            }
            into.segments.push(lowered);
        }
        Some(ast::PathSegmentKind::Type { type_ref, trait_ref }) => {
            let of = trait_ref.and_then(|it| it.path()).map(|path| Box::new(lower_path(&path)));
            into.root = PathRoot::Qualified(boxed(type_ref), of);
        }
        Some(ast::PathSegmentKind::SelfTypeKw) => into.root = PathRoot::SelfType,
        Some(ast::PathSegmentKind::SelfKw)
            if into.segments.is_empty() && into.root == PathRoot::Plain =>
        {
            into.root = PathRoot::Super(0);
        }
        // `a::b::self` in a use tree adds nothing.
        Some(ast::PathSegmentKind::SelfKw) | None => {}
        Some(ast::PathSegmentKind::SuperKw) => {
            into.root = match into.root {
                PathRoot::Super(levels) => PathRoot::Super(levels + 1),
                _ => PathRoot::Super(1),
            };
        }
        Some(ast::PathSegmentKind::CrateKw) => into.root = PathRoot::Crate,
    }
}

fn lower_args(into: &mut Segment, list: &ast::GenericArgList) {
    for arg in list.generic_args() {
        match arg {
            ast::GenericArg::TypeArg(it) => into.args.push(ArgRef::Type(optional(it.ty()))),
            ast::GenericArg::LifetimeArg(it) => {
                let text = it.lifetime().map_or(String::new(), |it| it.syntax().to_string());
                into.args.push(ArgRef::Lifetime(Name::from(text.trim_start_matches('\''))));
            }
            ast::GenericArg::ConstArg(it) => {
                let text = it.expr().map_or(String::new(), |it| it.syntax().to_string());
                into.args.push(ArgRef::Const(text.into()));
            }
            ast::GenericArg::AssocTypeArg(it) => {
                if let (Some(name), Some(ty)) = (it.name_ref(), it.ty()) {
                    into.bindings.push((plain(name.text()), lower_type(&ty)));
                }
            }
        }
    }
}

pub(super) fn bounds(list: Option<ast::TypeBoundList>) -> ThinVec<Bound> {
    let Some(list) = list else { return ThinVec::new() };
    let mut found = ThinVec::new();
    for bound in list.bounds() {
        let path = match bound.ty() {
            Some(ast::Type::PathType(it)) => it.path(),
            Some(ast::Type::ForType(it)) => match it.ty() {
                Some(ast::Type::PathType(it)) => it.path(),
                _ => None,
            },
            _ => None,
        };
        if let Some(path) = path {
            let maybe = bound.question_mark_token().is_some();
            found.push(Bound { path: lower_path(&path), maybe });
        }
    }
    found.shrink_to_fit();
    found
}

/// The generics of an item, with its where clause.
pub(crate) fn generics_of(node: &dyn HasGenericParams) -> Generics {
    let mut generics = Generics::default();
    for param in node.generic_param_list().into_iter().flat_map(|list| list.generic_params()) {
        let cfg = Attrs::of(&param).cfg;
        let (name, kind) = match param {
            ast::GenericParam::TypeParam(it) => (
                it.name().map(|name| plain(name.text())),
                ParamKind::Type {
                    bounds: bounds(it.type_bound_list()),
                    default: it.default_type().map(|ty| lower_type(&ty)),
                },
            ),
            ast::GenericParam::ConstParam(it) => (
                it.name().map(|name| plain(name.text())),
                ParamKind::Const {
                    default: it.default_val().map(|value| value.syntax().to_string().into()),
                },
            ),
            ast::GenericParam::LifetimeParam(it) => (
                it.lifetime().map(|it| Name::from(it.text().trim_start_matches('\''))),
                ParamKind::Lifetime { outlives: it.type_bound_list().is_some() },
            ),
        };
        generics.params.push(GenericParam { name: name.unwrap_or_default(), cfg, kind });
    }
    for pred in node.where_clause().into_iter().flat_map(|clause| clause.predicates()) {
        let subject = match (pred.ty(), pred.lifetime()) {
            (Some(ty), _) => Ok(lower_type(&ty)),
            (None, Some(it)) => Err(Name::from(it.text().trim_start_matches('\''))),
            (None, None) => continue,
        };
        generics.wheres.push(WherePred { subject, bounds: bounds(pred.type_bound_list()) });
    }
    generics.params.shrink_to_fit();
    generics.wheres.shrink_to_fit();
    generics
}

/// A name without `r#`.
pub(super) fn plain(text: &str) -> Name {
    Name::from(text.strip_prefix("r#").unwrap_or(text))
}
