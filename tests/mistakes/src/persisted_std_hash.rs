//! Results on disk that the next build doesn't find, for keys that rest on `Hash`.

use cachelit::cache_data;

#[derive(Hash)]
struct Filter {
    name: String,
}

#[cache_data(scope = "global", persist = "disk", max_entries = 100)]
fn rows(filter: &Filter) -> Vec<u32> {
    vec![]
}

#[derive(cachelit::CacheKey)]
struct Query {
    names: Vec<Name>,
    since: std::time::Instant,
}

#[derive(cachelit::CacheKey)]
struct Name {
    name: String,
}

#[cache_data(scope = "global", persist = "disk", max_entries = 100)]
fn found(query: Query) -> Vec<u32> {
    vec![]
}
