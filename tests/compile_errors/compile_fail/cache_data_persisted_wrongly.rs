use cachelit::cache_data;

#[cache_data(persist = "disk")]
fn of_a_session() {}

#[cache_data(persist = "disk", scope = "global", experimental_allow_widgets = true)]
fn with_widgets() {}

#[cache_data(persist = "disk", scope = "global", ttl = 10, refresh_mode = "background")]
fn in_the_background() {}

#[cache_data(persist = "disk", scope = "global")]
fn generic<T: cachelit::CacheKey>(x: T) {
    drop(x);
}

#[cache_data(persist = "disk", scope = "global")]
fn of_some_type(x: &impl cachelit::CacheKey, _other: Box<impl Fn()>) {
    let _ = x;
}

#[cache_data(persist = "disk", scope = "global")]
fn sized<const N: usize>(x: [u8; N]) -> usize {
    x.len()
}

fn main() {
    sized([1, 2]);
}
