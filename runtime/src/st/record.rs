//! Showing, recording and replaying.

use std::cell::Cell;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::block::{self, BlockId};
use super::element::Element;
use crate::engine::context::{self, Frame};
use crate::engine::function::FunctionSpec;
use crate::key::KeyParts;
use crate::persist;
use crate::session;

/// Where an element goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Into the block that is current.
    Current,
    /// Into this one.
    Block(BlockId),
}

/// What a body showed, relative to the block in which the call stood, and the widgets it read.
#[derive(Default)]
pub(crate) struct Recording {
    shown: Box<[Shown]>,
    /// In the order of their first reads.
    pub(crate) reads: Box<[(WidgetRead, Value)]>,
}

/// A widget that a body asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WidgetRead {
    pub(crate) id: String,
    /// Whether the session remembers its value.
    pub(crate) has_key: bool,
    pub(crate) default: Value,
}

impl WidgetRead {
    /// The value in the current session.
    pub(crate) fn current(&self) -> Value {
        let remembered = || session::state().lock().get(&self.id).filter(|_| self.has_key).cloned();
        let given = session::frontend().value(&self.id).or_else(remembered);
        given.unwrap_or_else(|| self.default.clone())
    }
}

#[derive(Serialize, Deserialize)]
struct Shown {
    at: Target,
    element: Element,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Target {
    /// The block in which the call stands.
    Root,
    Block(BlockId),
}

/// Takes down what a running body shows. Nothing is made for one that shows and asks nothing, unless it runs in a block.
#[derive(Default)]
pub(crate) struct Recorder(Cell<Option<Box<State>>>);

struct State {
    root: BlockId,
    /// How many blocks were entered when the body began.
    depth: usize,
    /// Whether what is shown is seen live.
    is_live: bool,
    shown: Vec<Shown>,
    opened: Vec<BlockId>,
    /// Of these, the ones that were removed with the block in which they stood.
    gone: Vec<BlockId>,
    reads: Vec<(WidgetRead, Value)>,
}

impl Default for State {
    /// Of a body that runs in no block.
    fn default() -> Self {
        State {
            root: BlockId::MAIN,
            depth: 0,
            is_live: true,
            shown: Vec::new(),
            opened: Vec::new(),
            gone: Vec::new(),
            reads: Vec::new(),
        }
    }
}

impl Recorder {
    #[inline]
    pub(crate) fn begin() -> Self {
        let (root, depth) = block::current();
        let state = || Box::new(State { root, depth, ..State::default() });
        Recorder(Cell::new((depth != 0).then(state)))
    }

    /// For a run in the background: what it shows is seen on the next hit.
    pub(crate) fn begin_unseen() -> Self {
        Recorder(Cell::new(Some(Box::new(State { is_live: false, ..State::default() }))))
    }

    /// Whether there is anything to [finish](Self::finish).
    #[inline]
    pub(crate) fn has_begun(&self) -> bool {
        let state = self.0.take();
        let has_begun = state.is_some();
        self.0.set(state);
        has_begun
    }

    /// Nothing if nothing was shown and nothing asked.
    #[inline]
    pub(crate) fn finish(&self) -> Option<Recording> {
        let State { shown, reads, .. } = *self.0.take()?;
        let recording = Recording { shown: shown.into(), reads: reads.into() };
        (!recording.is_empty()).then_some(recording)
    }

    fn state<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.0.take().unwrap_or_default();
        let result = change(&mut state);
        self.0.set(Some(state));
        result
    }

    fn is_live(&self) -> bool {
        let state = self.0.take();
        let is_live = state.as_ref().is_none_or(|state| state.is_live);
        self.0.set(state);
        is_live
    }

    fn note(&self, reads: &[(WidgetRead, Value)]) {
        self.state(|state| {
            for (read, value) in reads {
                if !state.reads.iter().any(|(known, _)| known.id == read.id) {
                    state.reads.push((read.clone(), value.clone()));
                }
            }
        });
    }

    /// False if the element would go to a block that is not the body's own.
    fn show(&self, place: Place, at: BlockId, depth: usize, element: &Element) -> bool {
        self.state(|state| {
            let target = match place {
                Place::Current if depth == state.depth && at == state.root => Target::Root,
                _ if at == BlockId::SIDEBAR || state.opened.contains(&at) => Target::Block(at),
                _ => return false,
            };
            state.opened.extend(&element.blocks);
            if state.gone.contains(&at) {
                state.gone.extend(&element.blocks);
            } else {
                state.shown.push(Shown { at: target, element: element.clone() });
            }
            true
        })
    }

    /// Forgets what stands in a block: a hit shows how it ended. False if the block is not the body's own.
    fn clear(&self, at: BlockId) -> bool {
        self.state(|State { shown, opened, gone, .. }| {
            let mut emptied = vec![at];
            // What stands in a block follows the element that opened it.
            shown.retain(|shown| {
                let goes = emptied.iter().any(|&block| shown.at == Target::Block(block));
                if goes {
                    emptied.extend(&shown.element.blocks);
                }
                !goes
            });
            gone.extend(&emptied[1..]);
            opened.contains(&at)
        })
    }
}

/// Shows an element, and records it in every cached body that runs on this thread.
///
/// # Panics
///
/// If it goes to a block that was made outside of one of these bodies: a hit could not show it again. If it is
/// a widget that stands on the page already.
pub(crate) fn show(place: Place, element: &Element) {
    let (current, depth) = block::current();
    let at = match place {
        Place::Current => current,
        Place::Block(id) => id,
    };
    let shows = |frame: &Frame| frame.recorder.show(place, at, depth, element);
    if let Some(spec) = refusing(shows) {
        refuse(spec.path, &element.name);
    }
    if is_live() {
        if let (Some(id), Some(page)) = (&element.id, session::current_page()) {
            page.claim(id);
        }
        session::frontend().show(at, element);
    }
}

/// Empties a block, on the record.
pub(crate) fn clear(at: BlockId) {
    if let Some(spec) = refusing(|frame| frame.recorder.clear(at)) {
        refuse(spec.path, "empty");
    }
    if is_live() {
        session::frontend().clear(at);
    }
}

fn is_live() -> bool {
    context::with(|frames| frames.iter().all(|frame| frame.recorder.is_live()))
}

/// The outermost body that runs on this thread and doesn't accept something. Those inside of it aren't asked.
fn refusing(mut accepts: impl FnMut(&Frame) -> bool) -> Option<&'static FunctionSpec> {
    context::with(|frames| frames.iter().find(|frame| !accepts(frame)).map(Frame::spec))
}

/// Notes that widgets were read, in every cached body that runs on this thread and in the session.
pub(crate) fn note_reads(reads: &[(WidgetRead, Value)]) {
    for (read, value) in reads.iter().filter(|(read, _)| read.has_key) {
        session::state().lock().insert(read.id.clone(), value.clone());
    }
    context::with(|frames| frames.iter().for_each(|frame| frame.recorder.note(reads)));
}

/// # Panics
///
/// If a cached body runs on this thread that does not allow widgets.
pub(crate) fn refuse_unless_allowed(widget: &str) {
    if let Some(spec) = refusing(|frame| frame.spec().allow_widgets) {
        panic!(
            "`{path}` asks the widget `{widget}`, whose value is no part of its key. Ask it outside and pass the \
             value in, or allow it: `#[{attribute}(experimental_allow_widgets = true)]`",
            path = spec.path,
            attribute = spec.kind.attribute(),
        );
    }
}

fn refuse(function: &str, element: &str) -> ! {
    panic!(
        "`{function}` calls `st::{element}` on a block that was made outside of it, which a cached result \
         can't show again. Make the block inside of the function, show the element where the function is \
         called, or take the attribute off"
    )
}

impl Recording {
    /// The bytes for a store that outlives the process; none if nothing was shown.
    ///
    /// # Errors
    ///
    /// If the body asked widgets: what they said belongs to one session.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, persist::Error> {
        if let Some((read, _)) = self.reads.first() {
            return Err(persist::Error::Widget(read.id.clone()));
        }
        if self.shown.is_empty() { Ok(Vec::new()) } else { persist::encode(&self.shown) }
    }

    /// From the bytes of [`encode`](Self::encode).
    ///
    /// # Errors
    ///
    /// If they are none, or show what could not be shown: a widget, or something in a block that was not opened before.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, persist::Error> {
        let shown: Vec<Shown> =
            if bytes.is_empty() { Vec::new() } else { persist::decode(bytes)?.0 };
        let mut opened = vec![BlockId::SIDEBAR];
        for Shown { at, element } in &shown {
            let is_open = match at {
                Target::Root => true,
                Target::Block(id) => opened.contains(id),
            };
            if !is_open || element.id.is_some() {
                return Err(persist::Error::Senseless);
            }
            opened.extend(&element.blocks);
        }
        Ok(Recording { shown: shown.into(), reads: Box::default() })
    }

    /// Whether nothing was shown and nothing asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.reads.is_empty()
    }

    /// The key of a call in which the widgets have the values that were read.
    pub(crate) fn key(&self, base: &KeyParts) -> KeyParts {
        let reads = self.reads.iter();
        reads.fold(base.clone(), |key, (read, value)| key.with_widget(&read.id, value))
    }

    /// Shows it all again, where the call stands now. Blocks are opened anew.
    ///
    /// # Panics
    ///
    /// If it asked widgets, and a cached body runs on this thread that does not allow them.
    pub(crate) fn replay(&self) {
        if let Some((read, _)) = self.reads.first() {
            refuse_unless_allowed(&read.id);
            note_reads(&self.reads);
        }
        if self.shown.is_empty() {
            return;
        }
        let mut opened: HashMap<BlockId, BlockId> = HashMap::new();
        for Shown { at, element } in &*self.shown {
            let mut element = element.clone();
            for id in &mut element.blocks {
                *id = *opened.entry(*id).or_insert_with(BlockId::fresh);
            }
            let place = match at {
                Target::Root => Place::Current,
                Target::Block(id) => Place::Block(*opened.get(id).unwrap_or(id)),
            };
            show(place, &element);
        }
    }
}
