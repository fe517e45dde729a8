use cachelit::cache_data;

#[cache_data(ttl = 10, refresh_mode = "background")]
async fn fetch() -> u32 {
    1
}

struct Client(u32);

impl Client {
    #[cache_data(ttl = 10, refresh_mode = "background", hash_funcs = { Self: |client| client.0 })]
    fn fetch(&self) -> u32 {
        self.0
    }
}

#[cache_data(refresh_mode = "background")]
fn without_ttl() -> u32 {
    1
}

fn main() {}
