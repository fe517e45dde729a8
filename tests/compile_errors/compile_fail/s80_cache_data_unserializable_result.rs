use cachelit::cache_data;

#[derive(Clone)]
struct Row(u32);

#[cache_data]
fn row() -> Row {
    Row(1)
}

fn main() {
    row().0;
}
