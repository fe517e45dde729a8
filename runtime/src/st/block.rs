//! Places for elements.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::element::Element;
use super::record::{self, Place};

thread_local! {
    /// Blocks that were entered on this thread, innermost last.
    static ENTERED: RefCell<Vec<Container>> = const { RefCell::new(Vec::new()) };
}

/// Identifies a block: the page, the sidebar, or one that an element opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockId(u64);

impl BlockId {
    /// The page.
    pub const MAIN: BlockId = BlockId(0);
    /// The sidebar.
    pub const SIDEBAR: BlockId = BlockId(1);

    /// One that was never used in this process.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(16);
        BlockId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The block that elements go to which name none, and how many were entered.
#[inline]
pub(crate) fn current() -> (BlockId, usize) {
    ENTERED.with_borrow(|entered| {
        (entered.last().map_or(BlockId::MAIN, |block| block.id), entered.len())
    })
}

/// Whether elements that name no block go into a form.
pub(super) fn in_form() -> bool {
    ENTERED.with_borrow(|entered| entered.last().is_some_and(|block| block.in_form))
}

/// A block that elements can be put into.
///
/// ```
/// use cachelit::st;
/// let aside = st::container();
/// st::text("below");
/// aside.run(|| st::text("above"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    id: BlockId,
    in_form: bool,
}

impl Container {
    /// Runs a closure whose elements go into this block.
    pub fn run<R>(&self, show: impl FnOnce() -> R) -> R {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                ENTERED.with_borrow_mut(Vec::pop);
            }
        }
        ENTERED.with_borrow_mut(|entered| entered.push(*self));
        let _leave = Leave;
        show()
    }

    /// Which block this is.
    pub fn id(&self) -> BlockId {
        self.id
    }
}

/// A block that holds one element at a time.
///
/// ```
/// use cachelit::st;
/// let place = st::empty();
/// place.replace(|| st::text("working"));
/// place.replace(|| st::text("done"));
/// place.clear();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder(Container);

impl Placeholder {
    /// Puts what the closure shows in the place of what stands there.
    pub fn replace<R>(&self, show: impl FnOnce() -> R) -> R {
        self.clear();
        self.0.run(show)
    }

    /// Removes what stands there.
    pub fn clear(&self) {
        record::clear(self.0.id);
    }

    /// Which block this is.
    pub fn id(&self) -> BlockId {
        self.0.id
    }
}

/// How something goes that takes a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// It goes on.
    Running,
    /// It has ended well.
    Complete,
    /// It has failed.
    Error,
}

/// A block about something that takes a while.
///
/// ```
/// use cachelit::st;
/// let status = st::status("Loading");
/// status.run(|| st::text("asking the server"));
/// status.update("Loaded", st::Progress::Complete);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    details: Container,
    head: Placeholder,
}

impl Status {
    /// Runs a closure whose elements are details that can be folded away.
    pub fn run<R>(&self, show: impl FnOnce() -> R) -> R {
        self.details.run(show)
    }

    /// Says how it goes now.
    pub fn update(&self, label: impl Into<String>, state: Progress) {
        self.head.clear();
        let element = Element::new("status").with("label", label.into()).with("state", state);
        record::show(Place::Block(self.head.id()), &element);
    }
}

fn open(mut element: Element, count: usize) -> Vec<Container> {
    let in_form = element.name == "form" || in_form();
    element.blocks = std::iter::repeat_with(BlockId::fresh).take(count).collect();
    element.show();
    element.blocks.iter().map(|&id| Container { id, in_form }).collect()
}

fn open_one(element: Element) -> Container {
    open(element, 1)[0]
}

/// A block of its own.
pub fn container() -> Container {
    open_one(Element::new("container"))
}

/// Blocks side by side.
pub fn columns(count: usize) -> Vec<Container> {
    open(Element::new("columns"), count)
}

/// Blocks behind tabs.
pub fn tabs(labels: &[&str]) -> Vec<Container> {
    open(Element::new("tabs").with("labels", labels), labels.len())
}

/// A block that can be folded away.
pub fn expander(label: impl Into<String>) -> Container {
    open_one(Element::new("expander").with("label", label.into()))
}

/// A block behind a button.
pub fn popover(label: impl Into<String>) -> Container {
    open_one(Element::new("popover").with("label", label.into()))
}

/// A block in front of the page.
pub fn dialog(title: impl Into<String>) -> Container {
    open_one(Element::new("dialog").with("label", title.into()))
}

/// A message in a conversation, by `"user"`, `"assistant"` or whoever it is.
pub fn chat_message(author: &str) -> Container {
    open_one(Element::new("chat_message").with("label", author))
}

/// A block about something that takes a while.
pub fn status(label: impl Into<String>) -> Status {
    let element = Element::new("status").with("label", label.into());
    let blocks = open(element.with("state", Progress::Running), 2);
    Status { details: blocks[0], head: Placeholder(blocks[1]) }
}

/// A block whose widgets get their values together, when its
/// [`form_submit_button`](super::form_submit_button) is pressed.
///
/// ```
/// use cachelit::st;
/// let (name, sent) = st::form("contact")
///     .run(|| (st::text_input("Name", ""), st::form_submit_button("Send")));
/// assert_eq!((&*name, sent), ("", false));
/// ```
///
/// # Panics
///
/// In another form.
pub fn form(key: impl Into<String>) -> Container {
    let key = key.into();
    assert!(
        !in_form(),
        "the form `{key}` stands in another form: close that first, or put all widgets into one"
    );
    let mut element = Element::new("form");
    element.id = Some(format!("form:{key}"));
    open_one(element.with("key", key))
}

/// A place for one element.
pub fn empty() -> Placeholder {
    Placeholder(open_one(Element::new("empty")))
}

/// The sidebar.
pub fn sidebar() -> Container {
    Container { id: BlockId::SIDEBAR, in_form: false }
}
