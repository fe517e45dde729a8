//! The client's words in this program's terms.

use std::path::PathBuf;

use tower_lsp::ls_types::Uri;

/// The path of a file on disk; `None` for what is none, such as an untitled buffer or a file inside
/// an archive.
pub(crate) fn path(uri: &Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.to_file_path()?.into_owned();
    // Comparisons are by component, so that `a//b/./c` is `a/b/c`.
    path.is_absolute().then(|| path.components().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expected: Option<&str>) {
        let uri: Uri = uri.parse().expect("a uri");
        assert_eq!(path(&uri), expected.map(PathBuf::from), "{}", uri.as_str());
    }

    #[test]
    #[cfg(unix)]
    fn only_files_have_a_path() {
        check("file:///a/b.rs", Some("/a/b.rs"));
        check("file:///a%20b/%C3%A9.rs", Some("/a b/é.rs"));
        check("file:///a//b/", Some("/a/b"));
        check("untitled:Untitled-1", None);
        check("git:/a/b.rs?ref", None);
    }
}
