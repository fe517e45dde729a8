use cachelit::cache_data;

struct Id;
struct Model(Id);

#[cache_data(hash_funcs = { Model: |model| &model.0 })]
fn predict(model: &Model) -> u32 {
    let _ = model;
    1
}

fn main() {}
