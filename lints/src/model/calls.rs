//! The calls that a function's body makes, with what they lead to.
//!
//! Paths are resolved. Methods are where the receiver's type is written or obvious: `self`, a
//! parameter, a `let` with a type, a struct literal, the result of a function of the workspace.

use std::cell::{Cell, RefCell};

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, TextRange, TextSize, match_ast};
use rustc_hash::FxHashMap;

use super::function::impl_of;
use super::{Context, Locals, Origin, macros, parser_edition};
use crate::resolve::{ModuleId, Namespace, Resolution, Scope, parse_file};

mod closures;
mod statics;

use statics::StaticRead;

/// A call in a body.
pub(crate) struct Call {
    /// The whole call expression.
    pub(crate) range: TextRange,
    pub(crate) target: Resolution,
    /// Whether it belongs to the function's own run: not so in a closure that may be kept for later.
    pub(crate) runs_in_body: bool,
}

/// What makes a file of an expression.
const PREFIX: &str = "const _: () = ";

/// The calls in a function's body, in source order, nested items left out.
pub(crate) fn calls_of(cx: &Context<'_>, module: ModuleId, item: &ast::Fn) -> Vec<Call> {
    let locals = Locals::of(cx, module, item);
    let mut walk = Walk::new(cx, module, item, &locals);
    walk.body();
    walk.calls
}

/// The statics that can change, and that a function's own run certainly reads, in source order.
pub(crate) fn static_reads(cx: &Context<'_>, module: ModuleId, item: &ast::Fn) -> Vec<StaticRead> {
    let locals = Locals::of(cx, module, item);
    let mut walk = Walk::new(cx, module, item, &locals);
    walk.wants_statics = true;
    walk.body();
    walk.reads
}

struct Walk<'a> {
    cx: &'a Context<'a>,
    module: ModuleId,
    item: &'a ast::Fn,
    locals: &'a Locals,
    /// For an argument of a macro, which is parsed apart behind [`PREFIX`]: where it stands.
    inside_macro: Option<(Scope, TextSize)>,
    /// How many expressions are being followed to say what one is.
    followed: Cell<u32>,
    /// The types of expressions by their place.
    types: RefCell<FxHashMap<TextRange, Option<(Scope, ast::Type)>>>,
    calls: Vec<Call>,
    wants_statics: bool,
    reads: Vec<StaticRead>,
}

/// How many expressions are followed to say what one is: links of a chain, bindings made from one another.
const MAX_FOLLOWED: u32 = 100;

impl<'a> Walk<'a> {
    fn new(cx: &'a Context<'a>, module: ModuleId, item: &'a ast::Fn, locals: &'a Locals) -> Self {
        Walk {
            cx,
            module,
            item,
            locals,
            inside_macro: None,
            followed: Cell::default(),
            types: RefCell::default(),
            calls: Vec::new(),
            wants_statics: false,
            reads: Vec::new(),
        }
    }

    fn body(&mut self) {
        if let Some(body) = self.item.body() {
            self.visit(body.syntax(), true);
        }
    }

    fn visit(&mut self, node: &SyntaxNode, mut runs: bool) {
        if node.children().any(|child| child.kind() == SyntaxKind::ATTR) {
            let Some(scope) = self.scope(node) else { return };
            match self.cx.cfg_attributes_hold(&scope, node) {
                Some(true) => {}
                Some(false) => return,
                None => runs = false,
            }
        }
        match_ast! { match node {
            ast::MacroCall(it) => self.macro_call(&it, runs),
            ast::Item(_it) => {},
            ast::Type(_it) => {},
            ast::ClosureExpr(it) => {
                let runs = runs && self.closure_runs(&it);
                self.children(node, runs);
            },
            ast::BlockExpr(it) => {
                let is_awaited = node.parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
                self.children(node, runs && (it.async_token().is_none() || is_awaited));
            },
            ast::CallExpr(it) => {
                self.children(node, runs);
                self.push(node, self.call_target(&it), runs);
            },
            ast::MethodCallExpr(it) => {
                self.children(node, runs);
                self.push(node, self.method_target(&it), runs);
            },
            ast::PathExpr(it) => if self.wants_statics && runs {
                self.reads.extend(self.static_read(&it));
            },
            _ => self.children(node, runs),
        }}
    }

    fn children(&mut self, node: &SyntaxNode, runs: bool) {
        for child in node.children() {
            self.visit(&child, runs);
        }
    }

    /// Calls that lead nowhere known may lead anywhere.
    fn push(&mut self, node: &SyntaxNode, target: Option<Resolution>, runs: bool) {
        let Some(target) = target.filter(|target| *target != Resolution::Unknown) else {
            self.cx.doubt.set(true);
            return;
        };
        // What a trait of the user's adds to such a type may lead anywhere, too.
        if matches!(target, Resolution::StdAssociated(_)) {
            self.cx.doubt.set(true);
        }
        let is_async = matches!(&target, Resolution::Function(callee)
            if self.cx.function(callee).is_some_and(|(_, item)| item.async_token().is_some()));
        let is_awaited = node.parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
        let runs_in_body = runs && (!is_async || is_awaited);
        let range = self.place(node);
        self.calls.push(Call { range, target, runs_in_body });
    }

    /// Where a node stands in the file.
    fn place(&self, node: &SyntaxNode) -> TextRange {
        match &self.inside_macro {
            Some((_, start)) => node.text_range() - TextSize::of(PREFIX) + *start,
            None => node.text_range(),
        }
    }

    fn scope(&self, node: &SyntaxNode) -> Option<Scope> {
        match &self.inside_macro {
            Some((scope, _)) => Some(scope.clone()),
            None => self.cx.resolver.scope_at(self.module, node),
        }
    }

    fn call_target(&self, call: &ast::CallExpr) -> Option<Resolution> {
        let mut callee = call.expr()?;
        while let ast::Expr::ParenExpr(inner) = callee {
            callee = inner.expr()?;
        }
        let ast::Expr::PathExpr(callee) = callee else { return None };
        let path = callee.path()?;
        let is_local = path
            .as_single_name_ref()
            .is_some_and(|name| self.locals.meant_at(self.place(name.syntax())).is_some());
        if is_local {
            return None;
        }
        Some(self.cx.resolver.resolve_path(&self.scope(call.syntax())?, &path, Namespace::Value))
    }

    fn method_target(&self, call: &ast::MethodCallExpr) -> Option<Resolution> {
        let name = call.name_ref()?;
        let (scope, ty) = self.type_of(&call.receiver()?)?;
        Some(self.cx.resolver.resolve_method(&scope, &ty, name.text()))
    }

    /// Follows one more expression, if there weren't too many.
    fn follow<R>(&self, work: impl FnOnce() -> Option<R>) -> Option<R> {
        let followed = self.followed.get();
        if followed == MAX_FOLLOWED {
            return None;
        }
        self.followed.set(followed + 1);
        let found = work();
        self.followed.set(followed);
        found
    }

    /// The type of an expression, references stripped, where it is written or obvious.
    fn type_of(&self, expr: &ast::Expr) -> Option<(Scope, ast::Type)> {
        let place = self.place(expr.syntax());
        let known = self.types.borrow().get(&place).cloned();
        known.unwrap_or_else(|| {
            let found = self.follow(|| self.followed_type(expr));
            self.types.borrow_mut().insert(place, found.clone());
            found
        })
    }

    fn followed_type(&self, expr: &ast::Expr) -> Option<(Scope, ast::Type)> {
        match expr {
            ast::Expr::ParenExpr(it) => self.type_of(&it.expr()?),
            ast::Expr::RefExpr(it) => self.type_of(&it.expr()?),
            ast::Expr::RecordExpr(it) => self.path_type(it.syntax(), &it.path()?),
            ast::Expr::AwaitExpr(it) => self.result_type(&it.expr()?, true),
            ast::Expr::CallExpr(_) | ast::Expr::MethodCallExpr(_) => self.result_type(expr, false),
            ast::Expr::PathExpr(it) => {
                let path = it.path()?;
                let name = path.as_single_name_ref()?;
                if name.self_token().is_some() {
                    let ty = impl_of(self.item)?.self_ty()?;
                    return Some((self.cx.resolver.scope_at(self.module, ty.syntax())?, ty));
                }
                match &self.locals.meant_at(self.place(name.syntax()))?.origin {
                    Origin::Parameter(param) => self.written_type(self.module, param.ty()?),
                    Origin::Let(stmt) => match stmt.ty() {
                        Some(ty) => self.written_type(self.module, ty),
                        None => self.type_of(&stmt.initializer()?),
                    },
                    Origin::Other => None,
                }
            }
            _ => None,
        }
    }

    /// The type of a call's result as the signature says; of an async function's once it is awaited.
    fn result_type(&self, call: &ast::Expr, is_awaited: bool) -> Option<(Scope, ast::Type)> {
        let target = match call {
            ast::Expr::CallExpr(it) => self.call_target(it)?,
            ast::Expr::MethodCallExpr(it) => self.method_target(it)?,
            _ => return None,
        };
        let Resolution::Function(callee) = target else { return None };
        let (module, item) = self.cx.function(&callee)?;
        if item.async_token().is_some() != is_awaited {
            return None;
        }
        self.written_type(module, item.ret_type()?.ty()?)
    }

    fn written_type(&self, module: ModuleId, mut ty: ast::Type) -> Option<(Scope, ast::Type)> {
        loop {
            ty = match ty {
                ast::Type::RefType(it) => it.ty()?,
                ast::Type::ParenType(it) => it.ty()?,
                ast::Type::PathType(_) => {
                    return Some((self.cx.resolver.scope_at(module, ty.syntax())?, ty));
                }
                _ => return None,
            };
        }
    }

    fn path_type(&self, at: &SyntaxNode, path: &ast::Path) -> Option<(Scope, ast::Type)> {
        let text = format!("type It = {};", path.syntax().text());
        let edition = parser_edition(self.cx.edition(self.module));
        let tree = parse_file(&text, edition)?.tree();
        let ty = tree.syntax().descendants().find_map(ast::Type::cast)?;
        Some((self.scope(at)?, ty))
    }

    /// Arguments of the standard library's macros are expressions; of others nothing is known.
    fn macro_call(&mut self, call: &ast::MacroCall, runs: bool) {
        if self.inside_macro.is_some() || !macros::is_known(self.cx, self.module, call) {
            return;
        }
        let Some(tree) = call.token_tree() else { return };
        let Some(scope) = self.scope(call.syntax()) else { return };
        let edition = parser_edition(self.cx.edition(self.module));
        for argument in macros::arguments(&tree) {
            let text = tree.syntax().text().slice(argument - tree.syntax().text_range().start());
            let Some(source) = parse_file(&format!("{PREFIX}{text};"), edition) else {
                continue;
            };
            let Some(expr) = source.tree().syntax().descendants().find_map(ast::Const::cast) else {
                continue;
            };
            let Some(expr) = expr.body() else { continue };
            self.inside_macro = Some((scope.clone(), argument.start()));
            self.visit(expr.syntax(), runs);
            self.inside_macro = None;
        }
    }
}
