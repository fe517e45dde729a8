//! The terminal as a front end.

use std::io::{IsTerminal, Write};

use super::{Busy, BusyGuard, Frontend};
use crate::st::{BlockId, Element};

/// Writes elements as plain text to the standard output, one after the other, and shows spinners on
/// the standard error, if that is a terminal. Widgets have their default values.
#[derive(Debug)]
pub struct Terminal {
    animated: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Terminal::new()
    }
}

impl Terminal {
    /// Looks at the process's own streams.
    pub fn new() -> Self {
        Terminal { animated: std::io::stderr().is_terminal() }
    }
}

impl Frontend for Terminal {
    fn show(&self, _at: BlockId, element: &Element) {
        let text = element.plain();
        if !text.is_empty() {
            // A closed standard output is no reason to fail a computation.
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    fn clear(&self, _block: BlockId) {}

    fn busy(&self, busy: &Busy) -> Option<BusyGuard> {
        if self.animated { spin(busy.clone()) } else { None }
    }
}

#[cfg(not(feature = "spinner"))]
fn spin(_busy: Busy) -> Option<BusyGuard> {
    None
}

/// Draws only once the body has run for half a second: most bodies are quicker.
#[cfg(feature = "spinner")]
fn spin(busy: Busy) -> Option<BusyGuard> {
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use indicatif::{ProgressBar, ProgressStyle};

    const PATIENCE: Duration = Duration::from_millis(500);
    const TICK: Duration = Duration::from_millis(100);

    let (end, ended) = mpsc::channel::<()>();
    let began = Instant::now();
    let draw = move || {
        if ended.recv_timeout(PATIENCE) != Err(mpsc::RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::new_spinner().with_elapsed(began.elapsed());
        let template =
            if busy.show_time { "{spinner} {msg} ({elapsed})" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(busy.text);
        while ended.recv_timeout(TICK) == Err(mpsc::RecvTimeoutError::Timeout) {
            bar.tick();
        }
        bar.finish_and_clear();
    };
    let thread =
        std::thread::Builder::new().name("cachelit-spinner".to_owned()).spawn(draw).ok()?;
    Some(BusyGuard::new(move || {
        drop(end);
        // The line is gone before whatever the caller prints next.
        let _ = thread.join();
    }))
}
