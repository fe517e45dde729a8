//! What tests of elements, widgets and spinners share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cachelit::frontend::Recording;
use cachelit::session::Session;

/// Runs in a session of its own; returns what it showed.
pub(crate) fn screen<R>(run: impl FnOnce(&Recording) -> R) -> Arc<Recording> {
    let screen = Arc::new(Recording::new());
    Session::with_frontend(screen.clone()).run(|| run(&screen));
    screen
}

/// The message with which this panics.
pub(crate) fn panic_of<R>(run: impl FnOnce() -> R) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).err().expect("it must panic");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast_ref::<&str>().expect("a panic with a text")).to_owned(),
    }
}
