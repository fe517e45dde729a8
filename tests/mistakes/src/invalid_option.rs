//! Options that don't exist, are given twice, contradict each other, or mean nothing.

use cachelit::{cache_data, cache_resource};

#[cache_data(max_entrys = 100)]
fn misspelt(id: u32) -> u32 {
    id
}

#[cache_data(ttl = "10")]
fn no_unit(id: u32) -> u32 {
    id
}

#[cache_data(ttl = 60, ttl = 90)]
fn twice(id: u32) -> u32 {
    id
}

#[cache_resource(persist = "disk")]
fn not_for_resources() -> String {
    String::new()
}

#[cache_data(persist = "disk", scope = "session")]
fn contradictory(id: u32) -> u32 {
    id
}

#[cache_data(max_entries = 0)]
fn keeps_nothing(id: u32) -> u32 {
    id
}
