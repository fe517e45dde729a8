//! Items that derives may make beside those that they stand on.

use super::ModuleItems;
use crate::resolve::names::has_word;
use crate::resolve::summary::{Attr, Item, ItemKind};

/// The derives that make no items: of the language, and of serde.
const ONLY_IMPLEMENT: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Serialize",
];

impl ModuleItems {
    /// Whether a derive may make an item of this name, which that of its own stands in (`AError` beside `A`), or which it is
    /// told of (`name(A)`). What has another name is only called unresolved; nothing is said of a type that needs it.
    pub(in crate::resolve) fn may_be_made(&self, name: &str) -> bool {
        let mut makers = self.makers.iter().map(|&at| &self.entries[at as usize].item);
        makers.any(|item| {
            let own = item.name.as_str();
            let is_longer = name.len() > own.len() && name.contains(own);
            is_longer || item.attrs.list.iter().any(|attr| has_word(&attr.input, name))
        })
    }
}

/// Whether a derive stands on a type that may make other items.
pub(super) fn is_maker(item: &Item) -> bool {
    let makes = |attr: &Attr| {
        let mut derives = attr.input.split([',', ':', ' ', '\n', '\t']).filter(|it| !it.is_empty());
        attr.is("derive") && derives.any(|it| ONLY_IMPLEMENT.binary_search(&it).is_err())
    };
    matches!(item.kind, ItemKind::Adt(_)) && item.attrs.list.iter().any(makes)
}
