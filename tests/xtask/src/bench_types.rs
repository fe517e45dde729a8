//! `cargo xtask bench-types`: how long verdicts on types of many packages take, with and without what
//! an earlier run kept of them, beside `cargo metadata`; and how long after an edit in the server.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::sample::{Sample, median, milliseconds, sample};
use crate::{bench_server, shell};

/// The flags of `cargo xtask bench-types`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How often each program runs
    #[arg(long, default_value_t = 11)]
    runs: usize,
    /// How many keystrokes the server is measured with
    #[arg(long, default_value_t = 60)]
    keystrokes: u32,
}

/// About 300 packages, all told.
const DEPENDENCIES: &str = r#"
arc-swap = "1"
axum = "0.8"
bytes = { version = "1", features = ["serde"] }
camino = "1"
cargo_metadata = "0.23"
chrono = { version = "0.4", features = ["serde"] }
clap = { version = "4", features = ["derive"] }
csv = "1"
dashmap = "6"
hashbrown = "0.16"
http = "1"
im = "15"
image = { version = "0.25", default-features = false, features = ["png"] }
indexmap = { version = "2", features = ["serde"] }
moka = { version = "0.12", features = ["sync", "future"] }
nalgebra = "0.35"
ndarray = { version = "0.16", features = ["serde"] }
notify = "8"
num-bigint = { version = "0.4", features = ["serde"] }
ordered-float = { version = "5", features = ["serde"] }
parking_lot = "0.12"
petgraph = "0.8"
r2d2 = "0.8"
regex = "1"
reqwest = { version = "0.12", default-features = false, features = ["json", "blocking"] }
rusqlite = { version = "0.37", features = ["bundled"] }
rust_decimal = "1"
salsa = "0.28"
semver = { version = "1", features = ["serde"] }
serde = { version = "1", features = ["derive", "rc"] }
serde_json = "1"
smallvec = { version = "1", features = ["serde"] }
time = { version = "0.3", features = ["serde"] }
tokio = { version = "1", features = ["full"] }
toml = "1"
tower-http = { version = "0.6", features = ["full"] }
tracing-subscriber = { version = "0.3", features = ["env-filter"] }
ureq = "3"
url = { version = "2", features = ["serde"] }
uuid = { version = "1", features = ["serde", "v4"] }
zip = "4"
"#;

/// What the cached functions return as data, with a parameter each.
const DATA: [(&str, &str); 25] = [
    ("bytes::Bytes", "&str"),
    ("camino::Utf8PathBuf", "camino::Utf8PathBuf"),
    ("chrono::DateTime<chrono::Utc>", "chrono::NaiveDate"),
    ("Vec<csv::StringRecord>", "&[u8]"),
    ("http::HeaderMap", "http::Uri"),
    ("indexmap::IndexMap<String, f64>", "indexmap::IndexMap<u8, u8>"),
    ("nalgebra::DMatrix<f64>", "nalgebra::Vector3<f64>"),
    ("ndarray::Array2<f32>", "ndarray::Array1<u8>"),
    ("num_bigint::BigInt", "num_bigint::BigUint"),
    ("ordered_float::OrderedFloat<f64>", "ordered_float::NotNan<f32>"),
    ("petgraph::graph::UnGraph<u32, f32>", "petgraph::graph::NodeIndex"),
    ("Option<rust_decimal::Decimal>", "rust_decimal::Decimal"),
    ("semver::Version", "semver::VersionReq"),
    ("serde_json::Value", "serde_json::Number"),
    ("smallvec::SmallVec<[u8; 8]>", "smallvec::SmallVec<[String; 2]>"),
    ("time::OffsetDateTime", "time::Duration"),
    ("toml::Value", "toml::value::Datetime"),
    ("url::Url", "url::Host<String>"),
    ("uuid::Uuid", "uuid::Uuid"),
    ("cargo_metadata::Metadata", "cargo_metadata::PackageId"),
    ("im::Vector<u8>", "im::OrdSet<u8>"),
    ("hashbrown::HashMap<u8, u8>", "hashbrown::HashMap<u8, u8>"),
    ("image::RgbImage", "image::Rgb<u8>"),
    ("http::StatusCode", "http::Method"),
    ("Vec<chrono::Month>", "chrono::Weekday"),
];

/// What they return as resources.
const RESOURCES: [&str; 25] = [
    "arc_swap::ArcSwap<String>",
    "axum::Router",
    "clap::Command",
    "dashmap::DashMap<String, u64>",
    "moka::sync::Cache<String, u64>",
    "moka::future::Cache<String, u64>",
    "notify::RecommendedWatcher",
    "parking_lot::Mutex<Vec<u8>>",
    "parking_lot::RwLock<String>",
    "regex::Regex",
    "regex::bytes::RegexSet",
    "reqwest::Client",
    "reqwest::blocking::Client",
    "rusqlite::Connection",
    "std::sync::Mutex<rusqlite::Connection>",
    "tokio::runtime::Runtime",
    "tokio::sync::RwLock<u8>",
    "tokio::sync::mpsc::Sender<u8>",
    "tokio::net::TcpListener",
    "tokio::fs::File",
    "tracing_subscriber::EnvFilter",
    "ureq::Agent",
    "zip::ZipArchive<std::fs::File>",
    "tower_http::cors::CorsLayer",
    "axum::body::Body",
];

/// Prepares the workspace, measures, and prints a table.
pub(crate) fn run(args: &Args) -> Outcome {
    shell::run(&mut shell::cargo(&["build", "--release", "--package", "cargo-cache-lint"]))?;
    let folder = shell::root().join("target/bench-types");
    write_workspace(&folder)?;
    let metadata = ["metadata", "--format-version", "1"];
    // Makes the lock file and fetches what is missing.
    let described = shell::cargo(&metadata).current_dir(&folder).output()?;
    if !described.status.success() {
        return Err(String::from_utf8_lossy(&described.stderr).into_owned().into());
    }
    let described: serde_json::Value = serde_json::from_slice(&described.stdout)?;
    let packages = described["packages"].as_array().map_or(0, Vec::len);
    let functions = DATA.len() + RESOURCES.len();
    println!("{packages} packages, {functions} cached functions; median of {} runs\n", args.runs);

    let mut cargo = shell::cargo(&metadata);
    cargo.arg("--offline");
    let mut lint = Command::new(shell::root().join("target/release/cargo-cache-lint"));
    lint.args(["check", "--offline", "--message-format", "short"]);
    let target = described["target_directory"].as_str().ok_or("no target directory")?;
    let kept = Path::new(target).join("cache-lint");
    let mut rows: [(&str, Vec<Sample>); 3] = [
        ("cargo metadata --offline", Vec::new()),
        ("cargo cache-lint, first run", Vec::new()),
        ("cargo cache-lint, later runs", Vec::new()),
    ];
    // In turns, so that whatever else the machine does falls on all of them alike. The first round
    // fills the system's file cache.
    for round in 0..=args.runs {
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        for (at, (_, samples)) in rows.iter_mut().enumerate() {
            let command = if at == 0 { &mut cargo } else { &mut lint };
            let sample = sample(command.current_dir(&folder))?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    for (name, samples) in rows {
        let Sample { wall, memory_kb } = median(samples);
        let memory =
            memory_kb.map_or("?".to_owned(), |kb| format!("{:.1}", f64::from(kb) / 1024.0));
        println!("{name:<30} {:>8.1} ms  {memory:>7} MB peak", milliseconds(wall));
    }
    println!("{:<30} {:>8.1} MB\n", "kept between runs", size(&kept.join("summaries"))? / 1e6);
    bench_server::measure(&folder, None, args.keystrokes)
}

fn write_workspace(folder: &Path) -> Outcome {
    let runtime = shell::root().join("runtime");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[workspace]\n\n[package]\nname = \"bench-types\"\nedition = \"2024\"\n\n\
             [dependencies]\ncachelit = {{ path = '{}' }}{DEPENDENCIES}",
            runtime.display()
        ),
    )?;
    let mut code = "use cachelit::{cache_data, cache_resource};\n".to_owned();
    for (at, (returned, parameter)) in DATA.iter().enumerate() {
        let signature = format!("fn data_{at}(of: {parameter}) -> {returned}");
        writeln!(code, "\n#[cache_data]\npub {signature} {{ loop {{}} }}")?;
    }
    for (at, returned) in RESOURCES.iter().enumerate() {
        writeln!(
            code,
            "\n#[cache_resource]\npub fn resource_{at}() -> {returned} {{ loop {{}} }}"
        )?;
    }
    fs::write(folder.join("src/lib.rs"), code)?;
    Ok(())
}

fn size(folder: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let mut bytes = 0;
    for file in fs::read_dir(folder)? {
        bytes += u32::try_from(file?.metadata()?.len())?;
    }
    Ok(f64::from(bytes))
}
