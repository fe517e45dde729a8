use cachelit::cache_resource;

type Outcome = Result<u32, String>;

#[cache_resource]
fn f() -> Outcome {
    Ok(1)
}

fn main() {
    let _ = f();
}
