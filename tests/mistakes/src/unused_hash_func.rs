//! Functions for types that no part of the key has.

use cachelit::cache_data;

#[cache_data(hash_funcs = { String: |text| text.len() })]
fn lines(text: &str, most: usize) -> usize {
    text.lines().take(most).count()
}

struct Connection;

#[cache_data(hash_funcs = { Connection: |_| 0 })]
fn users(_conn: &Connection, limit: u32) -> u32 {
    limit
}
