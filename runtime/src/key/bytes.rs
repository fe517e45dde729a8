//! The bytes of a key.

use super::Short;

/// Bytes of which the first 64 need no allocation. What is hot is short: a write of a fixed width is one store, and keys
/// are compared by words, for a wider load has to wait for the narrower stores that were made a moment ago.
#[derive(Clone)]
pub(crate) struct Bytes {
    len: usize,
    /// All of it, followed by zeros, if it fits.
    words: [[u8; 8]; WORDS],
    /// Else all of it. Behind a pointer, so that a key that fits has but one word more to make and to drop.
    spilled: Option<Box<Spilled>>,
}

#[derive(Clone, Default, PartialEq)]
struct Spilled(Vec<u8>);

const WORDS: usize = 8;
const FIT: usize = 8 * WORDS;

impl Bytes {
    #[inline]
    pub(crate) const fn new() -> Self {
        Bytes { len: 0, words: [[0; 8]; WORDS], spilled: None }
    }

    /// Makes them what [`short`](Self::short) tells of others, of those that are empty or short.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "it is at most 16")]
    pub(super) fn set_short(&mut self, (len, [first, second]): Short) {
        self.len = len as usize;
        [self.words[0], self.words[1]] = [first.to_le_bytes(), second.to_le_bytes()];
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        match &self.spilled {
            None => &self.words.as_flattened()[..self.len],
            Some(spilled) => &spilled.0,
        }
    }

    /// All of it in words, followed by zeros, if it fits.
    #[inline]
    pub(super) fn words(&self) -> Option<&[[u8; 8]; WORDS]> {
        self.spilled.is_none().then_some(&self.words)
    }

    #[inline]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.words.as_flattened_mut().get_mut(self.len..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.spill(bytes),
        }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        let fitted = &self.words.as_flattened()[..self.len.min(FIT)];
        let spilled = self.spilled.get_or_insert_with(|| Box::new(Spilled(fitted.to_vec())));
        spilled.0.extend_from_slice(bytes);
        self.len = spilled.0.len();
    }

    /// Leaves nothing.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Bytes::new())
    }

    /// All of it as two numbers, if it has at most 16 bytes.
    #[inline]
    pub(crate) fn short(&self) -> Option<[u64; 2]> {
        (self.len <= 16).then(|| [0, 1].map(|at: usize| u64::from_le_bytes(self.words[at])))
    }

    pub(crate) fn starts_with(&self, start: &Bytes) -> bool {
        self.as_slice().starts_with(start.as_slice())
    }

    pub(crate) fn into_vec(self) -> Vec<u8> {
        match self.spilled {
            None => self.as_slice().to_vec(),
            Some(spilled) => spilled.0,
        }
    }
}

impl PartialEq for Bytes {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        if self.len != other.len {
            return false;
        }
        if self.len <= 16 {
            return self.short() == other.short();
        }
        if self.len > FIT {
            return self.spilled == other.spilled;
        }
        let words = self.len.div_ceil(8);
        self.words[..words].iter().zip(&other.words[..words]).all(|(a, b)| a == b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&[u8]]) -> Bytes {
        let mut bytes = Bytes::new();
        for piece in pieces {
            bytes.extend(piece);
        }
        bytes
    }

    #[test]
    fn pieces_add_up_however_they_are_cut() {
        let whole: Vec<u8> = (0..200).collect();
        for len in [0, 1, 7, 8, 9, 63, 64, 65, 200] {
            let (whole, expected) = (&whole[..len], of(&[&whole[..len]]));
            assert_eq!(expected.as_slice(), whole);
            for cut in 0..=len {
                let bytes = of(&[&whole[..cut], &whole[cut..]]);
                assert!(bytes == expected && bytes.len() == len);
                assert_eq!(bytes.into_vec(), whole);
            }
        }
    }

    #[test]
    fn any_byte_makes_a_difference_and_so_does_the_length() {
        for len in [1, 8, 64, 65, 100] {
            let zeros = vec![0; len];
            for at in 0..len {
                let mut other = zeros.clone();
                other[at] = 1;
                assert!(of(&[&zeros]) != of(&[&other]));
            }
            assert!(of(&[&zeros]) != of(&[&zeros[1..]]));
        }
    }

    #[test]
    fn what_was_taken_leaves_nothing() {
        for len in [3, 100] {
            let mut bytes = of(&[&vec![1; len]]);
            assert_eq!(bytes.take().len(), len);
            assert!(bytes == Bytes::new() && bytes.as_slice().is_empty());
        }
    }
}
