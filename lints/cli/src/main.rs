//! Filled in by the first issue.
fn main() {}
