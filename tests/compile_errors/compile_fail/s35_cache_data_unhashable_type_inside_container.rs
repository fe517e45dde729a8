use cachelit::cache_data;

struct Row;

#[cache_data]
fn count(rows: Vec<Option<Row>>) -> usize {
    rows.len()
}

fn main() {}
