//! What results on disk cost, beside other caches that keep them: 2,000 entries of 4 KiB are stored by one process
//! and read by a new one.
//!
//! `cargo bench --bench disk`, with `-- --rounds 9` for more rounds. All contenders take turns; each figure is the
//! median of the rounds, measured inside of the process that does the work. What the page cache of the system holds
//! stays there. Python's contenders run in `target/python`, which is made if `python3` is there.

mod contenders;
mod python;

use std::path::Path;
use std::process::{Command, Stdio};

use contenders::{CONTENDERS, ENTRIES};

/// What one round of a contender gave.
#[derive(Default)]
struct Times {
    write: Vec<f64>,
    read: Vec<f64>,
    hit: Vec<f64>,
    size: u64,
    /// Entries that are found after a process was killed that had stored all of them and closed nothing.
    left: u64,
}

/// A contender: its name, how durable it says it is, and the command that runs it.
struct Entrant {
    name: &'static str,
    durability: &'static str,
    command: Box<dyn Fn() -> Command>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [task, name, folder] = &args[..]
        && ["write", "read", "killed"].contains(&task.as_str())
    {
        return contenders::run(task, name, Path::new(folder));
    }
    let rounds = args.iter().position(|arg| arg == "--rounds").map(|at| &args[at + 1]);
    let rounds = rounds.map_or(5, |text| text.parse().expect("`--rounds` wants a number"));
    let mut entrants: Vec<Entrant> = CONTENDERS.iter().map(entrant).collect();
    entrants.extend(python::entrants());
    let mut times: Vec<Times> = entrants.iter().map(|_| Times::default()).collect();
    for _ in 0..rounds {
        for (entrant, times) in entrants.iter().zip(&mut times) {
            round(entrant, times);
        }
    }
    report(&entrants, &mut times);
}

fn entrant(contender: &contenders::Contender) -> Entrant {
    let name = contender.name;
    let command = move || {
        let mut command = Command::new(std::env::current_exe().expect("this runs"));
        command.env_remove("CACHELIT_MAX_SIZE");
        command
    };
    Entrant { name, durability: contender.durability, command: Box::new(command) }
}

fn round(entrant: &Entrant, times: &mut Times) {
    // Next to what is built, which lies on a disk, as a temporary folder may not.
    let here = std::env::current_exe().expect("this runs");
    let here = here.parent().expect("it stands in a folder");
    let folder = tempfile::tempdir_in(here).expect("a folder");
    let call = |task: &str, folder: &Path| -> Vec<f64> {
        let output = (entrant.command)()
            .args([task, entrant.name])
            .arg(folder)
            .env("CACHELIT_DIR", folder)
            .stderr(Stdio::inherit())
            .output()
            .expect("it starts");
        let said = String::from_utf8(output.stdout).expect("it says numbers");
        said.split_whitespace().map(|word| word.parse().expect("a number")).collect()
    };
    times.write.push(call("write", folder.path())[0]);
    times.size = size(folder.path());
    let [read, hit, found] = call("read", folder.path())[..] else { panic!("{}", entrant.name) };
    assert_eq!(found as u64, ENTRIES, "{} lost some", entrant.name);
    times.read.push(read);
    times.hit.push(hit);
    let folder = tempfile::tempdir_in(here).expect("a folder");
    call("killed", folder.path());
    times.left = call("read", folder.path())[2] as u64;
}

/// What the files in a folder take on disk.
fn size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
    files
        .map(|file| {
            let metadata = file.metadata().expect("it is there");
            if metadata.is_dir() { size(&file.path()) } else { allocated(&metadata) }
        })
        .sum()
}

fn allocated(metadata: &std::fs::Metadata) -> u64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::blocks(metadata) * 512;
    #[cfg(not(unix))]
    return metadata.len();
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Ratios are to our own figures, which come first.
fn report(entrants: &[Entrant], times: &mut [Times]) {
    println!(
        "\n| | store 2,000 × 4 KiB, ms | open and read all, ms | a hit after that, µs | MiB on disk \
         | found after a kill | on a power failure |\n|---|---|---|---|---|---|---|"
    );
    let mut ours = None;
    for (entrant, times) in entrants.iter().zip(times) {
        let figures = [&mut times.write, &mut times.read, &mut times.hit].map(|it| median(it));
        let ours = *ours.get_or_insert(figures);
        let [write, read, hit] =
            [0, 1, 2].map(|at| format!("{:.1} ({:.1}×)", figures[at], figures[at] / ours[at]));
        let size = times.size as f64 / f64::from(1 << 20);
        println!(
            "| {} | {write} | {read} | {hit} | {size:.1} | {} | {} |",
            entrant.name, times.left, entrant.durability
        );
    }
}
