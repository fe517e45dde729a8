use cachelit::cache_data;

#[cache_data(max_entries = 0)]
fn no_entry() {}

#[cache_data(max_entries = -1)]
fn fewer() {}

#[cache_data(max_entries = 0.5)]
fn half() {}

#[cache_data(max_size = "10")]
fn no_unit() {}

#[cache_data(max_size = "0MB")]
fn nothing() {}

#[cache_data(max_size = "-1MB")]
fn less() {}

#[cache_data(max_size = "MB")]
fn no_number() {}

#[cache_data(max_size = "1XB")]
fn unknown_unit() {}

#[cache_data(max_size = 0)]
fn zero() {}

#[cache_data(max_size = -5)]
fn negative() {}

#[cache_data(max_size = 1.5)]
fn fraction() {}

#[cache_data(max_size = true)]
fn truth() {}

fn main() {}
