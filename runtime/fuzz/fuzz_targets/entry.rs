//! An entry on disk that the fuzzer wrote, looked up by a call.
//!
//! | byte | what |
//! |---|---|
//! | 0 | which function |
//! | 1 | 0: the whole segment follows; 255: changes of what the function itself stores follow, each as place and byte; else what the body showed, which is one byte shorter than this says, and the value follow |
//! | … | that |
//!
//! But for the first kind, the checksums are right.

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
        255 => {
            let (recording, value) = door.parts();
            let mut parts = [recording, value].concat();
            for &[low, high, byte] in rest.as_chunks().0 {
                let place = usize::from(u16::from_le_bytes([low, high])) % parts.len();
                parts[place] = byte;
            }
            let (recording, value) = parts.split_at(recording.len());
            drop(door.offer(&door.seal(recording, value)));
        }
        shown => {
            let (recording, value) = rest.split_at((shown - 1).min(rest.len()));
            drop(door.offer(&door.seal(recording, value)));
        }
    }
});
