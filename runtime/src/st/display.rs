//! Elements that only show something.

use std::error::Error;
use std::iter::successors;

use serde::Serialize;

use super::element::Element;
use crate::frontend::Busy;
use crate::session;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(body: impl Into<String>) {
            Element::new(stringify!($name)).with("body", body.into()).show();
        }
    )*};
}

texts! {
    /// The title of a page.
    title;
    /// A heading.
    header;
    /// A smaller heading.
    subheader;
    /// Small text.
    caption;
    /// Text as it stands, in a fixed width.
    text;
    /// Markdown.
    markdown;
    /// A word or two on a coloured ground.
    badge;
    /// A formula, in LaTeX.
    latex;
    /// HTML, as it stands.
    html;
    /// A message of something that failed.
    error;
    /// A message of something to be careful of.
    warning;
    /// A message.
    info;
    /// A message of something that worked.
    success;
    /// A message that goes away by itself.
    toast;
    /// A graph, in Graphviz's language.
    graphviz_chart;
}

macro_rules! data {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(data: impl Serialize) {
            Element::new(stringify!($name)).with("body", data).show();
        }
    )*};
}

data! {
    /// Whatever it is: text, numbers, records, lists.
    write;
    /// Data as JSON.
    json;
    /// Rows to look through.
    dataframe;
    /// Rows, all of them.
    table;
    /// A chart of areas.
    area_chart;
    /// A chart of bars.
    bar_chart;
    /// A chart of lines.
    line_chart;
    /// A chart of points.
    scatter_chart;
    /// Points on a map, each with a latitude and a longitude.
    map;
    /// A chart by its Plotly figure.
    plotly_chart;
    /// A map by its deck.gl description.
    pydeck_chart;
}

macro_rules! media {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(content: &[u8]) {
            Element::new(stringify!($name)).with_media(content).show();
        }
    )*};
}

media! {
    /// A picture, by its file's content.
    image;
    /// The picture that stands for the program, by its file's content.
    logo;
    /// Sound, by its file's content.
    audio;
    /// A film, by its file's content.
    video;
    /// A document, by its file's content.
    pdf;
}

macro_rules! bare {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name() {
            Element::new(stringify!($name)).show();
        }
    )*};
}

bare! {
    /// A line across.
    divider;
    /// A gap.
    space;
    /// Balloons rise.
    balloons;
    /// Snow falls.
    snow;
}

/// Source text.
pub fn code(body: impl Into<String>, language: &str) {
    Element::new("code").with("body", body.into()).with("language", language).show();
}

/// A figure with its name.
pub fn metric(label: impl Into<String>, value: impl Serialize) {
    Element::new("metric").with("label", label.into()).with("value", value).show();
}

/// A chart by its Vega-Lite description.
pub fn vega_lite_chart(data: impl Serialize, spec: impl Serialize) {
    Element::new("vega_lite_chart").with("body", data).with("spec", spec).show();
}

/// An error, with those that caused it.
///
/// ```
/// let error = "x".parse::<u32>().unwrap_err();
/// cachelit::st::exception(&error);
/// ```
pub fn exception(error: &dyn Error) {
    let causes: Vec<String> = successors(error.source(), |cause| Error::source(*cause))
        .map(ToString::to_string)
        .collect();
    Element::new("exception").with("body", error.to_string()).with("causes", causes).show();
}

/// A button that leads to a page elsewhere.
pub fn link_button(label: impl Into<String>, url: &str) {
    Element::new("link_button").with("label", label.into()).with("url", url).show();
}

/// A link to another page of the program.
pub fn page_link(page: &str, label: impl Into<String>) {
    Element::new("page_link").with("label", label.into()).with("page", page).show();
}

/// How far something has got, from 0 to 1.
pub fn progress(value: f64) {
    Element::new("progress").with("value", value.clamp(0.0, 1.0)).show();
}

/// Says that something runs, as long as it does. A hit of a cached function does not say it again.
///
/// ```
/// use cachelit::st;
/// let sum: u64 = st::spinner("adding up", || (1..=10).sum());
/// assert_eq!(sum, 55);
/// ```
pub fn spinner<R>(text: impl Into<String>, run: impl FnOnce() -> R) -> R {
    let _busy = session::frontend().busy(&Busy::new(text.into(), false));
    run()
}
