//! Constants in types: lengths of arrays, constant arguments.

use ra_ap_syntax::SourceFile;
use ra_ap_syntax::ast::{self, HasModuleItem};

use super::lower::Env;
use super::names::{Def, Found};
use super::query::Query;
use super::summary::ItemKind;
use super::ty::{Const, Ty};
use super::{Namespace, Resolver};

impl Resolver {
    /// A constant expression in a type.
    pub(super) fn constant(&self, q: &Query, env: &Env, text: &str) -> Const {
        let source = format!("const C: usize = {text};");
        let tree = SourceFile::parse(&source, ra_ap_syntax::Edition::LATEST).tree();
        let body = match tree.items().next() {
            Some(ast::Item::Const(it)) => it.body(),
            _ => None,
        };
        match body {
            Some(expr) => q.enter(|| self.evaluate(q, env, &expr)).unwrap_or(Const::Unknown),
            None => Const::Unknown,
        }
    }

    fn evaluate(&self, q: &Query, env: &Env, expr: &ast::Expr) -> Const {
        match expr {
            ast::Expr::Literal(literal) => match literal.kind() {
                ast::LiteralKind::IntNumber(number) => {
                    number.value().map_or(Const::Unknown, Const::Value)
                }
                ast::LiteralKind::Bool(value) => Const::Value(u128::from(value)),
                ast::LiteralKind::Char(value) => match value.value() {
                    Ok(value) => Const::Value(u128::from(u32::from(value))),
                    Err(_) => Const::Unknown,
                },
                _ => Const::Unknown,
            },
            ast::Expr::ParenExpr(it) => self.evaluate_optional(q, env, it.expr()),
            ast::Expr::BlockExpr(it) => {
                self.evaluate_optional(q, env, it.stmt_list().and_then(|list| list.tail_expr()))
            }
            ast::Expr::BinExpr(it) => {
                let sides = (
                    self.evaluate_optional(q, env, it.lhs()),
                    self.evaluate_optional(q, env, it.rhs()),
                );
                let (Const::Value(left), Const::Value(right)) = sides else {
                    return Const::Unknown;
                };
                let Some(ast::BinaryOp::ArithOp(op)) = it.op_kind() else { return Const::Unknown };
                let value = match op {
                    ast::ArithOp::Add => left.checked_add(right),
                    ast::ArithOp::Sub => left.checked_sub(right),
                    ast::ArithOp::Mul => left.checked_mul(right),
                    ast::ArithOp::Div => left.checked_div(right),
                    ast::ArithOp::Rem => left.checked_rem(right),
                    _ => None,
                };
                value.map_or(Const::Unknown, Const::Value)
            }
            ast::Expr::PathExpr(it) => {
                let Some(path) = it.path().as_ref().map(super::summary::lower_path) else {
                    return Const::Unknown;
                };
                if let Some(Ty::Const(value)) = path.as_name().and_then(|name| env.param(name)) {
                    return value.clone();
                }
                let (found, used) = self.resolve(q, env.module, &path, Namespace::Value, false);
                let Found::Def(Def::Item(item)) = found else { return Const::Unknown };
                match &item.item.kind {
                    ItemKind::Const { value: Some(text) } if used == path.segments.len() => {
                        self.constant(q, &Env::new(item.module), text)
                    }
                    _ => Const::Unknown,
                }
            }
            _ => Const::Unknown,
        }
    }

    fn evaluate_optional(&self, q: &Query, env: &Env, expr: Option<ast::Expr>) -> Const {
        match expr {
            Some(expr) => q.enter(|| self.evaluate(q, env, &expr)).unwrap_or(Const::Unknown),
            None => Const::Unknown,
        }
    }
}
