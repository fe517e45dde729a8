//! What a call of a cached function does. Data and resources, sync and async functions share it.
//!
//! - [`function`]: a cached function, its options and its stores; [`registry`] knows them all.
//! - [`front`]: where each thread remembers the entries that it used last; [`numbers`]: where all find those that are
//!   numbers, in lines of a [`seqlock`]; [`hits`] counts what they served; [`local`] is what a thread needs for that.
//! - [`store`]: the entries of one scope, and what makes them leave, in a [`table`]; [`bare`]: numbers that need none, and
//!   [`slab`]: those of them that make room for each other; [`room`]: what makes room; [`order`] tells which is
//!   the oldest.
//! - [`run`]: which runs there are; [`flight`]: one of them, and those who wait for it; [`waits`] tells who waits for whom.
//! - [`patience`]: how long they do.
//! - [`context`]: which cached bodies are running on this thread.
//! - [`lookup`]: puts these together; [`lead`] is the part of who runs a body; [`numeric`] does both for numbers that need
//!   no entries.
//!
//! No lock is held while code of the user runs: bodies, clones, drops, hooks.

mod bare;
pub(crate) mod context;
pub(crate) mod entry;
pub(crate) mod flight;
pub(crate) mod front;
pub(crate) mod function;
pub(crate) mod hits;
pub(crate) mod lead;
pub(crate) mod local;
pub(crate) mod lookup;
#[cfg(all(test, cachelit_loom))]
mod models;
pub(crate) mod numbers;
mod numeric;
pub(crate) mod order;
pub(crate) mod patience;
pub(crate) mod registry;
mod room;
pub(crate) mod run;
pub(crate) mod seqlock;
pub(crate) mod size;
mod slab;
pub(crate) mod store;
mod table;
pub(crate) mod waits;
pub(crate) mod word;
