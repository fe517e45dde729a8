//! A persisted function whose key says nothing of the code that it calls.

use cachelit::cache_data;

fn clean(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cache_data(scope = "global", persist = "disk", max_entries = 100)]
fn load(text: &str) -> String {
    clean(text)
}
