use cachelit::cache_resource;
use std::sync::Arc;

#[cache_resource(validate = |value| *value)]
fn validated() -> u32 {
    1
}

async fn release(_value: Arc<u32>) {}

#[cache_resource(on_release = release)]
fn released() -> u32 {
    1
}

fn main() {}
