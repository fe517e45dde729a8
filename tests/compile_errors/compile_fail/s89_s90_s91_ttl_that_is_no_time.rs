use cachelit::{cache_data, cache_resource};

#[cache_data(ttl = "bogus")]
fn no_time() {}

#[cache_resource(ttl = "1hh")]
fn unknown_unit() {}

#[cache_data(ttl = "10")]
fn no_unit() {}

#[cache_data(ttl = 0)]
fn zero() {}

#[cache_data(ttl = -1)]
fn negative() {}

fn main() {}
