//! The language server: a thin layer of protocol over [`cachelit_workspace`], which also stands
//! behind the command, so that both say the same.
//!
//! - `service`: the protocol's methods; each turns its message into an `Event` and waits for nothing.
//! - `main_loop`, `state`: one task owns the state and applies events in order.
//! - `slot`: one workspace. A window may show several, and a file that belongs to none brings its own.
//! - `tasks`: what runs on other threads, on frozen revisions.
//! - `handlers`: a file per event.
//! - `publish`: what the client shows; answers that came too late end here.
//!
//! Invariants: nothing but the protocol is written to standard output; a request gets exactly one
//! answer; a panic costs the answer that it happened in and nothing else; what is published for an
//! open document was computed from the version that it names.

mod capabilities;
mod discover;
mod documents;
mod event;
mod from_proto;
mod handlers;
mod lifecycle;
mod line_index;
mod main_loop;
mod outbox;
mod publish;
mod schedule;
mod service;
mod slot;
mod state;
mod tasks;
mod to_proto;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tower_lsp::{LspService, Server};

use crate::lifecycle::{Lifecycle, WatchedInput, input_ended, parent_ended};
use crate::outbox::Outbox;
use crate::service::Backend;
use crate::state::State;

/// Serves one client, until it says `exit`, its input ends or the process that it named in
/// `initialize` ends. Returns whether it ended as the protocol wants: `shutdown`, then `exit`.
pub async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite) -> bool {
    let (lifecycle, ending) = watch::channel(Lifecycle::default());
    let input = WatchedInput::new(input, lifecycle.clone());
    let (events, receiver) = mpsc::unbounded_channel();
    let (service, socket) = LspService::new(|client| {
        let state = State::new(Outbox::new(client), events.clone());
        tokio::spawn(main_loop::run(state, receiver));
        Backend::new(events, lifecycle)
    });
    tokio::select! {
        () = Server::new(input, output, socket).serve(service) => {}
        () = input_ended(ending.clone()) => tracing::warn!("the input ended before `exit`"),
        () = parent_ended(ending.clone()) => tracing::warn!("the editor ended before `exit`"),
    }
    let end = *ending.borrow();
    end.shut_down && !end.input_ended
}
