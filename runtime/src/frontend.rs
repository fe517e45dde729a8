//! Where elements go.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

use crate::st::{BlockId, Element};

mod terminal;

pub use terminal::Terminal;

/// Shows a session's elements and knows the values of its widgets.
///
/// Methods may be called from any thread. They must not call cached functions.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use cachelit::frontend::Frontend;
/// use cachelit::session::Session;
/// use cachelit::st::{self, BlockId, Element};
///
/// /// A page in lines of JSON, for a browser to draw.
/// #[derive(Default)]
/// struct Lines(Mutex<Vec<String>>);
///
/// impl Frontend for Lines {
///     fn show(&self, _at: BlockId, element: &Element) {
///         let line = serde_json::to_string(element).expect("elements are serialisable");
///         self.0.lock().unwrap().push(line);
///     }
///
///     fn clear(&self, _block: BlockId) {}
/// }
///
/// let lines = Arc::new(Lines::default());
/// Session::with_frontend(lines.clone()).run(|| st::title("Prices"));
/// assert_eq!(lines.0.lock().unwrap()[0], r#"{"name":"title","props":{"body":"Prices"}}"#);
/// ```
pub trait Frontend: Send + Sync {
    /// A run of a page begins: what it shows replaces what the last one showed.
    fn begin(&self) {}

    /// Appends an element to a block. Blocks that the element opens are named in it.
    fn show(&self, at: BlockId, element: &Element);

    /// Empties a block.
    fn clear(&self, block: BlockId);

    /// The current value of a widget, if the user has given it one. Which widget: see [`Element::id`].
    fn value(&self, _widget: &str) -> Option<Value> {
        None
    }

    /// Gives a widget a value, in the place of the user's.
    fn set_value(&self, _widget: &str, _value: &Value) {}

    /// Whether [`busy`](Self::busy) would show anything. If not, the text of a spinner is not even made.
    fn shows_busy(&self) -> bool {
        true
    }

    /// Shows that a body runs, until the guard is dropped.
    fn busy(&self, _busy: &Busy) -> Option<BusyGuard> {
        None
    }
}

/// What a spinner says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Busy {
    /// The text, such as ``Running `fetch(...)`.``
    pub text: String,
    /// Whether elapsed time stands beside it.
    pub show_time: bool,
}

impl Busy {
    pub(crate) fn new(text: String, show_time: bool) -> Self {
        Busy { text, show_time }
    }
}

/// Takes a spinner away when dropped.
pub struct BusyGuard(Option<Box<dyn FnOnce() + Send>>);

impl BusyGuard {
    /// Calls `end` when dropped.
    pub fn new(end: impl FnOnce() + Send + 'static) -> Self {
        BusyGuard(Some(Box::new(end)))
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

/// Remembers what was shown, for tests.
///
/// ```
/// use std::sync::Arc;
/// use cachelit::{cache_data, frontend::Recording, session::Session, st};
///
/// #[cache_data]
/// fn total() -> u32 {
///     st::text("adding up");
///     3
/// }
///
/// let screen = Arc::new(Recording::new());
/// Session::with_frontend(screen.clone()).run(|| {
///     total();
///     total();
/// });
/// assert_eq!(screen.texts(), ["adding up", "adding up"]);
/// ```
#[derive(Debug, Default)]
pub struct Recording(Arc<Mutex<Screen>>);

#[derive(Debug, Default)]
struct Screen {
    events: Vec<Event>,
    values: std::collections::BTreeMap<String, Value>,
}

/// Something that a [`Recording`] saw.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// An element was shown in a block.
    Shown(BlockId, Element),
    /// A block was emptied.
    Cleared(BlockId),
    /// A spinner came.
    BusyBegan(Busy),
    /// A spinner went.
    BusyEnded,
    /// A run of a page began.
    Began,
}

impl Recording {
    /// An empty screen.
    pub fn new() -> Self {
        Recording::default()
    }

    /// Gives a widget a value, as if the user had: the one with that key, or those with that label.
    pub fn set_value(&self, widget: &str, value: impl Into<Value>) {
        self.0.lock().values.insert(widget.to_owned(), value.into());
    }

    /// Everything that happened, in order.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().events.clone()
    }

    /// The elements that were shown, in order, wherever they stand.
    pub fn elements(&self) -> Vec<Element> {
        let shown = |event| match event {
            Event::Shown(_, element) => Some(element),
            _ => None,
        };
        self.events().into_iter().filter_map(shown).collect()
    }

    /// The main texts of the elements that were shown, in order.
    pub fn texts(&self) -> Vec<String> {
        self.elements().iter().filter_map(|element| element.text().map(str::to_owned)).collect()
    }

    /// Forgets what happened; widgets keep their values.
    pub fn reset(&self) {
        self.0.lock().events.clear();
    }
}

impl Frontend for Recording {
    fn begin(&self) {
        self.0.lock().events.push(Event::Began);
    }

    fn show(&self, at: BlockId, element: &Element) {
        self.0.lock().events.push(Event::Shown(at, element.clone()));
    }

    fn clear(&self, block: BlockId) {
        self.0.lock().events.push(Event::Cleared(block));
    }

    fn value(&self, widget: &str) -> Option<Value> {
        let screen = self.0.lock();
        let label = || {
            let (name, label) = widget.split_once(':')?;
            cachelit_spec::widgets::widget(name)?;
            screen.values.get(label)
        };
        screen.values.get(widget).or_else(label).cloned()
    }

    fn set_value(&self, widget: &str, value: &Value) {
        Recording::set_value(self, widget, value.clone());
    }

    fn busy(&self, busy: &Busy) -> Option<BusyGuard> {
        self.0.lock().events.push(Event::BusyBegan(busy.clone()));
        let screen = self.0.clone();
        Some(BusyGuard::new(move || screen.lock().events.push(Event::BusyEnded)))
    }
}
