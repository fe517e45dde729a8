//! What each event does to the state, a file each.

pub(crate) mod checked;
pub(crate) mod code_action;
pub(crate) mod did_change;
pub(crate) mod did_change_watched_files;
pub(crate) mod did_change_workspace_folders;
pub(crate) mod did_close;
pub(crate) mod did_open;
pub(crate) mod did_save;
pub(crate) mod hover;
pub(crate) mod initialize;
pub(crate) mod loaded;
