use cachelit::CacheKey;

struct Socket;

#[derive(CacheKey)]
struct Request {
    name: String,
    socket: Socket,
}

#[derive(CacheKey)]
union Bits {
    float: f32,
    integer: u32,
}

#[derive(CacheKey)]
struct Options {
    #[cache_key(ignore)]
    name: String,
}

fn main() {}
