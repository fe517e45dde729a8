//! Widgets, which ask the user.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::block;
use super::element::Element;
use super::label::Label;
use super::record::{self, WidgetRead};
use crate::engine::context;
use crate::session;

/// Shows a widget and returns its value.
///
/// # Panics
///
/// In the body of a cached function that does not allow widgets.
fn ask<T: Serialize + DeserializeOwned>(
    element: Element,
    label: impl Into<Label>,
    default: T,
) -> T {
    let label = label.into();
    record::refuse_unless_allowed(&element.name);
    let read = WidgetRead {
        id: label.id(&element.name),
        has_key: label.key.is_some(),
        default: serde_json::json!(default),
    };
    let value = read.current();
    record::note_reads(&[(read, value.clone())]);
    label.put_into(element).with("value", &value).show();
    serde_json::from_value(value).unwrap_or(default)
}

macro_rules! widgets {
    ($($(#[$doc:meta])* $name:ident$(<$generic:ident>)?($($param:ident: $ty:ty),*) -> $out:ty = $default:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// In the body of a cached function, unless that allows widgets.
        pub fn $name$(<$generic: Serialize + DeserializeOwned>)?(label: impl Into<Label> $(, $param: $ty)*) -> $out {
            ask(Element::new(stringify!($name)), label, $default)
        }
    )*};
}

widgets! {
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
    /// A date: text such as `2026-01-31`, or a type that serde writes so, of `chrono`, `jiff` or `time`.
    date_input<T>(default: T) -> T = default;
    /// A time of the day: text such as `23:59:00`, or a type that serde writes so.
    time_input<T>(default: T) -> T = default;
    /// A date and a time: text such as `2026-01-31T23:59:00`, or a type that serde writes so.
    datetime_input<T>(default: T) -> T = default;
    /// A rating, from 0.
    feedback() -> Option<u32> = None;
    /// Rows that the user may change.
    data_editor<T>(data: T) -> T = data;
}

/// The options as a front end sees them, and the one that such a text stands for.
fn options<T: Display + Clone>(options: &[T]) -> (Vec<String>, impl Fn(&String) -> Option<T>) {
    let texts: Vec<String> = options.iter().map(T::to_string).collect();
    let option = {
        let texts = texts.clone();
        move |chosen: &String| {
            let at = texts.iter().position(|text| text == chosen)?;
            Some(options[at].clone())
        }
    };
    (texts, option)
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident = $default:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// In the body of a cached function, unless that allows widgets.
        pub fn $name<T: Display + Clone>(label: impl Into<Label>, options: &[T]) -> Option<T> {
            let (texts, option) = self::options(options);
            let element = Element::new(stringify!($name)).with("options", &texts);
            let default: fn(Vec<String>) -> Option<String> = $default;
            option(&ask(element, label, default(texts))?)
        }
    )*};
}

choices! {
    /// One of several, the first unless another is chosen; nothing if there are none.
    ///
    /// ```
    /// let unit = cachelit::st::selectbox("Unit", &["metre", "mile"]);
    /// assert_eq!(unit, Some("metre"));
    /// ```
    selectbox = |texts| texts.into_iter().next();
    /// One of several, the first unless another is chosen; nothing if there are none.
    radio = |texts| texts.into_iter().next();
    /// One of several in their order, the first unless another is chosen; nothing if there are none.
    select_slider = |texts| texts.into_iter().next();
    /// One of several, if one is chosen.
    pills = |_| None;
    /// One of several, if one is chosen.
    segmented_control = |_| None;
}

/// Some of several.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets.
pub fn multiselect<T: Display + Clone>(label: impl Into<Label>, options: &[T]) -> Vec<T> {
    let (texts, option) = self::options(options);
    let element = Element::new("multiselect").with("options", texts);
    let chosen: Vec<String> = ask(element, label, Vec::new());
    chosen.iter().filter_map(option).collect()
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// In the body of a cached function, unless that allows widgets.
        pub fn $name<T: Serialize + DeserializeOwned>(
            label: impl Into<Label>,
            range: RangeInclusive<T>,
            default: T,
        ) -> T {
            let element = Element::new(stringify!($name));
            ask(element.with("min", range.start()).with("max", range.end()), label, default)
        }
    )*};
}

numbers! {
    /// A number within bounds, with a slider.
    ///
    /// ```
    /// let rows = cachelit::st::slider("Rows", 1..=100, 10);
    /// assert_eq!(rows, 10);
    /// ```
    slider;
    /// A number within bounds, to be typed.
    number_input;
}

/// A button: true when it was pressed.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets; in a form.
pub fn button(label: impl Into<Label>) -> bool {
    refuse_in_form("button");
    ask(Element::new("button"), label, false)
}

/// A button that hands out a file: true when it was pressed.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets; in a form.
pub fn download_button(label: impl Into<Label>, content: &[u8]) -> bool {
    refuse_in_form("download_button");
    ask(Element::new("download_button").with_media(content), label, false)
}

fn refuse_in_form(name: &str) {
    assert!(
        !block::in_form(),
        "`st::{name}` stands in a form, whose values come together: use `st::form_submit_button`, or put it \
         outside of the form"
    );
}

/// A button that submits a form: true when it was pressed.
///
/// # Panics
///
/// In the body of a cached function, unless that allows widgets; outside of a [`form`](super::form).
pub fn form_submit_button(label: impl Into<Label>) -> bool {
    assert!(
        block::in_form(),
        "`st::form_submit_button` stands in no form: show it in `st::form(…).run(…)`, or use `st::button`"
    );
    ask(Element::new("form_submit_button"), label, false)
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
        pub fn $name(label: impl Into<Label>) -> Option<UploadedFile> {
            upload(Element::new(stringify!($name)), &label.into())
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

fn upload(element: Element, label: &Label) -> Option<UploadedFile> {
    if let Some(spec) = context::innermost() {
        panic!(
            "`{path}` calls `st::{name}`, which can't be used in a cached function: what is handed in is no part of \
             the key. Call it outside, and pass the content in",
            path = spec.path,
            name = element.name,
        );
    }
    let element = label.put_into(element);
    element.show();
    serde_json::from_value(session::frontend().value(element.id.as_deref()?)?).ok()
}
