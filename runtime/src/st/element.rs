//! What is shown, as a value.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::block::BlockId;
use super::record::{self, Place};

/// Something that is shown: its name in [`st`](crate::st), and what it was given.
///
/// The functions of [`st`](crate::st) take what Streamlit's can't do without. Other properties, and elements
/// that only a front end of your own knows, are shown as such values:
///
/// ```
/// use cachelit::st::Element;
/// Element::new("metric").with("label", "Rows").with("value", 12).with("delta", "+3").show();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Element {
    /// The name of the function in [`st`](crate::st) that made it.
    pub name: Cow<'static, str>,
    /// What it was given, by name. What stands for the whole is called `body`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub props: Map<String, Value>,
    /// Which widget it is, on its page: the widget's key, or its name and label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Blocks that it opens, such as one for each column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockId>,
    /// The content of a medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Vec<u8>>,
}

impl Element {
    /// An element without properties.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Element { name: name.into(), props: Map::new(), id: None, blocks: Vec::new(), media: None }
    }

    /// Adds a property. What can't be written as JSON, such as a map with keys that are no texts, is
    /// shown by the reason.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value =
            serde_json::to_value(value).unwrap_or_else(|error| Value::String(error.to_string()));
        self.props.insert(name.to_owned(), value);
        self
    }

    /// Adds the content of a medium.
    #[must_use]
    pub fn with_media(mut self, content: &[u8]) -> Self {
        self.media = Some(content.to_vec());
        self
    }

    /// Shows it where elements go now. What a cached body shows is recorded.
    pub fn show(&self) {
        record::show(Place::Current, self);
    }

    /// A property, if it is there and has that type.
    pub fn prop<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.props.get(name)?).ok()
    }

    /// The main text, of those that have one.
    pub fn text(&self) -> Option<&str> {
        ["body", "label"].iter().find_map(|name| self.props.get(*name)?.as_str())
    }
}
