//! "Did you mean …?"

/// The candidate that `word` is most likely a misspelling of.
///
/// Case, `-` and `_` don't count. Nothing is suggested where more than a third of the letters differ.
///
/// ```
/// use cachelit_spec::suggest::similar;
/// assert_eq!(similar("max_entrys", ["ttl", "max_entries", "max_size"]), Some("max_entries"));
/// assert_eq!(similar("colour", ["ttl", "max_entries", "max_size"]), None);
/// ```
pub fn similar<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()).max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    word.chars().map(|ch| if ch == '-' { '_' } else { ch.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["ttl", "max_entries", "hash_funcs", "scope"];
        let cases = [
            ("tll", Some("ttl")),
            ("TTL", Some("ttl")),
            ("max-entries", Some("max_entries")),
            ("maxentries", Some("max_entries")),
            ("hash_func", Some("hash_funcs")),
            ("x", None),
            ("", None),
            ("entries", None),
        ];
        for (word, expected) in cases {
            assert_eq!(similar(word, names), expected, "{word}");
        }
        assert_eq!(similar("ttl", []), None);
    }
}
