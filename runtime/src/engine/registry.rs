//! Every cached function of the program, found without having been called.

use cachelit_spec::options::Kind;

use super::function::{Function, FunctionInfo, FunctionSpec};
use crate::persist;
use crate::session::SessionId;

/// What an expansion submits.
pub struct Registered(pub &'static Function);

inventory::collect!(Registered);

pub(crate) fn registered() -> impl Iterator<Item = &'static Function> {
    inventory::iter::<Registered>.into_iter().map(|registered| registered.0)
}

/// Every cached function of the program, by path, whether it was called or not.
///
/// ```
/// #[cachelit::cache_data(max_entries = 10)]
/// fn listed(x: u64) -> u64 {
///     2 * x
/// }
///
/// let functions = cachelit::functions();
/// let info = functions.iter().find(|function| function.path.ends_with("::listed")).unwrap();
/// assert_eq!(info.max_entries, Some(10));
/// assert_eq!(info.hashed, ["x"]);
/// ```
pub fn functions() -> Vec<FunctionInfo> {
    let mut functions: Vec<FunctionInfo> = registered().map(Function::info).collect();
    functions.sort_by_key(|function| (function.path, function.file, function.line));
    functions
}

pub(crate) fn clear_all(kind: Kind) {
    let of_kind = || registered().filter(|function| function.spec.kind == kind);
    of_kind().for_each(Function::clear_everywhere);
    if of_kind().any(|function| function.spec.persist.is_some()) {
        persist::clear_program();
    }
}

/// How many persisted functions can't be told apart from this one by path and code, itself included.
pub(crate) fn twins(spec: &FunctionSpec) -> usize {
    let is_twin = |other: &FunctionSpec| {
        other.persist.is_some() && other.path == spec.path && other.code_hash == spec.code_hash
    };
    registered().filter(|function| is_twin(&function.spec)).count()
}

pub(crate) fn end_session(id: SessionId) {
    registered().for_each(|function| function.end_session(id));
}
