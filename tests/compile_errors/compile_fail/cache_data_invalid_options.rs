use cachelit::cache_data;

#[cache_data(tll = 10)]
fn unknown() {}

#[cache_data(ttl = "10")]
fn no_unit() {}

#[cache_data(ttl = 0)]
fn zero() {}

#[cache_data(max_entries = 0, scope = "x")]
fn two_mistakes() {}

#[cache_data(validate = |_| true)]
fn of_resources() {}

#[cache_data(persist = "shared", scope = "global")]
fn not_yet() {}

fn main() {}
