//! Input widgets in cached functions that don't allow them.

use cachelit::{cache_data, st};

#[cache_data]
fn chart(rows: i64) -> i64 {
    rows * st::slider("Zoom", 1, 10)
}

fn is_detailed() -> bool {
    st::checkbox("Details")
}

#[cache_data]
fn summary(text: &str) -> String {
    if is_detailed() { text.to_owned() } else { text.chars().take(80).collect() }
}
