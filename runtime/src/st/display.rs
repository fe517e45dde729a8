//! Elements that only show something.

use serde::Serialize;

use super::element::Element;
use super::record::{self, Place};

fn show(element: &Element) {
    record::show(Place::Current, element);
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(body: &str) {
            show(&Element::new(stringify!($name)).with("body", body));
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
    /// A formula, in LaTeX.
    latex;
    /// A message of something that failed.
    error;
    /// A message of something to be careful of.
    warning;
    /// A message.
    info;
    /// A message of something that worked.
    success;
}

macro_rules! data {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(data: impl Serialize) {
            show(&Element::new(stringify!($name)).with("body", data));
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
}

macro_rules! media {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(content: &[u8]) {
            show(&Element::new(stringify!($name)).with_media(content));
        }
    )*};
}

media! {
    /// A picture, by its file's content.
    image;
    /// Sound, by its file's content.
    audio;
    /// A film, by its file's content.
    video;
}

/// A line across.
pub fn divider() {
    show(&Element::new("divider"));
}

/// Source text.
pub fn code(body: &str, language: &str) {
    show(&Element::new("code").with("body", body).with("language", language));
}

/// A figure with its name.
pub fn metric(label: &str, value: impl Serialize) {
    show(&Element::new("metric").with("label", label).with("value", value));
}

/// A button that leads to a page elsewhere.
pub fn link_button(label: &str, url: &str) {
    show(&Element::new("link_button").with("label", label).with("url", url));
}

/// How far something has got, from 0 to 1.
pub fn progress(value: f64) {
    show(&Element::new("progress").with("value", value.clamp(0.0, 1.0)));
}
