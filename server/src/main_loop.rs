//! The one task that owns the state: takes events in order, starts work when it is due.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::event::Event;
use crate::handlers::{
    checked, code_action, did_change, did_change_watched_files, did_change_workspace_folders,
    did_close, did_open, did_save, hover, initialize, loaded,
};
use crate::schedule::Panicked;
use crate::state::State;

/// Runs until nobody can send events any more.
pub(crate) async fn run(mut state: State, mut events: mpsc::UnboundedReceiver<Event>) {
    loop {
        let event = match state.due() {
            None => events.recv().await.map(Some),
            Some(due) => tokio::select! {
                event = events.recv() => event.map(Some),
                () = tokio::time::sleep_until(due) => Some(None),
            },
        };
        let Some(event) = event else {
            return;
        };
        let mut next = event;
        while let Some(event) = next {
            handle_guarded(&mut state, event);
            // Work starts on the newest state only.
            next = events.try_recv().ok();
        }
        state.start_due(Instant::now());
    }
}

fn handle_guarded(state: &mut State, event: Event) {
    // Each handler leaves the state usable at any point: it changes whole values, one after another.
    if catch_unwind(AssertUnwindSafe(|| handle(state, event))).is_err() {
        state.tell_of_panic(Panicked);
    }
}

fn handle(state: &mut State, event: Event) {
    match event {
        Event::Initialize { agreement, folders, problem } => {
            initialize::initialize(state, agreement, folders, problem);
        }
        Event::Initialized => initialize::initialized(state),
        Event::Open(params) => did_open::handle(state, params),
        Event::Change(params) => did_change::handle(state, params),
        Event::Save(params) => did_save::handle(state, &params),
        Event::Close(params) => did_close::handle(state, &params),
        Event::WatchedFiles(params) => did_change_watched_files::handle(state, &params),
        Event::Folders(params) => did_change_workspace_folders::handle(state, &params),
        Event::Hover(params, reply) => hover::handle(state, params, reply),
        Event::CodeAction(params, reply) => code_action::handle(state, params, reply),
        Event::Loaded(slot, outcome) => loaded::handle(state, slot, outcome),
        Event::Checked(slot, extent, outcome) => checked::handle(state, slot, extent, outcome),
    }
}
