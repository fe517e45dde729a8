//! Who waits for whom. A body that waits for itself, be it through other bodies and other threads,
//! would wait for ever.

use std::sync::Arc;

use parking_lot::Mutex;

use super::context;
use super::function::Function;
use super::run::RunId;

/// The waits of this process: they are few, each is a caller that sleeps.
static WAITS: Mutex<Vec<Wait>> = Mutex::new(Vec::new());

struct Wait {
    /// The runs that can't go on meanwhile, outermost first.
    blocked: Arc<[RunId]>,
    target: RunId,
}

/// Ends the wait when dropped.
pub(crate) struct Waiting {
    blocked: Arc<[RunId]>,
    target: RunId,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waits = WAITS.lock();
        let own =
            |wait: &Wait| Arc::ptr_eq(&wait.blocked, &self.blocked) && wait.target == self.target;
        if let Some(at) = waits.iter().position(own) {
            waits.swap_remove(at);
        }
    }
}

/// Notes that the bodies which run on this thread wait for that run of the function.
///
/// # Panics
///
/// If that run, directly or through others, waits for one of them.
pub(crate) fn begin(function: &Function, target: RunId) -> Waiting {
    let blocked: Arc<[RunId]> =
        context::with(|frames| frames.iter().map(|frame| frame.run.id()).collect());
    let circle = {
        let mut waits = WAITS.lock();
        let circle = reaches(&waits, target, &blocked);
        if !circle {
            waits.push(Wait { blocked: blocked.clone(), target });
        }
        circle
    };
    if circle {
        refuse(function);
    }
    Waiting { blocked, target }
}

/// Refuses a call that would run or await a run of itself.
pub(crate) fn refuse(function: &Function) -> ! {
    panic!(
        "`{path}` waits for itself: its body calls it again with the same arguments, directly or through \
         other cached functions. Call it with other arguments, or move the shared part to a function \
         that is not cached",
        path = function.spec.path
    )
}

/// Whether the end of `from` hangs on one of `blocked`.
fn reaches(waits: &[Wait], from: RunId, blocked: &[RunId]) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(&run) = seen.get(next) {
        if blocked.contains(&run) {
            return true;
        }
        for wait in waits.iter().filter(|wait| wait.blocked.contains(&run)) {
            if !seen.contains(&wait.target) {
                seen.push(wait.target);
            }
        }
        next += 1;
    }
    false
}
