use cachelit::cache_data;

#[cache_data]
fn numbers() -> impl Iterator<Item = u32> {
    0..3
}

fn main() {}
