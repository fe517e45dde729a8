//! Silence about nothing.

use cachelit::cache_data;

#[cache_data(allow(unhashable_param))]
fn double(id: u32) -> u32 {
    id * 2
}

// cache-lint: allow(unsupported-widget)
#[cache_data]
fn triple(id: u32) -> u32 {
    id * 3
}
