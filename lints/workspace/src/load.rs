//! Loading a workspace: cargo, rustc and the walk over the files run side by side.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::{env, fs, thread};

use cachelit_lints::project::Cfg;
use cachelit_lints::settings::Levels;

use crate::config::ConfigError;
use crate::discover;
use crate::kept_answers::KeptAnswers;
use crate::kept_metadata::KeptMetadata;
use crate::metadata::Metadata;
use crate::workspace::Workspace;
use crate::{cargo_config, metadata, rustc};

/// What to load, and how.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Where to look for a `Cargo.toml`, here and upwards.
    pub current_dir: PathBuf,
    /// The manifest, where it was named; relative to `current_dir`.
    pub manifest_path: Option<PathBuf>,
    /// Never touch the network.
    pub offline: bool,
    /// Fail rather than change `Cargo.lock`.
    pub locked: bool,
    /// Levels that win over every file.
    pub levels: Levels,
    /// The cargo to ask.
    pub cargo: OsString,
    /// The rustc to ask.
    pub rustc: OsString,
    /// The target platform, where it isn't the host.
    pub target: Option<String>,
    /// Where cargo builds; where it isn't given, cargo's configuration files decide.
    pub target_directory: Option<PathBuf>,
    /// Flags for rustc; where there are none, cargo's configuration files decide.
    pub rustc_flags: Option<Vec<String>>,
}

impl LoadOptions {
    /// The workspace around a folder, with what the environment says: `CARGO`, `RUSTC`,
    /// `CARGO_BUILD_TARGET`, `CARGO_TARGET_DIR`, `CARGO_NET_OFFLINE`, `RUSTFLAGS`.
    pub fn new(current_dir: PathBuf) -> Self {
        LoadOptions {
            current_dir,
            manifest_path: None,
            offline: env::var("CARGO_NET_OFFLINE").is_ok_and(|value| value == "true"),
            locked: false,
            levels: Levels::new(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            rustc: env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
            target: env::var("CARGO_BUILD_TARGET").ok(),
            target_directory: target_directory(),
            rustc_flags: rustc_flags(),
        }
    }
}

/// What says where to build, in cargo's order.
pub(crate) const TARGET_DIRECTORY: [&str; 2] = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"];

fn target_directory() -> Option<PathBuf> {
    let set = TARGET_DIRECTORY.iter().filter_map(env::var_os).find(|value| !value.is_empty());
    set.map(PathBuf::from)
}

fn rustc_flags() -> Option<Vec<String>> {
    let encoded = env::var("CARGO_ENCODED_RUSTFLAGS").ok();
    if let Some(encoded) = encoded {
        return Some(
            encoded.split('\x1f').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        );
    }
    let flags = env::var("RUSTFLAGS").ok()?;
    Some(flags.split_ascii_whitespace().map(str::to_owned).collect())
}

/// Cargo's own folder, which can hold a configuration.
fn cargo_home() -> Option<PathBuf> {
    let set = env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// Why a workspace could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no manifest around the folder.
    #[error("no `Cargo.toml` in `{0}` or above it; name one with `--manifest-path`")]
    NoManifest(PathBuf),
    /// The manifest that was named can't be read.
    #[error("cannot read the manifest `{path}`: {error}")]
    Manifest {
        /// What was named.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Cargo could not be started.
    #[error("cannot run `{}`: {error}; install cargo or set `CARGO`", program.display())]
    RunCargo {
        /// What was started.
        program: OsString,
        /// Why.
        error: io::Error,
    },
    /// Cargo refused the workspace.
    #[error("cargo cannot read the workspace of `{manifest}`: {message}")]
    Cargo {
        /// The manifest it was asked about.
        manifest: PathBuf,
        /// Its words, in one line.
        message: String,
    },
    /// Cargo answered something else than metadata.
    #[error("cannot understand the output of `cargo metadata`: {0}")]
    Metadata(serde_json::Error),
    /// Cargo answered something else than text.
    #[error("the output of `cargo metadata` is not UTF-8")]
    NotUtf8,
    /// rustc could not be started.
    #[error("cannot run `{}`: {error}; install rustc or set `RUSTC`", program.display())]
    RunRustc {
        /// What was started.
        program: OsString,
        /// Why.
        error: io::Error,
    },
    /// rustc refused to tell the `cfg` of the target.
    #[error("`rustc --print cfg` failed: {message}")]
    Rustc {
        /// Its words, in one line.
        message: String,
    },
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Workspace {
    /// Loads the workspace that a folder or manifest belongs to.
    ///
    /// Where cargo can't resolve the dependencies (offline, say), the members alone are loaded and
    /// [`Workspace::warnings`] says so; types of other packages are then unknown.
    ///
    /// # Errors
    ///
    /// There is no manifest, cargo or rustc can't be run or refuse the workspace, or the settings
    /// have a mistake.
    pub fn load(options: &LoadOptions) -> Result<Workspace, LoadError> {
        let (workspace, ()) = Workspace::load_with(options, |_| None, |_| ())?;
        Ok(workspace)
    }

    /// Loads a workspace and works on it. Where an earlier run kept cargo's answer, the work begins with that while
    /// cargo is asked again, and is done anew if the answer has changed; so it should have no effects. What is returned
    /// is that of a workspace as cargo says it is now.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    pub fn load_and<T>(
        options: &LoadOptions,
        work: impl Fn(&Workspace) -> T,
    ) -> Result<(Workspace, T), LoadError> {
        let kept =
            |of: &Place<'_>| Some(KeptMetadata::read(of.options, of.manifest, of.target_directory));
        Workspace::load_with(options, kept, work)
    }

    fn load_with<T>(
        options: &LoadOptions,
        kept: impl FnOnce(&Place<'_>) -> Option<KeptMetadata>,
        work: impl Fn(&Workspace) -> T,
    ) -> Result<(Workspace, T), LoadError> {
        let manifest = find_manifest(options)?;
        let guess = likely_root(&manifest);
        let config = cargo_config::read(manifest.parent().unwrap_or(&guess), cargo_home());
        let mut options = options.clone();
        options.target = options.target.or_else(|| config.target.clone());
        let options = &options;
        let given = options.target_directory.as_ref().map(|it| options.current_dir.join(it));
        let target_directory = given.or_else(|| config.target_directory.clone());
        let target_directory = target_directory.unwrap_or_else(|| guess.join("target"));
        let place = Place { options, manifest: &manifest, target_directory: &target_directory };
        let mut kept = kept(&place);
        let topic = kept.as_ref().map(|kept| kept.topic.clone());
        let assemble = |json: &str, unresolved: Option<String>, cfg: Cfg, walked| {
            let metadata = Metadata::parse(json)?;
            let levels = options.levels.clone();
            let answers = topic
                .as_ref()
                .filter(|_| unresolved.is_none())
                .and_then(|topic| KeptAnswers::new(topic, &metadata.target_directory, json, &cfg));
            let mut workspace = Workspace::assemble(&metadata, unresolved, cfg, levels, walked)?;
            if let Some(answers) = answers.filter(|_| has_fetched(&workspace)) {
                workspace.recall(answers);
            }
            let done = work(&workspace);
            Ok::<_, LoadError>((workspace, done))
        };
        let (output, cfg, walked, early) = thread::scope(|scope| {
            let output = scope.spawn(|| metadata::run(options, &manifest));
            let cfg = scope.spawn(|| rustc::cfg(options, &config, &manifest));
            let walked = discover::walk(&guess);
            let cfg = join(cfg);
            let json = kept.as_mut().and_then(|kept| kept.json.take());
            let (walked, early) = match (json, &cfg) {
                (Some(json), Ok(cfg)) => {
                    let answer = blake3::hash(json.as_bytes());
                    let early = assemble(&json, None, cfg.clone(), walked).ok();
                    (None, early.map(|early| (answer, early)))
                }
                _ => (Some(walked), None),
            };
            (join(output), cfg, walked, early)
        });
        let output = output?;
        if let Some((answer, early)) = early
            && output.unresolved.is_none()
            && answer == blake3::hash(output.json.as_bytes())
        {
            return Ok(early);
        }
        let walked = walked.unwrap_or_else(|| discover::walk(&guess));
        let is_whole = output.unresolved.is_none();
        let loaded = assemble(&output.json, output.unresolved, cfg?, walked)?;
        // Where nothing is fetched, cargo has little to think about, and we leave no folder behind.
        if let Some(kept) = kept.filter(|_| is_whole && has_fetched(&loaded.0)) {
            kept.write(loaded.0.target_directory(), &output.json);
        }
        Ok(loaded)
    }
}

fn has_fetched(workspace: &Workspace) -> bool {
    workspace.project().packages.iter().any(|package| package.is_fetched)
}

/// What an answer of cargo is about.
struct Place<'a> {
    options: &'a LoadOptions,
    manifest: &'a Path,
    /// Where cargo probably builds.
    target_directory: &'a Path,
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn find_manifest(options: &LoadOptions) -> Result<PathBuf, LoadError> {
    if let Some(named) = &options.manifest_path {
        let path = options.current_dir.join(named);
        let path = if path.is_dir() { path.join("Cargo.toml") } else { path };
        return match fs::metadata(&path).and_then(|_| absolute(&path)) {
            Ok(manifest) => Ok(manifest),
            Err(error) => Err(LoadError::Manifest { path, error }),
        };
    }
    let start = absolute(&options.current_dir)
        .map_err(|error| LoadError::Manifest { path: options.current_dir.clone(), error })?;
    start
        .ancestors()
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
        .ok_or(LoadError::NoManifest(start))
}

/// A path as cargo spells it: absolute and without `..`, but through links as they were given.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let mut spelt = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        match part {
            Component::ParentDir => {
                spelt.pop();
            }
            part => spelt.push(part),
        }
    }
    Ok(spelt)
}

/// The folder that is probably the workspace's root: the walk starts there before cargo has told.
fn likely_root(manifest: &Path) -> PathBuf {
    let own = manifest.parent().unwrap_or(Path::new("/"));
    own.ancestors()
        .find(|folder| {
            fs::read(folder.join("Cargo.toml"))
                .is_ok_and(|text| memchr::memmem::find(&text, b"[workspace").is_some())
        })
        .unwrap_or(own)
        .to_owned()
}
