//! What becomes of a value in a function: whether its result can depend on it.

use ra_ap_syntax::ast::{self, ArithOp, AstNode, BinaryOp, HasArgList, HasName};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, TextRange, match_ast};

use crate::model::{Context, Locals};
use crate::resolve::ModuleId;

/// Macros that tell a person something: those that print, and those of log and tracing.
const TELL: [&str; 17] = [
    "debug",
    "debug_span",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "info",
    "info_span",
    "log",
    "print",
    "println",
    "span",
    "trace",
    "trace_span",
    "warn",
    "warn_span",
];

/// Macros that have a value made of their arguments.
const MAKE: [&str; 2] = ["dbg", "format"];

/// Nodes that have the value of the one inside, or hold it for a macro.
const WRAPS: [SyntaxKind; 8] = [
    SyntaxKind::MACRO_EXPR,
    SyntaxKind::NAME_REF,
    SyntaxKind::PAREN_EXPR,
    SyntaxKind::PATH,
    SyntaxKind::PATH_EXPR,
    SyntaxKind::PATH_SEGMENT,
    SyntaxKind::REF_EXPR,
    SyntaxKind::TOKEN_TREE,
];

/// Methods that give the time between two others.
const BETWEEN: [&str; 4] = ["duration_since", "signed_duration_since", "since", "until"];

/// Methods that hand something to another thread or task.
const SEND: [&str; 3] = ["blocking_send", "send", "try_send"];

/// Methods that say what became of it.
const SENT: [&str; 3] = ["expect", "ok", "unwrap"];

/// Methods that make a path with a name of somebody's choice.
const NAME: [&str; 3] = ["join", "with_extension", "with_file_name"];

/// Whether an expression's value is only dropped, told to a person, sent away or asked how much time has elapsed, or if
/// it is random, the name of a file: by itself, or through variables and differences.
pub(super) fn comes_to_nothing(
    cx: &Context<'_>,
    module: ModuleId,
    item: &ast::Fn,
    place: TextRange,
    is_random: bool,
) -> bool {
    let locals = Locals::of(cx, module, item);
    let mut places = vec![place];
    let mut at = 0;
    while let Some(&place) = places.get(at) {
        at += 1;
        let name = match fate(item, place, is_random) {
            Fate::Nothing => continue,
            Fate::Variable(name) => name,
            Fate::Unknown => return false,
        };
        for used in locals.binding(name).into_iter().flat_map(|binding| &binding.uses) {
            if !places.contains(&used.range) {
                places.push(used.range);
            }
        }
    }
    true
}

/// What becomes of a value.
enum Fate {
    Nothing,
    /// It goes into the variable whose name stands there.
    Variable(TextRange),
    /// It may become part of the result.
    Unknown,
}

fn fate(item: &ast::Fn, place: TextRange, is_random: bool) -> Fate {
    if is_asked_what_elapsed(item, place) {
        return Fate::Nothing;
    }
    let around = item.syntax().covering_element(place);
    for parent in around.ancestors().skip_while(|it| it.text_range() == place) {
        let hands_on = match_ast! { match parent {
            ast::ExprStmt(_it) => return Fate::Nothing,
            ast::LetStmt(it) => return match it.pat() {
                Some(ast::Pat::WildcardPat(_)) => Fate::Nothing,
                Some(ast::Pat::IdentPat(pat)) => {
                    pat.name().map_or(Fate::Unknown, |name| Fate::Variable(name.syntax().text_range()))
                },
                _ => Fate::Unknown,
            },
            ast::MacroCall(call) => match name_of(&call) {
                Some(name) if TELL.contains(&name.as_str()) => return Fate::Nothing,
                name => name.is_some_and(|name| MAKE.contains(&name.as_str())),
            },
            ast::BinExpr(it) => matches!(it.op_kind(), Some(BinaryOp::ArithOp(ArithOp::Sub))),
            ast::MethodCallExpr(call) => {
                is_between(&call) || call.arg_list().is_some_and(|it| it.args().next().is_none())
            },
            ast::ArgList(list) => {
                let Some(call) = list.syntax().parent().and_then(ast::MethodCallExpr::cast) else {
                    return Fate::Unknown;
                };
                if is_sent_away(&call) || is_random && is_named(&call, &NAME) {
                    return Fate::Nothing;
                }
                is_between(&call)
            },
            _ => WRAPS.contains(&parent.kind()),
        }};
        if !hands_on {
            return Fate::Unknown;
        }
    }
    Fate::Unknown
}

fn name_of(call: &ast::MacroCall) -> Option<String> {
    Some(call.path()?.segment()?.name_ref()?.text().to_string())
}

fn is_named(call: &ast::MethodCallExpr, names: &[&str]) -> bool {
    call.name_ref().is_some_and(|name| names.contains(&name.text()))
}

fn is_between(call: &ast::MethodCallExpr) -> bool {
    is_named(call, &BETWEEN)
}

/// Whether its argument is handed to somebody else, and nothing comes back.
fn is_sent_away(call: &ast::MethodCallExpr) -> bool {
    let is_part = |node: &SyntaxNode| {
        match_ast! { match node {
            ast::MethodCallExpr(it) => is_named(&it, &SENT),
            _ => matches!(node.kind(), SyntaxKind::AWAIT_EXPR | SyntaxKind::TRY_EXPR),
        }}
    };
    let end = call.syntax().ancestors().skip(1).find(|node| !is_part(node));
    let is_dropped = |node: SyntaxNode| {
        match_ast! { match node {
            ast::ExprStmt(_it) => true,
            ast::LetStmt(it) => matches!(it.pat(), Some(ast::Pat::WildcardPat(_))),
            _ => false,
        }}
    };
    is_named(call, &SEND) && end.is_some_and(is_dropped)
}

/// Whether `.elapsed` follows, also in a macro, where only tokens do.
fn is_asked_what_elapsed(item: &ast::Fn, place: TextRange) -> bool {
    let after = place.end() - item.syntax().text_range().start();
    let rest = item.syntax().text().slice(after..).to_string();
    rest.trim_start().strip_prefix('.').is_some_and(|it| it.trim_start().starts_with("elapsed"))
}
