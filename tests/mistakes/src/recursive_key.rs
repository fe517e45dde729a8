//! A cached function that waits for itself.

use cachelit::cache_data;

#[cache_data]
fn depth(node: u32) -> u32 {
    if node == 0 { 0 } else { 1 + depth(node) }
}
