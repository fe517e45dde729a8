//! Functions of `hash_funcs` for what is inside records: those types are known only to the derive.

use std::any::Any;

use super::KeyHasher;
use crate::internal::HashFunc;

impl KeyHasher {
    pub(crate) fn set_hash_funcs(&mut self, functions: &'static [HashFunc]) {
        self.hash_funcs = functions;
    }

    pub(crate) fn has_hash_funcs(&self) -> bool {
        !self.hash_funcs.is_empty()
    }

    pub(crate) fn encode_by_hash_func(&mut self, value: &dyn Any) -> bool {
        self.hash_funcs.iter().any(|function| function(value, self))
    }

    /// Encodes what a function said of a value: by its own key, lest a function that returns its own type
    /// is asked for ever.
    pub(crate) fn without_hash_funcs(&mut self, encode: impl FnOnce(&mut KeyHasher)) {
        let functions = std::mem::take(&mut self.hash_funcs);
        encode(self);
        self.hash_funcs = functions;
    }
}
