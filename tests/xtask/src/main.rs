//! The repo's own chores: `cargo xtask COMMAND`.
//!
//! This file only dispatches. A command is a file of its own with an `Args` (its flags) and a
//! `run(&Args) -> Outcome`; adding one takes a `mod`, a variant and an arm, each in alphabetical
//! order. Whatever a command reports as an error ends up as one line on stderr and exit status 1.

mod bench_build;
mod bench_lint;
mod bench_server;
mod bench_types;
mod demo;
mod deny;
mod differential;
mod e2e;
mod extension;
mod fuzz;
mod hash_agreement;
mod models;
mod node;
mod probe;
mod sample;
mod shell;
mod std_table;
mod test;

use std::process::ExitCode;

use clap::Parser;

/// What a command comes back with.
type Outcome = Result<(), Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The chores of this repo")]
enum Command {
    /// Measure what the runtime costs to build, beside other caches
    BenchBuild(bench_build::Args),
    /// Measure the command on a large workspace, beside `cargo metadata` and a text search
    BenchLint(bench_lint::Args),
    /// Measure the language server on a workspace
    BenchServer(bench_server::Args),
    /// Measure verdicts on types of many packages, with and without what an earlier run kept
    BenchTypes(bench_types::Args),
    /// Lint the demo and the mistakes, then run the demo
    Demo(demo::Args),
    /// Check licences, bans and sources of the dependencies
    Deny(deny::Args),
    /// Ask rustc and the linter about the types of crates, and print where they differ
    Differential(differential::Args),
    /// Test the packaged extension in a real VS Code, installing what that needs
    E2e(e2e::Args),
    /// Check the types of the VS Code extension and run its unit tests
    Extension(extension::Args),
    /// Look for input that makes a fuzz target fail (needs `cargo-fuzz` and a nightly compiler)
    Fuzz(fuzz::Args),
    /// Prove that macros and linter compute the same code hash for real functions
    HashAgreement(hash_agreement::Args),
    /// Run the models of the runtime's engine, which try its threads in all orders
    Models(models::Args),
    /// Make the linter's table of the standard library, or compare it with the toolchain
    StdTable(std_table::Args),
    /// Run all tests and checks, installing what they need
    Test(test::Args),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::BenchBuild(args) => bench_build::run(&args),
        Command::BenchLint(args) => bench_lint::run(&args),
        Command::BenchServer(args) => bench_server::run(&args),
        Command::BenchTypes(args) => bench_types::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Deny(args) => deny::run(&args),
        Command::Differential(args) => differential::run(&args),
        Command::E2e(args) => e2e::run(&args),
        Command::Extension(args) => extension::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::HashAgreement(args) => hash_agreement::run(&args),
        Command::Models(args) => models::run(&args),
        Command::StdTable(args) => std_table::run(&args),
        Command::Test(args) => test::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
