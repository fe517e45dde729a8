//! Says that a body runs.

use crate::engine::context;
use crate::engine::function::{FunctionSpec, SpinnerText};
use crate::frontend::{Busy, BusyGuard};
use crate::session;

/// Shows the spinner of a function whose body is about to run; only the outermost one has any.
#[inline]
pub(crate) fn show(spec: &FunctionSpec) -> Option<BusyGuard> {
    if session::is_silent() || context::is_inside() { None } else { show_somewhere(spec) }
}

#[inline(never)]
fn show_somewhere(spec: &FunctionSpec) -> Option<BusyGuard> {
    let frontend = session::frontend();
    if !frontend.shows_busy() {
        return None;
    }
    let text = match spec.spinner {
        SpinnerText::Off => return None,
        SpinnerText::Text(text) => text.to_owned(),
        SpinnerText::Default => {
            let name = spec.path.rsplit("::").next().unwrap_or(spec.path);
            let arguments =
                if spec.hashed.is_empty() && spec.excluded.is_empty() { "" } else { "..." };
            format!("Running `{name}({arguments})`.")
        }
    };
    frontend.busy(&Busy::new(text, spec.show_time))
}
