//! Constants in types: lengths of arrays, constant arguments.

use ra_ap_syntax::ast::{self, HasModuleItem};

use super::lower::Env;
use super::names::{Def, Found, StdItem};
use super::query::Query;
use super::summary::{ItemKind, parse_file};
use super::ty::{Const, Ty};
use super::{Namespace, Resolver};

impl Resolver {
    /// A constant expression in a type.
    pub(super) fn constant(&self, q: &Query, env: &Env, text: &str) -> Const {
        let source = format!("const C: usize = {text};");
        let Some(parse) = parse_file(&source, ra_ap_syntax::Edition::LATEST) else {
            return Const::Unknown;
        };
        let body = match parse.tree().items().next() {
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
                ast::LiteralKind::Byte(value) => match value.value() {
                    Ok(value) => Const::Value(u128::from(value)),
                    Err(_) => Const::Unknown,
                },
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
                let op = it.op_kind();
                op.and_then(|op| binary(op, left, right)).map_or(Const::Unknown, Const::Value)
            }
            ast::Expr::PrefixExpr(it) => {
                let Const::Value(value) = self.evaluate_optional(q, env, it.expr()) else {
                    return Const::Unknown;
                };
                match it.op_kind() {
                    Some(ast::UnaryOp::Neg) => Const::Value(value.wrapping_neg()),
                    // Of a number, it depends on the type.
                    Some(ast::UnaryOp::Not) if is_truth(it.expr()) => Const::Value(value ^ 1),
                    _ => Const::Unknown,
                }
            }
            ast::Expr::PathExpr(it) => {
                let Some(path) = it.path().as_ref().map(super::summary::lower_path) else {
                    return Const::Unknown;
                };
                if let Some(Ty::Const(value)) = path.as_name().and_then(|name| env.param(name)) {
                    return value.clone();
                }
                let (found, used) = self.resolve(q, env.module, &path, Namespace::Value, false);
                if let Found::Def(Def::Std(StdItem(item))) = &found
                    && let Some(last) = path.segments.get(used)
                {
                    return limit(item.path, &last.name).map_or(Const::Unknown, Const::Value);
                }
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

/// What an operator makes of two values. Negative ones are kept as `u128` wraps them; code that compiles
/// does not overflow.
fn binary(op: ast::BinaryOp, left: u128, right: u128) -> Option<u128> {
    use ast::{ArithOp, BinaryOp, CmpOp, LogicOp, Ordering};
    let is_negative = left.max(right) > u128::MAX / 2;
    match op {
        BinaryOp::ArithOp(ArithOp::Add) => Some(left.wrapping_add(right)),
        BinaryOp::ArithOp(ArithOp::Sub) => Some(left.wrapping_sub(right)),
        BinaryOp::ArithOp(ArithOp::Mul) => Some(left.wrapping_mul(right)),
        BinaryOp::ArithOp(ArithOp::BitAnd) | BinaryOp::LogicOp(LogicOp::And) => Some(left & right),
        BinaryOp::ArithOp(ArithOp::BitOr) | BinaryOp::LogicOp(LogicOp::Or) => Some(left | right),
        BinaryOp::ArithOp(ArithOp::BitXor) => Some(left ^ right),
        BinaryOp::CmpOp(CmpOp::Eq { negated }) => Some(u128::from((left == right) != negated)),
        _ if is_negative => None,
        BinaryOp::ArithOp(ArithOp::Div) => left.checked_div(right),
        BinaryOp::ArithOp(ArithOp::Rem) => left.checked_rem(right),
        BinaryOp::ArithOp(ArithOp::Shl) => left.checked_shl(u32::try_from(right).ok()?),
        BinaryOp::ArithOp(ArithOp::Shr) => left.checked_shr(u32::try_from(right).ok()?),
        BinaryOp::CmpOp(CmpOp::Ord { ordering, strict }) => {
            let holds = match (ordering, strict) {
                (Ordering::Less, true) => left < right,
                (Ordering::Less, false) => left <= right,
                (Ordering::Greater, true) => left > right,
                (Ordering::Greater, false) => left >= right,
            };
            Some(u128::from(holds))
        }
        BinaryOp::Assignment { .. } => None,
    }
}

/// Whether an expression is plainly a `bool`.
fn is_truth(expr: Option<ast::Expr>) -> bool {
    match expr {
        Some(ast::Expr::Literal(literal)) => matches!(literal.kind(), ast::LiteralKind::Bool(_)),
        Some(ast::Expr::ParenExpr(it)) => is_truth(it.expr()),
        Some(ast::Expr::BinExpr(it)) => {
            matches!(it.op_kind(), Some(ast::BinaryOp::CmpOp(_) | ast::BinaryOp::LogicOp(_)))
        }
        _ => false,
    }
}

/// `u8::MAX` and the like.
fn limit(of: &str, name: &str) -> Option<u128> {
    let bits: u32 = match of {
        "usize" | "isize" => return None,
        _ => of.strip_prefix(['u', 'i'])?.parse().ok()?,
    };
    match name {
        "BITS" => Some(u128::from(bits)),
        "MAX" if of.starts_with('u') => Some(u128::MAX >> (128 - bits)),
        "MAX" => Some(u128::MAX >> (129 - bits)),
        "MIN" if of.starts_with('u') => Some(0),
        _ => None,
    }
}
