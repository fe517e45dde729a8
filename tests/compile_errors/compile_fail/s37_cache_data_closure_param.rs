use cachelit::cache_data;

#[cache_data]
fn apply(f: impl Fn(u32) -> u32) -> u32 {
    f(1)
}

fn main() {}
