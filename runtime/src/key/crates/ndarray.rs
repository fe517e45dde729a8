//! Types of ndarray: the shape, and the elements in logical order, however they are laid out.

use ndarray::{ArrayBase, ArrayRef, Data, Dimension, RawData};

use super::super::{CacheKey, KeyHasher};

impl<S, D, A> CacheKey for ArrayBase<S, D, A>
where
    S: Data + RawData<Elem = A>,
    D: Dimension,
    A: CacheKey + Clone,
{
    fn encode(&self, key: &mut KeyHasher) {
        encode_array(self, key);
    }
}

impl<A: CacheKey + Clone, D: Dimension> CacheKey for ArrayRef<A, D> {
    fn encode(&self, key: &mut KeyHasher) {
        encode_array(self, key);
    }
}

fn encode_array<A: CacheKey + Clone, D: Dimension>(array: &ArrayRef<A, D>, key: &mut KeyHasher) {
    array.shape().encode(key);
    // Strided ones are copied, for equal arrays must write their elements in one and the same way.
    let rows = array.as_standard_layout();
    A::encode_slice(rows.as_slice().expect("the layout is the standard one"), key);
}
