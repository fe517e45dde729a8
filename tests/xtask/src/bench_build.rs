//! `cargo xtask bench-build`: what the runtime costs to build, beside other crates that remember results: seconds
//! of a clean release build, packages that are compiled, and what they add to a program.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sample::milliseconds;
use crate::{Outcome, shell};

/// The flags of `cargo xtask bench-build`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often each program is built from nothing
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// A program that remembers what one function returns.
struct Contender {
    name: &'static str,
    /// A line of `[dependencies]`; `RUNTIME` stands for the runtime's folder.
    dependency: &'static str,
    /// Items beside `main`, which calls `remembered(u64) -> u64`.
    code: &'static str,
}

const CONTENDERS: [Contender; 9] = [
    Contender {
        name: "nothing is remembered",
        dependency: "",
        code: "fn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "cachelit",
        dependency: "cachelit = { path = 'RUNTIME' }",
        code: "#[cachelit::cache_data(scope = \"global\")]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "cachelit, default-features = false",
        dependency: "cachelit = { path = 'RUNTIME', default-features = false }",
        code: "#[cachelit::cache_data(scope = \"global\")]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "cachelit, persist = \"disk\"",
        dependency: "cachelit = { path = 'RUNTIME' }",
        code: "#[cachelit::cache_data(scope = \"global\", persist = \"disk\")]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "cached",
        dependency: "cached = { version = \"4.1\", default-features = false, features = [\"proc_macro\"] }",
        code: "#[cached::macros::cached]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "cached, with redb",
        dependency: "cached = { version = \"4.1\", default-features = false, features = [\"proc_macro\", \"redb_store\"] }",
        code: "#[cached::macros::cached]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "memoize",
        dependency: "memoize = \"0.6\"",
        code: "#[memoize::memoize(SharedCache)]\nfn remembered(n: u64) -> u64 { n * n }",
    },
    Contender {
        name: "moka",
        dependency: "moka = { version = \"0.12\", features = [\"sync\"] }",
        code: "fn remembered(n: u64) -> u64 {\n    static CACHE: std::sync::LazyLock<moka::sync::Cache<u64, u64>> =\n        std::sync::LazyLock::new(|| moka::sync::Cache::new(1000));\n    CACHE.get_with(n, || n * n)\n}",
    },
    Contender {
        name: "quick_cache",
        dependency: "quick_cache = \"0.7\"",
        code: "fn remembered(n: u64) -> u64 {\n    static CACHE: std::sync::LazyLock<quick_cache::sync::Cache<u64, u64>> =\n        std::sync::LazyLock::new(|| quick_cache::sync::Cache::new(1000));\n    CACHE.get_or_insert_with(&n, || Ok::<_, std::convert::Infallible>(n * n)).unwrap()\n}",
    },
];

/// What building one program took.
struct Build {
    name: &'static str,
    took: Vec<Duration>,
    packages: usize,
    bytes: u64,
}

/// Builds each program, in turns, and prints a table.
pub(crate) fn run(args: &Args) -> Outcome {
    if args.runs == 0 {
        return Err("`--runs` must be at least 1".into());
    }
    let folder = shell::root().join("target/bench-build");
    let mut builds = Vec::new();
    for (number, contender) in CONTENDERS.iter().enumerate() {
        let folder = folder.join(number.to_string());
        let packages = prepare(contender, &folder)?;
        builds.push(Build { name: contender.name, took: Vec::new(), packages, bytes: 0 });
    }
    for _ in 0..args.runs {
        for (number, build) in builds.iter_mut().enumerate() {
            let (took, bytes) = build_anew(&folder.join(number.to_string()))?;
            build.took.push(took);
            build.bytes = bytes;
        }
    }
    report(&mut builds, args.runs);
    Ok(())
}

/// Writes a program, fetches what it needs, and counts the packages that are compiled for it.
fn prepare(contender: &Contender, folder: &Path) -> Result<usize, Box<dyn std::error::Error>> {
    let runtime = shell::root().join("runtime");
    let dependency = contender.dependency.replace("RUNTIME", &runtime.display().to_string());
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[workspace]\n\n[package]\nname = \"program\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
             [profile.release]\nstrip = true\n"
        ),
    )?;
    let main = "fn main() {\n    let n = std::env::args().count() as u64;\n    println!(\"{}\", remembered(n));\n}";
    fs::write(folder.join("src/main.rs"), format!("{}\n\n{main}\n", contender.code))?;
    shell::run(shell::cargo(&["fetch", "--quiet"]).current_dir(folder))?;
    let mut counted = build(folder);
    let output = counted.args(["--message-format", "json"]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut packages = std::collections::BTreeSet::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let message: Value = serde_json::from_str(line)?;
        if message["reason"] == "compiler-artifact" {
            packages.insert(message["package_id"].to_string());
        }
    }
    // All but the program.
    Ok(packages.len() - 1)
}

/// Without this repo's settings and target folder.
fn build(folder: &Path) -> Command {
    let mut cargo = shell::cargo(&["build", "--release", "--offline", "--quiet", "--target-dir"]);
    cargo.arg(folder.join("target")).current_dir(folder);
    cargo
}

fn build_anew(folder: &Path) -> Result<(Duration, u64), Box<dyn std::error::Error>> {
    let target = folder.join("target");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let started = Instant::now();
    shell::run(&mut build(folder))?;
    let took = started.elapsed();
    let program = format!("release/program{}", std::env::consts::EXE_SUFFIX);
    Ok((took, fs::metadata(target.join(program))?.len()))
}

fn report(builds: &mut [Build], runs: usize) {
    println!("clean release builds, median of {runs}\n");
    println!("{:<36} {:>8} {:>9} {:>15}", "", "seconds", "packages", "KiB it adds");
    let empty = builds[0].bytes;
    for build in builds {
        build.took.sort_unstable();
        let seconds = milliseconds(build.took[build.took.len() / 2]) / 1000.0;
        let added = build.bytes.saturating_sub(empty) / 1024;
        println!("{:<36} {seconds:>8.1} {:>9} {added:>15}", build.name, build.packages);
    }
}
