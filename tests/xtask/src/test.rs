//! `cargo xtask test`: everything that must hold before a change lands, in the order of cost.

mod count;
mod steps;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use crate::{Outcome, shell};
use count::{Count, Counter};
use steps::Step;

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
    let mut total = Count::default();
    let mut summary = Vec::new();
    for step in steps {
        println!("\n==> {}", step.name);
        let started = Instant::now();
        let count = run_step(step.command, step.counter);
        total += count;
        summary.push(format!(
            "{:>6} passed {:>4} failed {:>5} s  {}",
            count.passed,
            count.failed,
            started.elapsed().as_secs(),
            step.name
        ));
    }
    println!("\n{}\n\n{} passed, {} failed", summary.join("\n"), total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { Ok(()) } else { Err("not everything passed".into()) }
}

/// Runs one command, shows its output as it comes, and counts the results in it.
fn run_step(mut command: Command, mut counter: Counter) -> Count {
    println!("$ {}", shell::line(&command));
    match stream(&mut command, |line| {
        println!("{line}");
        counter.line(line);
    }) {
        Ok(status) => counter.end(status.success()),
        Err(error) => {
            println!("can't run `{}`: {error}", shell::line(&command));
            counter.end(false)
        }
    }
}

fn stream(command: &mut Command, mut each: impl FnMut(&str)) -> std::io::Result<ExitStatus> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(stdout).split(b'\n') {
        each(String::from_utf8_lossy(&line?).trim_end_matches('\r'));
    }
    child.wait()
}
