//! A file for each lint, named after it.

mod invalid_option;
mod non_sync_resource;
mod unhashable_param;
mod unsupported_widget;
