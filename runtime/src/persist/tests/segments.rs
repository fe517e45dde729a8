use std::io;

use super::*;
use crate::persist::bounds::{self, Patience};
use crate::persist::frame::{HEADER, START};
use crate::persist::writer::FULL;

fn size(path: &Path) -> u64 {
    fs::metadata(path).expect("it is there").len()
}

#[test]
fn a_segment_whose_process_is_gone_is_taken_over() {
    let fixture = Fixture::new();
    for n in 0..5 {
        assert!(store(&fixture.disk(1), [n; 32], b"value", &FREE));
    }
    assert_eq!(fixture.segments(1).len(), 1);
    assert_eq!(present(&fixture, 1, 9), [0, 1, 2, 3, 4]);
}

#[test]
fn what_a_killed_process_did_not_finish_is_cut_off() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [0; 32], b"first", &FREE);
    let whole = size(&fixture.segment(1));
    store(&fixture.disk(1), [1; 32], b"second", &FREE);
    for kept in [1, HEADER as u64, HEADER as u64 + 3] {
        let file = fs::File::options().write(true).open(fixture.segment(1)).expect("it is there");
        file.set_len(whole + kept).expect("it can be cut");
        // It was there before and goes on reading where it was.
        let reader = fixture.disk(1);
        assert_eq!(find(&reader, [1; 32], &FREE), None);
        assert!(store(&fixture.disk(1), [1; 32], b"again", &FREE));
        assert_eq!(find(&reader, [1; 32], &FREE).as_deref(), Some(&b"again"[..]));
        assert_eq!(fixture.segments(1).len(), 1);
        assert_eq!(size(&fixture.segment(1)), whole + (HEADER + 5 + 5) as u64);
    }
}

#[test]
fn processes_at_once_have_a_segment_each_and_see_each_other() {
    let fixture = Fixture::new();
    let disks = [fixture.disk(1), fixture.disk(1), fixture.disk(1)];
    for round in 0..3_u8 {
        for (n, disk) in disks.iter().enumerate() {
            let name = [round * 3 + u8::try_from(n).expect("it is small"); 32];
            assert!(store(disk, name, &name, &FREE));
            for reader in &disks {
                assert_eq!(find(reader, name, &FREE).as_deref(), Some(&name[..]));
            }
        }
    }
    assert_eq!(fixture.segments(1).len(), 3);
    // The later one counts, whoever wrote it.
    assert!(store(&disks[2], [0; 32], b"newer", &FREE));
    assert!(store(&disks[1], [0; 32], b"newest", &FREE));
    assert_eq!(find(&fixture.disk(1), [0; 32], &FREE).as_deref(), Some(&b"newest"[..]));
}

#[test]
fn what_is_no_longer_needed_leaves_and_the_rest_stays() {
    let fixture = Fixture::new();
    let (disk, reader) = (fixture.disk(1), fixture.disk(1));
    for n in 0..20 {
        assert!(store(&disk, [n; 32], &[n; 100], &FREE));
    }
    for n in 0..200_u8 {
        assert!(store(&disk, [100; 32], &[n; 5000], &FREE));
        // Also for those who read it meanwhile.
        assert_eq!(find(&reader, [n % 20; 32], &FREE), Some(vec![n % 20; 100]));
    }
    assert!(size(&fixture.segment(1)) < 40_000, "{}", size(&fixture.segment(1)));
    assert_eq!(present(&fixture, 1, 101), (0..20).chain([100]).collect::<Vec<u8>>());
    assert_eq!(find(&fixture.disk(1), [100; 32], &FREE), Some(vec![199; 5000]));
    assert_eq!(with_extension(&fixture.code(1), place::OWNER).len(), 1);
}

#[test]
fn what_stands_in_two_segments_is_found_in_the_one_that_stays() {
    let fixture = Fixture::new();
    for n in 0..20 {
        store(&fixture.disk(1), [n; 32], b"value", &FREE);
    }
    let segment = fixture.segment(1);
    // As somebody leaves it who moves entries from one to the other.
    let copy = segment.with_file_name("copy.log");
    for (removed, left) in [(&segment, &copy), (&copy, &segment)] {
        drop(fs::copy(&segment, &copy));
        drop(fs::copy(&copy, &segment));
        let readers: Vec<Disk> = (0..8).map(|_| fixture.disk(1)).collect();
        for reader in &readers {
            assert!(find(reader, [1; 32], &FREE).is_some());
        }
        let other = fixture.disk(1);
        fs::remove_file(removed).expect("it is there");
        assert!(left.exists());
        assert!(store(&other, [30; 32], b"value", &FREE));
        for reader in &readers {
            assert!(find(reader, [30; 32], &FREE).is_some(), "it looks at the folder again");
            let found = (0..20).filter(|n| find(reader, [*n; 32], &FREE).is_some()).count();
            assert_eq!(found, 20);
        }
    }
}

#[test]
fn a_full_segment_is_followed_by_another() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    let count = u8::try_from(FULL / 50_000 + 3).expect("it is small");
    for n in 0..count {
        assert!(store(&disk, [n; 32], &vec![n; 50_000], &FREE));
    }
    assert_eq!(fixture.segments(1).len(), 2);
    assert_eq!(present(&fixture, 1, count + 1).len(), usize::from(count));
}

#[test]
fn segments_that_nobody_owns_are_merged_when_they_are_many_or_damaged() {
    let fixture = Fixture::new();
    let disks: Vec<Disk> = (0..20).map(|_| fixture.disk(1)).collect();
    for (n, disk) in (0_u8..).zip(&disks) {
        assert!(store(disk, [n; 32], &[n; 10], &FREE));
        assert!(store(disk, [100 + n; 32], &[n; 10], &FREE));
    }
    assert_eq!(fixture.segments(1).len(), 20);
    drop(disks);
    assert!(store(&fixture.disk(1), [50; 32], b"value", &FREE));
    assert!(fixture.segments(1).len() <= 9, "{}", fixture.segments(1).len());
    assert_eq!(present(&fixture, 1, 200).len(), 41);
    for segment in fixture.segments(1) {
        let mut bytes = fs::read(&segment).expect("it is there");
        // The second frame's header.
        let at = START + HEADER + 5 + 10;
        bytes[at..at + 10].fill(0xff);
        fs::write(&segment, bytes).expect("it can be damaged");
    }
    let left = present(&fixture, 1, 200);
    assert!(store(&fixture.disk(1), [50; 32], b"value", &FREE));
    assert_eq!(fixture.segments(1).len(), 1);
    assert!(left.iter().all(|n| present(&fixture, 1, 200).contains(n)));
}

#[test]
fn a_segment_that_somebody_removed_is_followed_by_another() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    assert!(store(&disk, [1; 32], b"value", &FREE));
    fs::remove_file(fixture.segment(1)).expect("it is there");
    assert!(store(&disk, [2; 32], b"value", &FREE));
    assert_eq!(present(&fixture, 1, 3), [2]);
    fs::remove_dir_all(fixture.code(1)).expect("it is there");
    assert!(store(&disk, [1; 32], b"value", &FREE));
    assert_eq!(present(&fixture, 1, 3), [1]);
    fs::remove_dir_all(fixture.folder.path()).expect("it is there");
    assert_eq!(find(&disk, [1; 32], &FREE), None);
    assert!(store(&disk, [2; 32], b"value", &FREE));
    assert_eq!(present(&fixture, 1, 3), [2]);
}

#[test]
fn an_expired_entry_does_not_hide_a_fresh_one_of_another_process() {
    let fixture = Fixture::new();
    let limits = Limits { ttl: Some(Duration::from_secs(10)), ..FREE };
    let clock = crate::clock::ManualClock::new();
    let _entered = clock.enter();
    let (disk, other) = (fixture.disk(1), fixture.disk(1));
    clock.set(Duration::from_secs(100));
    assert!(store(&disk, [1; 32], b"old", &limits));
    clock.set(Duration::from_secs(110));
    assert_eq!(find(&disk, [1; 32], &limits), None);
    assert!(store(&other, [1; 32], b"new", &limits));
    assert_eq!(find(&disk, [1; 32], &limits).as_deref(), Some(&b"new"[..]));
    clock.set(Duration::from_secs(109));
    assert_eq!(find(&disk, [1; 32], &limits), None, "from the future");
}

#[test]
fn a_bound_holds_when_many_threads_store_at_once() {
    let fixture = Fixture::new();
    let limits = Limits { max_entries: Some(5), ..FREE };
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (fixture, limits) = (&fixture, &limits);
            scope.spawn(move || {
                // Each as if it were a process of its own.
                let (disk, patience) = (fixture.disk(1), Patience::default());
                for n in 0..20 {
                    assert!(store(&disk, [thread * 20 + n; 32], b"value", limits));
                    // So that nobody stores while the entries are counted.
                    let _locked = bounds::lock(&fixture.code(1), &patience).expect("the lock");
                    assert!(present(fixture, 1, 80).len() <= 5);
                }
            });
        }
    });
    assert_eq!(present(&fixture, 1, 80).len(), 5);
}

#[test]
fn a_lock_that_is_not_given_back_is_waited_for_once() {
    let fixture = Fixture::new();
    let limits = Limits { max_entries: Some(5), ..FREE };
    let (disk, folder) = (fixture.disk(1), fixture.code(1));
    assert!(store(&disk, [1; 32], b"value", &limits));
    let (holder, other) = (Patience::default(), Patience::default());
    let locked = bounds::lock(&folder, &holder).expect("the lock");
    assert!(bounds::lock(&folder, &other).is_err());
    assert_eq!((other.tries(), holder.tries() > 1), (1, true));
    assert!(bounds::lock(&folder, &other).is_err());
    assert!(!store(&disk, [2; 32], b"value", &limits));
    assert_eq!(find(&disk, [1; 32], &limits).as_deref(), Some(&b"value"[..]));
    drop(locked);
    assert!(bounds::lock(&folder, &other).is_ok());
    assert!(other.tries() > 1);
    assert!(store(&disk, [2; 32], b"value", &limits));
    assert_eq!(present(&fixture, 1, 3), [1, 2]);
}

/// Frames that are read ahead are those that the index knows, also after a process went on in the same segment.
#[test]
fn what_is_read_in_order_is_found_as_it_is_read_at_random() {
    let fixture = Fixture::new();
    let values: Vec<Vec<u8>> = (0..100_u8).map(|n| vec![n; 50 * usize::from(n % 30)]).collect();
    let reader = fixture.disk(1);
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..4 {
        for n in round * 25..(round + 1) * 25 {
            assert!(store(&fixture.disk(1), [n; 32], &values[usize::from(n)], &FREE));
        }
        // What a killed process leaves must not be taken for what is written in its place.
        let mut file =
            fs::File::options().append(true).open(fixture.segment(1)).expect("it is there");
        io::Write::write_all(&mut file, &[round; HEADER + 7]).expect("it can be written");
        let stored = (round + 1) * 25;
        let in_order = (0..stored).chain(0..stored);
        let jumping = (0..200).map(|_| random.u8(..stored));
        for n in in_order.chain(jumping).collect::<Vec<u8>>() {
            assert_eq!(find(&reader, [n; 32], &FREE).as_ref(), Some(&values[usize::from(n)]));
        }
    }
    reader.clear();
    assert!((0..100).all(|n| find(&reader, [n; 32], &FREE).is_none()));
}

#[test]
fn long_and_short_frames_are_all_found() {
    let fixture = Fixture::new();
    let len = |n: u8| if n % 50 < 25 { usize::from(n) } else { usize::from(n) * 300 };
    let disk = fixture.disk(1);
    for n in 0..200 {
        assert!(store(&disk, [n; 32], &vec![n; len(n)], &FREE));
    }
    let reader = fixture.disk(1);
    for n in 0..200 {
        assert_eq!(find(&reader, [n; 32], &FREE), Some(vec![n; len(n)]));
    }
}

#[test]
fn what_made_room_does_not_come_back() {
    let fixture = Fixture::new();
    let limits = Limits { max_entries: Some(10), ..FREE };
    let disks = [fixture.disk(1), fixture.disk(1)];
    let mut random = fastrand::Rng::with_seed(3);
    for n in 0..2000_u32 {
        let name = [random.u8(..100); 32];
        let disk = &disks[random.usize(..2)];
        assert!(store(disk, name, &n.to_le_bytes().repeat(20), &limits));
        if n % 100 == 0 {
            assert!(present(&fixture, 1, 100).len() <= 10);
        }
    }
    let before = present(&fixture, 1, 100);
    assert_eq!(before.len(), 10);
    drop(disks);
    // Takes over both segments.
    for _ in 0..3 {
        assert!(store(&fixture.disk(1), [before[0]; 32], b"value", &limits));
    }
    assert_eq!(present(&fixture, 1, 100), before);
    let total: u64 = fixture.segments(1).iter().map(|segment| size(segment)).sum();
    assert!(total < 150_000, "{total}");
}

#[test]
fn the_order_of_uses_holds_across_processes() {
    let fixture = Fixture::new();
    let limits = Limits { max_entries: Some(3), ..FREE };
    for n in [1, 2, 3] {
        assert!(store(&fixture.disk(1), [n; 32], b"value", &limits));
    }
    for n in [2, 1] {
        assert!(find(&fixture.disk(1), [n; 32], &limits).is_some());
    }
    assert!(store(&fixture.disk(1), [4; 32], b"value", &limits));
    assert_eq!(present(&fixture, 1, 9), [1, 2, 4]);
    assert!(store(&fixture.disk(1), [5; 32], b"value", &limits));
    assert_eq!(present(&fixture, 1, 9), [1, 4, 5]);
}
