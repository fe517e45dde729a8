//! The terminal as a front end.

use std::io::Write;

use super::Frontend;
#[cfg(feature = "spinner")]
use super::{Busy, BusyGuard};
use crate::st::{BlockId, Element};

#[cfg(feature = "spinner")]
mod spinners;
mod text;

/// Writes elements as plain text to the standard output, one after the other, and shows spinners on
/// the standard error, if that is a terminal. Widgets have their default values.
///
/// An element that is shown while a spinner turns appears above it. What a body prints by other ways does not know
/// of the spinner. With the first spinner comes a panic hook, which clears the lines of all of them and then calls the
/// hook that was there.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Terminal;

impl Terminal {
    /// The process's own streams.
    pub fn new() -> Self {
        Terminal
    }
}

impl Frontend for Terminal {
    fn show(&self, _at: BlockId, element: &Element) {
        let Some(text) = text::of(element) else { return };
        // A closed standard output is no reason to fail a computation.
        let print = || drop(writeln!(std::io::stdout(), "{text}"));
        #[cfg(feature = "spinner")]
        spinners::above(print);
        #[cfg(not(feature = "spinner"))]
        print();
    }

    fn clear(&self, _block: BlockId) {}

    fn shows_busy(&self) -> bool {
        #[cfg(feature = "spinner")]
        return spinners::is_possible();
        #[cfg(not(feature = "spinner"))]
        false
    }

    #[cfg(feature = "spinner")]
    fn busy(&self, busy: &Busy) -> Option<BusyGuard> {
        spinners::begin(busy)
    }
}
