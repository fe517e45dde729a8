//! The cached bodies that run on this thread, outermost first.
//!
//! A sync body is there while it runs, an async one while its future is polled.

use std::cell::RefCell;
use std::sync::Arc;

use super::flight::Flight;
use super::store::Store;
use crate::st::Recorder;

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// A running body.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) store: Arc<Store>,
    pub(crate) flight: Arc<Flight>,
    pub(crate) recorder: Arc<Recorder>,
}

/// Takes the innermost frame away when dropped.
pub(crate) struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        let frame = FRAMES.with_borrow_mut(Vec::pop);
        // Dropped outside the borrow: it may hold the last reference to something of the user's.
        drop(frame);
    }
}

pub(crate) fn enter(frame: Frame) -> Running {
    FRAMES.with_borrow_mut(|frames| frames.push(frame));
    Running
}

/// The runs on this thread, outermost first.
pub(crate) fn running() -> Vec<u64> {
    FRAMES.with_borrow(|frames| frames.iter().map(|frame| frame.flight.id).collect())
}

/// The frames on this thread, outermost first.
pub(crate) fn frames() -> Vec<Frame> {
    FRAMES.with_borrow(Clone::clone)
}

/// Whether there is such a frame on this thread.
pub(crate) fn any(is_meant: impl FnMut(&Frame) -> bool) -> bool {
    FRAMES.with_borrow(|frames| frames.iter().any(is_meant))
}

/// Whether no cached body runs on this thread.
pub(crate) fn is_outermost() -> bool {
    FRAMES.with_borrow(Vec::is_empty)
}
