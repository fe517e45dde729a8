//! What the guide's snippets work on: a [`Table`], a [`WebServer`] to load it from, a [`Model`].

mod model;
mod table;
mod web;

pub use model::Model;
pub use table::{Column, Table};
pub use web::WebServer;

/// Numbers between 0 and 1 that look random; equal seeds give equal numbers (SplitMix64).
pub fn numbers(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    })
}
