use cachelit::cache_data;

const HOUR: u64 = 3600;

#[cache_data(ttl = HOUR)]
fn f() {}

fn main() {}
