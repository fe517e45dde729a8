//! Matching an input against an arm, as rustc does: all readings at once, token by token.

use std::rc::Rc;

use ra_ap_parser::PrefixEntryPoint;
use ra_ap_syntax::{Edition, SmolStr, SyntaxKind};
use rustc_hash::FxHashMap;

use super::rules::{Fragment, Loc, Times};
use super::tokens::{Token, Tokens};

/// What a variable stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Tokens(Vec<Token>),
    Repeated(Vec<Binding>),
}

pub(super) type Bindings = FxHashMap<SmolStr, Binding>;

/// What a reading has done so far, the latest first.
struct Log {
    event: Event,
    before: Option<Rc<Log>>,
}

#[derive(Clone)]
enum Event {
    /// A repetition begins: the index of its `Begin`.
    Enter(usize),
    /// One more pass of it.
    Pass,
    Exit,
    Bind(SmolStr, std::ops::Range<usize>),
}

#[derive(Clone)]
struct Reading {
    at: usize,
    log: Option<Rc<Log>>,
    /// How many characters of a separator of several tokens were met.
    separator: usize,
}

impl Reading {
    fn step(&self, at: usize, event: Event) -> Reading {
        let log = Some(Rc::new(Log { event, before: self.log.clone() }));
        Reading { at, log, separator: 0 }
    }

    fn go(&self, at: usize) -> Reading {
        Reading { at, log: self.log.clone(), separator: 0 }
    }
}

/// How many readings may be open at once; ambiguous input is an error in rustc anyway.
const MAX_READINGS: usize = 64;

/// The bindings of the variables, where the whole input matches.
pub(super) fn matches(matcher: &[Loc], input: &Tokens, edition: Edition) -> Option<Bindings> {
    let mut readings = vec![Reading { at: 0, log: None, separator: 0 }];
    let mut position = 0;
    // Only a repetition of something empty takes more rounds than this.
    for _ in 0..input.list.len() * 2 + matcher.len() + 16 {
        let token = input.list.get(position);
        let mut next = Vec::new();
        let mut fragments: Vec<(Reading, SmolStr, Fragment)> = Vec::new();
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
                        fragments.push((reading, name.clone(), *fragment));
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
        if token.is_none() {
            let finished = finished?;
            return Some(bindings(matcher, input, finished.log.as_ref()));
        }
        match (next.is_empty(), fragments.len()) {
            (true, 0) => return None,
            (false, 0) => {
                position += 1;
                readings = next;
            }
            // A token and a fragment at once is ambiguous to rustc; the token is what can go on.
            (false, _) => return None,
            (true, _) => {
                let (reading, name, end) = pick(fragments, input, position, edition)?;
                let bound = reading.step(reading.at + 1, Event::Bind(name, position..end));
                position = end;
                readings = vec![bound];
            }
        }
    }
    None
}

fn end_of_pass(
    matcher: &[Loc],
    reading: &Reading,
    begin: usize,
    separator: Option<&Token>,
    token: Option<&Token>,
    readings: &mut Vec<Reading>,
    next: &mut Vec<Reading>,
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
fn pick(
    fragments: Vec<(Reading, SmolStr, Fragment)>,
    input: &Tokens,
    position: usize,
    edition: Edition,
) -> Option<(Reading, SmolStr, usize)> {
    let mut chosen = None;
    for (reading, name, fragment) in fragments {
        let Some(end) = fragment_end(fragment, input, position, edition) else { continue };
        if chosen.is_some() {
            return None;
        }
        chosen = Some((reading, name, end));
    }
    chosen
}

fn can_begin(fragment: Fragment, token: Option<&Token>) -> bool {
    let Some(token) = token else { return fragment == Fragment::Vis };
    if token.closes() {
        return fragment == Fragment::Vis;
    }
    match fragment {
        Fragment::Ident => is_ident(token),
        Fragment::Lifetime => token.kind == SyntaxKind::LIFETIME_IDENT,
        Fragment::Literal => is_literal(token) || token.kind == SyntaxKind::MINUS,
        Fragment::Block => token.kind == SyntaxKind::L_CURLY,
        // An empty visibility is one.
        Fragment::Vis => true,
        Fragment::Path | Fragment::Ty | Fragment::Meta => !is_literal(token),
        _ => true,
    }
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
        Fragment::Tt => return Some(input.tree_end(at)),
        Fragment::Literal => {
            let minus = usize::from(input.list[at].kind == SyntaxKind::MINUS);
            return is_literal(input.list.get(at + minus)?).then_some(at + minus + 1);
        }
        Fragment::Block => return Some(input.tree_end(at)),
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
    let taken = input.parse(at, entry, edition)?;
    (taken > 0).then_some(at + taken)
}

fn bindings(matcher: &[Loc], input: &Tokens, log: Option<&Rc<Log>>) -> Bindings {
    let mut events = Vec::new();
    let mut at = log;
    while let Some(entry) = at {
        events.push(entry.event.clone());
        at = entry.before.as_ref();
    }
    let mut frames = vec![Bindings::default()];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for event in events.into_iter().rev() {
        match event {
            Event::Enter(begin) => open.push((begin, frames.len())),
            Event::Pass => frames.push(Bindings::default()),
            Event::Bind(name, range) => {
                let tokens = input.list[range].to_vec();
                if let Some(frame) = frames.last_mut() {
                    frame.insert(name, Binding::Tokens(tokens));
                }
            }
            Event::Exit => {
                let Some((begin, base)) = open.pop() else { continue };
                let passes = frames.split_off(base);
                let Some(Loc::Begin { vars, .. }) = matcher.get(begin) else { continue };
                for var in vars {
                    let all = passes.iter().filter_map(|pass| pass.get(var).cloned()).collect();
                    if let Some(frame) = frames.last_mut() {
                        frame.insert(var.clone(), Binding::Repeated(all));
                    }
                }
            }
        }
    }
    frames.pop().unwrap_or_default()
}
