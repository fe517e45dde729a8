//! Signatures that a cache can't serve.

use std::io::Read;

use cachelit::cache_data;

#[cache_data]
fn append(log: &mut Vec<String>, line: &str) -> usize {
    log.push(line.to_owned());
    log.len()
}

#[cache_data]
fn length(mut source: impl Read) -> usize {
    let mut text = String::new();
    source.read_to_string(&mut text).unwrap_or_default()
}

#[cache_data]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}
