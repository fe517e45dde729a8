//! The catalogue of `cachelit::st`: which functions show something, and which ask the user.
//!
//! Names are Streamlit's (API reference, "Display text", "Display data", "Media", "Layouts and
//! containers", "Chat elements", "Status elements", "Input widgets", "Execution flow").

/// What calling an `st` function does inside a cached function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WidgetKind {
    /// Shows something: recorded, and shown again on every hit.
    Element,
    /// Asks the user: needs `experimental_allow_widgets`, its value becomes part of the key.
    Interactive,
    /// Gives what can't be part of a key: never allowed in a cached function.
    Unsupported,
    /// Ends the run of the page: what a cached function would have returned is not cached.
    Control,
}

use WidgetKind::{Control, Element, Interactive, Unsupported};

/// Every function of `cachelit::st` by name, sorted.
pub static WIDGETS: &[(&str, WidgetKind)] = &[
    ("area_chart", Element),
    ("audio", Element),
    ("audio_input", Unsupported),
    ("badge", Element),
    ("balloons", Element),
    ("bar_chart", Element),
    ("button", Interactive),
    ("camera_input", Unsupported),
    ("caption", Element),
    ("chat_input", Interactive),
    ("chat_message", Element),
    ("checkbox", Interactive),
    ("code", Element),
    ("color_picker", Interactive),
    ("columns", Element),
    ("container", Element),
    ("data_editor", Interactive),
    ("dataframe", Element),
    ("date_input", Interactive),
    ("datetime_input", Interactive),
    ("dialog", Element),
    ("divider", Element),
    ("download_button", Interactive),
    ("empty", Element),
    ("error", Element),
    ("exception", Element),
    ("expander", Element),
    ("feedback", Interactive),
    ("file_uploader", Unsupported),
    ("form", Element),
    ("form_submit_button", Interactive),
    ("graphviz_chart", Element),
    ("header", Element),
    ("html", Element),
    ("image", Element),
    ("info", Element),
    ("json", Element),
    ("latex", Element),
    ("line_chart", Element),
    ("link_button", Element),
    ("logo", Element),
    ("map", Element),
    ("markdown", Element),
    ("metric", Element),
    ("multiselect", Interactive),
    ("number_input", Interactive),
    ("page_link", Element),
    ("pdf", Element),
    ("pills", Interactive),
    ("plotly_chart", Element),
    ("popover", Element),
    ("progress", Element),
    ("pydeck_chart", Element),
    ("radio", Interactive),
    ("rerun", Control),
    ("scatter_chart", Element),
    ("segmented_control", Interactive),
    ("select_slider", Interactive),
    ("selectbox", Interactive),
    ("session_state", Unsupported),
    ("sidebar", Element),
    ("slider", Interactive),
    ("snow", Element),
    ("space", Element),
    ("spinner", Element),
    ("status", Element),
    ("stop", Control),
    ("subheader", Element),
    ("success", Element),
    ("table", Element),
    ("tabs", Element),
    ("text", Element),
    ("text_area", Interactive),
    ("text_input", Interactive),
    ("time_input", Interactive),
    ("title", Element),
    ("toast", Element),
    ("toggle", Interactive),
    ("vega_lite_chart", Element),
    ("video", Element),
    ("warning", Element),
    ("write", Element),
];

/// What the `st` function `name` does, if there is one.
///
/// ```
/// use cachelit_spec::widgets::{WidgetKind, widget};
/// assert_eq!(widget("slider"), Some(WidgetKind::Interactive));
/// assert_eq!(widget("file_uploader"), Some(WidgetKind::Unsupported));
/// assert_eq!(widget("no_such_thing"), None);
/// ```
pub fn widget(name: &str) -> Option<WidgetKind> {
    WIDGETS.binary_search_by_key(&name, |(known, _)| known).ok().map(|at| WIDGETS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(WIDGETS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
