//! `--fix` and `--diff`.

use std::fs;

use crate::support::Project;

const MISTAKE: &str = "#[cachelit::cache_data(max_entrys = 5)]\nfn load(id: u64) -> u64 { id }\n";

#[test]
fn fix_repairs_and_reports_what_is_left() {
    let project = Project::new(MISTAKE);
    let run = project.run(&["--fix"]);
    assert_eq!(project.read("app/src/lib.rs"), MISTAKE.replace("max_entrys", "max_entries"));
    assert_eq!((run.status, &*run.stderr), (0, "note: repaired 1 finding\n"));
}

#[test]
fn fix_keeps_line_ends_and_touches_nothing_else() {
    let source = MISTAKE.replace('\n', "\r\n");
    let project = Project::new(&source);
    project.write("app/src/other.rs", "// untouched");
    project.run(&["--fix"]);
    assert_eq!(project.read("app/src/lib.rs"), source.replace("max_entrys", "max_entries"));
    assert_eq!(project.read("app/src/other.rs"), "// untouched");
}

#[test]
fn fix_leaves_what_the_baseline_holds() {
    let project = Project::new(MISTAKE);
    project.write("baseline.json", &project.run(&["--message-format=json"]).stdout);
    let more = format!("{MISTAKE}#[cachelit::cache_data(tttl = 5)]\nfn other() -> u64 {{ 1 }}\n");
    project.write("app/src/lib.rs", &more);
    let run = project.run(&["--fix", "--baseline", "baseline.json"]);
    assert_eq!(project.read("app/src/lib.rs"), more.replace("tttl", "ttl"));
    assert_eq!((run.status, &*run.stderr), (0, "note: repaired 1 finding\n"));
}

#[cfg(unix)]
#[test]
fn fix_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let project = Project::new("mod linked;");
    project.write("elsewhere.rs", MISTAKE);
    let target = project.path("elsewhere.rs");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("set");
    symlink(&target, project.path("app/src/linked.rs")).expect("linked");
    project.run(&["--fix"]);
    assert_eq!(project.read("elsewhere.rs"), MISTAKE.replace("max_entrys", "max_entries"));
    assert_eq!(fs::metadata(&target).expect("there").permissions().mode() & 0o777, 0o640);
    assert!(project.path("app/src/linked.rs").is_symlink());
}

#[test]
fn diff_shows_the_repair_and_changes_nothing() {
    let project = Project::new(MISTAKE);
    let run = project.run(&["--diff"]);
    assert_eq!(run.status, 1);
    assert_eq!(project.read("app/src/lib.rs"), MISTAKE);
    insta::assert_snapshot!(run.stdout);
}
