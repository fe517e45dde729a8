//! What stands beside a widget, and which one it is.

use std::borrow::Cow;

use super::element::Element;

/// A widget's label and what all widgets can be given. A text is a label.
///
/// ```
/// use cachelit::st::{self, Label};
/// st::button("Start");
/// st::button(Label::new("Start").key("second").help("starts the second engine"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a label is for a widget"]
pub struct Label {
    pub(super) text: String,
    pub(super) key: Option<String>,
    help: Option<String>,
    disabled: bool,
}

impl Label {
    /// A label with that text.
    pub fn new(text: impl Into<String>) -> Self {
        Label { text: text.into(), key: None, help: None, disabled: false }
    }

    /// Tells the widget from others with the same label, and names its value in
    /// [`session_state`](super::session_state).
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Shown when asked for.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the user is kept from using the widget.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// What identifies a widget of that name on its page: its key, else `slider:Rows`.
    pub(super) fn id(&self, widget: &str) -> String {
        self.key.clone().unwrap_or_else(|| format!("{widget}:{}", self.text))
    }

    pub(super) fn put_into(&self, mut element: Element) -> Element {
        element.id = Some(self.id(&element.name));
        element = element.with("label", &self.text);
        if let Some(help) = &self.help {
            element = element.with("help", help);
        }
        if self.disabled { element.with("disabled", true) } else { element }
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Label::new(text)
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Label::new(text)
    }
}

impl From<&String> for Label {
    fn from(text: &String) -> Self {
        Label::new(text)
    }
}

impl From<Cow<'_, str>> for Label {
    fn from(text: Cow<'_, str>) -> Self {
        Label::new(text)
    }
}
