use cachelit::cache_data;

#[cache_data]
fn size<T>(value: T) -> usize {
    let _ = value;
    size_of::<T>()
}

fn main() {}
