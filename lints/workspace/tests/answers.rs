//! What is kept of answers about registry packages from run to run.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cachelit_lints::resolve::Verdict;
use cachelit_workspace::{LoadOptions, Workspace};
use tempfile::TempDir;

/// A workspace, and beside it a registry with one package.
struct Beside {
    folder: TempDir,
}

const MANIFEST: &str = "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nthing = \"1\"\n[features]\nx = [\"thing/x\"]\n[workspace]\n";
const LIBRARY: &str = "mod deep;\npub struct Outer(deep::Inner);\n";
/// What only an answer rests on, and no name that is asked about.
const INNER: &str = "../vendor/thing/src/deep.rs";
const SENT: &str = "pub struct Inner(u8);\n";
const KEPT_HERE: &str = "pub struct Inner(std::rc::Rc<u8>);\n";

impl Beside {
    fn new() -> Self {
        let beside = Beside { folder: tempfile::tempdir().expect("a folder") };
        beside.write("../.cargo/config.toml", support::VENDORED);
        beside.write("Cargo.toml", MANIFEST);
        beside.write("src/lib.rs", "");
        beside.write("../vendor/thing/.cargo-checksum.json", "{\"files\":{}}");
        beside.write(
            "../vendor/thing/Cargo.toml",
            "[package]\nname = \"thing\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[features]\nx = []\n",
        );
        beside.write("../vendor/thing/src/lib.rs", LIBRARY);
        beside.write(INNER, KEPT_HERE);
        beside
    }

    fn path(&self, name: &str) -> PathBuf {
        let name =
            name.strip_prefix("../").map_or_else(|| Path::new("app").join(name), PathBuf::from);
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        support::write(&self.path(name), text);
    }

    fn options(&self) -> LoadOptions {
        let options = LoadOptions::new(self.path(""));
        LoadOptions { offline: true, target_directory: None, rustc_flags: Some(vec![]), ..options }
    }

    /// Whether the package's type is `Send`, by a run of its own.
    fn is_sent(&self) -> String {
        Self::is_sent_with(&self.options())
    }

    fn is_sent_with(options: &LoadOptions) -> String {
        let ask = |workspace: &Workspace| {
            let snapshot = workspace.snapshot();
            let (app, _) =
                snapshot.project().indexed().find(|(_, it)| it.name == "app").expect("the app");
            let report = snapshot.analysis().type_report(app, "", "thing::Outer").expect("a type");
            (snapshot, report)
        };
        let (workspace, (snapshot, report)) =
            Workspace::load_and(options, ask).expect("a good workspace");
        assert_eq!(workspace.warnings(), [""; 0]);
        workspace.leave(snapshot);
        let (_, verdict) = report
            .verdicts
            .into_iter()
            .find(|(of, _)| format!("{of:?}") == "Send")
            .expect("a verdict");
        match verdict {
            Verdict::Yes => "yes".to_owned(),
            Verdict::Unknown => "unknown".to_owned(),
            Verdict::No(reason) => {
                let step = |step: &cachelit_lints::resolve::ReasonStep| {
                    let place = step.place.as_ref().map(|place| {
                        let file = place.file.file_name().expect("a file").to_string_lossy();
                        format!(" ({file} {:?})", place.range)
                    });
                    format!("{}{}", step.message, place.unwrap_or_default())
                };
                format!("no: {}", reason.steps.iter().map(step).collect::<Vec<_>>().join("; "))
            }
        }
    }

    /// Where the answers are kept.
    fn kept(&self) -> Option<PathBuf> {
        let folder = fs::read_dir(self.path("target/cache-lint")).ok()?;
        let mut files = folder.map(|file| file.expect("readable").path());
        files.find(|it| {
            it.file_name().is_some_and(|it| it.to_string_lossy().starts_with("answers-"))
        })
    }

    /// Changes a text unseen, and forgets what was learned of texts: whoever looks into it now finds the new one.
    fn swap_unseen(&self, name: &str, text: &str) {
        support::swap_unseen(&self.path(name), text);
        let _ = fs::remove_dir_all(self.path("target/cache-lint/summaries"));
    }
}

#[test]
fn a_second_run_does_not_ask_again_what_depends_on_packages_alone() {
    let beside = Beside::new();
    let first = beside.is_sent();
    assert!(first.starts_with("no: field `0: deep::Inner` of `Outer`"), "{first}");
    assert!(first.contains("(lib.rs ") && first.contains("(deep.rs "), "{first}");
    let kept = fs::read(beside.kept().expect("kept")).expect("readable");
    beside.swap_unseen(INNER, SENT);
    assert_eq!(beside.is_sent(), first);
    assert_eq!(fs::read(beside.kept().expect("kept")).expect("readable"), kept);
    fs::remove_file(beside.kept().expect("kept")).expect("removed");
    beside.swap_unseen(INNER, SENT);
    assert_eq!(beside.is_sent(), "yes", "without what was kept, the file is read");
}

#[test]
fn a_changed_file_makes_all_answers_anew() {
    let beside = Beside::new();
    let first = beside.is_sent();
    let modified = fs::metadata(beside.path(INNER)).and_then(|it| it.modified()).expect("known");
    beside.write(INNER, SENT);
    support::set_modified(&beside.path(INNER), modified);
    assert_eq!(beside.is_sent(), "yes", "another length");
    assert_eq!(beside.is_sent(), "yes");
    beside.write(INNER, KEPT_HERE);
    support::set_modified(&beside.path(INNER), modified + Duration::from_micros(1));
    assert_eq!(beside.is_sent(), first);
}

#[test]
fn a_file_that_comes_or_goes_makes_all_answers_anew() {
    let beside = Beside::new();
    fs::remove_file(beside.path(INNER)).expect("removed");
    beside.write("../vendor/thing/src/deep/mod.rs", SENT);
    assert_eq!(beside.is_sent(), "yes");
    beside.write(INNER, KEPT_HERE);
    assert!(beside.is_sent().starts_with("no: "));
    fs::remove_file(beside.path(INNER)).expect("removed");
    assert_eq!(beside.is_sent(), "yes");
}

#[test]
fn what_a_package_is_built_with_makes_all_answers_anew() {
    let beside = Beside::new();
    let inner = "pub struct Inner(u8, #[cfg(any(feature = \"x\", y))] std::rc::Rc<u8>);\n";
    beside.write(INNER, inner);
    assert_eq!(beside.is_sent(), "yes");
    beside.write("Cargo.toml", &MANIFEST.replace("x = [", "default = [\"x\"]\nx = ["));
    assert!(beside.is_sent().starts_with("no: "));
    beside.write("Cargo.toml", MANIFEST);
    assert_eq!(beside.is_sent(), "yes");
    let flags = Some(vec!["--cfg".to_owned(), "y".to_owned()]);
    let flagged = LoadOptions { rustc_flags: flags, ..beside.options() };
    assert!(Beside::is_sent_with(&flagged).starts_with("no: "));
    assert_eq!(beside.is_sent(), "yes");
}

#[test]
fn damaged_answers_are_ignored_and_replaced() {
    let beside = Beside::new();
    let first = beside.is_sent();
    let path = beside.kept().expect("kept");
    let good = fs::read(&path).expect("there");
    for at in (0..good.len()).step_by(good.len() / 30 + 1).chain([good.len() - 1]) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x41;
        for damaged in [&flipped[..], &good[..at]] {
            fs::write(&path, damaged).expect("written");
            assert_eq!(beside.is_sent(), first);
            assert_eq!(fs::read(&path).expect("there"), good);
        }
    }
}

#[test]
fn runs_at_the_same_time_leave_whole_answers() {
    let beside = Beside::new();
    let first = beside.is_sent();
    fs::remove_dir_all(beside.path("target")).expect("removed");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| beside.is_sent())).collect();
        for run in runs {
            assert_eq!(run.join().expect("no panic"), first);
        }
    });
    beside.swap_unseen(INNER, SENT);
    assert_eq!(beside.is_sent(), first);
}

#[test]
fn nothing_is_kept_that_may_rest_on_a_file_outside_of_packages() {
    let beside = Beside::new();
    beside.write(
        "../vendor/thing/src/lib.rs",
        &LIBRARY.replace("mod", "#[path = \"../../../far.rs\"] mod"),
    );
    beside.write("../far.rs", KEPT_HERE);
    assert!(beside.is_sent().starts_with("no: "));
    assert_eq!(beside.kept(), None);
    beside.write("../far.rs", SENT);
    assert_eq!(beside.is_sent(), "yes");
}

#[test]
fn nothing_is_kept_of_packages_inside_the_workspace_whose_files_it_may_use() {
    let beside = Beside::new();
    beside.write(
        "../.cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"app/vendor\"\n",
    );
    fs::rename(beside.path("../vendor"), beside.path("vendor")).expect("moved");
    beside.write(
        "vendor/thing/src/lib.rs",
        &LIBRARY.replace("mod", "#[path = \"../../../src/far.rs\"] mod"),
    );
    beside.write("src/far.rs", KEPT_HERE);
    assert!(beside.is_sent().starts_with("no: "));
    beside.write("src/far.rs", SENT);
    assert_eq!(beside.is_sent(), "yes");
}
