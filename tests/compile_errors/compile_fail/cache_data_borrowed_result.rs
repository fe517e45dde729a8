use cachelit::cache_data;

#[cache_data]
fn first(text: &str) -> &str {
    &text[..1]
}

#[cache_data]
fn rest<'a>(text: &'a str) -> Option<std::borrow::Cow<'a, str>> {
    Some(text[1..].into())
}

fn main() {}
