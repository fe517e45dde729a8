//! Python's contenders, in an environment of their own below `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Entrant;

/// Their names, which `python/disk.py` knows them by, and what is safe when the power fails.
const CONTENDERS: [(&str, &str); 2] = [
    ("joblib.Memory (Python)", "the newest may be lost"),
    ("diskcache (Python)", "the newest may be lost"),
];

/// None, with a word why, where there is no Python or its packages can't be had.
pub fn entrants() -> Vec<Entrant> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let python = match environment(&here.join("requirements.txt")) {
        Ok(python) => python,
        Err(error) => {
            eprintln!("without Python's contenders: {error}");
            return Vec::new();
        }
    };
    let entrant = |(name, durability)| {
        let (python, script) = (python.clone(), here.join("disk.py"));
        let command = move || {
            let mut command = Command::new(&python);
            command.arg(&script);
            command
        };
        Entrant { name, durability, command: Box::new(command) }
    };
    CONTENDERS.map(entrant).into()
}

/// The interpreter of the environment.
fn environment(requirements: &Path) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = this.ancestors().nth(3).ok_or("this program stands in no target folder")?;
    let folder = target.join("python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(&python).args(install).arg(requirements))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}
