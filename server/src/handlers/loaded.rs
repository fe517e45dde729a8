//! A workspace was loaded, or could not be.

use std::path::PathBuf;
use std::sync::Arc;

use cachelit_workspace::{LoadError, Workspace};
use tokio::time::Instant;
use tower_lsp::ls_types::MessageType;

use crate::capabilities;
use crate::schedule::Panicked;
use crate::slot::{Slot, SlotId};
use crate::state::{Pause, State};

/// Checks what was loaded. After a failure, what was loaded before still counts.
pub(crate) fn handle(
    state: &mut State,
    id: SlotId,
    outcome: Result<Result<Box<Workspace>, LoadError>, Panicked>,
) {
    let documents = Arc::clone(&state.documents);
    let outbox = state.outbox.clone();
    let Some(slot) = state.slot(id) else {
        return;
    };
    slot.load.finish();
    slot.loaded.notify_one();
    match outcome {
        Err(panicked) => state.tell_of_panic(panicked),
        Ok(Err(error)) => {
            let message = error.to_string();
            outbox.log(MessageType::ERROR, format!("cachelit: {message}"));
            if slot.failure.as_ref() != Some(&message) {
                outbox.show(MessageType::ERROR, format!("cachelit: {message}"));
            }
            slot.failure = Some(message);
        }
        Ok(Ok(workspace)) => {
            for warning in workspace.warnings() {
                outbox.log(MessageType::WARNING, format!("cachelit: {warning}"));
            }
            if slot.failure.is_some() {
                let root = workspace.root().display();
                outbox.log(MessageType::INFO, format!("cachelit: `{root}` is readable again"));
            }
            slot.replace(workspace, &documents);
            let now = Instant::now();
            slot.want_typing(now, Pause::None.duration());
            slot.sweep.want(now, Pause::None.duration());
            watch_packages(state, id);
            state.advance();
            merge(state, id);
        }
    }
    state.add_orphans();
}

/// Has the client watch what the workspace depends on by path outside of the editor's folders.
fn watch_packages(state: &mut State, id: SlotId) {
    if !state.agreement.watches_files {
        return;
    }
    let workspace = state.slots.iter().find(|slot| slot.id == id).and_then(Slot::workspace);
    let packages = workspace.into_iter().flat_map(|workspace| &workspace.project().packages);
    let outside = packages.filter(|package| !package.is_fetched).map(|package| &package.root);
    let is_new = |root: &&PathBuf| {
        !state.watched.contains(*root)
            && !state.folders.iter().any(|folder| root.starts_with(folder))
    };
    let new: Vec<PathBuf> = outside.filter(is_new).cloned().collect();
    if !new.is_empty() {
        let relative = state.agreement.relative_patterns;
        state.outbox.register(capabilities::watch_packages(&new, relative));
        state.watched.extend(new);
    }
}

/// Two manifests may belong to one workspace: the slot that had it first keeps it.
fn merge(state: &mut State, id: SlotId) {
    let root = |slot: &Slot| slot.workspace().map(|workspace| workspace.root().to_owned());
    let Some(new) = state.slots.iter().find(|slot| slot.id == id) else {
        return;
    };
    let (new_root, folders) = (root(new), new.folders.clone());
    let Some(first) = state.slots.iter_mut().find(|slot| root(slot) == new_root) else {
        return;
    };
    if first.id == id {
        return;
    }
    for folder in folders {
        if !first.folders.contains(&folder) {
            first.folders.push(folder);
        }
    }
    state.remove_slots(|slot| slot.id == id);
}
