//! `persist="disk"`: results that the next run of the program finds.

use std::path::Path;
use std::process::Command;

use cachelit::cache_data;

use crate::Failure;
use crate::tour::Tour;

/// What the program is called with to be no tour, but a run that asks for an array.
pub const RUN: &str = "array";

#[cache_data(scope = "global", persist = "disk", ttl = "1 day", max_entries = 1000)]
fn get_persisted_array(seed: u64) -> Vec<f64> {
    (0..100).map(|at| ((seed + at) as f64).sqrt()).collect()
}

/// A run of the program: says whether the body ran, and what it had to work with.
pub fn run() -> String {
    let sum: f64 = get_persisted_array(1).iter().sum();
    let body = if get_persisted_array::stats().misses > 0 { "ran" } else { "didn't run" };
    format!("the body {body}, the sum is {sum}")
}

/// Walks through the section: what the tour can't show of itself, other runs of the program do.
pub fn visit(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("persist: results that outlive the process");
    let folder = tempfile::tempdir()?;
    let first = run_again(folder.path())?;
    tour.claim(first.starts_with("the body ran"), &format!("one run of the program: {first}"));
    let second = run_again(folder.path())?;
    tour.claim(second == first.replace("ran", "didn't run"), &format!("the next one: {second}"));
    let elsewhere = tempfile::tempdir()?;
    let third = run_again(elsewhere.path())?;
    tour.claim(third == first, &format!("with an empty folder: {third}"));
    tour.keys(module_path!());
    Ok(())
}

fn run_again(folder: &Path) -> Result<String, Failure> {
    let output =
        Command::new(std::env::current_exe()?).arg(RUN).env("CACHELIT_DIR", folder).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
