//! What a body reads without having it in its key.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use cachelit::cache_data;

static RATE: AtomicU32 = AtomicU32::new(100);

#[cache_data]
fn price(net: u32) -> u32 {
    net * RATE.load(Ordering::Relaxed) / 100
}

#[cache_data]
fn greeting(name: &str) -> String {
    format!("{} {name}, it is {:?}", hello(), SystemTime::now())
}

fn hello() -> String {
    let language = std::env::var("LANG").unwrap_or_default();
    if language.starts_with("de") { "Hallo".to_owned() } else { "Hello".to_owned() }
}
