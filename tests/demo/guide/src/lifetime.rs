//! "Controlling cache size and duration", and the spinner.

use std::time::Duration;

use cachelit::cache_data;
use cachelit::clock::ManualClock;
use warehouse::{WebServer, numbers};

use crate::Failure;
use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data(ttl = 3600, show_spinner = false)]
fn get_api_data(url: &str) -> Result<String, Failure> {
    Ok(ureq::get(url).call()?.into_body().read_to_string()?)
}

#[cache_data(ttl = "1h30m", show_spinner = "Fetching data from API…", show_time = true)]
fn get_slow_data(url: &str) -> Result<String, Failure> {
    Ok(ureq::get(url).call()?.into_body().read_to_string()?)
}

#[cache_data(max_entries = 1000)]
fn get_large_array(seed: u64) -> Vec<f64> {
    numbers(seed).take(100).collect()
}

/// Walks through the section.
pub fn visit(tour: &mut Tour, web: &WebServer) -> Result<(), Failure> {
    tour.section("ttl: how long a result is served");
    let url = web.url("/posts/1");
    let clock = ManualClock::new();
    let entered = clock.enter();
    let stats = get_api_data::stats;
    tour.call(Miss, "get_api_data(url), ttl = 3600", stats, || get_api_data(&url))?;
    clock.advance(Duration::from_secs(3599));
    tour.call(Hit, "get_api_data(url), 3599 s later", stats, || get_api_data(&url))?;
    clock.advance(Duration::from_secs(1));
    tour.call(Miss, "get_api_data(url), 3600 s later", stats, || get_api_data(&url))?;
    let stats = get_slow_data::stats;
    tour.call(Miss, "get_slow_data(url), ttl = \"1h30m\"", stats, || get_slow_data(&url))?;
    clock.advance(Duration::from_secs(5399));
    tour.call(Hit, "get_slow_data(url), 5399 s later", stats, || get_slow_data(&url))?;
    drop(entered);

    tour.section("max_entries: how many results are kept");
    let stats = get_large_array::stats;
    for seed in 0..1000 {
        get_large_array(seed);
    }
    tour.claim(stats().entries == 1000, "1000 arrays are kept after 1000 calls");
    tour.call(Hit, "get_large_array(0)", stats, || get_large_array(0));
    tour.call(Miss, "get_large_array(1000)", stats, || get_large_array(1000));
    tour.claim(stats().entries == 1000, "and not one more");
    tour.call(Hit, "get_large_array(0), used lately", stats, || get_large_array(0));
    tour.call(Miss, "get_large_array(1), not used for the longest", stats, || get_large_array(1));
    tour.keys(module_path!());
    Ok(())
}
