//! The functions that are cached, and the keys that a contender's user has to write for them.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use equivalent::Equivalent;

thread_local! {
    /// Runs of [`number`] on this thread.
    pub static RUNS: Cell<u64> = const { Cell::new(0) };
}

/// Runs of [`slow`].
pub static SLOW_RUNS: AtomicU64 = AtomicU64::new(0);

pub fn number(n: u64) -> u64 {
    RUNS.set(RUNS.get() + 1);
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)
}

pub fn text(name: &str, count: u32) -> String {
    format!("{name}{count:032}")
}

pub fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().sum()
}

/// A MiB.
pub fn large(name: &str) -> Vec<u8> {
    vec![name.len() as u8; 1 << 20]
}

pub fn slow(n: u64) -> u64 {
    SLOW_RUNS.fetch_add(1, Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(50));
    n + 1
}

/// `(&str, u32)` as a key that is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TextKey(pub String, pub u32);

/// And as one to look up by.
#[derive(Hash)]
pub struct TextQuery<'a>(pub &'a str, pub u32);

impl Equivalent<TextKey> for TextQuery<'_> {
    fn equivalent(&self, key: &TextKey) -> bool {
        self.1 == key.1 && self.0 == key.0
    }
}

impl From<&TextQuery<'_>> for TextKey {
    fn from(query: &TextQuery<'_>) -> TextKey {
        TextKey(query.0.to_owned(), query.1)
    }
}

/// Floats by their bits, all hashed and compared at once: the fastest that a contender's user can write.
#[derive(Clone)]
pub struct FloatKey(pub Vec<f64>);

#[derive(Clone, Copy)]
pub struct FloatQuery<'a>(pub &'a [f64]);

impl FloatQuery<'_> {
    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.0)
    }
}

impl FloatKey {
    fn query(&self) -> FloatQuery<'_> {
        FloatQuery(&self.0)
    }
}

impl Hash for FloatQuery<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.bytes());
    }
}

impl Hash for FloatKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.query().hash(state);
    }
}

impl PartialEq for FloatKey {
    fn eq(&self, other: &Self) -> bool {
        self.query().bytes() == other.query().bytes()
    }
}

impl Eq for FloatKey {}

impl Equivalent<FloatKey> for FloatQuery<'_> {
    fn equivalent(&self, key: &FloatKey) -> bool {
        self.bytes() == key.query().bytes()
    }
}

impl From<&FloatQuery<'_>> for FloatKey {
    fn from(query: &FloatQuery<'_>) -> FloatKey {
        FloatKey(query.0.to_vec())
    }
}
