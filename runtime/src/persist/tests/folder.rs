use super::*;

const DAY: Duration = Duration::from_hours(24);

/// Makes it seem that a file was last used then.
fn age(path: &Path, by: Duration) {
    let file = fs::File::options().write(true).open(path).expect("a file");
    file.set_modified(SystemTime::now() - by).expect("its time can be set");
}

fn sweep_at(fixture: &Fixture, bound: u64, time: Duration) {
    sweep::sweep(fixture.folder.path(), bound, SystemTime::now() + time);
}

#[test]
fn a_sweep_keeps_the_bound_and_removes_what_was_not_used_for_the_longest() {
    let fixture = Fixture::new();
    // A segment each.
    let disks: Vec<Disk> = (0..8).map(|_| fixture.disk(1)).collect();
    let mut segments: Vec<PathBuf> = Vec::new();
    for (n, disk) in (0_u8..).zip(&disks) {
        assert!(store(disk, [n; 32], &[0; 1000], &FREE));
        let new = fixture.segments(1).into_iter().find(|path| !segments.contains(path));
        segments.push(new.expect("a new segment"));
        age(&segments[usize::from(n)], DAY * u32::from(20 - n));
    }
    let size = fs::metadata(&segments[0]).expect("it is there").len();
    // Which notes the use.
    find(&fixture.disk(1), [1; 32], &FREE);
    sweep_at(&fixture, 8 * size, Duration::ZERO);
    assert_eq!(fixture.segments(1).len(), 8, "all have room");
    sweep_at(&fixture, 4 * size, Duration::ZERO);
    assert_eq!(present(&fixture, 1, 8), [1, 6, 7]);
    // Those that nobody appends to go first.
    let mut disks = disks;
    drop(disks.pop());
    assert!(store(&disks[6], [6; 32], &[0; 1000], &FREE));
    sweep_at(&fixture, 2 * size, Duration::ZERO);
    assert!(!present(&fixture, 1, 8).contains(&7));
    // Who appends to one that was swept begins another.
    assert!(store(&disks[0], [0; 32], b"value", &FREE));
    assert!(present(&fixture, 1, 8).contains(&0));
}

#[test]
fn entries_of_old_code_go_a_week_after_their_last_use() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [1; 32], b"old", &FREE);
    store(&fixture.disk(2), [1; 32], b"new", &FREE);
    sweep_at(&fixture, 1 << 30, 6 * DAY);
    assert_eq!(present(&fixture, 1, 2), [1]);
    for file in fs::read_dir(fixture.code(1)).expect("a folder") {
        age(&file.expect("a file").path(), 2 * DAY);
    }
    sweep_at(&fixture, 1 << 30, 6 * DAY);
    assert_eq!(present(&fixture, 1, 2), Vec::<u8>::new());
    sweep_at(&fixture, 1 << 30, 100 * DAY);
    assert_eq!(present(&fixture, 2, 2), [1], "the newest stays");
}

#[test]
fn a_folder_that_a_process_has_just_made_is_not_old() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [1; 32], b"old", &FREE);
    let made = fixture.code(2);
    fs::create_dir(&made).expect("a folder");
    sweep_at(&fixture, 1 << 30, Duration::ZERO);
    assert!(made.exists());
}

#[test]
fn a_sweep_removes_what_killed_processes_left_and_nothing_that_is_not_ours() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [1; 32], b"value", &FREE);
    let (function, code) = (fixture.function(), fixture.code(1));
    let program = fixture.folder.path().join("program");
    let trash = program.join(format!("{}1", place::TRASH));
    let left = [
        function.join("clears-1-2-3"),
        code.join("1-2-3.owner"),
        code.join("1-2-4.log"),
        // Of version 1 of the format.
        code.join("0".repeat(64)),
    ];
    // What a power failure may make of a segment.
    let blank = code.join("1-2-5.log");
    let foreign = [
        fixture.folder.path().join("notes.txt"),
        program.join("thesis.txt"),
        program.join("photos/holiday.jpg"),
        function.join("readme"),
        code.join("readme"),
    ];
    for file in foreign.iter().chain(&left).chain([&trash.join("cleared")]) {
        fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
        fs::write(file, "content").expect("a file");
    }
    fs::write(&blank, [0; 5000]).expect("a file");
    fs::create_dir(code.join("runs")).expect("a folder");
    sweep_at(&fixture, 1 << 30, Duration::ZERO);
    assert!(left.iter().chain([&blank]).all(|file| file.exists()), "they may still be finished");
    assert!(!trash.exists());
    sweep_at(&fixture, 1 << 30, 2 * DAY);
    assert!(left.iter().chain([&blank, &code.join("runs")]).all(|file| !file.exists()));
    assert_eq!(present(&fixture, 1, 2), [1]);
    sweep_at(&fixture, 0, 2 * DAY);
    assert_eq!(present(&fixture, 1, 2), Vec::<u8>::new());
    assert_eq!(with_extension(&code, place::OWNER), Vec::<PathBuf>::new());
    assert!(foreign.iter().all(|file| file.exists()));
}
