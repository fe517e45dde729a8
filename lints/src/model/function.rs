//! Cached functions: found by what their attributes resolve to, whatever they are called.

use std::path::Path;
use std::sync::Arc;

use cachelit_spec::lints::{Level, LintSpec};
use cachelit_spec::options::Kind;
use cachelit_spec::{CodeHash, TokenBuffer, code_hash};
use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasGenericParams, HasName};
use ra_ap_syntax::{SourceFile, SyntaxNode, TextRange};

use super::{CacheAttribute, Context, token_edition};
use crate::finding::{Finding, Note};
use crate::project::Edition;
use crate::resolve::{ModuleId, Namespace, Resolution, Scope};
use crate::source::FileRange;

/// A function with a cache attribute, in one of the crates that its file belongs to.
pub(crate) struct CachedFunction {
    pub(crate) file: Arc<Path>,
    /// The module that the file is the source of.
    pub(crate) module: ModuleId,
    /// As `cachelit::functions()` reports it.
    pub(crate) path: String,
    pub(crate) name: ast::Name,
    pub(crate) item: ast::Fn,
    /// Inside the function: its generics and `Self` are known here.
    pub(crate) scope: Scope,
    pub(crate) attribute: CacheAttribute,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) edition: Edition,
}

/// How a parameter is written.
#[derive(Clone)]
pub(crate) enum ParameterKind {
    /// `self`, `&self`, `self: Arc<Self>`.
    Receiver(ast::SelfParam),
    /// `name: T`, `mut name: T`.
    Named(ast::Name),
    /// `_: T` or a pattern that takes the value apart.
    Pattern,
}

/// A parameter of a cached function.
pub(crate) struct Parameter {
    /// `self`, the name, or the pattern as written.
    pub(crate) name: String,
    pub(crate) kind: ParameterKind,
    /// The name or pattern.
    pub(crate) range: TextRange,
    /// The written type; of a plain receiver, what the `impl` is for.
    pub(crate) ty: Option<ast::Type>,
    /// Whether it certainly belongs to this build.
    pub(crate) is_configured: bool,
}

impl Parameter {
    /// Whether it is left out of the key.
    pub(crate) fn is_excluded(&self) -> bool {
        self.name.starts_with('_')
    }

    /// `&mut self` or `name: &mut T`.
    pub(crate) fn is_mutably_borrowed(&self) -> bool {
        match &self.kind {
            ParameterKind::Receiver(it) if it.amp_token().is_some() => it.mut_token().is_some(),
            _ => matches!(&self.ty, Some(ast::Type::RefType(it)) if it.mut_token().is_some()),
        }
    }
}

impl CachedFunction {
    pub(crate) fn kind(&self) -> Kind {
        self.attribute.kind
    }

    /// A place in this function's file.
    pub(crate) fn place(&self, range: TextRange) -> FileRange {
        FileRange { file: Arc::clone(&self.file), range }
    }

    /// Where the whole function stands.
    pub(crate) fn item_place(&self) -> FileRange {
        self.place(self.item.syntax().text_range())
    }

    /// The hash that the compiled program uses.
    pub(crate) fn code_hash(&self) -> CodeHash {
        let text = self.item.syntax().text().to_string();
        code_hash(TokenBuffer::from_source(&text, token_edition(self.edition)).tokens())
    }

    pub(crate) fn return_type(&self) -> Option<ast::Type> {
        self.item.ret_type()?.ty()
    }

    /// The type of what is stored, as `#[cache_resource]` sees it: it goes by how a `Result` and an `Arc` are written.
    pub(crate) fn stored_object(&self) -> Option<ast::Type> {
        let written = self.return_type()?;
        let ok = first_argument(&written, "Result").unwrap_or(written);
        Some(first_argument(&ok, "Arc").unwrap_or(ok))
    }

    /// The part of the return type that shows what is stored as data: the `T` where a `Result<T, E>` is written so.
    pub(crate) fn shown_data(&self, cx: &Context<'_>) -> Option<ast::Type> {
        let written = self.return_type()?;
        let value = first_argument(&written, "Result")
            .filter(|value| cx.resolver.succeeds_with(&self.scope, &written, value));
        Some(value.unwrap_or(written))
    }

    /// The names of type and const parameters: the function's, and those of the `impl` around it.
    pub(crate) fn type_parameters(&self) -> Vec<String> {
        let around = impl_of(&self.item).and_then(|it| it.generic_param_list());
        around
            .into_iter()
            .chain(self.item.generic_param_list())
            .flat_map(|list| list.type_or_const_params())
            .filter_map(|param| match param {
                ast::TypeOrConstParam::Type(it) => it.name(),
                ast::TypeOrConstParam::Const(it) => it.name(),
            })
            .map(|name| name.text().to_string())
            .collect()
    }

    /// A finding about this function. The engine sets the level.
    pub(crate) fn finding(
        &self,
        lint: &'static LintSpec,
        range: TextRange,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            lint,
            level: Level::Deny,
            message: message.into(),
            place: self.place(range),
            function: self.path.clone(),
            parameter: None,
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }
}

impl Note {
    /// A note without a place.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Note { message: message.into(), place: None }
    }
}

/// The `impl` that a function is a direct member of.
pub(crate) fn impl_of(item: &ast::Fn) -> Option<ast::Impl> {
    ast::Impl::cast(item.syntax().parent()?.parent()?)
}

/// The cached functions of a file as a part of `module`'s crate, in source order.
pub(crate) fn cached_functions(
    cx: &Context<'_>,
    file: &Arc<Path>,
    module: ModuleId,
    tree: &SourceFile,
) -> Vec<CachedFunction> {
    tree.syntax()
        .descendants()
        .filter_map(ast::Fn::cast)
        .filter_map(|item| cached_function(cx, file, module, item))
        .collect()
}

fn cached_function(
    cx: &Context<'_>,
    file: &Arc<Path>,
    module: ModuleId,
    item: ast::Fn,
) -> Option<CachedFunction> {
    let name = item.name()?;
    let attribute = cache_attributes(cx, module, &item).into_iter().next()?;
    let scope = cx.resolver.scope_at(module, name.syntax())?;
    let parameters = parameters(cx, &scope, &item);
    let path = format!(
        "{}::{}",
        module_path(cx, module, item.syntax()),
        name.text().trim_start_matches("r#")
    );
    Some(CachedFunction {
        file: Arc::clone(file),
        module,
        path,
        name,
        scope,
        attribute,
        parameters,
        edition: cx.edition(module),
        item,
    })
}

/// The attributes of a function that resolve to cachelit's, `cfg_attr`s that hold included.
pub(crate) fn cache_attributes(
    cx: &Context<'_>,
    module: ModuleId,
    item: &ast::Fn,
) -> Vec<CacheAttribute> {
    let mut candidates = item.attrs().filter(|attr| !is_built_in(attr)).peekable();
    if candidates.peek().is_none() {
        return Vec::new();
    }
    let Some(scope) = cx.resolver.scope_at(module, item.syntax()) else { return Vec::new() };
    if cx.cfg_attributes_hold(&scope, item.syntax()) != Some(true) {
        return Vec::new();
    }
    let edition = cx.edition(module);
    candidates
        .filter_map(|attr| attr.meta())
        .flat_map(|meta| cx.active_metas(&scope, meta))
        .filter_map(|meta| {
            let kind = match cx.resolver.resolve_path(&scope, &meta.path()?, Namespace::Macro) {
                Resolution::Cachelit(path) if path == "cache_data" => Kind::Data,
                Resolution::Cachelit(path) if path == "cache_resource" => Kind::Resource,
                _ => return None,
            };
            CacheAttribute::new(kind, &meta, edition)
        })
        .collect()
}

/// Attributes that can't be anything else, to spare most functions the name resolution.
fn is_built_in(attr: &ast::Attr) -> bool {
    const NAMES: [&str; 16] = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "ignore",
        "inline",
        "must_use",
        "rustfmt",
        "should_panic",
        "track_caller",
        "unsafe",
        "warn",
    ];
    attr.simple_name().is_some_and(|name| NAMES.contains(&name.as_str()))
}

fn parameters(cx: &Context<'_>, scope: &Scope, item: &ast::Fn) -> Vec<Parameter> {
    let Some(list) = item.param_list() else { return Vec::new() };
    let receiver = list.self_param().map(|receiver| Parameter {
        name: "self".to_owned(),
        range: receiver
            .name()
            .map_or(receiver.syntax().text_range(), |it| it.syntax().text_range()),
        ty: receiver.ty().or_else(|| impl_of(item)?.self_ty()),
        is_configured: cx.cfg_attributes_hold(scope, receiver.syntax()) == Some(true),
        kind: ParameterKind::Receiver(receiver),
    });
    let others = list.params().filter_map(|param| {
        let holds = cx.cfg_attributes_hold(scope, param.syntax());
        if holds == Some(false) {
            return None;
        }
        let pat = param.pat()?;
        let named = match &pat {
            ast::Pat::IdentPat(it) if it.pat().is_none() => it.name(),
            _ => None,
        };
        let (name, range, kind) = if let Some(name) = named {
            let range = name.syntax().text_range();
            (name.text().to_string(), range, ParameterKind::Named(name))
        } else {
            let node = pat.syntax();
            (node.text().to_string(), node.text_range(), ParameterKind::Pattern)
        };
        Some(Parameter { name, kind, range, ty: param.ty(), is_configured: holds == Some(true) })
    });
    receiver.into_iter().chain(others).collect()
}

/// The path of the module around `node`: inline modules of the file included.
fn module_path(cx: &Context<'_>, module: ModuleId, node: &SyntaxNode) -> String {
    let mut path = cx.resolver.module_path(module);
    let mut inline: Vec<_> =
        node.ancestors().filter_map(ast::Module::cast).filter_map(|it| it.name()).collect();
    inline.reverse();
    for name in inline {
        path.push_str("::");
        path.push_str(name.text());
    }
    path
}

/// The first type argument of `ty` if its last path segment is `name`; an `Arc` of another crate or module than the
/// standard library's is not meant.
fn first_argument(ty: &ast::Type, name: &str) -> Option<ast::Type> {
    use ra_ap_syntax::ast::HasGenericArgs;
    let ast::Type::PathType(path) = ty else { return None };
    let path = path.path()?;
    let segment = path.segment()?;
    if segment.name_ref()?.text() != name || path.first_segment()?.type_anchor().is_some() {
        return None;
    }
    let first = path.first_segment()?.name_ref();
    let is_std = first.is_some_and(|it| ["std", "alloc", "core", "sync"].contains(&it.text()));
    if name == "Arc" && path.qualifier().is_some() && !is_std {
        return None;
    }
    segment.generic_arg_list()?.generic_args().find_map(|arg| match arg {
        ast::GenericArg::TypeArg(arg) => arg.ty(),
        _ => None,
    })
}
