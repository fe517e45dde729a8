use proptest::prelude::*;

use super::*;
use crate::persist::clears::Stamp;
use crate::persist::frame::{self, HEADER, Header, Identity, Kind, START};

/// A small store, which is damaged and put back again and again.
struct Victim {
    fixture: Fixture,
    segment: PathBuf,
    /// The segment's bytes, and those of the file of what was cleared.
    whole: Vec<u8>,
    clears: Vec<u8>,
}

const VALUES: [(Name, &[u8]); 2] = [([1; 32], b"value"), ([2; 32], b"another")];

impl Victim {
    /// With two entries, and a third that was cleared.
    fn new() -> Self {
        let fixture = Fixture::new();
        let disk = fixture.disk(1);
        store(&disk, [3; 32], b"cleared", &FREE);
        disk.clear_entry(&[3; 32]);
        for (name, value) in VALUES {
            assert!(store(&disk, name, value, &FREE));
        }
        let segment = fixture.segment(1);
        let whole = fs::read(&segment).expect("it was stored");
        let clears = fs::read(fixture.function().join(place::CLEARS)).expect("it is there");
        Victim { fixture, segment, whole, clears }
    }

    /// Where the frames of the entries end.
    fn ends(&self) -> [usize; 2] {
        let frame = |value: &[u8]| HEADER + b"shown".len() + value.len();
        [START + frame(b"cleared") + frame(b"value"), self.whole.len()]
    }

    /// Puts these bytes in place of the whole ones; which entries a new process finds. All others it makes anew.
    fn check(&self, segment: &[u8], clears: &[u8]) -> [bool; 2] {
        for file in ["log", "owner"].iter().flat_map(|it| with_extension(&self.fixture.code(1), it))
        {
            fs::remove_file(file).expect("it is there");
        }
        fs::create_dir_all(self.fixture.code(1)).expect("a folder");
        fs::write(self.segment.with_extension(place::OWNER), "").expect("a file");
        fs::write(&self.segment, segment).expect("a file");
        fs::write(self.fixture.function().join(place::CLEARS), clears).expect("a file");
        let disk = self.fixture.disk(1);
        let found = VALUES.map(|(name, value)| {
            let found = find(&disk, name, &FREE);
            assert!(found.as_deref().is_none_or(|found| found == value), "{segment:?} {clears:?}");
            found.is_some()
        });
        assert_eq!(find(&disk, [3; 32], &FREE), None, "{segment:?} {clears:?}");
        for ((name, value), is_found) in VALUES.into_iter().zip(found) {
            assert!(is_found || store(&disk, name, value, &FREE));
        }
        drop(disk);
        let after = self.fixture.disk(1);
        for (name, value) in VALUES {
            let found = find(&after, name, &FREE);
            assert_eq!(found.as_deref(), Some(value), "{segment:?} {clears:?}");
        }
        found
    }
}

fn flipped(whole: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..whole.len()).flat_map(|at| {
        [0x01, 0x80, 0xff].map(|mask| {
            let mut bytes = whole.to_vec();
            bytes[at] ^= mask;
            (at, bytes)
        })
    })
}

#[test]
fn every_flipped_byte_of_a_segment_costs_what_it_damages_and_is_replaced() {
    let victim = Victim::new();
    let [first, second] = victim.ends();
    let header = |end: usize, value: &[u8]| end - value.len() - b"shown".len();
    for (at, bytes) in flipped(&victim.whole) {
        let found = victim.check(&bytes, &victim.clears);
        let cleared = START + HEADER..header(first, b"value") - HEADER;
        let expected = if cleared.contains(&at) {
            [true, true]
        } else if (header(first, b"value")..first).contains(&at) {
            [false, true]
        } else if (first..second).contains(&at) {
            [true, false]
        } else {
            [false, false]
        };
        assert_eq!(found, expected, "byte {at} of {second}");
    }
}

#[test]
fn every_truncation_of_a_segment_costs_what_is_not_whole_and_is_replaced() {
    let victim = Victim::new();
    for len in 0..victim.whole.len() {
        let found = victim.check(&victim.whole[..len], &victim.clears);
        assert_eq!(found, victim.ends().map(|end| end <= len), "{len} bytes");
    }
    for more in [1, HEADER, 4096] {
        let longer = [&victim.whole[..], &vec![0; more]].concat();
        assert_eq!(victim.check(&longer, &victim.clears), [true, true]);
    }
}

#[test]
fn every_flipped_byte_of_what_was_cleared_and_a_beginning_that_is_cut_bring_nothing_back() {
    let victim = Victim::new();
    assert_eq!(victim.check(&victim.whole, &victim.clears), [true, true]);
    for (at, bytes) in flipped(&victim.clears) {
        let found = victim.check(&victim.whole, &bytes);
        // Records stand behind 64 bytes of generation. What was stored after the last of them counts.
        assert_eq!(found, [at >= 64; 2], "byte {at}");
    }
    for len in 0..64 {
        assert_eq!(victim.check(&victim.whole, &victim.clears[..len]), [false; 2], "{len} bytes");
    }
}

#[test]
fn a_segment_of_other_code_is_refused() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [1; 32], b"of one", &FREE);
    let place = fixture.code(2);
    fs::create_dir(&place).expect("a folder");
    fs::copy(fixture.segment(1), place.join("copied.log")).expect("it can be copied");
    let disk = fixture.disk(2);
    assert!(matches!(disk.find(&[1; 32], &FREE), Found::Failed));
    assert!(matches!(disk.find(&[1; 32], &FREE), Found::Nothing(_)), "it is told of once");
    assert!(store(&disk, [1; 32], b"of two", &FREE));
    assert_eq!(find(&fixture.disk(2), [1; 32], &FREE).as_deref(), Some(&b"of two"[..]));
    assert_eq!(find(&fixture.disk(1), [1; 32], &FREE).as_deref(), Some(&b"of one"[..]));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let makers: [fn(&Path); 3] = [
        |path| fs::create_dir(path).expect("a folder"),
        |path| std::os::unix::fs::symlink("/dev/zero", path).expect("a link"),
        // Who opens it waits for a writer.
        |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.expect("`mkfifo` is there").success());
        },
    ];
    for make in makers {
        for name in ["a.log", "../clears"] {
            let fixture = Fixture::new();
            store(&fixture.disk(1), [1; 32], b"value", &FREE);
            let path = fixture.code(1).join(name);
            drop(fs::remove_file(&path));
            make(&path);
            let disk = fixture.disk(1);
            let found = find(&disk, [1; 32], &FREE);
            assert!(found.is_none() || name == "a.log");
            assert!(store(&disk, [1; 32], b"value", &FREE));
            assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"value"[..]));
        }
    }
}

fn identity() -> Identity {
    Identity::new(blake3::hash(b"shop::fetch").as_bytes(), &[1; 32])
}

fn headers() -> impl Strategy<Value = Header> {
    let kinds = prop_oneof![Just(Kind::Entry), Just(Kind::Removal), Just(Kind::Use)];
    let bytes = any::<([u8; 32], [u8; 32], [u8; 32], [u8; 16])>();
    (kinds, bytes, any::<[u64; 6]>()).prop_map(|(kind, (name, shape, sum, generation), numbers)| {
        let [order, stored_at, used_at, position, recording, value] = numbers;
        let stamp = Stamp { generation, position };
        Header { kind, name, order, stored_at, used_at, stamp, shape, recording, value, sum }
    })
}

// Where a file may have holes.
#[cfg(unix)]
#[test]
fn a_frame_that_says_to_be_larger_than_the_bound_is_not_read() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    drop(disk);
    let segment = fixture.segment(1);
    let mut bytes = fs::read(&segment).expect("it was stored");
    let mut header = Header::parse(&bytes[START..], &identity()).expect("a header");
    for value in [1 << 39, u64::MAX, u64::MAX - HEADER as u64] {
        header.value = value;
        bytes[START..START + HEADER].copy_from_slice(&header.seal(&identity()));
        fs::write(&segment, &bytes).expect("it can be written");
        let file = fs::OpenOptions::new().write(true).open(&segment).expect("it is there");
        file.set_len(1 << 40).expect("a sparse file");
        assert_eq!(find(&fixture.disk(1), [1; 32], &FREE), None);
    }
}

proptest! {
    #[test]
    fn what_a_header_says_comes_back(header in headers()) {
        let bytes = header.seal(&identity());
        prop_assert_eq!(Header::parse(&bytes, &identity()), Some(header));
        let other = Identity::new(&[1; 32], &[1; 32]);
        prop_assert_eq!(Header::parse(&bytes, &other), None);
    }

    #[test]
    fn random_damage_of_a_header_is_seen(
        header in headers(),
        places in prop::collection::vec((0..HEADER, 1_u8..), 1..20),
    ) {
        let whole = header.seal(&identity());
        let mut bytes = whole;
        for (at, mask) in places {
            bytes[at] ^= mask;
        }
        prop_assume!(bytes != whole);
        prop_assert_eq!(Header::parse(&bytes, &identity()), None);
    }

    #[test]
    fn bytes_from_anywhere_are_no_header(bytes: Vec<u8>) {
        prop_assert_eq!(Header::parse(&bytes, &identity()), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn random_damage_of_a_large_segment_brings_no_wrong_value(
        places in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..20),
    ) {
        let fixture = Fixture::new();
        let disk = fixture.disk(1);
        let value = |n: u8| vec![n; 1000 * usize::from(n)];
        for n in 0..20 {
            prop_assert!(store(&disk, [n; 32], &value(n), &FREE));
        }
        drop(disk);
        let mut bytes = fs::read(fixture.segment(1)).expect("it is there");
        for (at, mask) in places {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        fs::write(fixture.segment(1), bytes).expect("it can be damaged");
        let disk = fixture.disk(1);
        for n in 0..20 {
            let found = find(&disk, [n; 32], &FREE);
            prop_assert!(found.is_none_or(|found| found == value(n)));
            prop_assert!(store(&disk, [n; 32], &value(n), &FREE));
        }
        prop_assert_eq!(present(&fixture, 1, 20).len(), 20);
    }
}

#[test]
fn the_sum_of_the_parts_is_of_both() {
    assert_ne!(frame::sum(b"a", b"b"), frame::sum(b"", b"a"));
    assert_eq!(frame::sum(b"", b"ab"), frame::sum(b"a", b"b"), "their lengths stand in the header");
}
