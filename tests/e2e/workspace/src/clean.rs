//! Nothing is wrong here.
use cachelit::cache_data;

/// The square of a number.
#[cache_data(max_entries = 10)]
pub fn square(number: u64) -> u64 {
    number * number
}
