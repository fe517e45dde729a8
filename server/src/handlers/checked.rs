//! Files were checked.

use crate::schedule::Panicked;
use crate::slot::SlotId;
use crate::state::State;
use crate::tasks::{Checked, Extent};

/// Tells the client, unless the workspace was closed meanwhile.
pub(crate) fn handle(
    state: &mut State,
    id: SlotId,
    extent: Extent,
    outcome: Result<Checked, Panicked>,
) {
    let Some(slot) = state.slot(id) else {
        return;
    };
    match extent {
        Extent::Files => slot.typing.finish(),
        Extent::Workspace => slot.sweep.finish(),
    }
    match outcome {
        Ok(checked) => {
            state.published.publish(id, checked, &state.documents, &state.outbox);
        }
        Err(panicked) => state.tell_of_panic(panicked),
    }
}
