use super::*;
use crate::persist::{bounds, place};

const DAY: Duration = Duration::from_hours(24);

fn names(count: u8) -> impl Iterator<Item = Name> {
    (0..count).map(|n| [n; 32])
}

/// Which of the first entries are there.
fn present(fixture: &Fixture, disk: &Disk, count: u8) -> Vec<u8> {
    names(count).filter(|name| fixture.file(disk, *name).exists()).map(|name| name[0]).collect()
}

/// Makes it seem that a file was last used then.
fn age(path: &std::path::Path, by: Duration) {
    let file = fs::File::options().write(true).open(path).expect("a file");
    file.set_modified(SystemTime::now() - by).expect("its time can be set");
}

#[test]
fn a_sweep_keeps_the_bound_and_removes_what_was_not_used_for_the_longest() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    for name in names(8) {
        store(&disk, name, &[0; 1000], &FREE);
        age(&fixture.file(&disk, name), DAY * u32::from(20 - name[0]));
    }
    find(&disk, [1; 32], &FREE);
    let size = fs::metadata(fixture.file(&disk, [1; 32])).expect("it is there").len();
    sweep::sweep(fixture.folder.path(), 8 * size, SystemTime::now());
    assert_eq!(present(&fixture, &disk, 8), [0, 1, 2, 3, 4, 5, 6, 7], "all have room");
    sweep::sweep(fixture.folder.path(), 4 * size, SystemTime::now());
    assert_eq!(present(&fixture, &disk, 8), [1, 6, 7]);
}

#[test]
fn entries_of_old_code_go_a_week_after_their_last_use() {
    let fixture = Fixture::new();
    let (old, new) = (fixture.disk(1), fixture.disk(2));
    store(&old, [1; 32], b"old", &FREE);
    store(&new, [1; 32], b"new", &FREE);
    let sweep_after = |time| sweep::sweep(fixture.folder.path(), 1 << 30, SystemTime::now() + time);
    sweep_after(6 * DAY);
    assert_eq!(find(&old, [1; 32], &FREE).as_deref(), Some(&b"old"[..]));
    age(&fixture.file(&old, [1; 32]), 2 * DAY);
    age(&fixture.file(&old, [1; 32]).with_file_name(place::USED), 2 * DAY);
    sweep_after(6 * DAY);
    assert_eq!(find(&old, [1; 32], &FREE), None);
    sweep_after(100 * DAY);
    assert_eq!(find(&new, [1; 32], &FREE).as_deref(), Some(&b"new"[..]), "the newest stays");
}

#[test]
fn a_folder_that_a_first_run_has_just_made_is_not_old() {
    let fixture = Fixture::new();
    store(&fixture.disk(1), [1; 32], b"old", &FREE);
    let runs = fixture.file(&fixture.disk(2), [1; 32]).with_file_name(place::RUNS);
    fs::create_dir_all(&runs).expect("a folder");
    sweep::sweep(fixture.folder.path(), 1 << 30, SystemTime::now());
    assert!(runs.exists());
}

#[test]
fn a_sweep_removes_what_killed_runs_and_clears_left_and_nothing_that_is_not_ours() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let entry = fixture.file(&disk, [1; 32]);
    let run = entry.with_file_name(place::RUNS).join("killed.1");
    let trash = fixture.folder.path().join("program").join(format!("{}1", place::TRASH));
    let foreign = [
        fixture.folder.path().join("notes.txt"),
        fixture.folder.path().join("program/thesis.txt"),
        fixture.folder.path().join("program/photos/holiday.jpg"),
        entry.with_file_name("readme"),
    ];
    fs::create_dir_all(&trash).expect("a folder");
    for file in foreign.iter().chain([&run, &trash.join("cleared")]) {
        fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
        fs::write(file, "content").expect("a file");
    }
    sweep::sweep(fixture.folder.path(), 0, SystemTime::now());
    assert!(run.exists(), "it may still be under way");
    assert!(!trash.exists() && !entry.exists());
    sweep::sweep(fixture.folder.path(), 0, SystemTime::now() + 2 * DAY);
    assert!(!run.exists());
    assert!(foreign.iter().all(|file| file.exists()));
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
                let disk = fixture.disk(1);
                for n in 0..20 {
                    assert!(store(&disk, [thread * 20 + n; 32], b"value", limits));
                    // So that nobody stores while the files are looked at.
                    let folder = fixture.file(&disk, [0; 32]);
                    let _locked =
                        bounds::lock(folder.parent().expect("it has one")).expect("the lock");
                    assert!(present(fixture, &disk, 80).len() <= 5);
                }
            });
        }
    });
    assert_eq!(present(&fixture, &fixture.disk(1), 80).len(), 5);
}

#[test]
fn what_is_cleared_during_a_run_is_not_stored() {
    let clears: [fn(&Disk); 2] = [Disk::clear, |disk| disk.clear_entry(&[1; 32])];
    for clear in clears {
        let fixture = Fixture::new();
        let disk = fixture.disk(1);
        store(&disk, [1; 32], b"old", &FREE);
        let ticket = disk.begin(&[1; 32]).expect("the folder can be written");
        // By another process.
        clear(&fixture.disk(1));
        let content = Content {
            stored_at: Duration::ZERO,
            shape: [7; 32],
            recording: b"shown",
            value: b"new",
        };
        assert!(disk.store(&ticket, &content, &FREE, Uses::new), "that is no failure");
        assert_eq!(find(&disk, [1; 32], &FREE), None);
        assert!(store(&disk, [1; 32], b"newer", &FREE));
        assert_eq!(find(&disk, [1; 32], &FREE).as_deref(), Some(&b"newer"[..]));
    }
}

#[test]
fn an_entry_is_cleared_also_where_the_folder_of_runs_was_deleted() {
    let fixture = Fixture::new();
    let disk = fixture.disk(1);
    store(&disk, [1; 32], b"value", &FREE);
    let runs = fixture.file(&disk, [1; 32]).with_file_name(place::RUNS);
    fs::remove_dir_all(runs).expect("it is there");
    disk.clear_entry(&[1; 32]);
    assert_eq!(find(&disk, [1; 32], &FREE), None);
}
