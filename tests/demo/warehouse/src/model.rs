//! A sentiment model, small enough to train in the blink of an eye.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Weighs words that it has seen in praise and in complaints.
///
/// It can't be hashed, serialised or cloned, as a real one can't: it is a resource.
#[derive(Debug, Default)]
pub struct Model {
    weights: HashMap<String, f64>,
    inferences: AtomicU64,
}

impl Model {
    /// Learns from texts and what they score.
    pub fn train<'a>(examples: impl IntoIterator<Item = (&'a str, f64)>) -> Model {
        let mut weights: HashMap<String, f64> = HashMap::new();
        for (text, score) in examples {
            for word in words(text) {
                *weights.entry(word).or_default() += score;
            }
        }
        Model { weights, inferences: AtomicU64::new(0) }
    }

    /// What `text` scores: above zero for praise, below for complaints.
    pub fn infer(&self, text: &str) -> f64 {
        self.inferences.fetch_add(1, Ordering::Relaxed);
        words(text).filter_map(|word| self.weights.get(&word)).sum()
    }

    /// How often [`infer`](Self::infer) ran.
    pub fn inferences(&self) -> u64 {
        self.inferences.load(Ordering::Relaxed)
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|ch: char| !ch.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
