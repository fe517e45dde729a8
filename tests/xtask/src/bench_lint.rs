//! `cargo xtask bench-lint`: how long the command takes on a large workspace, and how much memory,
//! beside `cargo metadata` and a text search over the same files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;
use crate::sample::{Sample, median, milliseconds, sample};
use crate::shell;

/// The flags of `cargo xtask bench-lint`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A workspace whose dependencies are there (`cargo fetch`); a copy of it is measured
    #[arg(long, value_name = "PATH")]
    workspace: PathBuf,
    /// How many of its libraries get cached functions
    #[arg(long, default_value_t = 5)]
    libraries: usize,
    /// How often each program runs
    #[arg(long, default_value_t = 15)]
    runs: usize,
}

/// Added to a library: what a cached function looks like in practice, right and wrong.
const CACHED_FUNCTIONS: &str = r#"
mod cached_functions_of_the_benchmark {
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::sync::Arc;

    use cachelit::{cache_data, cache_resource};

    #[derive(Clone, Hash)]
    pub struct Query { pub table: String, pub columns: Vec<String>, pub limit: Option<u32> }
    pub struct Row { pub cells: HashMap<String, f64> }
    pub struct Connection { pub open: RefCell<Vec<String>> }

    #[cache_data(ttl = "1h", max_entries = 1000)]
    fn rows(_connection: &Connection, query: Query) -> Vec<f64> { vec![query.limit.map_or(0.0, f64::from)] }

    #[cache_data]
    fn unhashable(connection: &Connection, limit: u32) -> usize { connection.open.borrow().len() + limit as usize }

    #[cache_resource]
    fn not_sync() -> Connection { Connection { open: RefCell::new(Vec::new()) } }

    #[cache_resource]
    fn shared() -> Arc<HashMap<String, Vec<u8>>> { Arc::default() }

    #[cache_data(max_entrys = 5)]
    fn misspelt(id: u64) -> u64 { id }
}
"#;

/// Prepares the copy, measures, and prints a table.
pub(crate) fn run(args: &Args) -> Outcome {
    shell::run(&mut shell::cargo(&["build", "--release", "--package", "cargo-cache-lint"]))?;
    let copy = std::env::temp_dir().join(format!("cachelit-bench-{}", std::process::id()));
    let outcome = copy_sources(&args.workspace, &copy)
        .map_err(Into::into)
        .and_then(|()| add_cached_functions(&copy, args.libraries))
        .and_then(|()| measure(args, &copy));
    fs::remove_dir_all(&copy)?;
    outcome
}

fn measure(args: &Args, copy: &Path) -> Outcome {
    let lint = shell::root().join("target/release/cargo-cache-lint");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let (files, lines) = size(copy)?;
    println!("{lines} lines in {files} files; median of {} runs\n", args.runs);
    let mut programs: [(&str, Command); 3] = [
        ("cargo metadata --offline", Command::new(cargo)),
        ("rg -l cache_", Command::new("rg")),
        ("cargo cache-lint --workspace", Command::new(lint)),
    ];
    programs[0].1.args(["metadata", "--offline", "--format-version", "1"]);
    programs[1].1.args(["-l", "cache_"]);
    programs[2].1.args(["check", "--workspace", "--offline", "--message-format", "short"]);
    let mut samples: [Vec<Sample>; 3] = Default::default();
    // In turns, so that whatever else the machine does falls on all of them alike. The first round
    // fills the system's file cache.
    for round in 0..=args.runs {
        for ((_, command), samples) in programs.iter_mut().zip(&mut samples) {
            let sample = sample(command.current_dir(copy))?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    let [metadata, search, checked] = samples.map(median);
    for ((name, _), median) in programs.iter().zip([&metadata, &search, &checked]) {
        let memory = median
            .memory_kb
            .map_or_else(|| "?".to_owned(), |kb| format!("{:.1} MB", f64::from(kb) / 1024.0));
        println!("{name:<30} {:>8.1} ms  {memory:>9} peak", milliseconds(median.wall));
    }
    let budget = metadata.wall + search.wall * 5;
    println!(
        "\ncargo metadata and five searches take {:.1} ms; the check takes {:.2} of that",
        milliseconds(budget),
        checked.wall.as_secs_f64() / budget.as_secs_f64()
    );
    Ok(())
}

/// Whether a folder holds what was built or what git keeps, rather than sources.
fn is_skipped(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").exists()
        || [".git", "node_modules"].iter().any(|name| folder.ends_with(name))
}

fn copy_sources(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() && !is_skipped(&path) {
            copy_sources(&path, &target)?;
        } else if kind.is_file() {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Source files and their lines.
fn size(folder: &Path) -> std::io::Result<(usize, usize)> {
    let (mut files, mut lines) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            let (more_files, more_lines) = size(&path)?;
            files += more_files;
            lines += more_lines;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files += 1;
            lines += String::from_utf8_lossy(&fs::read(&path)?).lines().count();
        }
    }
    Ok((files, lines))
}

/// Adds cached functions to the first libraries, and a package `cachelit` that they depend on.
fn add_cached_functions(copy: &Path, libraries: usize) -> Outcome {
    let package = copy.join("cachelit-of-the-benchmark");
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("Cargo.toml"), "[package]\nname = \"cachelit\"\nedition = \"2021\"\n")?;
    fs::write(package.join("src/lib.rs"), "")?;
    let output = shell::cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(copy)
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| "`cargo metadata` fails there; is it a workspace?")?;
    let mut changed = 0;
    for member in metadata["packages"].as_array().into_iter().flatten() {
        let Some((manifest, library)) = manifest_and_library(member) else { continue };
        let dependency = format!("\n[dependencies.cachelit]\npath = '{}'\n", package.display());
        append(manifest, &dependency)?;
        append(library, CACHED_FUNCTIONS)?;
        changed += 1;
        if changed == libraries {
            return Ok(());
        }
    }
    Err(format!("only {changed} libraries in this workspace").into())
}

fn append(file: &str, text: &str) -> std::io::Result<()> {
    fs::OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes())
}

fn manifest_and_library(package: &Value) -> Option<(&str, &str)> {
    let targets = package["targets"].as_array()?;
    let library = targets.iter().find(|target| target["kind"][0] == "lib")?;
    Some((package["manifest_path"].as_str()?, library["src_path"].as_str()?))
}
