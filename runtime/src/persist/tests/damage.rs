use proptest::prelude::*;

use super::*;
use crate::persist::envelope::{self, Identity};

const IDENTITY: Identity = Identity { function: [1; 32], code: [2; 32], arguments: [3; 32] };

fn sealed(recording: &[u8], value: &[u8]) -> Vec<u8> {
    let stored_at = Duration::from_secs(1_000);
    envelope::seal(&IDENTITY, &Content { stored_at, shape: [4; 32], recording, value })
}

#[test]
fn every_flipped_byte_and_every_truncation_of_a_file_is_a_miss_and_is_replaced() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let file = fixture.file(&disk, [1; 32]);
    let whole = fs::read(&file).expect("it was stored");
    let flipped = (0..whole.len()).flat_map(|at| {
        [0x01, 0x80, 0xff].map(|mask| {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            bytes
        })
    });
    let truncated = (0..whole.len()).map(|len| whole[..len].to_vec());
    let longer = [[&whole[..], b"\0"].concat()];
    for bytes in flipped.chain(truncated).chain(longer) {
        fs::write(&file, &bytes).expect("it can be damaged");
        assert!(matches!(disk.find(&[1; 32], &FREE), Found::Failed), "{bytes:?}");
        assert!(!file.exists(), "it is removed");
        assert!(store(&disk, [1; 32], b"value", &FREE));
        assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"value"[..]));
    }
}

#[test]
fn a_whole_entry_in_the_place_of_another_is_a_miss() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"of one", &FREE);
    let file = fixture.file(&disk, [1; 32]);
    for (place, name) in [(fixture.disk(1), [2; 32]), (fixture.disk(2), [1; 32])] {
        store(&place, [9; 32], b"makes the folder", &FREE);
        fs::copy(&file, fixture.file(&place, name)).expect("it can be copied");
        assert!(matches!(place.find(&name, &FREE), Found::Failed));
        assert!(!fixture.file(&place, name).exists());
    }
    assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"of one"[..]));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_a_miss_without_being_opened() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let file = fixture.file(&disk, [1; 32]);
    let makers: [fn(&std::path::Path); 3] = [
        |path| fs::create_dir(path).expect("a folder"),
        |path| std::os::unix::fs::symlink("/dev/zero", path).expect("a link"),
        // Who opens it waits for a writer.
        |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.expect("`mkfifo` is there").success());
        },
    ];
    for make in makers {
        fs::remove_file(&file).expect("it is there");
        make(&file);
        assert!(matches!(disk.find(&[1; 32], &FREE), Found::Failed));
        assert!(store(&disk, [1; 32], b"value", &FREE));
        assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"value"[..]));
    }
}

// Where a file may have holes.
#[cfg(unix)]
#[test]
fn a_file_larger_than_the_bound_is_not_read() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let file = fixture.file(&disk, [1; 32]);
    fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .and_then(|file| file.set_len(1 << 40))
        .expect("a sparse file");
    assert!(matches!(disk.find(&[1; 32], &FREE), Found::Failed));
    assert!(!file.exists());
}

proptest! {
    #[test]
    fn what_is_sealed_comes_back(recording: Vec<u8>, value: Vec<u8>, secs in 0..1_u64 << 33) {
        let stored_at = Duration::from_secs(secs);
        let content = Content { stored_at, shape: [4; 32], recording: &recording, value: &value };
        let bytes = envelope::seal(&IDENTITY, &content);
        prop_assert_eq!(envelope::open(&bytes, &IDENTITY), Ok(content));
    }

    #[test]
    fn random_damage_is_seen(
        value: Vec<u8>,
        places in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..20),
    ) {
        let whole = sealed(b"shown", &value);
        let mut bytes = whole.clone();
        for (at, mask) in places {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        prop_assume!(bytes != whole);
        prop_assert!(envelope::open(&bytes, &IDENTITY).is_err());
    }

    #[test]
    fn bytes_from_anywhere_are_no_entry(bytes: Vec<u8>) {
        prop_assert!(envelope::open(&bytes, &IDENTITY).is_err());
    }
}
