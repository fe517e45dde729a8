//! A cache for everybody that only grows. The lint is off by default.

use cachelit::cache_data;

#[cache_data(scope = "global")]
fn page(url: &str) -> String {
    url.to_owned()
}
