//! How long a program takes, and how much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::shell;

/// One run of a program, or the summary of several.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) wall: Duration,
    /// The process's own peak, without its children's; `None` where the system doesn't tell.
    pub(crate) memory_kb: Option<u32>,
}

/// Runs a program, without its output.
pub(crate) fn sample(command: &mut Command) -> Result<Sample, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("can't run `{}`: {error}", shell::line(command)))?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let done = AtomicBool::new(false);
    let (ended, memory_kb) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = None;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(peak_of(&status));
                std::thread::park_timeout(Duration::from_millis(2));
            }
            peak
        });
        let ended = child.wait().map(|status| (status, started.elapsed()));
        done.store(true, Ordering::Relaxed);
        watch.thread().unpark();
        (ended, watch.join().unwrap_or_default())
    });
    let (status, wall) = ended?;
    // 1: the check found the mistakes.
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(format!("`{}` failed with {status}", shell::line(command)).into());
    }
    Ok(Sample { wall, memory_kb })
}

/// What Linux noted as a process's largest resident size.
fn peak_of(status: &Path) -> Option<u32> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The median time and the largest memory of several runs.
pub(crate) fn median(mut samples: Vec<Sample>) -> Sample {
    samples.sort_by_key(|sample| sample.wall);
    let memory_kb = samples.iter().filter_map(|sample| sample.memory_kb).max();
    Sample { wall: samples[samples.len() / 2].wall, memory_kb }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
