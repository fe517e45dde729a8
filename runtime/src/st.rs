//! Display elements and input widgets, with Streamlit's names.
//!
//! What a cached body shows is recorded with its result, and shown again on every hit.
//!
//! ```
//! use cachelit::{cache_data, st};
//!
//! #[cache_data]
//! fn total(prices: Vec<f64>) -> f64 {
//!     st::write("adding up");
//!     prices.iter().sum()
//! }
//!
//! st::metric("Total", total(vec![1.5, 2.5]));
//! ```
//!
//! Elements go to the [`Frontend`](crate::frontend::Frontend) of the current session.

mod block;
mod display;
mod element;
mod record;
mod widget;

pub use block::{
    BlockId, Container, Placeholder, columns, container, empty, expander, sidebar, tabs,
};
pub use display::*;
pub use element::Element;
pub use widget::*;

pub(crate) use record::{Recorder, Recording, WidgetRead};
