//! Fixtures for tests: a small workspace in one text, findings as annotations under the code.
//!
//! ```text
//! #[cache_data(max_entrys = 1)]
//! //           ^^^^^^^^^^ deny[invalid-option]: unknown option `max_entrys`
//! fn load() -> u32 { 1 }
//! ```
//!
//! Carets stand under the finding's range (what of it is on its first line). Every rule runs over
//! every fixture, at the levels that are given, and only what is annotated may be found. An
//! annotation without a message accepts any.
//!
//! A fixture may hold several files and crates: `//- /src/lib.rs` begins a file of the crate `demo`,
//! `//- /helpers/src/lib.rs crate:helpers deps:cachelit,other edition:2021 features:a` the root of
//! another member (`kind:proc-macro` and `version:7.0.0`, too), or below `/external` of a package that cargo fetched. `deps:cl=cachelit` renames a dependency. Without a header there is one file,
//! `/src/lib.rs`. `cachelit` and `serde` are known to all crates that don't say otherwise.

mod mangle;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachelit_spec::lints::Level;
use ra_ap_syntax::{SourceFile, TextRange, TextSize};

use crate::finding::{Applicability, Finding, Fix};
use crate::project::{
    Cfg, Dependency, DependencyKind, Edition, Package, PackageIndex, Project, Target, TargetKind,
};
use crate::resolve::{DependencyMemos, Summaries};
use crate::settings::Settings;
use crate::source::SourceFiles;
use crate::{Analysis, rules};

pub use mangle::mangle;

/// What `serde` has that is asked about.
const SERDE: &str = "
pub mod ser { pub trait Serialize {} }
pub mod de {
    pub trait Deserialize<'de>: Sized {}
    pub trait DeserializeOwned: for<'de> Deserialize<'de> {}
    impl<T> DeserializeOwned for T where T: for<'de> Deserialize<'de> {}
}
pub use ser::Serialize;
pub use de::Deserialize;
pub use serde_derive::{Deserialize, Serialize};
";

const SERDE_DERIVE: &str = "
#[proc_macro_derive(Serialize, attributes(serde))]
pub fn derive_serialize(input: TokenStream) -> TokenStream { input }
#[proc_macro_derive(Deserialize, attributes(serde))]
pub fn derive_deserialize(input: TokenStream) -> TokenStream { input }
";

/// A workspace in memory.
pub struct Fixture {
    files: BTreeMap<PathBuf, Arc<str>>,
    project: Arc<Project>,
}

struct MemoryFiles(BTreeMap<PathBuf, Arc<str>>);

impl SourceFiles for MemoryFiles {
    fn read(&self, path: &Path) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }
}

/// What a `//-` line says.
struct Header {
    path: PathBuf,
    crate_name: Option<String>,
    dependencies: Option<Vec<(String, String)>>,
    edition: Edition,
    features: Vec<String>,
    is_proc_macro: bool,
    version: Option<String>,
}

impl Fixture {
    /// Reads a fixture's text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut files: Vec<(Header, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("//- ") {
                Some(header) => files.push((Header::parse(header.trim()), String::new())),
                None if files.is_empty() && line.trim().is_empty() => {}
                None => {
                    if files.is_empty() {
                        files.push((Header::parse("/src/lib.rs"), String::new()));
                    }
                    files.last_mut().expect("just pushed").1.push_str(line);
                }
            }
        }
        let project = Arc::new(project(&files));
        let external = [("serde", SERDE), ("serde_derive", SERDE_DERIVE)].map(|(name, text)| {
            (PathBuf::from(format!("/external/{name}/src/lib.rs")), Arc::from(text))
        });
        let files = files.into_iter().map(|(header, text)| (header.path, text.into()));
        Fixture { files: files.chain(external).collect(), project }
    }

    /// An analysis with these levels.
    #[must_use]
    pub fn analysis(&self, settings: Settings) -> Analysis {
        self.analysis_with(settings, Arc::default())
    }

    /// An analysis with these levels that shares summaries with others.
    #[must_use]
    pub fn analysis_with(&self, settings: Settings, summaries: Arc<Summaries>) -> Analysis {
        self.revision(settings, summaries, Arc::default())
    }

    /// An analysis with these levels that shares with others what outlasts an edit.
    #[must_use]
    pub fn revision(
        &self,
        settings: Settings,
        summaries: Arc<Summaries>,
        dependencies: Arc<DependencyMemos>,
    ) -> Analysis {
        let files = Arc::new(MemoryFiles(self.files.clone()));
        Analysis::new(Arc::clone(&self.project), Arc::new(settings), files, summaries, dependencies)
    }

    /// Gives a file another text; analyses that were made before don't see it.
    pub fn edit(&mut self, path: &Path, text: &str) {
        self.files.insert(path.to_owned(), text.into());
    }

    /// The package of a name.
    ///
    /// # Panics
    ///
    /// If the fixture has none.
    #[must_use]
    pub fn package(&self, name: &str) -> PackageIndex {
        let found = self.project.indexed().find(|(_, package)| package.name == name);
        found.expect("the fixture has that crate").0
    }

    /// Every file, in order of paths.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &Path) -> &str {
        &self.files[path]
    }

    fn findings(&self) -> Vec<Finding> {
        let analysis = self.analysis(everything());
        self.paths().flat_map(|path| analysis.check_file(path)).collect()
    }
}

/// Settings that report every lint: those that are off by default as warnings.
fn everything() -> Settings {
    let off = rules::RULES.iter().filter(|rule| rule.lint.level == Level::Allow);
    Settings {
        command_line: off.map(|rule| (rule.lint.name, Level::Warn)).collect(),
        ..Settings::default()
    }
}

impl Header {
    fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let mut header = Header {
            path: PathBuf::from(words.next().expect("a header begins with a path")),
            crate_name: None,
            dependencies: None,
            edition: Edition::E2024,
            features: Vec::new(),
            is_proc_macro: false,
            version: None,
        };
        for word in words {
            let (key, value) = word.split_once(':').expect("a header has `key:value` words");
            match key {
                "crate" => header.crate_name = Some(value.to_owned()),
                "edition" => {
                    header.edition = match value {
                        "2015" => Edition::E2015,
                        "2018" => Edition::E2018,
                        "2021" => Edition::E2021,
                        _ => Edition::E2024,
                    };
                }
                "version" => header.version = Some(value.to_owned()),
                "kind" => header.is_proc_macro = value == "proc-macro",
                "features" => header.features = value.split(',').map(str::to_owned).collect(),
                "deps" => {
                    let names = value.split(',').filter(|name| !name.is_empty());
                    let renamed = |name: &str| match name.split_once('=') {
                        Some((new, old)) => (new.to_owned(), old.to_owned()),
                        None => (name.to_owned(), name.to_owned()),
                    };
                    header.dependencies = Some(names.map(renamed).collect());
                }
                _ => panic!("unknown word `{word}` in a fixture's header"),
            }
        }
        header
    }
}

fn project(files: &[(Header, String)]) -> Project {
    let mut packages = ["cachelit", "serde", "serde_derive"].map(external).to_vec();
    packages[2].targets[0].kind = TargetKind::ProcMacro;
    let named = |name: &str| (name.to_owned(), name.to_owned());
    let mut wanted = vec![Vec::new(), vec![named("serde_derive")], Vec::new()];
    for (header, _) in files {
        let is_default_root =
            ["/src/lib.rs", "/src/main.rs"].map(Path::new).contains(&&*header.path);
        let name = match &header.crate_name {
            Some(name) => name.as_str(),
            None if is_default_root => "demo",
            None => continue,
        };
        let mut package = package(name, &header.path, header.edition);
        package.features = header.features.iter().cloned().collect();
        package.version = header.version.clone().unwrap_or(package.version);
        if header.is_proc_macro {
            package.targets[0].kind = TargetKind::ProcMacro;
        }
        package.is_member = !header.path.starts_with("/external");
        package.is_fetched = !package.is_member;
        let usual = || vec![named("cachelit"), named("serde")];
        let own = header.dependencies.clone().unwrap_or_else(usual);
        if let Some(at) = packages.iter().position(|known| known.name == name) {
            // The fixture's own text of a crate that is always there.
            (packages[at], wanted[at]) = (package, own);
        } else {
            packages.push(package);
            wanted.push(own);
        }
    }
    for (at, wanted) in wanted.into_iter().enumerate() {
        for (name, package) in wanted {
            let found = packages.iter().position(|it| it.name == package);
            let found = found.unwrap_or_else(|| panic!("no crate `{package}` in the fixture"));
            let package = PackageIndex(u32::try_from(found).expect("fixtures are small"));
            let kind = DependencyKind::Normal;
            packages[at].dependencies.push(Dependency { name, package, kind });
        }
    }
    Project { root: PathBuf::from("/"), packages, cfg: Cfg::default() }
}

fn external(name: &str) -> Package {
    let root = PathBuf::from(format!("/external/{name}/src/lib.rs"));
    let mut package = package(name, &root, Edition::E2021);
    (package.version, package.is_member) = ("1.0.0".to_owned(), false);
    package.is_fetched = true;
    package.features = ["derive", "std"].map(str::to_owned).into();
    package
}

fn package(name: &str, root: &Path, edition: Edition) -> Package {
    let is_binary = root.ends_with("main.rs");
    Package {
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        root: root.parent().and_then(Path::parent).unwrap_or(Path::new("/")).to_owned(),
        is_member: true,
        is_fetched: false,
        targets: vec![Target {
            crate_name: name.to_owned(),
            kind: if is_binary { TargetKind::Bin } else { TargetKind::Lib },
            root: root.to_owned(),
            edition,
        }],
        dependencies: Vec::new(),
        features: std::collections::BTreeSet::default(),
    }
}

/// An annotation, or a finding in the form of one.
#[derive(Debug)]
struct Annotation {
    file: PathBuf,
    line: usize,
    columns: std::ops::Range<usize>,
    label: String,
}

/// Checks that exactly the annotated findings are made.
///
/// # Panics
///
/// If findings are missing, or there are others.
#[track_caller]
pub fn check(fixture: &str) {
    let fixture = Fixture::new(fixture);
    let mut expected: Vec<Annotation> =
        fixture.paths().flat_map(|path| annotations(path, fixture.text(path))).collect();
    let mut unexpected = Vec::new();
    for finding in fixture.findings() {
        let found = as_annotation(&finding, fixture.text(&finding.place.file));
        let fits = |it: &Annotation| {
            (&it.file, it.line, &it.columns) == (&found.file, found.line, &found.columns)
                && (it.label == found.label || found.label.starts_with(&format!("{}: ", it.label)))
        };
        match expected.iter().position(fits) {
            Some(at) => drop(expected.remove(at)),
            None => unexpected.push(found),
        }
    }
    assert!(
        expected.is_empty() && unexpected.is_empty(),
        "missing: {expected:#?}\nunexpected: {unexpected:#?}"
    );
}

/// Every finding with its notes and fixes, for snapshots.
#[must_use]
pub fn render(fixture: &str) -> String {
    use std::fmt::Write as _;
    let fixture = Fixture::new(fixture);
    let mut text = String::new();
    for finding in fixture.findings() {
        let found = as_annotation(&finding, fixture.text(&finding.place.file));
        let _ = writeln!(text, "{}:{} {}", found.file.display(), found.line + 1, found.label);
        for note in &finding.notes {
            let place = note.place.as_ref().map(|place| {
                let source = fixture.files.get(&*place.file).map_or("", |text| &text[place.range]);
                format!(" [{}]", source.lines().next().unwrap_or_default())
            });
            let _ = writeln!(text, "  note: {}{}", note.message, place.unwrap_or_default());
        }
        for fix in &finding.fixes {
            let _ = writeln!(text, "  fix: {} ({})", fix.title, fix.applicability.as_str());
        }
    }
    text
}

/// Checks that the first fix of the only finding turns `before` into `after`, which parses and no
/// longer has that finding.
///
/// # Panics
///
/// If it does not.
#[track_caller]
pub fn check_fix(before: &str, after: &str) {
    let applicability = check_any_fix(before, after);
    assert_eq!(applicability, Applicability::MachineApplicable, "the fix is not certain");
}

/// Like [`check_fix`], for a fix that needs a look.
///
/// # Panics
///
/// If the fix does something else, or is said to be certain.
#[track_caller]
pub fn check_uncertain_fix(before: &str, after: &str) {
    let applicability = check_any_fix(before, after);
    assert_eq!(applicability, Applicability::MaybeIncorrect, "the fix claims to be certain");
}

#[track_caller]
fn check_any_fix(before: &str, after: &str) -> Applicability {
    let fixture = Fixture::new(before);
    let findings = fixture.findings();
    let [finding] = &findings[..] else { panic!("not exactly one finding: {findings:#?}") };
    let fix = finding.fixes.first().expect("the finding has a fix");
    let file = &finding.place.file;
    let fixed = apply(fix, fixture.text(file));
    let expected = Fixture::new(after);
    assert_eq!(fixed, expected.text(file));
    let edition = ra_ap_syntax::Edition::CURRENT;
    assert_eq!(SourceFile::parse(&fixed, edition).errors(), [], "the fixed text does not parse");
    let left: Vec<_> =
        expected.findings().into_iter().filter(|it| it.lint == finding.lint).collect();
    assert_eq!(left, [], "the finding is still there");
    fix.applicability
}

/// The file of the first finding, repaired by the fix of that title.
///
/// # Panics
///
/// If there is no such fix.
pub fn fixed(fixture: &str, title: &str) -> String {
    let fixture = Fixture::new(fixture);
    let findings = fixture.findings();
    let mut fixes = findings.iter().flat_map(|finding| &finding.fixes);
    let fix = fixes.find(|fix| fix.title == title).expect("a fix of that title");
    apply(fix, fixture.text(&fix.edits[0].place.file))
}

/// Checks that the only finding has no fix.
///
/// # Panics
///
/// If it has one, or there is not exactly one finding.
#[track_caller]
pub fn check_no_fix(fixture: &str) {
    let findings = Fixture::new(fixture).findings();
    let [finding] = &findings[..] else { panic!("not exactly one finding: {findings:#?}") };
    assert_eq!(finding.fixes, []);
}

/// The text that is shown at `$0` in a fixture.
///
/// # Panics
///
/// If the fixture has no `$0`.
#[must_use]
pub fn hover(fixture: &str) -> Option<String> {
    let cursor = Fixture::new(fixture);
    let (path, offset) = cursor
        .paths()
        .find_map(|path| Some((path.to_owned(), cursor.text(path).find("$0")?)))
        .expect("the fixture has a `$0`");
    let fixture = Fixture::new(&fixture.replacen("$0", "", 1));
    let offset = TextSize::try_from(offset).expect("fixtures are small");
    Some(fixture.analysis(everything()).hover(&path, offset)?.markdown)
}

/// `text` with the edits of a fix.
#[must_use]
pub fn apply(fix: &Fix, text: &str) -> String {
    let mut fixed = text.to_owned();
    for edit in fix.edits.iter().rev() {
        fixed.replace_range(std::ops::Range::<usize>::from(edit.place.range), &edit.text);
    }
    fixed
}

/// Annotations stand below the line that they are about, perhaps with others between.
fn annotations(file: &Path, text: &str) -> Vec<Annotation> {
    let mut annotations = Vec::new();
    let mut annotated = 0;
    for (line, content) in text.lines().enumerate() {
        let carets = content.trim_start().strip_prefix("//").map(str::trim_start);
        let Some(carets) = carets.filter(|it| it.starts_with('^')) else {
            annotated = line;
            continue;
        };
        let width = carets.chars().take_while(|ch| *ch == '^').count();
        let start = content.chars().take_while(|ch| *ch != '^').count();
        annotations.push(Annotation {
            file: file.to_owned(),
            line: annotated,
            columns: start..start + width,
            label: carets[width..].trim().to_owned(),
        });
    }
    annotations
}

fn as_annotation(finding: &Finding, text: &str) -> Annotation {
    let range = finding.place.range;
    let first_line = text[range].lines().next().unwrap_or_default();
    let before = &text[TextRange::up_to(range.start())];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let start = before[line_start..].chars().count();
    Annotation {
        file: finding.place.file.to_path_buf(),
        line: before.matches('\n').count(),
        columns: start..start + first_line.chars().count(),
        label: format!("{}[{}]: {}", finding.level.as_str(), finding.lint.name, finding.message),
    }
}
