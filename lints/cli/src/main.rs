//! `cargo cache-lint`: finds mistakes in cached functions from source text alone.
//!
//! This crate turns flags into calls of `cachelit-workspace` and findings into output. It judges
//! nothing itself.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

mod args;
mod baseline;
mod command;
mod fix;
mod place;
mod report;
mod terminal;

use args::{Args, Command};

/// Exit status where nothing could be checked.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let args = match Args::try_parse_from(arguments(env::args_os())) {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    let color = terminal::color_choice(args.color);
    let mut out = terminal::stdout(color);
    let result = match args.command {
        None => command::check::run(&args.check, &mut out),
        Some(Command::Check(check)) => command::check::run(&check, &mut out),
        Some(Command::Keys(keys)) => command::keys::run(&keys, &mut out),
        Some(Command::Explain(explain)) => command::explain::run(&explain, &mut out),
        Some(Command::Type(types)) => command::types::run(&types, &mut out),
    };
    match result.and_then(|status| out.flush().map(|()| status).map_err(Into::into)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => fail(&*error),
    }
}

/// `cargo cache-lint …` runs `cargo-cache-lint cache-lint …`: the repeated name goes.
fn arguments(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|argument| argument == "cache-lint") {
        arguments.remove(1);
    }
    arguments
}

/// Help goes to stdout as it is; a mistake in the flags is one line on stderr.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nobody is left to tell where even the help can't be printed.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let rendered = error.to_string();
    let parts: Vec<&str> = rendered
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_start_matches("error: ").trim_start_matches("tip: "))
        .collect();
    fail_with(&parts.join("; "))
}

fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // Whoever read the output has had enough of it.
    if error.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    fail_with(&error.to_string())
}

fn fail_with(message: &str) -> ExitCode {
    terminal::error(message);
    ExitCode::from(COULD_NOT_RUN)
}
