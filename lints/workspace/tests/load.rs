//! Real workspaces, loaded through cargo.

use std::fs;
use std::path::{Path, PathBuf};

use cachelit_lints::project::{DependencyKind, TargetKind};
use cachelit_workspace::{LoadError, LoadOptions, Selection, Snapshot, Workspace};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), files);
    folder
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }
}

fn try_load(folder: &Path) -> Result<Workspace, LoadError> {
    let mut options = LoadOptions::new(folder.to_owned());
    options.offline = true;
    Workspace::load(&options)
}

fn load(folder: &TempDir) -> Workspace {
    try_load(folder.path()).expect("a good workspace")
}

fn error(folder: &TempDir) -> String {
    let error = try_load(folder.path()).err().expect("a mistake").to_string();
    error.replace(&*folder.path().to_string_lossy(), "ROOT")
}

/// Names of the files that could hold a cached function, relative to the root.
fn candidates(snapshot: &Snapshot) -> Vec<String> {
    let root = &snapshot.project().root;
    let name = |path: &Path| path.strip_prefix(root).expect("below the root").display().to_string();
    snapshot.candidates().map(name).collect()
}

const PACKAGE: &str = "[package]\nname = \"a\"\nedition = \"2024\"\n";
const CACHED: &str = "use cachelit::cache_data;\n#[cache_data]\nfn f() {}\n";

#[test]
fn an_optional_dependency_is_one_only_where_a_feature_turns_it_on() {
    let lib = |name| format!("[package]\nname = \"{name}\"\n[features]\nf = []\n");
    let manifests = ["plain", "the-weak", "named"].map(lib);
    let names = |features: &str| {
        let app = format!(
            "[workspace]\n{PACKAGE}[dependencies]\nplain = {{ path = \"plain\", optional = true }}\n\
             weak = {{ path = \"the-weak\", package = \"the-weak\", optional = true }}\n\
             named = {{ path = \"named\" }}\n[features]\n{features}\n"
        );
        let workspace = load(&folder(&[
            ("Cargo.toml", &app),
            ("src/lib.rs", ""),
            ("plain/Cargo.toml", &manifests[0]),
            ("plain/src/lib.rs", ""),
            ("the-weak/Cargo.toml", &manifests[1]),
            ("the-weak/src/lib.rs", ""),
            ("named/Cargo.toml", &manifests[2]),
            ("named/src/lib.rs", ""),
        ]));
        let app = workspace.project().packages.iter().find(|it| it.name == "a").expect("the app");
        app.dependencies.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    // Cargo resolves what `?` names, too, but doesn't build it.
    assert_eq!(names("default = [\"weak?/f\"]"), ["named"]);
    assert_eq!(names("default = [\"weak?/f\"]\nother = [\"weak\", \"plain\"]"), ["named"]);
    assert_eq!(names("default = [\"weak?/f\", \"x\"]\nx = [\"dep:weak\"]"), ["named", "weak"]);
    assert_eq!(names("default = [\"weak?/f\", \"weak\"]"), ["named", "weak"]);
    assert_eq!(names("default = [\"weak/f\", \"plain?/f\"]"), ["named", "weak"]);
    assert_eq!(names("default = [\"plain/f\"]"), ["named", "plain"]);
}

#[test]
fn packages_targets_features_and_renames_are_told() {
    let folder = folder(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n"),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nedition = \"2021\"\n[features]\ndefault = [\"x\"]\nx = []\n\
             [dependencies]\nshort = { package = \"the-lib\", path = \"../the-lib\" }\n\
             [dev-dependencies]\ntesting-kit = { path = \"../testing-kit\" }\n",
        ),
        ("app/src/main.rs", "fn main() {}"),
        ("app/tests/all.rs", ""),
        ("app/build.rs", "fn main() {}"),
        ("the-lib/Cargo.toml", "[package]\nname = \"the-lib\"\n"),
        ("the-lib/src/lib.rs", ""),
        ("testing-kit/Cargo.toml", "[package]\nname = \"testing-kit\"\n[lib]\nname = \"kit\"\n"),
        ("testing-kit/src/lib.rs", ""),
    ]);
    let workspace = load(&folder);
    let project = workspace.project();
    let app = project.packages.iter().find(|it| it.name == "app").expect("the app");
    assert!(app.is_member && !app.is_fetched);
    assert_eq!(app.features.iter().collect::<Vec<_>>(), ["default", "x"]);
    let mut targets: Vec<_> =
        app.targets.iter().map(|it| (it.crate_name.as_str(), it.kind)).collect();
    targets.sort_by_key(|(name, _)| *name);
    assert_eq!(
        targets,
        [
            ("all", TargetKind::Test),
            ("app", TargetKind::Bin),
            ("build_script_build", TargetKind::BuildScript)
        ]
    );
    let mut dependencies: Vec<_> = app
        .dependencies
        .iter()
        .map(|it| (it.name.as_str(), &*project.package(it.package).name, it.kind))
        .collect();
    dependencies.sort_by_key(|(_, package, _)| std::cmp::Reverse(*package));
    assert_eq!(
        dependencies,
        [("short", "the-lib", DependencyKind::Normal), ("kit", "testing-kit", DependencyKind::Dev)]
    );
    assert!(!project.cfg.values.is_empty());
    assert!(workspace.warnings().is_empty());
}

#[test]
fn flags_from_cargo_s_configuration_count() {
    let folder = folder(&[
        ("Cargo.toml", PACKAGE),
        ("src/lib.rs", ""),
        (".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"tokio_unstable\"]\n"),
    ]);
    let mut options = LoadOptions::new(folder.path().to_owned());
    options.rustc_flags = None;
    let has_flag = |options: &LoadOptions| {
        let workspace = Workspace::load(options).expect("a good workspace");
        workspace.project().cfg.flags.contains("tokio_unstable")
    };
    assert!(has_flag(&options));
    options.rustc_flags = Some(Vec::new());
    assert!(!has_flag(&options));
}

#[test]
fn files_that_cargo_would_not_compile_are_left_out() {
    let folder = folder(&[
        ("Cargo.toml", &format!("{PACKAGE}[workspace]\nexclude = [\"other\"]\n")),
        ("src/lib.rs", CACHED),
        ("src/plain.rs", "fn f() {}"),
        (".gitignore", "generated.rs\n"),
        ("src/generated.rs", CACHED),
        ("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55"),
        ("target/debug/build/out.rs", CACHED),
        (".hidden/a.rs", CACHED),
        ("node_modules/a/a.rs", CACHED),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n"),
        ("other/src/lib.rs", CACHED),
    ]);
    let snapshot = load(&folder).snapshot();
    assert_eq!(candidates(&snapshot), ["src/generated.rs", "src/lib.rs"]);
    assert_eq!(snapshot.check(&Selection::Workspace).expect("checked").files, 3);
}

#[test]
fn targets_outside_of_their_package_are_found() {
    let folder = folder(&[
        ("pkg/Cargo.toml", &format!("{PACKAGE}[lib]\npath = \"../shared/lib.rs\"\n")),
        ("shared/lib.rs", CACHED),
        ("shared/more.rs", CACHED),
    ]);
    let mut options = LoadOptions::new(folder.path().join("shared"));
    options.offline = true;
    options.manifest_path = Some(PathBuf::from("../pkg/Cargo.toml"));
    let workspace = Workspace::load(&options).expect("a good workspace");
    assert_eq!(workspace.root(), folder.path().join("pkg"));
    assert_eq!(workspace.snapshot().candidates().count(), 2);
}

#[test]
fn renamed_attributes_make_candidates() {
    let folder = folder(&[
        ("Cargo.toml", PACKAGE),
        ("src/lib.rs", "pub use cachelit::cache_data as memo;"),
        ("src/again.rs", "use crate::memo as keep;"),
        ("src/user.rs", "#[keep] fn f() {}"),
        ("src/none.rs", "fn f() {}"),
    ]);
    let snapshot = load(&folder).snapshot();
    assert_eq!(candidates(&snapshot), ["src/again.rs", "src/lib.rs", "src/user.rs"]);
}

#[test]
fn buffers_and_changes_make_new_revisions_and_leave_old_ones_alone() {
    let folder = folder(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    let mut workspace = load(&folder);
    let root = workspace.root().to_owned();
    let (lib, new) = (root.join("src/lib.rs"), root.join("src/new.rs"));
    let before = workspace.snapshot();

    workspace.set_buffer(&lib, CACHED.into());
    workspace.set_buffer(&new, "#[memo] fn f() {}".into());
    let typed = workspace.snapshot();
    assert_eq!(candidates(&before), Vec::<String>::new());
    assert_eq!(candidates(&typed), ["src/lib.rs"]);
    assert_eq!(typed.text(&lib).as_deref(), Some(CACHED));

    workspace.set_buffer(&lib, "pub use cachelit::cache_data as memo;".into());
    assert_eq!(candidates(&workspace.snapshot()), ["src/lib.rs", "src/new.rs"]);

    workspace.close_buffer(&lib);
    workspace.close_buffer(&new);
    assert_eq!(candidates(&workspace.snapshot()), Vec::<String>::new());
    assert_eq!(typed.text(&lib).as_deref(), Some(CACHED));

    write(&root, &[("src/new.rs", CACHED)]);
    workspace.files_changed([new.as_path()]);
    assert_eq!(candidates(&workspace.snapshot()), ["src/new.rs"]);
    fs::remove_file(&new).expect("removed");
    workspace.files_changed([new.as_path()]);
    assert_eq!(candidates(&workspace.snapshot()), Vec::<String>::new());
}

#[test]
fn without_dependencies_the_members_are_checked_and_it_is_said() {
    let manifest = format!("{PACKAGE}[dependencies]\nno-such-crate-anywhere = \"1\"\n");
    let folder = folder(&[("Cargo.toml", &manifest), ("src/lib.rs", CACHED)]);
    let workspace = load(&folder);
    let [warning] = workspace.warnings() else { panic!("one warning") };
    assert!(warning.starts_with("dependencies could not be resolved"), "{warning}");
    let project = workspace.project();
    let [dependency] = &project.packages[0].dependencies[..] else { panic!("one dependency") };
    assert_eq!(dependency.name, "no_such_crate_anywhere");
    assert!(project.package(dependency.package).targets.is_empty());
}

#[test]
fn settings_exclude_files_and_set_levels() {
    let manifest = format!(
        "{PACKAGE}[package.metadata.cache-lint]\nallow = [\"CL009\"]\nexclude = [\"src/old/\"]\n"
    );
    let folder = folder(&[
        ("Cargo.toml", &manifest),
        ("cache-lint.toml", "exclude = [\"**/gen_*.rs\"]\n"),
        ("src/lib.rs", CACHED),
        ("src/gen_a.rs", CACHED),
        ("src/old/a/b.rs", CACHED),
        ("src/older/a.rs", CACHED),
    ]);
    assert_eq!(candidates(&load(&folder).snapshot()), ["src/lib.rs", "src/older/a.rs"]);
}

#[test]
fn mistakes_in_settings_are_told_with_their_place() {
    let cases = [
        ("dney = []", "1:1: unknown key `dney`; did you mean `deny`?"),
        (
            "deny = [\n  \"é\", \"x\"]",
            "2:3: unknown lint `é`; `cargo cache-lint explain` lists them all",
        ),
        (
            "warn = [\"unhashable-parm\"]",
            "1:9: unknown lint `unhashable-parm`; did you mean `unhashable-param`?",
        ),
        (
            "deny = [\"CL001\"]\nallow = [\"unhashable-param\"]",
            "2:10: `unhashable-param` stands in `deny` and `allow`; keep one of them",
        ),
        ("deny = \"CL001\"", "1:8: `deny` takes a list of strings"),
        ("exclude = [1]", "1:12: `exclude` takes a list of strings"),
    ];
    for (settings, expected) in cases {
        let folder =
            folder(&[("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("cache-lint.toml", settings)]);
        assert_eq!(error(&folder), format!("ROOT/cache-lint.toml:{expected}"));
    }
}

#[test]
fn settings_that_are_no_text_are_told_of() {
    let folder = folder(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    fs::write(folder.path().join("cache-lint.toml"), b"deny = [] # \xff").expect("written");
    let said = error(&folder);
    assert!(said.starts_with("ROOT/cache-lint.toml:1:1: cannot be read: "), "{said}");
    assert!(said.ends_with("; make it readable UTF-8 text, or remove it"), "{said}");
}

#[test]
fn settings_in_two_places_are_refused() {
    let manifest = format!("{PACKAGE}[workspace]\n[workspace.metadata.cache-lint]\n");
    let folder =
        folder(&[("Cargo.toml", &manifest), ("src/lib.rs", ""), ("cache-lint.toml", "deny = []")]);
    assert_eq!(
        error(&folder),
        "ROOT/Cargo.toml:5:1: settings stand here and in `cache-lint.toml`; keep one of them"
    );
}

#[test]
fn a_workspace_that_can_not_be_loaded_is_told_why() {
    let empty = folder(&[]);
    assert!(
        error(&empty).starts_with("no `Cargo.toml` in `ROOT` or above it"),
        "{}",
        error(&empty)
    );
    let broken = folder(&[("Cargo.toml", "[package\n")]);
    let message = error(&broken);
    assert!(
        message.starts_with("cargo cannot read the workspace of `ROOT/Cargo.toml`"),
        "{message}"
    );
    assert!(!message.contains('\n'), "{message}");
    let mut options = LoadOptions::new(broken.path().to_owned());
    options.manifest_path = Some(PathBuf::from("missing/Cargo.toml"));
    let message = Workspace::load(&options).err().expect("a mistake").to_string();
    assert!(message.starts_with("cannot read the manifest"), "{message}");
}

#[test]
fn a_package_that_is_none_is_refused_with_a_suggestion() {
    let folder = folder(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    let snapshot = load(&folder).snapshot();
    let refused = |name: &str| {
        let selection = Selection::Packages(vec![name.to_owned()]);
        snapshot.check(&selection).expect_err("no such package").to_string()
    };
    assert_eq!(refused("b-c"), "no package `b-c` in this workspace; its packages are: a");
}

#[test]
fn the_package_around_is_the_default() {
    let folder = folder(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/src/lib.rs", ""),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
        ("b/src/lib.rs", ""),
    ]);
    let names = |workspace: &Workspace| {
        let snapshot = workspace.snapshot();
        let members = snapshot.members(&Selection::Default).expect("members");
        members.iter().map(|it| snapshot.project().package(*it).name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&load(&folder)), ["a", "b"]);
    assert_eq!(names(&try_load(&folder.path().join("b")).expect("loaded")), ["b"]);
}
