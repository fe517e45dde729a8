//! Types made to be arguments: each implements all of the table's traits but one.

use std::fmt::Write;

/// The table's traits: its word for each, and the path.
pub(super) const TRAITS: [(&str, &str); 11] = [
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
];

/// Traits that need another one.
pub(super) const IMPLIED: [(&str, &str); 2] = [("copy", "clone"), ("ord", "eq")];

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
    let mut text = String::from(
        "use std::marker::PhantomData;\n\
         trait No { const YES: bool = false; }\n\
         struct wf<T: ?Sized>(PhantomData<T>); impl<T: ?Sized> wf<T> { const YES: bool = true; }\n\
         trait Returns { type Type; } impl<R> Returns for fn() -> R { type Type = R; }\n",
    );
    for (word, path) in TRAITS {
        let _ = writeln!(
            text,
            "struct {word}<T: ?Sized>(PhantomData<T>); impl<T: ?Sized> No for {word}<T> {{}} \
             impl<T: ?Sized + {path}> {word}<T> {{ const YES: bool = true; }}"
        );
    }
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
        let mut text = format!("struct {name}(PhantomData<({send}, {sync})>);\n");
        let mut add = |word: &str, body: &str| {
            if word.is_empty() || self.has(word) {
                text.push_str(&body.replace('@', name));
                text.push('\n');
            }
        };
        add("", "impl PartialEq for @ { fn eq(&self, _: &@) -> bool { true } }");
        add(
            "",
            "impl PartialOrd for @ { fn partial_cmp(&self, _: &@) -> Option<std::cmp::Ordering> { None } }",
        );
        add(
            "hash",
            "impl std::hash::Hash for @ { fn hash<H: std::hash::Hasher>(&self, _: &mut H) {} }",
        );
        add("clone", "impl Clone for @ { fn clone(&self) -> @ { @(PhantomData) } }");
        add("copy", "impl Copy for @ {}");
        add(
            "serialize",
            "impl serde::Serialize for @ { fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_unit() } }",
        );
        add(
            "deserialize",
            "impl<'de> serde::Deserialize<'de> for @ { fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<@, D::Error> { Ok(@(PhantomData)) } }",
        );
        add("eq", "impl Eq for @ {}");
        add(
            "ord",
            "impl Ord for @ { fn cmp(&self, _: &@) -> std::cmp::Ordering { std::cmp::Ordering::Equal } }",
        );
        add("default", "impl Default for @ { fn default() -> @ { @(PhantomData) } }");
        add(
            "build_hasher",
            "impl std::hash::BuildHasher for @ { type Hasher = std::hash::DefaultHasher; fn build_hasher(&self) -> Self::Hasher { Default::default() } }",
        );
        if self.bare {
            return text;
        }
        let good = GOOD.to_owned();
        let item = self.item.as_ref().unwrap_or(&good);
        let target = self.target.as_ref().unwrap_or(&good);
        add(
            "",
            "impl std::fmt::Debug for @ { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }",
        );
        add(
            "",
            "impl std::fmt::Display for @ { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }",
        );
        add("", "impl std::error::Error for @ {}");
        add(
            "",
            &format!(
                "impl Iterator for @ {{ type Item = {item}; fn next(&mut self) -> Option<{item}> {{ None }} }}"
            ),
        );
        add(
            "",
            &format!(
                "impl DoubleEndedIterator for @ {{ fn next_back(&mut self) -> Option<{item}> {{ None }} }}"
            ),
        );
        add("", "impl ExactSizeIterator for @ {}");
        add(
            "",
            "impl std::io::Read for @ { fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> { Ok(0) } }",
        );
        add(
            "",
            "impl std::io::BufRead for @ { fn fill_buf(&mut self) -> std::io::Result<&[u8]> { Ok(&[]) } fn consume(&mut self, _: usize) {} }",
        );
        add(
            "",
            "impl std::io::Write for @ { fn write(&mut self, _: &[u8]) -> std::io::Result<usize> { Ok(0) } fn flush(&mut self) -> std::io::Result<()> { Ok(()) } }",
        );
        add(
            "",
            "impl std::io::Seek for @ { fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> { Ok(0) } }",
        );
        add(
            "",
            "impl std::hash::Hasher for @ { fn finish(&self) -> u64 { 0 } fn write(&mut self, _: &[u8]) {} }",
        );
        add(
            "",
            &format!(
                "impl std::ops::Deref for @ {{ type Target = {target}; fn deref(&self) -> &{target} {{ loop {{}} }} }}"
            ),
        );
        if let Some(owned) = &self.owned {
            add(
                "",
                &format!(
                    "impl std::borrow::Borrow<@> for {owned} {{ fn borrow(&self) -> &@ {{ loop {{}} }} }}"
                ),
            );
            add(
                "",
                &format!(
                    "impl ToOwned for @ {{ type Owned = {owned}; fn to_owned(&self) -> {owned} {{ loop {{}} }} }}"
                ),
            );
        }
        text
    }
}
