//! A parameter that decides the result, but is left out of the key. The lint is off by default.

use cachelit::cache_data;

#[cache_data]
fn thumbnail(url: &str, _width: u32) -> String {
    format!("{url}?width={_width}")
}
