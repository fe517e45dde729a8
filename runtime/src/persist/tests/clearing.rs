use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

const CLEARS: [fn(&Disk); 2] = [Disk::clear, |disk| disk.clear_entry(&[1; 32])];

#[test]
fn what_is_cleared_during_a_run_is_not_stored() {
    for clear in CLEARS {
        let fixture = Fixture::new();
        let disk = fixture.disk(1);
        store(&disk, [1; 32], b"old", &FREE);
        let ticket = disk.begin(&[1; 32]).expect("the folder can be written");
        // By another process.
        clear(&fixture.disk(1));
        assert!(disk.store(&ticket, &content(b"new"), &FREE, Uses::new), "that is no failure");
        assert_eq!(find(&disk, [1; 32], &FREE), None);
        assert_eq!(find(&fixture.disk(1), [1; 32], &FREE), None);
        assert!(store(&disk, [1; 32], b"newer", &FREE));
        assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"newer"[..]));
        assert_eq!(find(&fixture.disk(1), [1; 32], &FREE).as_deref(), Some(&b"newer"[..]));
    }
}

#[test]
fn a_run_that_found_nothing_is_cleared_by_what_comes_after_that() {
    for clear in CLEARS {
        let fixture = Fixture::new();
        let disk = fixture.disk(1);
        store(&disk, [2; 32], b"other", &FREE);
        let Found::Nothing(Some(stamp)) = disk.find(&[1; 32], &FREE) else { panic!("nothing") };
        clear(&fixture.disk(1));
        let ticket = disk.ticket(&[1; 32], stamp);
        assert!(disk.store(&ticket, &content(b"new"), &FREE, Uses::new));
        assert_eq!(find(&disk, [1; 32], &FREE), None);
    }
}

#[test]
fn clearing_one_entry_leaves_the_others_and_reaches_older_code() {
    let fixture = Fixture::new();
    let (old, new) = (fixture.disk(1), fixture.disk(2));
    for disk in [&old, &new] {
        store(disk, [1; 32], b"one", &FREE);
        store(disk, [2; 32], b"two", &FREE);
    }
    new.clear_entry(&[1; 32]);
    for disk in [&old, &new, &fixture.disk(1)] {
        assert_eq!(find(disk, [1; 32], &FREE), None);
        assert_eq!(find(disk, [2; 32], &FREE).as_deref(), Some(&b"two"[..]));
    }
}

#[test]
fn many_clears_of_entries_end_in_a_clear_of_all() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let clears = fixture.function().join(place::CLEARS);
    let mut file = fs::File::options().append(true).open(&clears).expect("it is there");
    // Records that are damaged, as far as anybody can tell.
    std::io::Write::write_all(&mut file, &vec![0; 5 << 20]).expect("it can be written");
    assert_eq!(find(&disk, [1; 32], &FREE), None);
    store(&disk, [1; 32], b"value", &FREE);
    disk.clear_entry(&[2; 32]);
    assert_eq!(find(&disk, [1; 32], &FREE), None);
    assert!(!clears.exists());
    assert!(store(&disk, [1; 32], b"value", &FREE));
}

#[test]
fn entries_of_a_generation_that_was_lost_do_not_count() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    fs::remove_file(fixture.function().join(place::CLEARS)).expect("it is there");
    assert_eq!(find(&disk, [1; 32], &FREE), None);
    assert!(store(&disk, [2; 32], b"other", &FREE));
    assert_eq!(present(&fixture, 1, 3), [2]);
}

#[test]
fn an_entry_from_after_what_is_left_of_the_clears_does_not_count() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"early", &FREE);
    disk.clear_entry(&[3; 32]);
    store(&disk, [2; 32], b"late", &FREE);
    drop(disk);
    // As a power failure may leave it.
    let clears = fs::File::options().write(true).open(fixture.function().join(place::CLEARS));
    clears.and_then(|file| file.set_len(64)).expect("it can be cut");
    assert_eq!(present(&fixture, 1, 4), [1]);
}

#[test]
fn who_does_not_know_yet_that_all_was_cleared_removes_nothing_that_is_newer() {
    let fixture = Fixture::new();
    let stale = fixture.disk(1);
    store(&stale, [1; 32], b"old", &FREE);
    let ticket = stale.begin(&[1; 32]).expect("the folder can be written");
    drop(stale);
    let stale = fixture.disk(1);
    let seen = stale.begin(&[2; 32]).is_some();
    assert!(seen);
    fixture.disk(1).clear();
    store(&fixture.disk(1), [3; 32], b"newer", &FREE);
    // Without a look at what was cleared.
    assert!(stale.store(&ticket, &content(b"late"), &FREE, Uses::new));
    assert_eq!(present(&fixture, 1, 5), [3]);
    // And what it goes on storing is seen by those that were there before.
    let other = fixture.disk(1);
    assert_eq!(find(&other, [4; 32], &FREE), None);
    assert!(store(&stale, [4; 32], b"known", &FREE));
    assert_eq!(find(&other, [4; 32], &FREE).as_deref(), Some(&b"known"[..]));
}

#[test]
fn an_entry_that_was_cleared_hides_no_newer_one() {
    let fixture = Fixture::new();
    let (first, reader, last) = (fixture.disk(1), fixture.disk(1), fixture.disk(1));
    store(&last, [9; 32], b"early", &FREE);
    for n in (0..9).rev() {
        store(&first, [n; 32], b"old", &FREE);
    }
    assert!(find(&reader, [0; 32], &FREE).is_some());
    let ticket = reader.begin(&[10; 32]).expect("the folder can be written");
    first.clear_entry(&[0; 32]);
    assert!(store(&last, [0; 32], b"new", &FREE));
    // Takes up what is new, without a look at what was cleared.
    assert!(reader.store(&ticket, &content(b"other"), &FREE, Uses::new));
    for disk in [&reader, &first, &fixture.disk(1)] {
        assert_eq!(find(disk, [0; 32], &FREE).as_deref(), Some(&b"new"[..]));
    }
}

/// Threads, each as if it were a process of its own, store, clear and find one entry. Its values count up.
#[test]
fn no_entry_is_older_than_a_clear_that_is_over() {
    let fixture = Fixture::new();
    let (next, floor) = (AtomicU64::new(1), AtomicU64::new(0));
    let name = [1; 32];
    let run = |seed: u64| {
        let disks = [fixture.disk(1), fixture.disk(1)];
        let mut random = fastrand::Rng::with_seed(seed);
        for _ in 0..600 {
            let disk = &disks[random.usize(..2)];
            match random.u8(..10) {
                0 | 1 => {
                    let now = next.fetch_add(1, Ordering::SeqCst);
                    if random.bool() {
                        disk.clear();
                    } else {
                        disk.clear_entry(&name);
                    }
                    floor.fetch_max(now, Ordering::SeqCst);
                }
                2..5 => {
                    let ticket = disk.begin(&name).expect("the folder can be written");
                    let value = next.fetch_add(1, Ordering::SeqCst).to_le_bytes();
                    let value = value.repeat(random.usize(1..2000));
                    assert!(disk.store(&ticket, &content(&value), &FREE, Uses::new));
                }
                _ => {
                    let before = floor.load(Ordering::SeqCst);
                    let Some(found) = find(disk, name, &FREE) else { continue };
                    let values = found.as_chunks().0.iter().map(|value| u64::from_le_bytes(*value));
                    let values: Vec<u64> = values.collect();
                    assert!(values[0] > before, "{} was cleared at {before}", values[0]);
                    assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let run = &run;
            scope.spawn(move || run(seed));
        }
    });
}
