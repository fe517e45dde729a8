//! Which files can hold a cached function at all, told from their bytes, so that most files of a
//! workspace are never parsed.

use memchr::memmem;

/// The names under which files may use the attributes.
///
/// A file that holds none of them can't hold a cached function. The attributes' own names are
/// known from the start; a file may give them others (`pub use cachelit::cache_data as memo`),
/// which [`learn`](Self::learn) finds. Whoever scans a workspace feeds it every file that
/// [may hold](Self::may_hold_cached_functions) one, and looks at all files again while there are new names:
///
/// ```
/// use cachelit_lints::prefilter::Prefilter;
///
/// let mut prefilter = Prefilter::default();
/// let user = "use crate::prelude::*; #[memo] fn load() {}";
/// assert!(!prefilter.may_hold_cached_functions(user));
///
/// assert!(prefilter.learn("pub use cachelit::cache_data as memo;"));
/// assert!(prefilter.may_hold_cached_functions(user));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefilter {
    names: Vec<String>,
}

impl Default for Prefilter {
    fn default() -> Self {
        Prefilter { names: vec!["cache_data".to_owned(), "cache_resource".to_owned()] }
    }
}

impl Prefilter {
    /// Whether a file can hold a cached function, as far as names are known.
    #[must_use]
    pub fn may_hold_cached_functions(&self, text: &str) -> bool {
        self.names.iter().any(|name| memmem::find(text.as_bytes(), name.as_bytes()).is_some())
    }

    /// Takes note of the names that `text` gives to those already known; says whether there were
    /// new ones.
    pub fn learn(&mut self, text: &str) -> bool {
        let before = self.names.len();
        let mut at = 0;
        while at < self.names.len() {
            let name = self.names[at].clone();
            for found in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
                let Some(alias) = alias_at(&text[found + name.len()..]) else { continue };
                if !self.names.iter().any(|known| known == alias) {
                    self.names.push(alias.to_owned());
                }
            }
            at += 1;
        }
        self.names.len() > before
    }
}

/// The name behind `as` at the start of `rest`, unless it is a cast to a number.
fn alias_at(rest: &str) -> Option<&str> {
    let rest = skip_trivia(rest).strip_prefix("as")?;
    let name = skip_trivia(rest);
    if name.len() == rest.len() {
        return None;
    }
    let name = name.strip_prefix("r#").unwrap_or(name);
    let end = name.find(|ch: char| !ch.is_alphanumeric() && ch != '_').unwrap_or(name.len());
    let name = &name[..end];
    let numbers = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
        "f32", "f64", "char", "bool", "_", "",
    ];
    (!numbers.contains(&name)).then_some(name)
}

/// `text` without the white space and comments it begins with.
fn skip_trivia(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if text.starts_with("//") {
            text = text.split_once('\n').map_or("", |(_, rest)| rest);
        } else if text.starts_with("/*") {
            text = text.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_after(texts: &[&str]) -> Vec<String> {
        let mut prefilter = Prefilter::default();
        while texts.iter().any(|text| prefilter.learn(text)) {}
        prefilter.names.split_off(2)
    }

    #[test]
    fn renames_are_learned_through_comments_lists_and_chains() {
        assert_eq!(
            names_after(&[
                "use crate::memo as keep;",
                "use cachelit::{cache_data /* short */ as\n memo, cache_resource as r#shared};",
            ]),
            ["memo", "shared", "keep"]
        );
    }

    #[test]
    fn casts_and_longer_words_are_no_renames() {
        assert_eq!(
            names_after(&["self.cache_data as u64", "cache_data assembled", "cache_data as _"]),
            Vec::<String>::new()
        );
    }
}
