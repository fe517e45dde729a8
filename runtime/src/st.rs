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
//! They take what Streamlit's can't do without; [`Element`] has the rest. What shows objects of Python's has no
//! counterpart: a chart of Altair, Bokeh or Matplotlib is one of Vega-Lite, Plotly or an image here.
//!
//! Elements go to the [`Frontend`](crate::frontend::Frontend) of the current session.

mod block;
mod display;
mod element;
mod label;
mod page;
mod record;
mod widget;

pub use block::{
    BlockId, Container, Placeholder, Progress, Status, chat_message, columns, container, dialog,
    empty, expander, form, popover, sidebar, status, tabs,
};
pub use display::*;
pub use element::Element;
pub use label::Label;
pub use page::{SessionState, rerun, session_state, stop};
pub use widget::*;

pub(crate) use page::{Leave, Page, State};
pub(crate) use record::{Recorder, Recording, WidgetRead};
