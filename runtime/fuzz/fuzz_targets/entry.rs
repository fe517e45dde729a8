//! An entry on disk that the fuzzer wrote, looked up by a call.
//!
//! | byte | what |
//! |---|---|
//! | 0 | which function |
//! | 1 | 0: the rest is the whole file; else how much of the rest is what the body showed, and a right checksum |
//! | … | the rest |

#![no_main]

#[path = "../../tests/hostile/doors.rs"]
mod doors;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static DOORS: LazyLock<Vec<doors::Door>> = LazyLock::new(doors::all);

fuzz_target!(|input: &[u8]| {
    let [door, shown, rest @ ..] = input else { return };
    let _blind = doors::blind();
    let door = &DOORS[usize::from(*door) % DOORS.len()];
    match usize::from(*shown) {
        0 => door.offer_unsealed(rest),
        shown => {
            let (recording, value) = rest.split_at((shown - 1).min(rest.len()));
            drop(door.offer(&door.seal(recording, value)));
        }
    }
});
