//! `cargo xtask test`: everything that must hold before a change lands, in the order of cost.

mod count;
mod steps;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Instant;
use std::{env, fmt, thread};

use crate::{Outcome, shell};
use count::Count;
use steps::{Step, Turn};

/// The flags of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only the steps whose name contains this; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Leave out the steps whose name contains this; may be repeated
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Print the names of the steps and run none
    #[arg(long)]
    list: bool,
}

impl Args {
    fn wants(&self, step: &Step) -> bool {
        let named = |names: &[String]| names.iter().any(|name| step.name.contains(name.as_str()));
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
}

/// Runs every step, also after one that failed, and ends with the sum of what passed and failed.
pub(crate) fn run(args: &Args) -> Outcome {
    let steps: Vec<Step> = steps::all()?.into_iter().filter(|step| args.wants(step)).collect();
    if args.list {
        for step in &steps {
            println!("{}", step.name);
        }
        return Ok(());
    }
    let settings = settings();
    let (beside, others): (Vec<Step>, Vec<Step>) =
        steps.into_iter().partition(|step| step.turn == Turn::Beside);
    let (last, in_order): (Vec<Step>, Vec<Step>) =
        others.into_iter().partition(|step| step.turn == Turn::Last);
    let mut results = Vec::new();
    thread::scope(|scope| {
        let (sender, finished) = mpsc::channel();
        scope.spawn(move || {
            for step in beside {
                let mut output = Vec::new();
                let result = step.run(settings, &mut |line| output.push(line.to_owned()));
                if sender.send((result, output)).is_err() {
                    break;
                }
            }
        });
        let mut show = |(result, output): (StepResult, Vec<String>)| {
            for line in output {
                println!("{line}");
            }
            results.push(result);
        };
        for step in in_order {
            let result = step.run(settings, &mut |line| println!("{line}"));
            show((result, Vec::new()));
            finished.try_iter().for_each(&mut show);
        }
        finished.iter().for_each(&mut show);
    });
    results.extend(last.into_iter().map(|step| step.run(settings, &mut |line| println!("{line}"))));
    let mut total = Count::default();
    println!();
    for result in &results {
        total += result.count;
        println!("{result}");
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { Ok(()) } else { Err("not everything passed".into()) }
}

/// Environment variables of every step.
///
/// The first build has nothing to be incremental about, and takes a fifth less time where it doesn't try.
fn settings() -> &'static [(&'static str, &'static str)] {
    let built = env::current_exe().ok().and_then(|program| {
        let entries = program.parent()?.join("incremental").read_dir().ok()?;
        Some(
            entries
                .flatten()
                .any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"cachelit_lints")),
        )
    });
    if built == Some(true) { &[] } else { &[("CARGO_INCREMENTAL", "0")] }
}

/// What a step came to.
struct StepResult {
    name: String,
    count: Count,
    seconds: u64,
}

impl fmt::Display for StepResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { passed, failed } = self.count;
        write!(f, "{passed:>6} passed {failed:>4} failed {:>5} s  {}", self.seconds, self.name)
    }
}

impl Step {
    /// Runs the command, hands on its output line by line, and counts the results in it.
    fn run(mut self, settings: &[(&str, &str)], show: &mut dyn FnMut(&str)) -> StepResult {
        let started = Instant::now();
        let line = shell::line(&self.command);
        show(&format!("\n==> {}\n$ {line}", self.name));
        self.command.envs(settings.iter().copied());
        let status = stream(self.command, &mut |line| {
            show(line);
            self.counter.line(line);
        });
        let count = match status {
            Ok(status) => self.counter.end(status.success()),
            Err(error) => {
                show(&format!("can't run `{line}`: {error}"));
                self.counter.end(false)
            }
        };
        StepResult { name: self.name, count, seconds: started.elapsed().as_secs() }
    }
}

/// Runs `command`, and hands on what it writes to stdout and stderr, in the order in which it does.
fn stream(mut command: Command, each: &mut dyn FnMut(&str)) -> std::io::Result<ExitStatus> {
    let (output, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // It holds the pipe's other end, which would never end.
    drop(command);
    for line in BufReader::new(output).split(b'\n') {
        each(String::from_utf8_lossy(&line?).trim_end_matches('\r'));
    }
    child.wait()
}
