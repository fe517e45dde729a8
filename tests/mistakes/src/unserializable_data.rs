//! Results that can't be copied or serialized.

use std::thread::JoinHandle;

use cachelit::cache_data;

struct Report {
    title: String,
}

#[cache_data]
fn report(id: u32) -> Result<Report, String> {
    Ok(Report { title: format!("Report {id}") })
}

#[cache_data]
fn in_background(id: u32) -> JoinHandle<u32> {
    std::thread::spawn(move || id)
}
