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

    /// The element as text for a terminal.
    pub(crate) fn plain(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for value in self.props.values() {
            match value {
                Value::Null => {}
                Value::String(text) => parts.push(text.clone()),
                other => parts.push(other.to_string()),
            }
        }
        if let Some(media) = &self.media {
            parts.push(format!("[{}, {} bytes]", self.name, media.len()));
        }
        match &*self.name {
            "divider" => "---".to_owned(),
            _ => parts.join(" "),
        }
    }
}
