//! What is shown, as a value.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::block::BlockId;

/// Something that was shown: its name in [`st`](crate::st), and what it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Element {
    /// The name of the function in [`st`](crate::st) that made it.
    pub name: Cow<'static, str>,
    /// What it was given, by name. What stands for the whole is called `body`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub props: Map<String, Value>,
    /// Blocks that it opens, such as one for each column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockId>,
    /// The content of a medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Vec<u8>>,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Element { name: Cow::Borrowed(name), props: Map::new(), blocks: Vec::new(), media: None }
    }

    /// Adds a property. What can't be written as JSON, such as a map with keys that are no texts, is
    /// shown by the reason.
    pub(crate) fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value =
            serde_json::to_value(value).unwrap_or_else(|error| Value::String(error.to_string()));
        self.props.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn with_media(mut self, media: &[u8]) -> Self {
        self.media = Some(media.to_vec());
        self
    }

    /// The main text, of those that have one.
    pub fn text(&self) -> Option<&str> {
        ["body", "label"].iter().find_map(|name| self.props.get(*name)?.as_str())
    }

    /// The element as text for a terminal: its main text and its value.
    pub(crate) fn plain(&self) -> String {
        if self.name == "divider" {
            return "---".to_owned();
        }
        let text = |name: &str| match self.props.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let medium =
            self.media.as_ref().map(|media| format!("[{}, {} bytes]", self.name, media.len()));
        let head = text("label").or_else(|| text("body"));
        let parts: Vec<String> = [head, text("value"), medium].into_iter().flatten().collect();
        parts.join(": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_text_and_value() {
        let cases = [
            (Element::new("text").with("body", "hello"), "hello"),
            (Element::new("metric").with("label", "Rows").with("value", 3), "Rows: 3"),
            (
                Element::new("slider").with("min", 1).with("label", "Size").with("value", 2),
                "Size: 2",
            ),
            (Element::new("json").with("body", [1, 2]), "[1,2]"),
            (Element::new("image").with_media(&[0; 4]), "[image, 4 bytes]"),
            (Element::new("divider"), "---"),
            (Element::new("container"), ""),
        ];
        for (element, text) in cases {
            assert_eq!(element.plain(), text);
        }
    }
}
