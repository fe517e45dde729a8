//! What a type looks like to serde, as far as a value shows it.
//!
//! A type that is read asks for what it expects: so many members, a struct of this name with these fields, one of
//! these variants. A hash over what it asked tells whether today's type reads an entry as the one did that was
//! there when it was written. A field more, another order, `f32` for `f64`, a unit that is called otherwise:
//! each asks otherwise.

use foldhash::HashMap;

/// Hash of a shape.
pub(crate) type ShapeHash = [u8; 32];

/// What a type may ask for.
#[derive(Clone, Copy)]
pub(super) enum Request {
    Any,
    Bool,
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
    Char,
    Text,
    Bytes,
    Unit,
    Sequence,
    Map,
    Identifier,
    Ignored,
    Optional,
    Newtype,
    Tuple,
    Record,
    Enum,
}

/// Names that the program holds, by where they are.
type Place = (usize, usize, usize, usize);

/// The requests so far.
#[derive(Default)]
pub(super) struct Shape {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    last: Option<u8>,
    /// Numbers of names that were noted before. By content, for where they are differs from build to build;
    /// by place only to find that faster.
    numbers: HashMap<Vec<u8>, u32>,
    places: HashMap<Place, u32>,
}

impl Shape {
    /// Notes a request. Any number of equal ones in a row is one, for a length is no matter of the type.
    #[inline]
    pub(super) fn note(&mut self, request: Request) {
        if self.last != Some(request as u8) {
            self.begin(request);
        }
    }

    pub(super) fn note_tuple(&mut self, name: &'static str, len: usize) {
        self.note_names(Request::Tuple, name, &[]);
        self.buffer.extend_from_slice(&(len as u64).to_le_bytes());
    }

    pub(super) fn note_names(
        &mut self,
        request: Request,
        name: &'static str,
        names: &'static [&'static str],
    ) {
        self.begin(request);
        self.last = None;
        let place = (name.as_ptr().addr(), name.len(), names.as_ptr().addr(), names.len());
        let number = match self.places.get(&place) {
            Some(&number) => number,
            None => self.learn(place, name, names),
        };
        self.buffer.extend_from_slice(&number.to_le_bytes());
    }

    fn begin(&mut self, request: Request) {
        if self.buffer.len() > 8192 {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
        self.buffer.push(request as u8);
        self.last = Some(request as u8);
    }

    #[cold]
    fn learn(&mut self, place: Place, name: &str, names: &[&str]) -> u32 {
        let mut content = Vec::new();
        for text in std::iter::once(&name).chain(names) {
            content.extend_from_slice(&(text.len() as u64).to_le_bytes());
            content.extend_from_slice(text.as_bytes());
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(content.clone()).or_insert(next);
        if number == next {
            self.buffer.extend_from_slice(&(content.len() as u64).to_le_bytes());
            self.buffer.extend_from_slice(&content);
        }
        self.places.insert(place, number);
        number
    }

    pub(super) fn finish(mut self) -> ShapeHash {
        self.hasher.update(&self.buffer);
        *self.hasher.finalize().as_bytes()
    }
}
