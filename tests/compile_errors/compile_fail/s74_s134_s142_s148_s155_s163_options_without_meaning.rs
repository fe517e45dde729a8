use cachelit::{cache_data, cache_resource};

#[cache_data(hash_funcs = { "Model": |model| model.id })]
fn type_as_text() {}

#[cache_data(validate = |_| true, on_release = drop)]
fn of_resources() {}

#[cache_resource(persist = "disk", max_size = "1MB")]
fn of_data() {}

#[cache_data(scope = "x")]
fn unknown_scope() {}

#[cache_data(ttl = 1, refresh_mode = "sometimes")]
fn unknown_mode() {}

#[cache_data(scope = "global", persist = "ram")]
fn unknown_store() {}

#[cache_data(max_entrys = 3)]
fn unknown_option() {}

#[cache_data(ttl = 1, ttl = 2)]
fn repeated() {}

#[cache_data(show_spinner = 3, show_time = "yes")]
fn wrong_values() {}

fn main() {}
