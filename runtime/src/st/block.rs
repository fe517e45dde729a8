//! Places for elements.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::element::Element;
use super::record::{self, Place};

thread_local! {
    /// Blocks that were entered on this thread, innermost last.
    static ENTERED: RefCell<Vec<BlockId>> = const { RefCell::new(Vec::new()) };
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
pub(crate) fn current() -> (BlockId, usize) {
    ENTERED.with_borrow(|entered| (entered.last().copied().unwrap_or(BlockId::MAIN), entered.len()))
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
pub struct Container(BlockId);

impl Container {
    /// Runs a closure whose elements go into this block.
    pub fn run<R>(&self, show: impl FnOnce() -> R) -> R {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                ENTERED.with_borrow_mut(Vec::pop);
            }
        }
        ENTERED.with_borrow_mut(|entered| entered.push(self.0));
        let _leave = Leave;
        show()
    }

    /// Which block this is.
    pub fn id(&self) -> BlockId {
        self.0
    }
}

/// A block that holds one element at a time.
///
/// ```
/// use cachelit::st;
/// let status = st::empty();
/// status.replace(|| st::text("working"));
/// status.replace(|| st::text("done"));
/// status.clear();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder(BlockId);

impl Placeholder {
    /// Puts what the closure shows in the place of what stands there.
    pub fn replace<R>(&self, show: impl FnOnce() -> R) -> R {
        self.clear();
        Container(self.0).run(show)
    }

    /// Removes what stands there.
    pub fn clear(&self) {
        record::clear(self.0);
    }

    /// Which block this is.
    pub fn id(&self) -> BlockId {
        self.0
    }
}

fn open(mut element: Element, count: usize) -> Vec<Container> {
    element.blocks = std::iter::repeat_with(BlockId::fresh).take(count).collect();
    let blocks = element.blocks.iter().copied().map(Container).collect();
    record::show(Place::Current, &element);
    blocks
}

fn open_one(element: Element) -> Container {
    let id = BlockId::fresh();
    record::show(Place::Current, &Element { blocks: vec![id], ..element });
    Container(id)
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
pub fn expander(label: &str) -> Container {
    open_one(Element::new("expander").with("label", label))
}

/// A place for one element.
pub fn empty() -> Placeholder {
    Placeholder(open_one(Element::new("empty")).0)
}

/// The sidebar.
pub fn sidebar() -> Container {
    Container(BlockId::SIDEBAR)
}
