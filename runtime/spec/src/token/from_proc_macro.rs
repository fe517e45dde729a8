//! Tokens from a proc macro's input.

use proc_macro2::{Delimiter as Bracket, Group, Spacing, Span, TokenStream, TokenTree};

use super::{Delimiter, TokenBuffer, TokenKind, TokenRange};

impl TokenBuffer<Span> {
    /// Reads what a proc macro was given.
    ///
    /// ```
    /// use cachelit_spec::TokenBuffer;
    /// let buffer = TokenBuffer::from_tokens("x: &'a str".parse().unwrap());
    /// assert_eq!(&*buffer.tokens()[3].text, "'a");
    /// ```
    pub fn from_tokens(stream: TokenStream) -> Self {
        let mut buffer = TokenBuffer::default();
        flatten(stream, &mut buffer);
        buffer
    }
}

fn flatten(stream: TokenStream, buffer: &mut TokenBuffer<Span>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => match delimiter(&group) {
                None => flatten(group.stream(), buffer),
                Some(delimiter) => {
                    buffer.push(TokenKind::Open(delimiter), delimiter.open(), group.span_open());
                    flatten(group.stream(), buffer);
                    buffer.push(TokenKind::Close(delimiter), delimiter.close(), group.span_close());
                }
            },
            TokenTree::Ident(ident) => {
                buffer.push(TokenKind::Ident, ident.to_string(), ident.span());
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == '\''
                    && let Some(TokenTree::Ident(name)) = trees.peek()
                {
                    buffer.push(TokenKind::Lifetime, format!("'{name}"), name.span());
                    trees.next();
                    continue;
                }
                let joint = punct.spacing() == Spacing::Joint;
                buffer.push(TokenKind::Punct { joint }, punct.as_char().to_string(), punct.span());
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                // Macros can make negative literals; in source text the sign is an operator.
                let text = match text.strip_prefix('-') {
                    Some(positive) => {
                        buffer.push(TokenKind::Punct { joint: false }, "-", literal.span());
                        positive
                    }
                    None => &text,
                };
                buffer.push(TokenKind::Literal, text, literal.span());
            }
        }
    }
}

fn delimiter(group: &Group) -> Option<Delimiter> {
    match group.delimiter() {
        Bracket::Parenthesis => Some(Delimiter::Parenthesis),
        Bracket::Bracket => Some(Delimiter::Bracket),
        Bracket::Brace => Some(Delimiter::Brace),
        Bracket::None => None,
    }
}

/// The part of a proc macro's input that a range of its [`TokenBuffer`] stands for.
///
/// Invisible groups inside the range are kept: they hold together what a `macro_rules!` fragment
/// such as `$e:expr` brought in.
///
/// ```
/// use cachelit_spec::{TokenBuffer, token::slice};
/// let stream: proc_macro2::TokenStream = "a = f(b, c), d".parse().unwrap();
/// assert_eq!(slice(&stream, &(2..8)).to_string(), "f (b , c)");
/// ```
pub fn slice(stream: &TokenStream, range: &TokenRange) -> TokenStream {
    let mut part = TokenStream::new();
    copy_range(stream.clone(), range, 0, &mut part);
    part
}

/// Copies the trees of `stream` that lie in `range`, where its first token has the position `at`.
fn copy_range(stream: TokenStream, range: &TokenRange, mut at: usize, part: &mut TokenStream) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let begin = at;
        let name = match &tree {
            TokenTree::Punct(quote) if quote.as_char() == '\'' => {
                trees.next_if(|next| matches!(next, TokenTree::Ident(_)))
            }
            _ => None,
        };
        at += width(&tree);
        if range.start <= begin && at <= range.end {
            part.extend([tree]);
            part.extend(name);
        } else if let TokenTree::Group(group) = &tree
            && begin < range.end
            && range.start < at
        {
            let first = begin + usize::from(delimiter(group).is_some());
            copy_range(group.stream(), range, first, part);
        }
    }
}

/// How many tokens of a [`TokenBuffer`] a tree stands for.
fn width(tree: &TokenTree) -> usize {
    match tree {
        TokenTree::Group(group) => {
            let delimiters = if delimiter(group).is_some() { 2 } else { 0 };
            let inner = TokenBuffer::from_tokens(group.stream()).tokens().len();
            delimiters + inner
        }
        TokenTree::Literal(literal) => 1 + usize::from(literal.to_string().starts_with('-')),
        TokenTree::Ident(_) | TokenTree::Punct(_) => 1,
    }
}
