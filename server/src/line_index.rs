//! Byte offsets to and from what the protocol calls a position: a line, and a column whose unit was
//! negotiated with the client.

use cachelit_lints::{TextRange, TextSize};
use tower_lsp::ls_types::{Position, PositionEncodingKind, Range};

/// The unit of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what a client means that says nothing.
    #[default]
    Utf16,
    /// Unicode scalars.
    Utf32,
}

impl Encoding {
    /// The first of the client's choices, which it lists by preference, that is known here.
    pub(crate) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        offered
            .into_iter()
            .flatten()
            .find_map(|kind| match kind.as_str() {
                "utf-8" => Some(Encoding::Utf8),
                "utf-16" => Some(Encoding::Utf16),
                "utf-32" => Some(Encoding::Utf32),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The protocol's name for it.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, char: char) -> usize {
        match self {
            Encoding::Utf8 => char.len_utf8(),
            Encoding::Utf16 => char.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. Lines end with `\n`, `\r\n` or `\r`, as the protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// The lines of `text`; every other method wants the same text again.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
            .map(|at| at + 1);
        LineIndex { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The byte offset of a position. What lies beyond the end of its line means that end, what lies
    /// beyond the last line means the end of the text, and the inside of a character its beginning.
    pub(crate) fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let Some(&start) = usize::try_from(position.line).ok().and_then(|at| self.starts.get(at))
        else {
            return text.len();
        };
        let rest = &text[start..];
        let line = &rest[..memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())];
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut column = 0;
        for (at, char) in line.char_indices() {
            column += encoding.width(char);
            if column > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The byte range of a range, its ends in order even if the client's are not.
    pub(crate) fn byte_range(
        &self,
        text: &str,
        range: Range,
        encoding: Encoding,
    ) -> std::ops::Range<usize> {
        let start = self.offset(text, range.start, encoding);
        let end = self.offset(text, range.end, encoding);
        start.min(end)..start.max(end)
    }

    /// The position of a byte offset; one beyond the text means its end.
    pub(crate) fn position(&self, text: &str, offset: TextSize, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary(usize::from(offset));
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let column = text[self.starts[line]..offset].chars().map(|char| encoding.width(char)).sum();
        Position { line: saturate(line), character: saturate(column) }
    }

    /// The range of a byte range.
    pub(crate) fn range(&self, text: &str, range: TextRange, encoding: Encoding) -> Range {
        Range {
            start: self.position(text, range.start(), encoding),
            end: self.position(text, range.end(), encoding),
        }
    }
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line 0: ASCII with CRLF; line 1: é (2 bytes) and 🦀 (4 bytes, 2 UTF-16 units); line 2 ends with
    /// a lone CR; line 3 has no end.
    const TEXT: &str = "ab\r\né🦀x\ncd\re";

    #[track_caller]
    fn check(encoding: Encoding, cases: &[(usize, (u32, u32))]) {
        let index = LineIndex::new(TEXT);
        for &(offset, (line, character)) in cases {
            let position = Position { line, character };
            let size = TextSize::try_from(offset).expect("small");
            assert_eq!(index.position(TEXT, size, encoding), position, "of offset {offset}");
            assert_eq!(index.offset(TEXT, position, encoding), offset, "of {position:?}");
        }
    }

    #[test]
    fn utf8_columns_are_bytes() {
        check(Encoding::Utf8, &[(2, (0, 2)), (4, (1, 0)), (6, (1, 2)), (10, (1, 6)), (15, (3, 0))]);
    }

    #[test]
    fn utf16_columns_are_code_units() {
        check(
            Encoding::Utf16,
            &[(2, (0, 2)), (4, (1, 0)), (6, (1, 1)), (10, (1, 3)), (15, (3, 0))],
        );
    }

    #[test]
    fn utf32_columns_are_scalars() {
        check(
            Encoding::Utf32,
            &[(2, (0, 2)), (4, (1, 0)), (6, (1, 1)), (10, (1, 2)), (16, (3, 1))],
        );
    }

    #[test]
    fn positions_outside_the_text_are_clamped() {
        let index = LineIndex::new(TEXT);
        let offset =
            |line, character| index.offset(TEXT, Position { line, character }, Encoding::Utf16);
        assert_eq!(offset(0, 99), 2, "the end of the line, before its CRLF");
        assert_eq!(offset(1, 2), 6, "half of a surrogate pair is the character's start");
        assert_eq!(offset(99, 0), TEXT.len());
        assert_eq!(offset(u32::MAX, u32::MAX), TEXT.len());
        let beyond = index.position(TEXT, TextSize::new(999), Encoding::Utf16);
        assert_eq!(beyond, Position { line: 3, character: 1 });
        let inside = index.position(TEXT, TextSize::new(8), Encoding::Utf16);
        assert_eq!(inside, Position { line: 1, character: 1 });
    }

    #[test]
    fn the_clients_first_known_encoding_wins() {
        let kinds = |names: &[&'static str]| -> Vec<PositionEncodingKind> {
            names.iter().map(|&name| name.into()).collect()
        };
        let offered = |names| Encoding::negotiate(Some(&kinds(names)));
        assert_eq!(offered(&["utf-32", "utf-8"]), Encoding::Utf32);
        assert_eq!(offered(&["utf-7", "utf-8", "utf-16"]), Encoding::Utf8);
        assert_eq!(offered(&[]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
    }
}
