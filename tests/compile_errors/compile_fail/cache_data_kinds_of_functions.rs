use cachelit::{cache_data, cache_resource};

#[cache_data]
const fn constant() -> u32 {
    1
}

#[cache_data]
unsafe fn unchecked() -> u32 {
    1
}

#[cache_data]
extern "C" fn foreign() -> u32 {
    1
}

#[cache_data]
#[cache_resource]
fn twice() -> u32 {
    1
}

#[cache_data]
struct NoFunction;

fn main() {}
