use cachelit::cache_data;

struct Client;

impl Client {
    #[cache_data]
    fn fetch(&self, page: u32) -> u32 {
        page
    }
}

fn main() {
    Client.fetch(1);
}
