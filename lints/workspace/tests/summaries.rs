//! What is kept of registry packages from run to run.

mod support;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use cachelit_lints::resolve::Verdict;
use cachelit_workspace::{LoadOptions, Workspace};
use tempfile::TempDir;

/// A workspace with one package from a vendored registry.
struct Vendored {
    folder: TempDir,
}

const LIBRARY: &str = "pub mod inner;\nmod nested;\npub use nested::Plain;\n";
const INNER: &str = "macro_rules! make { ($name:ident) => { pub struct $name(std::cell::Cell<u8>); }; }\nmake!(Shared);\n";
const NESTED: &str = "#[derive(Hash)]\npub struct Plain(u8);\n";

impl Vendored {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let vendored = Vendored { folder };
        vendored.write(".cargo/config.toml", support::VENDORED);
        vendored.write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nthing = \"1\"\n[workspace]\n",
        );
        vendored.write("src/lib.rs", "");
        vendored.write("vendor/thing/.cargo-checksum.json", "{\"files\":{}}");
        vendored.write(
            "vendor/thing/Cargo.toml",
            "[package]\nname = \"thing\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
        );
        vendored.write("vendor/thing/build.rs", "fn main() {}\n");
        vendored.write("vendor/thing/src/lib.rs", LIBRARY);
        vendored.write("vendor/thing/src/inner.rs", INNER);
        vendored.write("vendor/thing/src/nested/mod.rs", NESTED);
        vendored
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        support::write(&self.path(name), text);
    }

    fn options(&self) -> LoadOptions {
        let folder = self.folder.path().to_owned();
        LoadOptions { offline: true, target_directory: None, ..LoadOptions::new(folder) }
    }

    fn load(&self) -> Workspace {
        let workspace = Workspace::load(&self.options()).expect("a good workspace");
        assert_eq!(workspace.warnings(), [""; 0]);
        workspace
    }

    /// Verdicts on the types of the package, by a run of its own.
    fn answers(&self) -> Vec<String> {
        Self::answers_in(&self.load())
    }

    fn answers_in(workspace: &Workspace) -> Vec<String> {
        Self::answers_about(workspace, ["thing::Plain", "thing::inner::Shared"])
    }

    fn answers_about(workspace: &Workspace, types: [&str; 2]) -> Vec<String> {
        let snapshot = workspace.snapshot();
        let (app, _) =
            snapshot.project().indexed().find(|(_, it)| it.name == "app").expect("the app");
        let answer = |ty: &&str| {
            let report = snapshot.analysis().type_report(app, "", ty).expect("a type");
            let word = |verdict: &Verdict| match verdict {
                Verdict::Yes => "yes".to_owned(),
                Verdict::No(reason) => format!("no: {}", reason.steps[0].message),
                Verdict::Unknown => "unknown".to_owned(),
            };
            let words =
                report.verdicts.iter().map(|(of, verdict)| format!("{of:?} {}", word(verdict)));
            format!("{ty}: {}", words.collect::<Vec<_>>().join(", "))
        };
        types.iter().map(answer).collect()
    }

    /// The only file of the index.
    fn index(&self) -> PathBuf {
        let folder = fs::read_dir(self.path("target/cache-lint/summaries")).expect("an index");
        let files: Vec<_> = folder.map(|file| file.expect("readable").path()).collect();
        let [only] = &files[..] else { panic!("one package, one file: {files:?}") };
        only.clone()
    }

    /// Loads with what cargo said last time; how often the work was done, and what it found.
    fn features(&self) -> (u32, Vec<String>) {
        let times = Cell::new(0);
        let (workspace, features) = Workspace::load_and(&self.options(), |workspace| {
            times.set(times.get() + 1);
            let app = workspace.project().packages.iter().find(|it| it.name == "app");
            app.expect("the app").features.iter().cloned().collect()
        })
        .expect("a good workspace");
        assert_eq!(workspace.warnings(), [""; 0]);
        (times.get(), features)
    }

    /// What cargo said last time.
    fn said(&self) -> PathBuf {
        let folder = fs::read_dir(self.path("target/cache-lint")).expect("there");
        let mut files = folder.map(|file| file.expect("readable").path());
        let is_said = |it: &PathBuf| it.extension().is_some_and(|extension| extension == "json");
        files.find(is_said).expect("an answer is kept")
    }

    fn sources(&self) -> Vec<PathBuf> {
        ["src/lib.rs", "src/inner.rs", "src/nested/mod.rs"]
            .map(|name| self.path("vendor/thing").join(name))
            .into()
    }
}

/// Makes a text useless without changing what a folder tells of it.
fn garble(path: &Path) {
    support::swap_unseen(path, "?");
}

#[test]
fn a_second_run_reads_no_source_of_a_registry_package() {
    let vendored = Vendored::new();
    let first = vendored.answers();
    assert!(first[0].contains("Hash yes") && first[1].contains("Sync no"), "{first:?}");
    vendored.sources().iter().for_each(|path| garble(path));
    assert_eq!(vendored.answers(), first);
    let index = fs::read(vendored.index()).expect("there");
    assert_eq!(vendored.answers(), first);
    assert_eq!(fs::read(vendored.index()).expect("there"), index, "nothing new, nothing written");
}

#[test]
fn a_source_that_was_changed_after_all_is_read_again() {
    let vendored = Vendored::new();
    let first = vendored.answers();
    let path = vendored.path("vendor/thing/src/nested/mod.rs");
    let modified = fs::metadata(&path).and_then(|it| it.modified()).expect("known");
    fs::write(&path, NESTED.replace("Hash", "Copy")).expect("written");
    support::set_modified(&path, modified + std::time::Duration::from_micros(1));
    let second = vendored.answers();
    assert!(second[0].contains("Hash no"), "{second:?}");
    assert_eq!(second[1], first[1]);
}

#[test]
fn revisions_share_what_they_know_of_dependencies_until_one_changes() {
    let vendored = Vendored::new();
    let mut workspace = vendored.load();
    let first = Vendored::answers_in(&workspace);
    workspace.set_buffer(&vendored.path("src/lib.rs"), "fn edited() {}".into());
    assert_eq!(Vendored::answers_in(&workspace), first);

    let path = vendored.path("vendor/thing/src/nested/mod.rs");
    workspace.set_buffer(&path, NESTED.replace("Hash", "Copy").into());
    assert!(Vendored::answers_in(&workspace)[0].contains("Hash no"));
    workspace.close_buffer(&path);
    assert_eq!(Vendored::answers_in(&workspace), first);

    fs::write(&path, NESTED.replace("Hash", "Eq")).expect("written");
    assert_eq!(Vendored::answers_in(&workspace), first, "nobody said that it changed");
    workspace.files_changed([&*path]);
    assert!(Vendored::answers_in(&workspace)[0].contains("Hash no"));
}

#[test]
fn a_damaged_index_is_ignored_and_replaced() {
    let vendored = Vendored::new();
    let first = vendored.answers();
    let good = fs::read(vendored.index()).expect("there");
    let length = good.len();
    for at in (0..length).step_by(length / 40 + 1).chain([length - 1]) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x41;
        for damaged in [&flipped[..], &good[..at]] {
            fs::write(vendored.index(), damaged).expect("written");
            assert_eq!(vendored.answers(), first);
            assert_eq!(fs::read(vendored.index()).expect("there").len(), length);
        }
    }
}

#[test]
fn writers_at_the_same_time_leave_a_whole_index() {
    let vendored = Vendored::new();
    let first = vendored.answers();
    fs::remove_dir_all(vendored.path("target")).expect("removed");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| vendored.answers())).collect();
        for run in runs {
            assert_eq!(run.join().expect("no panic"), first);
        }
    });
    vendored.sources().iter().for_each(|path| garble(path));
    assert_eq!(vendored.answers(), first);
}

#[test]
fn a_target_folder_that_cannot_be_written_costs_only_time() {
    let vendored = Vendored::new();
    vendored.write("target", "a file where cargo would have a folder");
    let first = vendored.answers();
    assert_eq!(vendored.answers(), first);
}

#[test]
fn what_is_kept_is_where_cargo_is_told_to_build() {
    let vendored = Vendored::new();
    let elsewhere = Some("elsewhere".into());
    let options = LoadOptions { target_directory: elsewhere, ..vendored.options() };
    let workspace = Workspace::load(&options).expect("a good workspace");
    assert_eq!(workspace.target_directory(), vendored.path("elsewhere"));
    Vendored::answers_in(&workspace);
    drop(workspace);
    assert!(vendored.path("elsewhere/cache-lint/summaries").exists());
    assert!(!vendored.path("target").exists());
}

#[test]
fn a_target_folder_that_is_made_is_marked_as_a_cache() {
    let vendored = Vendored::new();
    vendored.answers();
    let tag = fs::read_to_string(vendored.path("target/CACHEDIR.TAG")).expect("there");
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
}

#[test]
fn the_order_in_which_things_are_learned_leaves_no_trace() {
    let vendored = Vendored::new();
    vendored.answers();
    let first = fs::read(vendored.index()).expect("there");
    for types in [["thing::inner::Shared", "thing::Plain"], ["thing::Plain", "thing::Plain"]] {
        fs::remove_dir_all(vendored.path("target")).expect("removed");
        Vendored::answers_about(&vendored.load(), types);
        // One run may leave something to the next.
        vendored.answers();
        assert_eq!(fs::read(vendored.index()).expect("there"), first);
    }
}

#[test]
fn work_begins_with_what_cargo_said_last_time_and_is_done_anew_where_it_says_something_else() {
    let vendored = Vendored::new();
    assert_eq!(vendored.features(), (1, vec![]));
    assert_eq!(vendored.features(), (1, vec![]));

    let manifest = fs::read_to_string(vendored.path("Cargo.toml")).expect("there");
    vendored.write("Cargo.toml", &format!("{manifest}[features]\ndefault = [\"x\"]\nx = []\n"));
    let found = vec!["default".to_owned(), "x".to_owned()];
    assert_eq!(vendored.features(), (2, found.clone()));
    assert_eq!(vendored.features(), (1, found));
}

#[test]
fn what_cargo_said_last_time_is_never_believed() {
    let vendored = Vendored::new();
    assert_eq!(vendored.features(), (1, vec![]));
    let said = fs::read_to_string(vendored.said()).expect("there");
    let other = said.replace("\"name\":\"app\"", "\"name\":\"app\",\"name\":\"gone\"");
    let elsewhere = said.replace(&*vendored.folder.path().to_string_lossy(), "/nowhere");
    let featured = said.replace("\"features\":[]", "\"features\":[\"y\"]");
    assert_ne!(featured, said);
    for damaged in ["", "{}", &said[..said.len() / 2], &other, &elsewhere, &featured] {
        fs::write(vendored.said(), damaged).expect("written");
        assert_eq!(vendored.features().1, [""; 0]);
        assert_eq!(fs::read_to_string(vendored.said()).expect("there"), said);
    }
    assert_eq!(vendored.features(), (1, vec![]));
}

#[test]
fn mistakes_in_a_manifest_are_told_although_an_earlier_answer_is_kept() {
    let vendored = Vendored::new();
    vendored.features();
    vendored.write("Cargo.toml", "[package]\nname = 1\n");
    let error = Workspace::load_and(&vendored.options(), |_| ()).err().expect("a mistake");
    assert!(error.to_string().contains("cargo cannot read the workspace"), "{error}");
}
