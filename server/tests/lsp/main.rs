//! The real server, as a process, over standard input and output, on real workspaces.

mod client;
mod diagnostics;
mod lifecycle;
mod project;
mod requests;
mod workspaces;
