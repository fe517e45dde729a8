//! A file for each lint, named after it.

mod hardcoded_credential;
mod hidden_input;
mod ignored_param;
mod invalid_option;
mod non_sync_resource;
mod persisted_std_hash;
mod recursive_key;
mod shared_mutable_data;
mod unbounded_cache;
mod unhashable_param;
mod unkeyable_signature;
mod unserializable_data;
mod unsupported_widget;
mod untracked_code;
mod unused_allow;
mod unused_hash_func;
mod widget_without_opt_in;
