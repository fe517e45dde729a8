//! Entries that somebody else wrote: they cost time, never safety.
//!
//! The checks run in a process of their own, for what they look for ends a process.

mod doors;

use std::env;
use std::process::Command;

use doors::Door;

/// Set for the process that runs the checks.
const INSIDE: &str = "CACHELIT_TEST_INSIDE";

/// Runs the test of this name again, alone, with a folder of its own.
#[track_caller]
fn outside(name: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        return false;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env::current_exe().expect("a test runs"))
        .args(["--exact", name])
        .env("CACHELIT_DIR", folder.path())
        .env(INSIDE, "1")
        .output()
        .expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}{}", output.status, String::from_utf8_lossy(&said));
    true
}

#[test]
fn an_entry_that_was_put_back_is_found() {
    if outside("an_entry_that_was_put_back_is_found") {
        return;
    }
    let _blind = doors::blind();
    for door in doors::all() {
        door.offer_unsealed(&door.example);
        let (recording, value) = door.parts();
        assert_eq!(door.seal(recording, value), door.example, "{}", door.name);
    }
}

#[test]
fn what_is_nested_without_end_is_refused() {
    if outside("what_is_nested_without_end_is_refused") {
        return;
    }
    let _blind = doors::blind();
    for (place, door) in doors::all().iter().enumerate() {
        for head in heads(door) {
            for depth in [127, 128, 10_000 / head.len()] {
                let nested = head.repeat(depth);
                drop(door.offer(&door.seal(&[], &nested)));
                // What bodies showed is of one type.
                if place == 0 {
                    drop(door.offer(&door.seal(&nested, door.parts().1)));
                }
            }
        }
    }
}

/// Beginnings of values that hold others: some bytes, and what comes first in the example.
fn heads(door: &Door) -> Vec<Vec<u8>> {
    let (_, value) = door.parts();
    let tags = (0..32).map(|tag| vec![tag]);
    let lists = (20..24).map(|tag| vec![tag, 1, 0, 0, 0]);
    let own = (2..value.len().min(16)).map(|len| value[..len].to_vec());
    tags.chain(lists).chain(own).collect()
}

#[test]
fn lengths_are_not_believed() {
    if outside("lengths_are_not_believed") {
        return;
    }
    let _blind = doors::blind();
    for door in doors::all() {
        let (recording, value) = door.parts();
        for at in 0..value.len().min(200) {
            let mut value = value.to_vec();
            value[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff);
            drop(door.offer(&door.seal(recording, &value)));
        }
        for length in [u64::MAX, 1 << 63, 1 << 40, 0] {
            for at in doors::LENGTHS.step_by(8) {
                let mut segment = door.example.clone();
                segment[at..at + 8].copy_from_slice(&length.to_le_bytes());
                door.offer_unsealed(&segment);
                doors::seal_header(&mut segment);
                // The checksum of the parts doesn't say where one ends, and they may be empty.
                drop(door.offer(&segment));
            }
        }
    }
}

#[test]
fn changed_entries_are_refused_or_read_as_something_else() {
    if outside("changed_entries_are_refused_or_read_as_something_else") {
        return;
    }
    let _blind = doors::blind();
    let mut random = fastrand::Rng::with_seed(7);
    for door in doors::all() {
        for _ in 0..200 {
            let (mut recording, mut value) = (door.parts().0.to_vec(), door.parts().1.to_vec());
            let part = if random.u8(..4) == 0 { &mut recording } else { &mut value };
            for _ in 0..random.u8(1..4) {
                change(part, &mut random);
            }
            drop(door.offer(&door.seal(&recording, &value)));
            let mut segment = door.example.clone();
            change(&mut segment, &mut random);
            door.offer_unsealed(&segment);
        }
    }
}

/// Sets, inserts, removes or repeats a few bytes.
fn change(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let at = random.usize(..=bytes.len());
    let until = (at + random.usize(..9)).min(bytes.len());
    match random.u8(..4) {
        0 => bytes[at..until].fill_with(|| random.u8(..27)),
        1 => bytes.insert(at, random.u8(..)),
        2 => drop(bytes.drain(at..until)),
        _ => bytes.extend_from_within(at..until),
    }
}
