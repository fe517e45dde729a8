//! "Basic usage": what in goes, what comes out, and nothing twice.

use cachelit::cache_data;

use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data]
fn long_running_function(param1: u64, param2: f64) -> f64 {
    (1..=param1).map(|step| param2 / step as f64).sum()
}

/// Walks through the section.
pub fn visit(tour: &mut Tour) {
    tour.section("Basic usage");
    let stats = long_running_function::stats;
    let first = tour
        .call(Miss, "long_running_function(1000, 0.5)", stats, || long_running_function(1000, 0.5));
    let second = tour
        .call(Hit, "long_running_function(1000, 0.5)", stats, || long_running_function(1000, 0.5));
    tour.claim(first == second, "both calls return the same number");
    tour.call(Miss, "long_running_function(1000, 0.25)", stats, || {
        long_running_function(1000, 0.25)
    });
    tour.keys(module_path!());
}
