//! A digest of a whole token sequence, which also the generated probe crate is built from.

use std::hash::{DefaultHasher, Hash, Hasher};

use cachelit_spec::token::Token;

/// Equal for equal tokens, kinds and `joint` marks included.
pub(crate) fn digest(tokens: &[Token]) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{tokens:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
