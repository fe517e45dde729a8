//! How deep a text nests, before a parser that calls itself for every level sees it.

use std::thread;

use ra_ap_parser::{LexedStr, Output, Step, TopEntryPoint};
use ra_ap_syntax::{Edition, Parse, SourceFile, SyntaxKind};

/// More than people and generators write; what is deeper would need a stack without end, in the parser and in whatever
/// walks or drops its tree.
const MAX_DEPTH: u32 = 500;

/// How many levels are counted in what is long rather than deep, such as the alternatives of a generated `match`. The
/// parser gets a stack for so many, and says how deep it is.
const MAX_COUNTED: u32 = 30_000;

/// What the parser needs of the stack for a level, in a build without optimizations.
const STACK_PER_LEVEL: usize = 4 << 10;

/// How many nodes of a tree may stand inside of one another.
const MAX_TREE_DEPTH: u32 = 1_500;

/// Parses a text; `None` where it nests too deeply.
pub(crate) fn parse_file(text: &str, edition: Edition) -> Option<Parse<SourceFile>> {
    let lexed = LexedStr::new(edition, text);
    let counted = counted_depth(&lexed, MAX_COUNTED);
    if counted <= MAX_DEPTH {
        return Some(SourceFile::parse(text, edition));
    }
    with_stack_for(counted, || {
        let parsed = TopEntryPoint::SourceFile.parse(&lexed.to_input(edition));
        is_shallow_tree(&parsed).then(|| SourceFile::parse(text, edition))
    })
}

/// What the parser says of a text; `None` where it nests too deeply.
pub(super) fn parse_lexed(lexed: &LexedStr<'_>, edition: Edition) -> Option<Output> {
    let parse = || TopEntryPoint::SourceFile.parse(&lexed.to_input(edition));
    match counted_depth(lexed, MAX_COUNTED) {
        0..=MAX_DEPTH => Some(parse()),
        counted => with_stack_for(counted, || Some(parse()).filter(is_shallow_tree)),
    }
}

/// Whether a text can be parsed and walked on any thread.
pub(crate) fn is_shallow(lexed: &LexedStr<'_>) -> bool {
    counted_depth(lexed, MAX_DEPTH) <= MAX_DEPTH
}

/// The greatest depth of a text as its tokens tell, which is too much rather than too little; it is counted until it is
/// more than `enough`.
fn counted_depth(lexed: &LexedStr<'_>, enough: u32) -> u32 {
    let mut scan = Scan::default();
    let mut deepest = 0;
    for kind in (0..lexed.len()).map(|at| lexed.kind(at)).filter(|kind| !kind.is_trivia()) {
        deepest = deepest.max(scan.token(kind));
        if deepest > enough {
            break;
        }
    }
    deepest
}

/// Works on a stack that is enough for so many levels of the parser.
fn with_stack_for<T: Send>(levels: u32, work: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    let levels = usize::try_from(levels).ok().filter(|_| levels <= MAX_COUNTED)?;
    thread::scope(|scope| {
        let stack = levels * STACK_PER_LEVEL;
        let thread = thread::Builder::new().stack_size(stack).spawn_scoped(scope, work);
        thread.ok()?.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Whether a tree can be walked and dropped on any thread.
fn is_shallow_tree(parsed: &Output) -> bool {
    let mut depth = 0_u32;
    parsed.iter().all(|step| {
        match step {
            Step::Enter { .. } => depth += 1,
            Step::Exit => depth -= 1,
            _ => {}
        }
        depth <= MAX_TREE_DEPTH
    })
}

/// Goes over tokens and counts, never too few, the levels that are open: delimiters, and what prefixes, operators and
/// links of chains add between them.
#[derive(Default)]
struct Scan {
    around: Vec<Frame>,
    here: Frame,
    last: Last,
    depth: u32,
}

/// What is open between two delimiters.
#[derive(Default)]
struct Frame {
    /// What closes it; `None` for the text as a whole.
    end: Option<SyntaxKind>,
    /// Levels that a comma ends.
    levels: u32,
    /// Closures, whose parameters may have commas between them.
    closures: u32,
    /// Links of the path that the last token is part of.
    links: u32,
}

/// What the last token was, as far as it matters for the next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// An operand can follow, an operator can't.
    #[default]
    Open,
    Word,
    Literal,
    Colon,
    /// A `<` that is an operator, or the first half of one.
    Less,
    /// `-` or `=`, which make an arrow with a `>`.
    Shaft(SyntaxKind),
    /// A closing delimiter that ends an operand.
    Closed,
    /// A closing brace, which may end a statement.
    Brace,
}

impl Last {
    fn ends_operand(self) -> bool {
        matches!(self, Last::Word | Last::Literal | Last::Closed | Last::Brace)
    }
}

impl Scan {
    /// Takes a token, and says how deep it is there.
    fn token(&mut self, kind: SyntaxKind) -> u32 {
        use SyntaxKind as K;
        let is_word = kind == K::IDENT || kind.is_keyword(Edition::LATEST);
        let begins_operand = is_word && !matches!(kind, K::ELSE_KW | K::AS_KW)
            || kind.is_literal()
            || matches!(kind, K::LIFETIME_IDENT | K::POUND);
        if self.last == Last::Brace && begins_operand {
            self.end_statement();
        }
        if kind != K::COLON && self.last != Last::Colon {
            self.unlink();
        }
        let last = self.last;
        self.last = match kind {
            K::L_PAREN | K::L_BRACK | K::L_CURLY => {
                // `f()()` is one level more than `f()`.
                self.add(u32::from(last == Last::Closed));
                self.open(match kind {
                    K::L_PAREN => K::R_PAREN,
                    K::L_BRACK => K::R_BRACK,
                    _ => K::R_CURLY,
                });
                Last::Open
            }
            K::R_PAREN | K::R_BRACK => self.close(kind, Last::Closed),
            K::R_CURLY => self.close(kind, Last::Brace),
            K::L_ANGLE if matches!(last, Last::Literal | Last::Closed | Last::Less) => {
                self.add(1);
                Last::Less
            }
            K::L_ANGLE => {
                self.open(K::R_ANGLE);
                Last::Open
            }
            K::R_ANGLE if last == Last::Shaft(K::EQ) => {
                self.end_statement();
                Last::Open
            }
            K::R_ANGLE if self.here.end == Some(kind) && last != Last::Shaft(K::MINUS) => {
                self.pop();
                Last::Closed
            }
            K::SEMICOLON => {
                while self.here.end == Some(K::R_ANGLE) {
                    self.pop();
                }
                self.end_statement();
                Last::Open
            }
            K::COMMA => {
                self.depth -= std::mem::take(&mut self.here.levels);
                Last::Open
            }
            K::COLON => {
                self.here.links += 1;
                self.depth += 1;
                Last::Colon
            }
            K::PIPE if !last.ends_operand() => {
                self.here.closures += 1;
                self.depth += 1;
                Last::Open
            }
            K::SELF_KW | K::SELF_TYPE_KW | K::SUPER_KW | K::CRATE_KW => Last::Word,
            _ if is_word => {
                self.add(u32::from(kind != K::IDENT || last == Last::Word));
                Last::Word
            }
            _ if kind.is_literal() || matches!(kind, K::LIFETIME_IDENT | K::UNDERSCORE) => {
                Last::Literal
            }
            K::MINUS | K::EQ => {
                self.add(1);
                Last::Shaft(kind)
            }
            // An operand may go on behind it, as in `a??`.
            K::QUESTION => {
                self.add(1);
                Last::Closed
            }
            _ => {
                self.add(1);
                Last::Open
            }
        };
        self.depth
    }

    fn add(&mut self, levels: u32) {
        self.here.levels += levels;
        self.depth += levels;
    }

    fn unlink(&mut self) {
        self.depth -= std::mem::take(&mut self.here.links);
    }

    fn open(&mut self, end: SyntaxKind) {
        let frame = Frame { end: Some(end), ..Frame::default() };
        self.around.push(std::mem::replace(&mut self.here, frame));
        self.depth += 1;
    }

    /// Leaves the innermost delimiters, if it is those that the token closes.
    fn close(&mut self, end: SyntaxKind, closed: Last) -> Last {
        let is_angle = |frame: &&Frame| frame.end == Some(SyntaxKind::R_ANGLE);
        let angles = usize::from(is_angle(&&self.here))
            * (1 + self.around.iter().rev().take_while(is_angle).count());
        let inside = match angles {
            0 => self.here.end,
            _ => self.around.get(self.around.len() - angles).and_then(|frame| frame.end),
        };
        if inside == Some(end) {
            for _ in 0..=angles {
                self.pop();
            }
        }
        closed
    }

    fn pop(&mut self) {
        if let Some(around) = self.around.pop() {
            self.end_statement();
            self.here = around;
            self.depth -= 1;
        }
    }

    fn end_statement(&mut self) {
        self.unlink();
        self.depth -= std::mem::take(&mut self.here.levels);
        self.depth -= std::mem::take(&mut self.here.closures);
    }
}

#[cfg(test)]
mod tests {
    use super::{Edition, MAX_DEPTH, MAX_TREE_DEPTH, parse_file};

    /// Whether so many of something in a row can be parsed.
    fn is_read(before: &str, repeated: &str, after: &str, count: u32) -> bool {
        let count = usize::try_from(count).expect("a small number");
        let text = format!("{before}{}{after}", repeated.repeat(count));
        parse_file(&text, Edition::LATEST).is_some()
    }

    #[test]
    fn what_stands_side_by_side_is_not_deep() {
        for (before, repeated, after) in [
            ("", "mod a { use b::{c, d}; } ", ""),
            ("", "#[a(b = -1)] pub fn f<T: A<B>>(&self) -> &'a [u8] { -1 } ", ""),
            ("", "impl<T> A<T> for &mut B<C<T>> where T: D<E = F>, {} ", ""),
            ("struct S {", "pub a: Option<&'a A<B>>, ", "}"),
            ("enum E {", "A = 1 << 2, ", "}"),
            ("type T = (", "&'a A<B, C<D>>, ", ");"),
            ("const C: &[A] = &[", "-A::B, !a.b()?, c(|a, b| d), ", "];"),
            ("fn f() {", "a = &b.c(|d| e)?; ", "}"),
            ("fn f() {", "if !a.b() { return -c } else { d } ", "}"),
            ("fn f() { match a {", "A::B | A::C(-1) if !b => -c, A::D => { -e } ", "} }"),
            ("a! {", "($b:ty) => { &-$b }; ", "}"),
        ] {
            assert!(is_read(before, repeated, after, MAX_DEPTH), "{before} {repeated}");
        }
    }

    #[test]
    fn what_only_looks_deep_is_read() {
        for (before, repeated, after) in [
            ("fn f() { match a { ", "A::B | ", "C => {} } }"),
            ("fn f() { match a { ", "'a'..='b' | ", "'c' => {} } }"),
            ("fn f() { match a { ", "| A => {}, ", "} }"),
            ("const C: &[A] = &[", "|a| a, ", "];"),
            ("const C: &[A] = &[", "move |a, b: u8| -> u8 { a }, ", "];"),
        ] {
            assert!(is_read(before, repeated, after, 5_000), "{before} {repeated}");
        }
    }

    #[test]
    fn what_stands_inside_of_one_another_is_deep() {
        for (before, repeated, after) in [
            ("type T = ", "A<B, ", ";"),
            ("type T = ", "&'a ", "u8;"),
            ("const C: A = ", "(", ";"),
            ("const C: A = ", "|a, b| ", "1;"),
            ("const C: A = ", "a::<B, C>::", "1;"),
            ("const C: A = a", ".b", ";"),
            ("const C: A = a", "()", ";"),
            ("const C: A = ", "a + ", "1;"),
            ("const C: A = ", "{} = ", "1;"),
            ("const C: A = ", "if {} { a } else ", "{ b };"),
        ] {
            assert!(!is_read(before, repeated, after, MAX_TREE_DEPTH), "{before} {repeated}");
            assert!(is_read(before, repeated, after, MAX_DEPTH / 5), "{before} {repeated}");
        }
    }
}
