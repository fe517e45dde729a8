use cachelit::cache_data;
use std::pin::Pin;

#[cache_data]
fn adder(by: u32) -> Box<dyn Fn(u32) -> u32 + Send + Sync> {
    Box::new(move |x| x + by)
}

#[cache_data]
fn later() -> Pin<Box<dyn Future<Output = u32> + Send + Sync>> {
    Box::pin(async { 1 })
}

#[cache_data]
fn text() -> Option<&'static str> {
    Some("constant")
}

fn main() {}
