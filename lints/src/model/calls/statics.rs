//! Reads of statics whose value can change: `static mut`, atomics, values behind locks, thread-locals.
//!
//! Only what is certainly a read counts: a counter that is only added to, a log that is only pushed to, a lock that is
//! only held and a scratch buffer are no inputs of a function.

use ra_ap_syntax::ast::{self, AstNode, BinaryOp, HasArgList, HasName, UnaryOp};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, T, TextRange};

use super::Walk;
use crate::resolve::{Namespace, Resolution};

/// A read of a static that can change.
pub(crate) struct StaticRead {
    /// The expression that reads.
    pub(crate) range: TextRange,
    /// The static's path, or the name of a thread-local.
    pub(crate) name: String,
    pub(crate) is_thread_local: bool,
}

/// Methods of a value behind a lock that only copy it.
const COPIES: [&str; 3] = ["clone", "to_owned", "to_string"];

impl Walk<'_> {
    pub(super) fn static_read(&self, path: &ast::PathExpr) -> Option<StaticRead> {
        let names = path.path()?;
        let name = names.segment()?.name_ref()?;
        // As the style guide has it and rustc warns of otherwise; all else needn't be looked up.
        if !name.text().chars().all(|ch| ch.is_uppercase() || ch.is_numeric() || ch == '_') {
            return None;
        }
        if names.as_single_name_ref().is_some()
            && self.locals.meant_at(self.place(name.syntax())).is_some()
        {
            return None;
        }
        let scope = self.scope(path.syntax())?;
        match self.cx.resolver.resolve_path(&scope, &names, Namespace::Value) {
            Resolution::Static(found) => {
                let (module, item) = self.cx.static_item(&found)?;
                let read = if item.mut_token().is_some() {
                    value_read(path.syntax())?
                } else {
                    let ty = item.ty()?;
                    let scope = self.cx.resolver.scope_at(module, ty.syntax())?;
                    shared_read(path.syntax(), self.cx.resolver.std_type(&scope, &ty)?)?
                };
                let range = self.place(&read);
                Some(StaticRead { range, name: found.path, is_thread_local: false })
            }
            Resolution::Unknown if self.is_thread_local(path.syntax(), name.text()) => {
                let read = thread_local_read(path.syntax())?;
                let name = name.text().to_owned();
                Some(StaticRead { range: self.place(&read), name, is_thread_local: true })
            }
            _ => None,
        }
    }

    /// Whether `thread_local!` declares a name in a block or module around `node`, which then means it.
    fn is_thread_local(&self, node: &SyntaxNode, name: &str) -> bool {
        // Other macros there may declare the name again, but then it doesn't compile.
        let in_module = |it: &SyntaxNode| {
            matches!(
                it.kind(),
                SyntaxKind::STMT_LIST | SyntaxKind::ITEM_LIST | SyntaxKind::SOURCE_FILE
            )
        };
        let around = node.ancestors().filter(in_module).peekable();
        for list in around {
            let declares = list
                .children()
                .filter_map(|it| {
                    ast::MacroCall::cast(it.clone()).or_else(|| {
                        it.children().find_map(|it| ast::MacroExpr::cast(it)?.macro_call())
                    })
                })
                .any(|call| self.declares_thread_local(&call, name));
            if declares {
                return true;
            }
            if list.kind() != SyntaxKind::STMT_LIST {
                return false;
            }
        }
        false
    }

    fn declares_thread_local(&self, call: &ast::MacroCall, name: &str) -> bool {
        let is_named = call
            .path()
            .and_then(|path| path.segment()?.name_ref())
            .is_some_and(|it| it.text() == "thread_local");
        let (true, Some(path), Some(tree)) = (is_named, call.path(), call.token_tree()) else {
            return false;
        };
        let scope = self.cx.resolver.scope_at(self.module, call.syntax());
        if !scope.is_some_and(|scope| self.cx.resolver.is_std_macro(&scope, &path)) {
            return false;
        }
        let tokens: Vec<_> = tree
            .syntax()
            .children_with_tokens()
            .filter_map(ra_ap_syntax::NodeOrToken::into_token)
            .filter(|token| !token.kind().is_trivia())
            .collect();
        tokens.windows(2).any(|pair| pair[0].kind() == T![static] && pair[1].text() == name)
    }
}

/// The expression itself, if it is one whose value is taken rather than a place that is written or borrowed.
fn value_read(node: &SyntaxNode) -> Option<SyntaxNode> {
    let parent = node.parent()?;
    let is_read = match ast::Expr::cast(parent.clone()) {
        Some(ast::Expr::BinExpr(it)) => match it.op_kind()? {
            BinaryOp::Assignment { .. } => it.rhs().is_some_and(|rhs| rhs.syntax() == node),
            _ => true,
        },
        Some(ast::Expr::ParenExpr(_) | ast::Expr::CastExpr(_)) => return value_read(&parent),
        Some(ast::Expr::PrefixExpr(it)) => it.op_kind() != Some(UnaryOp::Deref),
        Some(ast::Expr::ReturnExpr(_)) => true,
        None => match parent.kind() {
            // The last is the value of a block.
            SyntaxKind::LET_STMT | SyntaxKind::ARG_LIST | SyntaxKind::STMT_LIST => true,
            _ => false,
        },
        _ => false,
    };
    is_read.then(|| node.clone())
}

/// The call or expression that reads what a static of a type of the standard library holds.
fn shared_read(node: &SyntaxNode, ty: &str) -> Option<SyntaxNode> {
    if ty.starts_with("std::sync::atomic::Atomic") {
        let call = method(node, &["load"])?;
        return is_used(&call).then_some(call);
    }
    let lock = match ty {
        "std::sync::Mutex" => method(node, &["lock"])?,
        "std::sync::RwLock" => method(node, &["read"])?,
        _ => return None,
    };
    copied(&without_errors(lock))
}

/// What reads a thread-local: `X.get()`, `X.with(Cell::get)`, `X.with(|x| x.get())`, `X.with_borrow(|x| …)`.
fn thread_local_read(node: &SyntaxNode) -> Option<SyntaxNode> {
    let call = method(node, &["get", "with", "with_borrow"])?;
    let it = ast::MethodCallExpr::cast(call.clone())?;
    if !is_used(&call) {
        return None;
    }
    if it.name_ref()?.text() != "with" {
        return Some(call);
    }
    let argument = it.arg_list()?.args().next()?;
    let is_read = match argument {
        ast::Expr::PathExpr(path) => {
            let path = path.path()?;
            path.segment()?.name_ref()?.text() == "get"
                && path.qualifier()?.segment()?.name_ref()?.text() == "Cell"
        }
        ast::Expr::ClosureExpr(closure) => {
            let name = match closure.param_list()?.params().next()?.pat()? {
                ast::Pat::IdentPat(it) => it.name()?,
                _ => return None,
            };
            let body = closure.body()?;
            body.syntax().descendants().filter_map(ast::PathExpr::cast).any(|used| {
                let is_it = used.path().and_then(|path| path.as_single_name_ref());
                let is_it = is_it.is_some_and(|used| used.text() == name.text());
                is_it && is_cell_read(used.syntax(), body.syntax())
            })
        }
        _ => false,
    };
    is_read.then_some(call)
}

/// `x.get()`, `*x.borrow()` or `x.borrow().clone()` as all that a closure does.
fn is_cell_read(node: &SyntaxNode, body: &SyntaxNode) -> bool {
    let read = method(node, &["get"]).or_else(|| copied(&method(node, &["borrow"])?));
    read.is_some_and(|read| read == *body)
}

/// The call of one of those methods that a node is the receiver of.
fn method(node: &SyntaxNode, names: &[&str]) -> Option<SyntaxNode> {
    let call = ast::MethodCallExpr::cast(node.parent()?)?;
    let is_receiver = call.receiver().is_some_and(|it| it.syntax() == node);
    let is_named = call.name_ref().is_some_and(|name| names.contains(&name.text()));
    (is_receiver && is_named).then(|| call.syntax().clone())
}

/// Past `.unwrap()`, `.expect("…")` and `?`.
fn without_errors(mut node: SyntaxNode) -> SyntaxNode {
    loop {
        let next = method(&node, &["unwrap", "expect"])
            .or_else(|| Some(ast::TryExpr::cast(node.parent()?)?.syntax().clone()));
        match next {
            Some(next) => node = next,
            None => return node,
        }
    }
}

/// `*guard` where that is a value, or a call that copies what is behind the guard.
fn copied(guard: &SyntaxNode) -> Option<SyntaxNode> {
    if let Some(call) = method(guard, &COPIES) {
        return is_used(&call).then_some(call);
    }
    let deref = ast::PrefixExpr::cast(guard.parent()?)?;
    if deref.op_kind()? != UnaryOp::Deref {
        return None;
    }
    value_read(deref.syntax())
}

/// Whether something is done with an expression's value.
fn is_used(node: &SyntaxNode) -> bool {
    node.parent().is_some_and(|parent| match parent.kind() {
        SyntaxKind::EXPR_STMT => false,
        SyntaxKind::LET_STMT => {
            let pat = ast::LetStmt::cast(parent).and_then(|it| it.pat());
            !matches!(pat, Some(ast::Pat::WildcardPat(_)))
        }
        _ => true,
    })
}
