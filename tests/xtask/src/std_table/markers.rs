//! Types made to be arguments: each implements all of the table's traits but one.

use crate::probe::asking;

/// The table's traits: its word for each, and the path.
pub(super) const TRAITS: [(&str, &str); 16] = [
    ("hash", "std::hash::Hash"),
    ("send", "Send"),
    ("sync", "Sync"),
    ("clone", "Clone"),
    ("copy", "Copy"),
    ("serialize", "serde::Serialize"),
    ("deserialize", "serde::de::DeserializeOwned"),
    ("eq", "Eq"),
    ("ord", "Ord"),
    ("default", "Default"),
    ("build_hasher", "std::hash::BuildHasher"),
    ("partial_eq", "PartialEq"),
    ("partial_ord", "PartialOrd"),
    ("debug", "std::fmt::Debug"),
    ("display", "std::fmt::Display"),
    ("unpin", "Unpin"),
];

/// Traits that need another one.
pub(super) const IMPLIED: [(&str, &str); 8] = [
    ("copy", "clone"),
    ("eq", "partial_eq"),
    ("partial_ord", "partial_eq"),
    ("ord", "eq"),
    ("ord", "partial_eq"),
    ("ord", "partial_ord"),
    (ERROR, "debug"),
    (ERROR, "display"),
];

/// A word for `std::error::Error`, which the table has no answers about.
const ERROR: &str = "error";

/// The associated types that conditions are about.
pub(super) const ASSOCIATED: [(&str, &str); 3] = [
    ("std::borrow::ToOwned", "Owned"),
    ("std::iter::Iterator", "Item"),
    ("std::ops::Deref", "Target"),
];

/// Implements everything, also what the table has no word for.
pub(super) const GOOD: &str = "Good";
/// Implements the table's traits and nothing that they don't imply.
pub(super) const BARE: &str = "Bare";
/// As [`GOOD`], but neither `Clone` nor `Copy`, since its owned form is another type.
pub(super) const BORROWED: &str = "Borrowed";

/// The marker without the trait.
pub(super) fn without(word: &str) -> String {
    format!("Without_{word}")
}

/// The marker without the trait that is neither `Clone` nor `Copy`, as [`BORROWED`].
pub(super) fn borrowed_without(word: &str) -> String {
    format!("Borrowed_{word}")
}

/// The marker whose associated type is without the trait.
pub(super) fn associated_without(associated: &str, word: &str) -> String {
    format!("{associated}_{word}")
}

/// The definitions, and for each trait `word::<T>::YES`.
pub(super) fn prelude() -> String {
    let mut text = asking(TRAITS);
    text.push_str(
        "struct wf<T: ?Sized>(PhantomData<T>); impl<T: ?Sized> wf<T> { const YES: bool = true; }\n\
         trait Returns { type Type; } impl<R> Returns for fn() -> R { type Type = R; }\n",
    );
    let named = |name: &str| Marker { name: name.to_owned(), ..Marker::default() };
    text.push_str(&named(GOOD).definition());
    text.push_str(&Marker { bare: true, ..named(BARE) }.definition());
    text.push_str(&Marker { owned: Some(GOOD.into()), ..named(BORROWED) }.definition());
    for (word, _) in TRAITS {
        text.push_str(&Marker { lacks: word, ..named(&without(word)) }.definition());
        let borrowed =
            Marker { lacks: word, owned: Some(GOOD.into()), ..named(&borrowed_without(word)) };
        text.push_str(&borrowed.definition());
        for (_, name) in ASSOCIATED {
            let mut marker = named(&associated_without(name, word));
            match name {
                "Owned" => marker.owned = Some(without(word)),
                "Item" => marker.item = Some(without(word)),
                _ => marker.target = Some(without(word)),
            }
            text.push_str(&marker.definition());
        }
    }
    text
}

/// The impls of markers, a line each: when it is wanted, then its text, with `@` for the marker.
/// `rich` is for all but [`BARE`], `error` likewise, `owned` with an owned form, any other word where
/// the marker has that trait.
const IMPLS: &str = include_str!("impls.txt");

/// A marker type to define.
#[derive(Default)]
struct Marker {
    name: String,
    lacks: &'static str,
    bare: bool,
    owned: Option<String>,
    item: Option<String>,
    target: Option<String>,
}

impl Marker {
    fn has(&self, word: &str) -> bool {
        let cloneless = self.owned.is_some() && matches!(word, "clone" | "copy");
        word != self.lacks && !IMPLIED.contains(&(word, self.lacks)) && !cloneless
    }

    fn definition(&self) -> String {
        let name = &self.name;
        // What a field decides, without unsafe impls.
        let send = if self.has("send") { "()" } else { "std::sync::MutexGuard<'static, ()>" };
        let sync = if self.has("sync") { "()" } else { "std::cell::Cell<()>" };
        let unpin = if self.has("unpin") { "()" } else { "std::marker::PhantomPinned" };
        let mut text = format!("struct {name}(PhantomData<({send}, {sync}, {unpin})>);\n");
        for (when, body) in IMPLS.lines().filter_map(|line| line.split_once(' ')) {
            let wanted = match when {
                "rich" => !self.bare,
                ERROR => !self.bare && self.has(ERROR),
                "owned" => self.owned.is_some(),
                word => self.has(word),
            };
            if wanted {
                text.push_str(&self.filled(body));
                text.push('\n');
            }
        }
        text
    }

    fn filled(&self, body: &str) -> String {
        let or_good = |name: &Option<String>| name.clone().unwrap_or_else(|| GOOD.to_owned());
        body.trim_start()
            .replace('@', &self.name)
            .replace("$item", &or_good(&self.item))
            .replace("$target", &or_good(&self.target))
            .replace("$owned", &or_good(&self.owned))
    }
}
