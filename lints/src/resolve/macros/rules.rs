//! The arms of a `macro_rules!`, parsed.

use ra_ap_syntax::{Edition, SmolStr, SyntaxKind};

use super::tokens::{Token, Tokens};

/// A parsed `macro_rules!`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(super) arms: Vec<Arm>,
}

#[derive(Debug)]
pub(super) struct Arm {
    pub(super) matcher: Vec<Loc>,
    pub(super) template: Vec<Part>,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Any,
    AtLeastOnce,
    AtMostOnce,
}

/// A place in a matcher, laid out flat as a small program.
#[derive(Clone, Debug)]
pub(super) enum Loc {
    Token(Token),
    Var(SmolStr, Fragment),
    /// Begins a repetition; `after` is behind its end.
    Begin {
        times: Times,
        after: usize,
        vars: Vec<SmolStr>,
    },
    /// Ends one pass of the repetition that begins at `begin`.
    End {
        begin: usize,
        separator: Option<Token>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    Block,
    Expr,
    Ident,
    Item,
    Lifetime,
    Literal,
    Meta,
    Pat,
    PatParam,
    Path,
    Stmt,
    Tt,
    Ty,
    Vis,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Token(Token),
    Var(SmolStr),
    Crate,
    Repeat { parts: Vec<Part>, separator: Option<Token> },
}

impl Rules {
    /// Parses the body of a `macro_rules!`, with its delimiters.
    pub(crate) fn parse(body: &str, edition: Edition) -> Rules {
        let mut rules = Rules::default();
        let Some(tokens) = Tokens::of_group(body, edition) else { return rules };
        let mut at = 0;
        while at < tokens.list.len() {
            // What follows an arm that isn't understood can't be trusted to be reached.
            let Some((arm, end)) = parse_arm(&tokens, at) else { break };
            rules.arms.push(arm);
            at = end;
        }
        rules
    }
}

fn parse_arm(tokens: &Tokens, at: usize) -> Option<(Arm, usize)> {
    let list = &tokens.list;
    list.get(at)?.opens().then_some(())?;
    let matcher_end = tokens.tree_end(at);
    let arrow = (list.get(matcher_end)?.kind, list.get(matcher_end + 1)?.kind);
    (arrow == (SyntaxKind::EQ, SyntaxKind::R_ANGLE)).then_some(())?;
    let body = matcher_end + 2;
    list.get(body)?.opens().then_some(())?;
    let body_end = tokens.tree_end(body);
    let mut matcher = Vec::new();
    parse_matcher(tokens, at + 1, matcher_end - 1, &mut matcher)?;
    matcher.shrink_to_fit();
    let template = parse_template(tokens, body + 1, body_end - 1)?;
    let mut end = body_end;
    if list.get(end).is_some_and(|token| token.kind == SyntaxKind::SEMICOLON) {
        end += 1;
    }
    Some((Arm { matcher, template }, end))
}

fn parse_matcher(tokens: &Tokens, start: usize, end: usize, into: &mut Vec<Loc>) -> Option<()> {
    let list = &tokens.list;
    let mut at = start;
    while at < end {
        let token = &list[at];
        if token.kind != SyntaxKind::DOLLAR || at + 1 >= end {
            into.push(Loc::Token(token.clone()));
            at += 1;
            continue;
        }
        let next = &list[at + 1];
        if next.kind == SyntaxKind::L_PAREN {
            let close = tokens.tree_end(at + 1);
            let (times, separator, after) = repetition(tokens, close, end)?;
            let begin = into.len();
            into.push(Loc::Begin { times, after: 0, vars: Vec::new() });
            parse_matcher(tokens, at + 2, close - 1, into)?;
            let vars = into[begin + 1..]
                .iter()
                .filter_map(|loc| match loc {
                    Loc::Var(name, _) => Some(name.clone()),
                    _ => None,
                })
                .collect();
            into.push(Loc::End { begin, separator });
            into[begin] = Loc::Begin { times, after: into.len(), vars };
            at = after;
        } else if is_name(next)
            && list.get(at + 2).is_some_and(|token| token.kind == SyntaxKind::COLON)
            && at + 3 < end
        {
            into.push(Loc::Var(next.text.clone(), fragment(&list[at + 3].text)?));
            at += 4;
        } else {
            // `$crate` may stand in a matcher; nothing else may.
            return None;
        }
    }
    Some(())
}

fn fragment(name: &str) -> Option<Fragment> {
    Some(match name {
        "block" => Fragment::Block,
        "expr" | "expr_2021" => Fragment::Expr,
        "ident" => Fragment::Ident,
        "item" => Fragment::Item,
        "lifetime" => Fragment::Lifetime,
        "literal" => Fragment::Literal,
        "meta" => Fragment::Meta,
        "pat" => Fragment::Pat,
        "pat_param" => Fragment::PatParam,
        "path" => Fragment::Path,
        "stmt" => Fragment::Stmt,
        "tt" => Fragment::Tt,
        "ty" => Fragment::Ty,
        "vis" => Fragment::Vis,
        _ => return None,
    })
}

/// What stands behind `$( … )`: a separator or none, and how often.
fn repetition(tokens: &Tokens, at: usize, end: usize) -> Option<(Times, Option<Token>, usize)> {
    let times = |token: &Token| match token.kind {
        SyntaxKind::STAR => Some(Times::Any),
        SyntaxKind::PLUS => Some(Times::AtLeastOnce),
        SyntaxKind::QUESTION => Some(Times::AtMostOnce),
        _ => None,
    };
    let first = tokens.list.get(at).filter(|_| at < end)?;
    if let Some(times) = times(first) {
        // `$(…)+*` has `+` as its separator.
        let second = tokens.list.get(at + 1).filter(|_| at + 1 < end && first.joint);
        let is_separator = times != Times::AtMostOnce
            && second.is_some_and(|second| second.kind == SyntaxKind::STAR)
            && first.kind == SyntaxKind::PLUS;
        if !is_separator {
            return Some((times, None, at + 1));
        }
    }
    // A separator can be several characters long, such as `=>`.
    let mut text = String::new();
    let mut parts = 0;
    let mut at = at;
    while at < end {
        let token = &tokens.list[at];
        if parts > 0
            && let Some(times) = times(token)
        {
            let kind = if parts == 1 { tokens.list[at - 1].kind } else { SyntaxKind::ERROR };
            let separator = Token { kind, text: SmolStr::new(&text), joint: false };
            return Some((times, Some(separator), at + 1));
        }
        text.push_str(&token.text);
        parts += 1;
        at += 1;
        if parts > 3 {
            return None;
        }
    }
    None
}

fn parse_template(tokens: &Tokens, start: usize, end: usize) -> Option<Vec<Part>> {
    let list = &tokens.list;
    let mut parts = Vec::new();
    let mut at = start;
    while at < end {
        let token = &list[at];
        if token.kind != SyntaxKind::DOLLAR || at + 1 >= end {
            parts.push(Part::Token(token.clone()));
            at += 1;
            continue;
        }
        let next = &list[at + 1];
        if next.kind == SyntaxKind::L_PAREN {
            let close = tokens.tree_end(at + 1);
            let (_, separator, after) = repetition(tokens, close, end)?;
            let inner = parse_template(tokens, at + 2, close - 1)?;
            parts.push(Part::Repeat { parts: inner, separator });
            at = after;
        } else if next.kind == SyntaxKind::CRATE_KW {
            parts.push(Part::Crate);
            at += 2;
        } else if is_name(next) {
            parts.push(Part::Var(next.text.clone()));
            at += 2;
        } else {
            // `$$` and `${…}` are not stable.
            return None;
        }
    }
    parts.shrink_to_fit();
    Some(parts)
}

fn is_name(token: &Token) -> bool {
    token.kind == SyntaxKind::IDENT
        || token.kind == SyntaxKind::UNDERSCORE
        || (token.kind.is_keyword(Edition::LATEST) && token.kind != SyntaxKind::CRATE_KW)
}
