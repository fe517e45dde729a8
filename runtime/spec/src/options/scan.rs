//! Where expressions and types end, found without parsing them.

use crate::token::{Token, TokenKind, TokenRange, matching_close};

/// The end of the expression at `range.start`: the first comma that is not inside brackets, type
/// arguments or closure parameters, else `range.end`.
pub(super) fn expression_end(tokens: &[Token], range: &TokenRange) -> usize {
    let mut angles = 0usize;
    // Between the bars of a closure, and from its `->` to its body, there are types.
    let mut in_parameters = false;
    let mut in_result = false;
    let mut at = range.start;
    while at < range.end {
        let token = &tokens[at];
        match token.kind {
            TokenKind::Open(_) => {
                in_result = false;
                at = after_group(tokens, at, range.end);
                continue;
            }
            TokenKind::Punct { joint } => match &*token.text {
                "," if angles == 0 && !in_parameters => return at,
                "|" if in_parameters => {
                    in_parameters = false;
                    in_result = arrow_follows(tokens, at);
                }
                "|" if begins_closure(tokens, range.start, at) => {
                    let is_empty =
                        joint && tokens.get(at + 1).is_some_and(|next| next.is_punct('|'));
                    if is_empty {
                        at += 1;
                        in_result = arrow_follows(tokens, at);
                    } else {
                        in_parameters = true;
                    }
                }
                "<" => {
                    let after_path = at >= 2 && is_joint_pair(tokens, at - 2, "::");
                    let in_type = in_parameters || in_result || angles > 0;
                    if in_type || after_path || at == range.start {
                        angles += 1;
                    }
                }
                ">" if angles > 0 && !ends_arrow(tokens, at) => angles -= 1,
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    range.end
}

/// The end of the type at `range.start`: the first `:` or `,` that is not part of it, else `range.end`.
pub(super) fn type_end(tokens: &[Token], range: &TokenRange) -> usize {
    let mut angles = 0usize;
    let mut at = range.start;
    while at < range.end {
        let token = &tokens[at];
        match token.kind {
            TokenKind::Open(_) => {
                at = after_group(tokens, at, range.end);
                continue;
            }
            TokenKind::Punct { .. } => match &*token.text {
                ":" if is_joint_pair(tokens, at, "::") => at += 1,
                ":" | "," if angles == 0 => return at,
                "<" => angles += 1,
                ">" if angles > 0 && !ends_arrow(tokens, at) => angles -= 1,
                _ => {}
            },
            _ => {}
        }
        at += 1;
    }
    range.end
}

/// The position after the group that opens at `open`; `end` where it doesn't close before.
pub(super) fn after_group(tokens: &[Token], open: usize, end: usize) -> usize {
    matching_close(tokens, open).map_or(end, |close| (close + 1).min(end))
}

/// Whether the two operator characters of `pair` stand at `at` with nothing in between.
fn is_joint_pair(tokens: &[Token], at: usize, pair: &str) -> bool {
    let (Some(first), Some(second)) = (tokens.get(at), tokens.get(at + 1)) else { return false };
    first.kind == (TokenKind::Punct { joint: true })
        && pair.starts_with(&*first.text)
        && pair.ends_with(&*second.text)
}

fn ends_arrow(tokens: &[Token], at: usize) -> bool {
    at > 0 && (is_joint_pair(tokens, at - 1, "->") || is_joint_pair(tokens, at - 1, "=>"))
}

fn arrow_follows(tokens: &[Token], at: usize) -> bool {
    is_joint_pair(tokens, at + 1, "->")
}

fn begins_closure(tokens: &[Token], start: usize, at: usize) -> bool {
    tokens[start..at]
        .iter()
        .all(|token| ["move", "async", "static"].iter().any(|word| token.is_ident(word)))
}
