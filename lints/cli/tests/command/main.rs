//! The real command on real workspaces.

mod answers;
mod check;
mod fix;
mod support;
