//! Which closures run as a part of the body.
//!
//! What a method does with its closure is known only where the receiver certainly is of the standard library: an
//! `and_then` of the user's own may keep it for later.

use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, match_ast};

use super::Walk;
use crate::model::{Origin, macros};
use crate::resolve::{ModuleId, Resolution};

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Receiver {
    Bool,
    Iterator,
    /// An `Option` or a `Result`.
    Maybe,
    Map,
    /// An entry of a map.
    Entry,
    /// A `Vec`, a slice, an array.
    Sequence,
    Text,
}

/// When a method runs the closure that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runs {
    /// Before it returns.
    Now,
    /// When what it returns is asked for items.
    Later,
    /// It takes none.
    Never,
}

use Receiver::{Bool, Entry, Iterator, Map, Maybe, Sequence, Text};
use Runs::{Later, Never, Now};

/// Methods of the standard library, with what comes back, where that is of interest.
const METHODS: [(Receiver, Runs, Option<Receiver>, &[&str]); 25] = [
    (Bool, Now, Some(Maybe), &["then"]),
    (Bool, Never, Some(Maybe), &["then_some"]),
    (Iterator, Now, Some(Bool), &["all", "any"]),
    (
        Iterator,
        Now,
        Some(Maybe),
        &["find", "find_map", "max_by_key", "min_by_key", "position", "reduce"],
    ),
    (Iterator, Now, None, &["fold", "for_each", "partition", "try_fold", "try_for_each"]),
    (
        Iterator,
        Later,
        Some(Iterator),
        &[
            "filter",
            "filter_map",
            "flat_map",
            "inspect",
            "map",
            "map_while",
            "skip_while",
            "take_while",
        ],
    ),
    (
        Iterator,
        Never,
        Some(Iterator),
        &[
            "chain",
            "cloned",
            "copied",
            "enumerate",
            "flatten",
            "fuse",
            "into_iter",
            "peekable",
            "rev",
            "skip",
            "step_by",
            "take",
            "zip",
        ],
    ),
    (Iterator, Never, Some(Maybe), &["last", "max", "min", "next", "nth"]),
    (Iterator, Never, None, &["collect", "count", "product", "sum", "unzip"]),
    (
        Maybe,
        Now,
        Some(Maybe),
        &[
            "and_then",
            "filter",
            "inspect",
            "inspect_err",
            "map",
            "map_err",
            "ok_or_else",
            "or_else",
        ],
    ),
    (Maybe, Now, Some(Bool), &["is_err_and", "is_none_or", "is_ok_and", "is_some_and"]),
    (Maybe, Now, None, &["get_or_insert_with", "map_or", "map_or_else", "unwrap_or_else"]),
    (
        Maybe,
        Never,
        Some(Maybe),
        &[
            "as_deref", "as_mut", "as_ref", "cloned", "copied", "err", "flatten", "ok", "ok_or",
            "take",
        ],
    ),
    (Maybe, Never, Some(Bool), &["is_err", "is_none", "is_ok", "is_some"]),
    (Maybe, Never, Some(Iterator), &["into_iter", "iter", "iter_mut"]),
    (Map, Now, None, &["retain"]),
    (
        Map,
        Never,
        Some(Iterator),
        &[
            "drain",
            "into_iter",
            "into_keys",
            "into_values",
            "iter",
            "iter_mut",
            "keys",
            "values",
            "values_mut",
        ],
    ),
    (Map, Never, Some(Maybe), &["get", "get_mut", "remove"]),
    (Map, Never, Some(Entry), &["entry"]),
    (Entry, Now, None, &["or_insert_with", "or_insert_with_key"]),
    (Entry, Now, Some(Entry), &["and_modify"]),
    (
        Sequence,
        Now,
        None,
        &["retain", "sort_by", "sort_by_key", "sort_unstable_by", "sort_unstable_by_key"],
    ),
    (
        Sequence,
        Never,
        Some(Iterator),
        &["chunks", "drain", "into_iter", "iter", "iter_mut", "windows"],
    ),
    (Sequence, Never, Some(Maybe), &["first", "get", "get_mut", "last"]),
    (
        Text,
        Never,
        Some(Iterator),
        &["bytes", "char_indices", "chars", "lines", "split", "split_whitespace"],
    ),
];

impl Receiver {
    /// What a method of that name does.
    fn method(self, name: &str) -> Option<(Runs, Option<Receiver>)> {
        let found = METHODS.iter().find(|(on, _, _, names)| *on == self && names.contains(&name));
        found.map(|(_, runs, returned, _)| (*runs, *returned))
    }

    /// By the full path of a type.
    fn of(path: &str) -> Option<Receiver> {
        Some(match path.rsplit("::").next()? {
            "Option" | "Result" => Maybe,
            "Vec" | "VecDeque" | "[]" => Sequence,
            "HashMap" | "BTreeMap" | "HashSet" | "BTreeSet" => Map,
            "String" | "str" => Text,
            "bool" => Bool,
            _ => return None,
        })
    }
}

impl Walk<'_> {
    /// Whether a closure certainly runs as a part of the body.
    pub(super) fn closure_runs(&self, closure: &ast::ClosureExpr) -> bool {
        let around = closure.syntax().ancestors().skip(1);
        let Some(parent) = around.into_iter().find(|it| it.kind() != SyntaxKind::PAREN_EXPR) else {
            return false;
        };
        match_ast! { match parent {
            ast::CallExpr(_it) => true,
            ast::LetStmt(it) => it.pat().is_some_and(|pat| self.is_called(&pat)),
            ast::ArgList(it) => self.runs_argument(&it),
            _ => false,
        }}
    }

    /// Whether the closure bound to `pat` is called in the body itself.
    fn is_called(&self, pat: &ast::Pat) -> bool {
        let ast::Pat::IdentPat(ident) = pat else { return false };
        let name = ident.name();
        let Some(binding) = name.and_then(|it| self.locals.binding(it.syntax().text_range()))
        else {
            return false;
        };
        let Some(body) = self.item.body() else { return false };
        binding.uses.iter().any(|used| {
            let token = body.syntax().token_at_offset(used.range.start()).right_biased();
            let Some(path) =
                token.and_then(|it| it.parent_ancestors().find_map(ast::PathExpr::cast))
            else {
                return false;
            };
            let is_callee =
                path.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::CALL_EXPR);
            let mut around = path.syntax().ancestors().take_while(|it| it.kind() != SyntaxKind::FN);
            is_callee && !around.any(|it| may_be_left_out(&it))
        })
    }

    fn runs_argument(&self, list: &ast::ArgList) -> bool {
        let Some(call) = list.syntax().parent() else { return false };
        match_ast! { match call {
            ast::MethodCallExpr(it) => match self.method(&it) {
                Some((Now, _)) => true,
                Some((Later, _)) => self.is_consumed(&it),
                Some((Never, _)) | None => false,
            },
            ast::CallExpr(it) => {
                matches!(self.call_target(&it), Some(Resolution::Cachelit(path)) if path.starts_with("st::"))
            },
            _ => false,
        }}
    }

    /// Whether the iterator that a call gives is asked for items where it stands.
    fn is_consumed(&self, call: &ast::MethodCallExpr) -> bool {
        let Some(parent) = call.syntax().parent() else { return false };
        match_ast! { match parent {
            ast::MethodCallExpr(next) => {
                let is_receiver = next.receiver().is_some_and(|it| it.syntax() == call.syntax());
                match self.method(&next).filter(|_| is_receiver) {
                    Some((_, Some(Iterator))) => self.is_consumed(&next),
                    Some(_) => true,
                    None => false,
                }
            },
            ast::ForExpr(it) => it.iterable().is_some_and(|it| it.syntax() == call.syntax()),
            _ => false,
        }}
    }

    fn method(&self, call: &ast::MethodCallExpr) -> Option<(Runs, Option<Receiver>)> {
        let receiver = self.receiver(&call.receiver()?)?;
        receiver.method(call.name_ref()?.text())
    }

    /// What an expression is, where that is certain.
    fn receiver(&self, expr: &ast::Expr) -> Option<Receiver> {
        self.follow(|| self.followed_receiver(expr))
    }

    fn followed_receiver(&self, expr: &ast::Expr) -> Option<Receiver> {
        match expr {
            ast::Expr::ParenExpr(it) => self.receiver(&it.expr()?),
            ast::Expr::RefExpr(it) => self.receiver(&it.expr()?),
            ast::Expr::ArrayExpr(_) => Some(Sequence),
            ast::Expr::RangeExpr(_) => Some(Iterator),
            ast::Expr::Literal(it) => match it.kind() {
                ast::LiteralKind::String(_) => Some(Text),
                ast::LiteralKind::Bool(_) => Some(Bool),
                _ => None,
            },
            ast::Expr::BinExpr(it) => {
                let is_bool =
                    matches!(it.op_kind()?, ast::BinaryOp::CmpOp(_) | ast::BinaryOp::LogicOp(_));
                is_bool.then_some(Bool)
            }
            ast::Expr::MacroExpr(it) => {
                let call = it.macro_call()?;
                let name = call.path()?.as_single_name_ref()?;
                let known =
                    self.inside_macro.is_none() && macros::is_known(self.cx, self.module, &call);
                match name.text() {
                    "vec" if known => Some(Sequence),
                    "format" if known => Some(Text),
                    _ => None,
                }
            }
            ast::Expr::CallExpr(it) => self.returned(&self.call_target(it)?),
            ast::Expr::MethodCallExpr(it) => match self.method(it) {
                Some((_, returned)) => returned,
                None => self.returned(&self.method_target(it)?),
            },
            ast::Expr::PathExpr(it) => {
                let name = it.path()?.as_single_name_ref()?;
                match &self.locals.meant_at(self.place(name.syntax()))?.origin {
                    Origin::Parameter(param) => self.written(self.module, &param.ty()?),
                    Origin::Let(stmt) => match stmt.ty() {
                        Some(ty) => self.written(self.module, &ty),
                        None => self.receiver(&stmt.initializer()?),
                    },
                    Origin::Other => None,
                }
            }
            _ => None,
        }
    }

    /// What a function of the workspace returns.
    fn returned(&self, target: &Resolution) -> Option<Receiver> {
        let Resolution::Function(callee) = target else { return None };
        let (module, item) = self.cx.function(callee)?;
        if item.async_token().is_some() {
            return None;
        }
        self.written(module, &item.ret_type()?.ty()?)
    }

    fn written(&self, module: ModuleId, ty: &ast::Type) -> Option<Receiver> {
        let scope = self.cx.resolver.scope_at(module, ty.syntax())?;
        Receiver::of(self.cx.resolver.std_type(&scope, ty)?)
    }
}

/// Whether what stands in a node may never run though what stands around it does.
fn may_be_left_out(node: &SyntaxNode) -> bool {
    let is_async = ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some());
    let has_attributes = node.children().any(|child| child.kind() == SyntaxKind::ATTR);
    is_async || has_attributes || node.kind() == SyntaxKind::CLOSURE_EXPR
}
