//! Matching an input against an arm, as rustc does: all readings at once, token by token.

use std::ops::Range;
use std::rc::Rc;

use ra_ap_parser::PrefixEntryPoint;
use ra_ap_syntax::{Edition, SyntaxKind};

use super::rules::{Fragment, Loc, Times};
use super::tokens::{Token, Tokens};

/// What a variable stands for.
#[derive(Debug)]
pub(super) enum Binding {
    /// Tokens of the input.
    Tokens(Range<usize>),
    Repeated(Vec<Binding>),
}

/// What variables of a matcher stand for, by name.
pub(super) type Bindings<'a> = Vec<(&'a str, Binding)>;

/// What a reading has done so far, the latest first.
struct Log<'a> {
    event: Event<'a>,
    before: Option<Rc<Log<'a>>>,
}

impl Drop for Log<'_> {
    /// One by one: a chain is as long as the input, too long for one call per link.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(link) = next {
            match Rc::try_unwrap(link) {
                Ok(mut link) => next = link.before.take(),
                Err(_) => break,
            }
        }
    }
}

enum Event<'a> {
    /// A repetition begins: the index of its `Begin`.
    Enter(usize),
    /// One more pass of it.
    Pass,
    Exit,
    Bind(&'a str, Range<usize>),
}

struct Reading<'a> {
    at: usize,
    log: Option<Rc<Log<'a>>>,
    /// How many characters of a separator of several tokens were met.
    separator: usize,
}

impl<'a> Reading<'a> {
    fn step(&self, at: usize, event: Event<'a>) -> Reading<'a> {
        let log = Some(Rc::new(Log { event, before: self.log.clone() }));
        Reading { at, log, separator: 0 }
    }

    fn go(&self, at: usize) -> Reading<'a> {
        Reading { at, log: self.log.clone(), separator: 0 }
    }
}

/// How many readings may be open at once; ambiguous input is an error in rustc anyway.
const MAX_READINGS: usize = 64;

/// The bindings of the variables, where the whole input matches.
pub(super) fn matches<'a>(
    matcher: &'a [Loc],
    input: &Tokens,
    edition: Edition,
) -> Option<Bindings<'a>> {
    let mut readings = vec![Reading { at: 0, log: None, separator: 0 }];
    let mut next = Vec::new();
    let mut fragments: Vec<(Reading<'_>, &str, Fragment)> = Vec::new();
    let mut position = 0;
    // Only a repetition of something empty takes more rounds than this.
    for _ in 0..input.list.len() * 2 + matcher.len() + 16 {
        let token = input.list.get(position);
        let mut finished = None;
        let mut visited = 0;
        while let Some(reading) = readings.pop() {
            visited += 1;
            if visited > MAX_READINGS * 4 {
                return None;
            }
            match matcher.get(reading.at) {
                None => finished = Some(reading),
                Some(Loc::Token(expected)) => {
                    if token.is_some_and(|token| expected.is_same(token)) {
                        next.push(reading.go(reading.at + 1));
                    }
                }
                Some(Loc::Var(name, fragment)) => {
                    if can_begin(*fragment, token) {
                        fragments.push((reading, name, *fragment));
                    }
                }
                Some(Loc::Begin { times, after, .. }) => {
                    let entered = reading.step(reading.at, Event::Enter(reading.at));
                    if *times != Times::AtLeastOnce {
                        readings.push(entered.step(*after, Event::Exit));
                    }
                    readings.push(entered.step(reading.at + 1, Event::Pass));
                }
                Some(Loc::End { begin, separator }) => {
                    end_of_pass(
                        matcher,
                        &reading,
                        *begin,
                        separator.as_ref(),
                        token,
                        &mut readings,
                        &mut next,
                    );
                }
            }
        }
        if token.is_none()
            && let Some(finished) = finished
        {
            return Some(bindings(matcher, finished.log.as_ref()));
        }
        // An empty visibility is tried where nothing else goes on.
        if !next.is_empty() && token.is_some_and(Token::closes) {
            fragments.clear();
        }
        match (next.is_empty(), fragments.len()) {
            // A token and a fragment at once is ambiguous to rustc.
            (true, 0) | (false, 1..) => return None,
            (false, 0) => {
                position += 1;
                std::mem::swap(&mut readings, &mut next);
            }
            (true, _) => {
                let (reading, name, end) = pick(&mut fragments, input, position, edition)?;
                let bound = reading.step(reading.at + 1, Event::Bind(name, position..end));
                position = end;
                readings.push(bound);
            }
        }
    }
    None
}

fn end_of_pass<'a>(
    matcher: &[Loc],
    reading: &Reading<'a>,
    begin: usize,
    separator: Option<&Token>,
    token: Option<&Token>,
    readings: &mut Vec<Reading<'a>>,
    next: &mut Vec<Reading<'a>>,
) {
    let Some(Loc::Begin { times, after, .. }) = matcher.get(begin) else { return };
    if reading.separator == 0 {
        readings.push(reading.step(*after, Event::Exit));
    }
    if *times == Times::AtMostOnce {
        return;
    }
    let Some(separator) = separator else {
        readings.push(reading.step(begin + 1, Event::Pass));
        return;
    };
    let rest = &separator.text[reading.separator..];
    let Some(token) = token else { return };
    if rest == token.text {
        next.push(reading.step(begin + 1, Event::Pass));
    } else if rest.starts_with(token.text.as_str()) {
        let met = reading.separator + token.text.len();
        next.push(Reading { at: reading.at, log: reading.log.clone(), separator: met });
    }
}

/// Of several readings that want a fragment, the one that can have it; `None` where that is not one.
fn pick<'a>(
    fragments: &mut Vec<(Reading<'a>, &'a str, Fragment)>,
    input: &Tokens,
    position: usize,
    edition: Edition,
) -> Option<(Reading<'a>, &'a str, usize)> {
    let mut chosen = None;
    for (reading, name, fragment) in fragments.drain(..) {
        let Some(end) = fragment_end(fragment, input, position, edition) else { continue };
        if chosen.is_some() {
            return None;
        }
        chosen = Some((reading, name, end));
    }
    chosen
}

/// Whether rustc would try to parse a fragment here. It looks at one token, and so do macros that
/// depend on it.
fn can_begin(fragment: Fragment, token: Option<&Token>) -> bool {
    let Some(token) = token else { return fragment == Fragment::Vis };
    if token.closes() {
        // An empty visibility, handed on by another macro.
        return fragment == Fragment::Vis;
    }
    match fragment {
        Fragment::Ident => is_ident(token),
        Fragment::Lifetime => token.kind == SyntaxKind::LIFETIME_IDENT,
        Fragment::Literal => is_literal(token) || token.kind == SyntaxKind::MINUS,
        Fragment::Block => token.kind == SyntaxKind::L_CURLY,
        Fragment::Vis => {
            token.kind == SyntaxKind::COMMA || is_ident(token) || can_begin_type(token)
        }
        Fragment::Path | Fragment::Meta => token.kind == SyntaxKind::COLON || is_ident(token),
        Fragment::Ty => can_begin_type(token),
        Fragment::Expr => can_begin_expr(token),
        Fragment::Pat | Fragment::PatParam => {
            can_begin_pattern(token)
                || (fragment == Fragment::Pat && token.kind == SyntaxKind::PIPE)
        }
        Fragment::Item | Fragment::Stmt | Fragment::Tt => true,
    }
}

fn can_begin_type(token: &Token) -> bool {
    use SyntaxKind as K;
    matches!(
        token.kind,
        K::IDENT
            | K::UNDERSCORE
            | K::CRATE_KW
            | K::SELF_KW
            | K::SUPER_KW
            | K::SELF_TYPE_KW
            | K::FOR_KW
            | K::IMPL_KW
            | K::FN_KW
            | K::UNSAFE_KW
            | K::EXTERN_KW
            | K::DYN_KW
            | K::L_PAREN
            | K::L_BRACK
            | K::BANG
            | K::STAR
            | K::AMP
            | K::QUESTION
            | K::LIFETIME_IDENT
            | K::L_ANGLE
            | K::COLON
    )
}

fn can_begin_expr(token: &Token) -> bool {
    use SyntaxKind as K;
    let is_item_keyword = matches!(
        token.kind,
        K::AS_KW
            | K::ELSE_KW
            | K::ENUM_KW
            | K::EXTERN_KW
            | K::FN_KW
            | K::IMPL_KW
            | K::IN_KW
            | K::MOD_KW
            | K::MUT_KW
            | K::PUB_KW
            | K::REF_KW
            | K::STRUCT_KW
            | K::TRAIT_KW
            | K::TYPE_KW
            | K::USE_KW
            | K::WHERE_KW
    );
    is_literal(token)
        || (is_ident(token) && !is_item_keyword)
        || matches!(
            token.kind,
            K::L_PAREN
                | K::L_BRACK
                | K::L_CURLY
                | K::BANG
                | K::MINUS
                | K::STAR
                | K::PIPE
                | K::AMP
                | K::DOT
                | K::COLON
                | K::L_ANGLE
                | K::LIFETIME_IDENT
                | K::POUND
        )
}

fn can_begin_pattern(token: &Token) -> bool {
    use SyntaxKind as K;
    is_literal(token)
        || is_ident(token)
        || matches!(
            token.kind,
            K::UNDERSCORE
                | K::L_PAREN
                | K::L_BRACK
                | K::AMP
                | K::MINUS
                | K::DOT
                | K::COLON
                | K::L_ANGLE
        )
}

fn is_ident(token: &Token) -> bool {
    token.kind == SyntaxKind::IDENT || token.kind.is_keyword(Edition::LATEST)
}

fn is_literal(token: &Token) -> bool {
    token.kind.is_literal() || matches!(token.kind, SyntaxKind::TRUE_KW | SyntaxKind::FALSE_KW)
}

fn fragment_end(fragment: Fragment, input: &Tokens, at: usize, edition: Edition) -> Option<usize> {
    let entry = match fragment {
        Fragment::Ident | Fragment::Lifetime => return Some(at + 1),
        Fragment::Tt | Fragment::Block => return Some(input.tree_end(at)),
        Fragment::Literal => {
            let minus = usize::from(input.list[at].kind == SyntaxKind::MINUS);
            return is_literal(input.list.get(at + minus)?).then_some(at + minus + 1);
        }
        Fragment::Vis => {
            let is_pub = input.list.get(at).is_some_and(|it| it.kind == SyntaxKind::PUB_KW);
            if !is_pub {
                return Some(at);
            }
            PrefixEntryPoint::Vis
        }
        Fragment::Expr => PrefixEntryPoint::Expr,
        Fragment::Item => PrefixEntryPoint::Item,
        Fragment::Meta => PrefixEntryPoint::MetaItem,
        Fragment::Pat => PrefixEntryPoint::PatTop,
        Fragment::PatParam => PrefixEntryPoint::Pat,
        Fragment::Path => PrefixEntryPoint::Path,
        Fragment::Stmt => PrefixEntryPoint::Stmt,
        Fragment::Ty => PrefixEntryPoint::Ty,
    };
    let taken = input.parse(at, &entry, edition)?;
    (taken > 0).then_some(at + taken)
}

fn bindings<'a>(matcher: &'a [Loc], log: Option<&Rc<Log<'a>>>) -> Bindings<'a> {
    let mut events = Vec::new();
    let mut at = log;
    while let Some(entry) = at {
        events.push(&entry.event);
        at = entry.before.as_ref();
    }
    let mut frames = vec![Bindings::new()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for event in events.into_iter().rev() {
        match event {
            Event::Enter(begin) => open.push((*begin, frames.len())),
            Event::Pass => frames.push(Bindings::new()),
            Event::Bind(name, range) => {
                if let Some(frame) = frames.last_mut() {
                    frame.push((name, Binding::Tokens(range.clone())));
                }
            }
            Event::Exit => {
                let Some((begin, base)) = open.pop() else { continue };
                let Some(Loc::Begin { vars, .. }) = matcher.get(begin) else { continue };
                let mut lists: Vec<(&str, Vec<Binding>)> =
                    vars.iter().map(|var| (var.as_str(), Vec::new())).collect();
                for (name, binding) in frames.drain(base..).flatten() {
                    if let Some((_, list)) = lists.iter_mut().find(|(var, _)| *var == name) {
                        list.push(binding);
                    }
                }
                if let Some(frame) = frames.last_mut() {
                    let lists = lists.into_iter();
                    frame.extend(lists.map(|(var, list)| (var, Binding::Repeated(list))));
                }
            }
        }
    }
    frames.pop().unwrap_or_default()
}
