//! Spinners on the standard error of this process: one thread turns them all.

use std::collections::BTreeMap;
use std::fmt;
use std::io::IsTerminal;
use std::panic;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use parking_lot::{Condvar, Mutex};

use crate::frontend::{Busy, BusyGuard};

/// Most bodies are quicker than that, and draw nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Spinners {
    screen: MultiProgress,
    state: Mutex<State>,
    wake: Condvar,
    cleared: Condvar,
}

#[derive(Default)]
struct State {
    runs: BTreeMap<u64, Run>,
    begun: u64,
    /// Whether the thread looks at the runs by itself, every so often.
    is_awake: bool,
    /// Whether somebody waits for the lines to be cleared.
    is_in_the_way: bool,
    /// Nothing is drawn before that.
    quiet_until: Option<Instant>,
}

struct Run {
    since: Instant,
    busy: Busy,
    /// Once it is drawn.
    bar: Option<ProgressBar>,
}

static SPINNERS: OnceLock<Option<Spinners>> = OnceLock::new();

/// All spinners of the process; nothing if that has no terminal, or there can be no thread to turn them.
fn spinners() -> Option<&'static Spinners> {
    let spinners = SPINNERS.get_or_init(|| {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let turn = || SPINNERS.wait().as_ref().map_or((), Spinners::turn);
        let thread = thread::Builder::new().name("cachelit-spinner".to_owned()).spawn(turn);
        thread.ok()?;
        make_way_for_panics();
        Some(Spinners::default())
    });
    spinners.as_ref()
}

/// The message of a panic is printed before the guard of the spinner is dropped, and would stand behind its text.
fn make_way_for_panics() {
    // A thread that panics can't set a hook.
    if thread::panicking() {
        return;
    }
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if let Some(Some(spinners)) = SPINNERS.get() {
            spinners.make_way();
        }
        // Under no lock, for it may be the user's.
        print(panic);
    }));
}

/// Whether there is a terminal to show spinners on.
pub(super) fn is_possible() -> bool {
    spinners().is_some()
}

/// Prints above the spinners that turn.
pub(super) fn above(print: impl FnOnce()) {
    match SPINNERS.get() {
        Some(Some(spinners)) => spinners.screen.suspend(print),
        _ => print(),
    }
}

/// Turns a spinner until the guard is dropped; its line is gone before whatever the caller prints next.
pub(super) fn begin(busy: &Busy) -> Option<BusyGuard> {
    let spinners = spinners()?;
    let id = spinners.begin(busy.clone());
    Some(BusyGuard::new(move || spinners.end(id)))
}

impl Spinners {
    fn begin(&self, busy: Busy) -> u64 {
        let mut state = self.state.lock();
        state.begun += 1;
        let id = state.begun;
        state.runs.insert(id, Run { since: Instant::now(), busy, bar: None });
        if !state.is_awake {
            state.is_awake = true;
            self.wake.notify_one();
        }
        id
    }

    fn end(&self, id: u64) {
        if let Some(Run { bar: Some(bar), .. }) = self.state.lock().runs.remove(&id) {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
    }

    /// Has the lines of all spinners cleared, and leaves some time to print something else. By their thread, for
    /// indicatif draws nothing on one that panics.
    fn make_way(&self) {
        // Not forever, for it may be the thread that draws which panicked.
        let Some(mut state) = self.state.try_lock_for(PATIENCE) else { return };
        if state.runs.values().any(|run| run.bar.is_some()) {
            state.is_in_the_way = true;
            self.wake.notify_one();
            self.cleared.wait_while_for(&mut state, |state| state.is_in_the_way, PATIENCE);
        }
    }

    fn turn(&self) {
        let mut state = self.state.lock();
        loop {
            if state.runs.is_empty() {
                state.is_awake = false;
                self.wake.wait(&mut state);
            }
            if state.is_in_the_way {
                // A terminal that can't be written to has no lines to clear.
                drop(self.screen.clear());
                state.quiet_until = Some(Instant::now() + PATIENCE);
                state.is_in_the_way = false;
                self.cleared.notify_all();
            }
            let is_quiet = state.quiet_until.is_some_and(|until| Instant::now() < until);
            for run in state.runs.values_mut() {
                if !is_quiet && run.since.elapsed() >= PATIENCE {
                    run.bar.get_or_insert_with(|| self.draw(&run.busy, run.since)).tick();
                }
            }
            self.wake.wait_for(&mut state, TICK);
        }
    }

    fn draw(&self, busy: &Busy, since: Instant) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_elapsed(since.elapsed());
        let template = if busy.show_time { "{spinner} {msg} ({time})" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let time = |state: &ProgressState, to: &mut dyn fmt::Write| {
                // What can't be written is not shown.
                let _ = write!(to, "{:.1} s", state.elapsed().as_secs_f64());
            };
            bar.set_style(style.with_key("time", time));
        }
        let bar = self.screen.add(bar);
        bar.set_message(busy.text.clone());
        bar
    }
}
