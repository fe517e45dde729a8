//! The lints, a file each, and the registry that dispatches to them.
