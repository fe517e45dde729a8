//! The names of cachelit's own that the linter knows, whether or not its source can be read.

use cachelit_spec::widgets::WIDGETS;

use super::Namespace;

/// Whether `path`, inside the crate, is something that the linter treats by name.
pub(super) fn is_known(path: &str, namespace: Namespace) -> bool {
    match path {
        // Beside the attributes stand modules of the same name, with `clear_all`.
        "cache_data" | "cache_resource" | "CacheKey" => namespace != Namespace::Value,
        "st" | "prelude" => namespace == Namespace::Type,
        _ => {
            let widget = path.strip_prefix("st::");
            namespace == Namespace::Value
                && widget.is_some_and(|name| WIDGETS.iter().any(|(own, _)| *own == name))
        }
    }
}
