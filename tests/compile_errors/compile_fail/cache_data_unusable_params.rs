use cachelit::cache_data;

#[cache_data]
fn pattern((a, b): (u32, u32)) -> u32 {
    a + b
}

#[cache_data]
fn mutable(list: &mut Vec<u32>) -> usize {
    list.len()
}

struct Counter(u32);

impl Counter {
    #[cache_data]
    fn bump(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

fn main() {}
