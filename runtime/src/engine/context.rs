//! The cached bodies that run on this thread, outermost first.
//!
//! A sync body is there while it runs, an async one while its future is polled.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

use super::function::{FunctionSpec, Place};
use super::run::{Run, RunId};
use crate::key::KeptKey;
use crate::st::Recorder;

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };

    /// How many there are, for every miss asks: what has nothing to drop costs a load.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// A running body.
pub(crate) struct Frame {
    pub(crate) run: Run,
    pub(crate) recorder: Recorder,
}

impl Frame {
    pub(crate) fn spec(&self) -> &'static FunctionSpec {
        self.run.spec()
    }
}

/// Gives the innermost frame back when dropped.
pub(crate) struct Running<'a> {
    owner: &'a mut Option<Frame>,
}

impl Drop for Running<'_> {
    #[inline]
    fn drop(&mut self) {
        let frame = FRAMES.with_borrow_mut(|frames| {
            let frame = frames.pop();
            DEPTH.set(frames.len());
            frame
        });
        // Nothing to drop there, which the compiler is told so.
        if self.owner.is_none() {
            *self.owner = frame;
        }
    }
}

/// The innermost frame, of a run that stays on its thread; which it leaves when dropped.
pub(crate) struct Staying(PhantomData<*const ()>);

impl Staying {
    /// Takes what was recorded, as the body has ended.
    #[inline]
    pub(crate) fn end(self) -> Recorder {
        std::mem::forget(self);
        leave()
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        drop(leave());
    }
}

/// In its place, for to move it costs more than all that is done here.
#[inline]
fn leave() -> Recorder {
    FRAMES.with_borrow_mut(|frames| {
        let recorder = frames.last_mut().map(|frame| std::mem::take(&mut frame.recorder));
        frames.truncate(frames.len().saturating_sub(1));
        DEPTH.set(frames.len());
        recorder.unwrap_or_default()
    })
}

/// Makes a frame for as long as its body runs, be it to its end or to a panic.
#[inline]
pub(crate) fn stay(run: Run) -> Staying {
    let recorder = Recorder::begin();
    FRAMES.with_borrow_mut(|frames| {
        frames.push(Frame { run, recorder });
        DEPTH.set(frames.len());
    });
    Staying(PhantomData)
}

/// Whether a body runs on this thread.
#[inline]
pub(crate) fn is_inside() -> bool {
    DEPTH.get() != 0
}

/// Whether a body runs on this thread for an entry with the key that `is_it`.
#[inline]
pub(crate) fn is_running(place: Place, is_it: impl Fn(&KeptKey) -> bool) -> bool {
    is_inside() && with(|frames| frames.iter().any(|frame| frame.run.is_of(place, &is_it)))
}

/// Whether that run is on this thread.
pub(crate) fn is_in(run: RunId) -> bool {
    with(|frames| frames.iter().any(|frame| frame.run.id() == run))
}

/// Takes a frame for as long as its body runs, be it to its end or to a panic.
#[inline]
pub(crate) fn enter(frame: &mut Option<Frame>) -> Running<'_> {
    if let Some(frame) = frame.take() {
        FRAMES.with_borrow_mut(|frames| {
            frames.push(frame);
            DEPTH.set(frames.len());
        });
    }
    Running { owner: frame }
}

/// What `look` makes of the frames on this thread, outermost first. It runs no code of the user's, and so doesn't
/// panic, which may run a hook.
#[inline]
pub(crate) fn with<R>(look: impl FnOnce(&[Frame]) -> R) -> R {
    FRAMES.with_borrow(|frames| look(frames))
}

/// The function whose body is the innermost one that runs on this thread.
pub(crate) fn innermost() -> Option<&'static FunctionSpec> {
    with(|frames| frames.last().map(Frame::spec))
}
