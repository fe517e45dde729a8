//! Disks that fail, and many processes at once.

#[cfg(unix)]
use std::env;
#[cfg(unix)]
use std::ffi::OsStr;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::thread;

#[cfg(unix)]
use super::{CHILD, Said, said};
use super::{run, segments};

/// Runs a script under a shell command, which has the folder as `$0` and ends by becoming the child, `"$@"`.
#[cfg(unix)]
fn run_under(shell: &str, folder: &Path, script: &str) -> Said {
    let this = env::current_exe().expect("a test runs");
    let mut command = Command::new("sh");
    command.args([OsStr::new("-c"), OsStr::new(shell), folder.as_os_str(), this.as_os_str()]);
    said(command.args(CHILD), folder, script)
}

/// Lets files grow to a block, and makes the rest an error rather than the end of the process.
#[cfg(unix)]
const NO_ROOM: &str = r#"trap "" XFSZ; ulimit -f 1; exec "$@""#;

#[cfg(unix)]
#[test]
fn a_write_that_fails_half_way_costs_the_entry_and_one_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "large 1\nlarge 2\nlarge 3\nlarge 1\nplain 1";
    let said = run_under(NO_ROOM, folder.path(), script);
    let expected = [
        "large 1 = 100000 (ran, failed)",
        "large 2 = 100000 (ran, failed)",
        "large 3 = 100000 (ran, failed)",
        "large 1 = 100000 (memory)",
        "plain 1 = 10 (ran)",
    ];
    assert_eq!(said.steps, expected, "{}", said.whole);
    assert_eq!(said.whole.matches("WARN").count(), 1, "{}", said.whole);
    assert_eq!(segments::entries(folder.path()), 1);
    for segment in segments::files(folder.path()) {
        let bytes = std::fs::read(segment).expect("it is there");
        let end = segments::frames(&bytes).last().map_or(74, |frame| frame.range.end);
        assert_eq!(bytes.len(), end, "what was begun is taken away");
    }
    assert_eq!(
        run(folder.path(), "large 1\nplain 1").steps,
        ["large 1 = 100000 (ran)", "plain 1 = 10 (disk)"]
    );
}

/// Gives the child a small disk of its own. Where mounting isn't allowed, as in some containers, the shell fails.
#[cfg(target_os = "linux")]
const SMALL_DISK: &str =
    r#"exec unshare -rm sh -c 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"' "$0" "$@""#;

/// The same for a child that another one left something to. A disk on which files are open for writing does not become
/// read-only, and the child that stores has one.
#[cfg(target_os = "linux")]
const SMALL_DISK_IN_USE: &str = r#"exec unshare -rm sh -c 'mount -t tmpfs -o size=256k tmpfs "$0" &&
CACHELIT_TEST_SCRIPT="plain 1
large 1" "$@" > /dev/null && exec "$@"' "$0" "$@""#;

/// Whether this process may mount disks.
#[cfg(target_os = "linux")]
fn may_mount() -> bool {
    let tried =
        Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    tried.is_ok_and(|output| output.status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_results_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "large 1\nlarge 2\nlarge 3\nlarge 4\nlarge 2\nclear large\nlarge 1\nlarge 1";
    // The limit on files is another way to run out of room.
    let shell = if may_mount() { SMALL_DISK } else { NO_ROOM };
    let said = run_under(shell, folder.path(), script);
    let values: Vec<&str> = said.steps.iter().filter_map(|step| step.split('=').nth(1)).collect();
    assert_eq!(values.len(), 7, "{}", said.whole);
    assert!(values.iter().all(|value| value.starts_with(" 100000 ")), "{}", said.whole);
    assert!(said.steps[3].ends_with("(ran, failed)"), "{}", said.whole);
    assert_eq!(said.whole.matches("WARN").count(), 1, "{}", said.whole);
    if shell == SMALL_DISK {
        assert_eq!(said.steps[6], "large 1 = 100000 (ran)", "clearing makes room");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_becomes_read_only_is_read_and_not_written() {
    if !may_mount() {
        println!("left out: this container allows no mounts, and root is stopped by nothing else");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = "plain 1\ndisk ro\nplain 2\nplain 3\nlarge 1\nclear plain\nplain 1\nplain 1\ndisk rw\nplain 4";
    let said = run_under(SMALL_DISK_IN_USE, folder.path(), script);
    let expected = [
        "plain 1 = 10 (disk)",
        "disk ro",
        "plain 2 = 20 (ran, failed)",
        "plain 3 = 30 (ran, failed)",
        "large 1 = 100000 (disk)",
        "clear plain",
        // What could not be cleared is not believed.
        "plain 1 = 10 (ran, failed)",
        "plain 1 = 10 (memory)",
        "disk rw",
        "plain 4 = 40 (ran)",
    ];
    assert_eq!(said.steps, expected, "{}", said.whole);
    assert_eq!(said.whole.matches("WARN").count(), 2, "of writing and of clearing: {}", said.whole);
}

/// The modes of folders and files.
#[cfg(unix)]
pub(super) fn modes(name: &str) -> Option<[u32; 2]> {
    match name {
        "closed" => Some([0, 0]),
        "read-only" => Some([0o500, 0o400]),
        "writable" => Some([0o700, 0o600]),
        _ => None,
    }
}

/// Gives a folder and everything in it these modes, and can do so again.
#[cfg(unix)]
pub(super) fn set_modes(folder: &Path, [of_folders, of_files]: [u32; 2]) {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    set_permissions(folder, Permissions::from_mode(0o700)).expect("it is ours");
    for path in
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it is ours").path())
    {
        if path.is_dir() {
            set_modes(&path, [of_folders, of_files]);
        } else {
            set_permissions(path, Permissions::from_mode(of_files)).expect("it is ours");
        }
    }
    set_permissions(folder, Permissions::from_mode(of_folders)).expect("it is ours");
}

#[cfg(target_os = "linux")]
const NOBODY: u32 = 65534;
#[cfg(target_os = "linux")]
const AS_NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

/// Runs a script as a user whom permissions stop, as they don't stop root. Nothing where root can't become another one.
#[cfg(target_os = "linux")]
fn run_as_user(folder: &Path, script: &str) -> Option<Said> {
    use std::os::unix::fs::{MetadataExt, chown};
    if std::fs::metadata(folder).expect("it is there").uid() != 0 {
        return Some(run(folder, script));
    }
    let this = env::current_exe().expect("a test runs");
    // Whose folders may be closed to others.
    let tried = Command::new("setpriv").args(AS_NOBODY).arg("test").arg("-x").arg(&this).status();
    if !tried.is_ok_and(|status| status.success()) {
        return None;
    }
    chown(folder, Some(NOBODY), Some(NOBODY)).expect("root may do so");
    Some(said(Command::new("setpriv").args(AS_NOBODY).arg(this).args(CHILD), folder, script))
}

#[cfg(target_os = "linux")]
#[test]
fn permissions_that_are_taken_away_leave_results_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let script =
        "plain 1\nfiles read-only\nplain 2\nlarge 1\nlarge 2\nclear plain\nplain 1\nplain 1
        files writable\nplain 3\nlarge 3
        files closed\nlarge 4\nlarge 4\nlarge 3\nfiles writable\nlarge 5";
    let Some(said) = run_as_user(folder.path(), script) else {
        println!("left out: root is stopped by nothing, and can't become another user here");
        return;
    };
    let expected = [
        "plain 1 = 10 (ran)",
        "files read-only",
        // The segment is open.
        "plain 2 = 20 (ran)",
        "large 1 = 100000 (ran, failed)",
        "large 2 = 100000 (ran, failed)",
        "clear plain",
        // What could not be cleared is not believed.
        "plain 1 = 10 (ran, failed)",
        "plain 1 = 10 (memory)",
        "files writable",
        "plain 3 = 30 (ran)",
        "large 3 = 100000 (ran)",
        "files closed",
        "large 4 = 100000 (ran, failed)",
        "large 4 = 100000 (memory)",
        "large 3 = 100000 (memory)",
        "files writable",
        "large 5 = 100000 (ran)",
    ];
    assert_eq!(said.steps, expected, "{}", said.whole);
    let warned = "of writing twice, and of clearing";
    assert_eq!(said.whole.matches("WARN").count(), 3, "{warned}: {}", said.whole);
    let again = run(folder.path(), "large 3\nlarge 4\nlarge 5");
    let expected = ["large 3 = 100000 (disk)", "large 4 = 100000 (ran)", "large 5 = 100000 (disk)"];
    assert_eq!(again.steps, expected, "{}", again.whole);
}

#[test]
fn a_folder_that_can_not_be_made_costs_one_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(
        folder.path(),
        "plain 1\nfiles blocked\nplain 2\nplain 3\nplain 1\nclear plain\nplain 1",
    );
    let expected = [
        "plain 1 = 10 (ran)",
        "files blocked",
        "plain 2 = 20 (ran, failed)",
        "plain 3 = 30 (ran, failed)",
        "plain 1 = 10 (memory)",
        "clear plain",
        "plain 1 = 10 (ran, failed)",
    ];
    assert_eq!(said.steps, expected, "{}", said.whole);
    assert!(said.whole.matches("WARN").count() <= 2, "{}", said.whole);
}

/// Lets processes use the same entries at once.
fn crowd(size: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let scripts = [
        "many plain 40\nmany few 8\nmany price 20",
        "many few 8\nmany plain 40\nclear plain\nmany plain 40",
        "many plain 20\nclear plain 3\nmany price 20\nmany few 8\nclear plain",
        "many price 20\nclear all\nmany few 8\nmany plain 40",
    ];
    thread::scope(|scope| {
        for script in scripts.iter().cycle().take(size) {
            let folder = folder.path();
            scope.spawn(move || {
                let said = run(folder, script);
                let failed = ["WARN", "panicked"].iter().any(|word| said.whole.contains(word));
                assert!(!failed, "{}", said.whole);
            });
        }
    });
    let last = "many plain 40\nmany few 8\nmany price 20";
    run(folder.path(), last);
    let again = run(folder.path(), "plain 7\nprice 7\nfew 0\nfew 1");
    let expected =
        ["plain 7 = 70 (disk)", "price 7 = 70 (disk)", "few 0 = 0 (disk)", "few 1 = 10 (disk)"];
    assert_eq!(again.steps, expected, "{}", again.whole);
    assert_eq!(segments::entries(folder.path()), 40 + 20 + 2);
}

#[test]
fn two_processes_share_entries() {
    crowd(2);
}

#[test]
fn twenty_processes_share_entries() {
    crowd(20);
}
