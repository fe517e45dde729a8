//! Widgets, which ask the user.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::element::Element;
use super::record::{self, Place, WidgetRead};
use crate::engine::context;
use crate::session;

/// Shows a widget and returns its value.
///
/// # Panics
///
/// In the body of a cached function that does not allow widgets.
fn ask<T: Serialize + DeserializeOwned>(element: Element, label: &str, default: T) -> T {
    record::refuse_unless_allowed(&element.name);
    let read = WidgetRead { id: label.to_owned(), default: serde_json::json!(default) };
    let value = read.current();
    record::note_reads(&[(read, value.clone())]);
    record::show(Place::Current, &element.with("label", label).with("value", &value));
    serde_json::from_value(value).unwrap_or(default)
}

macro_rules! widgets {
    ($($(#[$doc:meta])* $name:ident($($param:ident: $ty:ty),*) -> $out:ty = $default:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// In the body of a cached function, unless that allows widgets.
        pub fn $name(label: &str $(, $param: $ty)*) -> $out {
            let element = Element::new(stringify!($name))$(.with(stringify!($param), $param))*;
            ask(element, label, $default)
        }
    )*};
}

widgets! {
    /// A button: true when it was pressed.
    button() -> bool = false;
    /// A button that submits a form: true when it was pressed.
    form_submit_button() -> bool = false;
    /// A box to tick.
    checkbox(default: bool) -> bool = default;
    /// A switch.
    toggle(default: bool) -> bool = default;
    /// A line of text.
    text_input(default: &str) -> String = default.to_owned();
    /// Lines of text.
    text_area(default: &str) -> String = default.to_owned();
    /// A message, once one was sent.
    chat_input() -> Option<String> = None;
    /// A colour, such as `#00f900`.
    color_picker(default: &str) -> String = default.to_owned();
    /// A date, written as `2026-01-31`.
    date_input(default: &str) -> String = default.to_owned();
    /// A time of the day, written as `23:59`.
    time_input(default: &str) -> String = default.to_owned();
    /// A rating, from 0.
    feedback() -> Option<u32> = None;
    /// One of several, the first unless another is chosen; nothing if there are none.
    selectbox(options: &[&str]) -> Option<String> = first(options);
    /// One of several, the first unless another is chosen; nothing if there are none.
    radio(options: &[&str]) -> Option<String> = first(options);
    /// One of several in their order, the first unless another is chosen; nothing if there are none.
    select_slider(options: &[&str]) -> Option<String> = first(options);
    /// One of several, if one is chosen.
    pills(options: &[&str]) -> Option<String> = None;
    /// One of several, if one is chosen.
    segmented_control(options: &[&str]) -> Option<String> = None;
    /// Some of several.
    multiselect(options: &[&str]) -> Vec<String> = Vec::new();
}

fn first(options: &[&str]) -> Option<String> {
    options.first().map(|&option| option.to_owned())
}

/// A number within bounds, with a slider.
///
/// ```
/// let rows = cachelit::st::slider("Rows", 1..=100, 10);
/// assert_eq!(rows, 10);
/// ```
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets.
pub fn slider<T: Serialize + DeserializeOwned>(
    label: &str,
    range: RangeInclusive<T>,
    default: T,
) -> T {
    ask(bounded("slider", &range), label, default)
}

/// A number within bounds, to be typed.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets.
pub fn number_input<T: Serialize + DeserializeOwned>(
    label: &str,
    range: RangeInclusive<T>,
    default: T,
) -> T {
    ask(bounded("number_input", &range), label, default)
}

fn bounded<T: Serialize>(name: &'static str, range: &RangeInclusive<T>) -> Element {
    Element::new(name).with("min", range.start()).with("max", range.end())
}

/// Rows that the user may change.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets.
pub fn data_editor<T: Serialize + DeserializeOwned>(label: &str, data: T) -> T {
    ask(Element::new("data_editor"), label, data)
}

/// A button that hands out a file: true when it was pressed.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets.
pub fn download_button(label: &str, content: &[u8]) -> bool {
    ask(Element::new("download_button").with_media(content), label, false)
}

/// What a user handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The name that it had.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

macro_rules! uploads {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// In the body of a cached function, always: what was handed in can't be part of a key. Call it
        /// outside, and pass the content in.
        pub fn $name(label: &str) -> Option<UploadedFile> {
            upload(stringify!($name), label)
        }
    )*};
}

uploads! {
    /// A file from the user.
    file_uploader;
    /// A picture from the user's camera.
    camera_input;
    /// Sound from the user's microphone.
    audio_input;
}

fn upload(name: &'static str, label: &str) -> Option<UploadedFile> {
    if let Some(frame) = context::frames().last() {
        panic!(
            "`{path}` calls `st::{name}`, which can't be used in a cached function: what is handed in is no part of \
             the key. Call it outside, and pass the content in",
            path = frame.flight.function.spec.path,
        );
    }
    record::show(Place::Current, &Element::new(name).with("label", label));
    serde_json::from_value(session::frontend().value(label)?).ok()
}
