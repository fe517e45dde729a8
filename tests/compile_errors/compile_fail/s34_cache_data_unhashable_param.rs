use cachelit::cache_data;

struct Connection;

#[cache_data]
fn rows(connection: &Connection, count: usize) -> Vec<u32> {
    let _ = connection;
    vec![0; count]
}

fn main() {}
