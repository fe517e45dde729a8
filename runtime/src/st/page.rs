//! What concerns a page as a whole: its end, and what a session remembers from one run to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::engine::context;
use crate::session;

/// One run of a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Widgets and forms that were shown.
    shown: Mutex<BTreeSet<String>>,
}

impl Page {
    /// # Panics
    ///
    /// If a widget of that name was shown before.
    pub(crate) fn claim(&self, id: &str) {
        let is_new = self.shown.lock().insert(id.to_owned());
        assert!(
            is_new,
            "there are two widgets `{id}` on one page, whose values could not be told apart: give each a key of \
             its own, `Label::new(\"…\").key(\"…\")`, or call the cached function that shows it once"
        );
    }
}

/// Unwinds to the beginning of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    Stop,
    Rerun,
}

fn leave(how: Leave, name: &str) -> ! {
    assert!(
        session::current_page().is_some(),
        "`st::{name}` ends the run of a page, and none runs here: run one with `Session::page`"
    );
    // Control flow rather than a failure: no panic hook is called.
    resume_unwind(Box::new(how))
}

/// Ends the run of the page. A cached body that is left so is not cached.
///
/// # Panics
///
/// Outside of [`Session::page`](crate::session::Session::page). It unwinds: in a program with
/// `panic = "abort"`, it aborts.
pub fn stop() -> ! {
    leave(Leave::Stop, "stop")
}

/// Begins the run of the page anew. A cached body that is left so is not cached.
///
/// # Panics
///
/// As [`stop`].
pub fn rerun() -> ! {
    leave(Leave::Rerun, "rerun")
}

/// Values by name, which last as long as their session.
pub(crate) type State = Mutex<BTreeMap<String, Value>>;

/// What the current session remembers from one run to the next: what is [`set`](SessionState::set) here, and the
/// values of widgets that have a key.
///
/// ```
/// use cachelit::session::Session;
/// use cachelit::st::{self, Label};
///
/// Session::new().run(|| {
///     st::session_state().set("visits", 1);
///     st::slider(Label::new("Rows").key("rows"), 1..=100, 10);
///     assert_eq!(st::session_state().get("visits"), Some(1));
///     assert_eq!(st::session_state().get("rows"), Some(10));
/// });
/// ```
///
/// # Panics
///
/// In the body of a cached function: what it says is no part of the key.
pub fn session_state() -> SessionState {
    if let Some(spec) = context::innermost() {
        panic!(
            "`{path}` uses `st::session_state`, which can't be used in a cached function: what it holds is no part \
             of the key. Use it outside, and pass the value in",
            path = spec.path,
        );
    }
    SessionState(session::state())
}

/// The values that [`session_state`] gives.
#[derive(Clone, Debug)]
pub struct SessionState(Arc<State>);

impl SessionState {
    /// The value of that name, if there is one of that type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.0.lock().get(name)?).ok()
    }

    /// Remembers a value. The widget with that key then has it, unless the user gives it another.
    ///
    /// # Panics
    ///
    /// If it can't be written as JSON, such as a map with keys that are no texts.
    pub fn set(&self, name: &str, value: impl Serialize) {
        let value = serde_json::to_value(value).expect("a value that can be written as JSON");
        session::frontend().set_value(name, &value);
        self.0.lock().insert(name.to_owned(), value);
    }

    /// Forgets a value.
    pub fn remove(&self, name: &str) {
        self.0.lock().remove(name);
    }
}
