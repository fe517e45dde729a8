//! Has rustc run the probe macro on functions.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use cachelit_spec::token::Edition;
use serde_json::Value;

use super::collect::Function;

/// What rustc's side says about a function.
#[derive(Clone)]
pub(super) enum Probed {
    /// The hash and the digest that the probe macro computed.
    Hashed { code_hash: String, tokens: String },
    /// rustc reports an error in it.
    Refused { why: String },
    /// The probe macro never saw it.
    Missing,
}

/// What stands before a function's id.
const PROBE: &str = "#[::probe::probe(";

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Puts the functions into crates, one per edition, and compiles these. rustc may stop at an error
/// before it expands everything, so what is left over is compiled again without the refused ones.
pub(super) fn probe(
    folder: &Path,
    name: &str,
    functions: &[Function],
) -> Result<Vec<Probed>, Box<dyn std::error::Error>> {
    let root = folder.join(name);
    let workspace = Workspace { output: root.join("hashes"), target: folder.join("build"), root };
    let mut probed = vec![Probed::Missing; functions.len()];
    loop {
        let is_missing = |id: &usize| matches!(probed[*id], Probed::Missing);
        let missing: Vec<_> = (0..functions.len()).filter(is_missing).collect();
        if missing.is_empty() {
            return Ok(probed);
        }
        workspace.write(functions, &missing)?;
        for (id, why) in workspace.compile()? {
            probed[id] = Probed::Refused { why };
        }
        // What has a hash needs no more: some errors, such as unstable syntax, come after expansion.
        for line in fs::read_to_string(&workspace.output).unwrap_or_default().lines() {
            let mut words = line.split(' ').map(str::to_owned);
            if let (Some(id), Some(code_hash), Some(tokens)) =
                (words.next(), words.next(), words.next())
            {
                probed[id.parse::<usize>()?] = Probed::Hashed { code_hash, tokens };
            }
        }
        if missing.iter().all(|id| matches!(probed[*id], Probed::Missing)) {
            return Ok(probed);
        }
    }
}

struct Workspace {
    root: PathBuf,
    /// Where the probe macro writes to.
    output: PathBuf,
    /// Shared by all runs, so that the probe is built once.
    target: PathBuf,
}

impl Workspace {
    fn write(&self, functions: &[Function], ids: &[usize]) -> io::Result<()> {
        if self.root.exists() {
            fs::remove_dir_all(&self.root)?;
        }
        let mut crates: BTreeMap<Edition, Vec<usize>> = BTreeMap::new();
        for id in ids {
            crates.entry(functions[*id].edition).or_default().push(*id);
        }
        let probe = self.root.join("probe");
        fs::create_dir_all(probe.join("src"))?;
        fs::write(probe.join("src/lib.rs"), include_str!("probe.rs.txt"))?;
        fs::write(probe.join("src/digest.rs"), include_str!("digest.rs"))?;
        let spec = Path::new(REPOSITORY).join("runtime/spec").canonicalize()?;
        let spec = spec.display().to_string();
        let dependencies = format!(
            "[lib]\nproc-macro = true\n[dependencies]\nproc-macro2 = \"1\"\n\
             cachelit-spec = {{ path = {spec:?}, features = [\"proc-macro\"] }}\n"
        );
        fs::write(probe.join("Cargo.toml"), manifest("probe", "2024") + &dependencies)?;
        let mut members = String::from("\"probe\"");
        for (edition, ids) in crates {
            let year = year(edition);
            write!(members, ", \"corpus{year}\"").expect("strings don't fail");
            let folder = self.root.join(format!("corpus{year}"));
            fs::create_dir_all(folder.join("src"))?;
            let dependency = "[dependencies]\nprobe = { path = \"../probe\" }\n";
            let manifest = manifest(&format!("corpus{year}"), year) + dependency;
            fs::write(folder.join("Cargo.toml"), manifest)?;
            let mut root = String::from("#![allow(warnings)]\nextern crate probe;\n");
            // Few big files: creating tens of thousands of small ones takes longer than compiling them.
            for (number, ids) in ids.chunks(100).enumerate() {
                writeln!(root, "mod m{number};").expect("strings don't fail");
                let items: String = ids.iter().map(|id| item(*id, &functions[*id])).collect();
                fs::write(folder.join(format!("src/m{number}.rs")), items)?;
            }
            fs::write(folder.join("src/lib.rs"), root)?;
        }
        let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
        fs::write(self.root.join("Cargo.toml"), workspace)?;
        fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), self.root.join("Cargo.lock"))?;
        Ok(())
    }

    /// Compiles, and returns the functions that rustc refuses.
    fn compile(&self) -> Result<HashMap<usize, String>, Box<dyn std::error::Error>> {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--workspace", "--keep-going"])
            .args(["--quiet", "--message-format=json"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("HASH_AGREEMENT_OUTPUT", &self.output)
            .output()?;
        if output.status.success() {
            return Ok(HashMap::new());
        }
        let mut refused = HashMap::new();
        let mut elsewhere = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            let spans = message["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
            let functions = spans.iter().filter_map(|span| function_of(&self.root, span));
            let why = message["message"].as_str().unwrap_or_default();
            let before = refused.len();
            refused.extend(functions.map(|id| (id, why.to_owned())));
            if refused.len() == before {
                elsewhere.push_str(message["rendered"].as_str().unwrap_or_default());
            }
        }
        if refused.is_empty() {
            elsewhere.push_str(&String::from_utf8_lossy(&output.stderr));
            return Err(format!("the probe does not compile: {}", elsewhere.trim()).into());
        }
        Ok(refused)
    }
}

/// The function that an error is in: the last one that begins at or before its first line.
fn function_of(root: &Path, span: &Value) -> Option<usize> {
    let text = fs::read_to_string(root.join(span["file_name"].as_str()?)).ok()?;
    let line = usize::try_from(span["line_start"].as_u64()?).ok()?;
    let mut before = text.split('\n').take(line).collect::<Vec<_>>().into_iter().rev();
    before.find_map(|line| line.strip_prefix(PROBE)?.split_once(')')?.0.parse().ok())
}

fn manifest(name: &str, edition: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n")
}

fn year(edition: Edition) -> &'static str {
    match edition {
        Edition::E2015 => "2015",
        Edition::E2018 => "2018",
        Edition::E2021 => "2021",
        Edition::E2024 => "2024",
    }
}

/// The function with the probe on it. Its text stays as it is but for its conditions.
fn item(id: usize, function: &Function) -> String {
    let text = function.unconditional_text();
    if function.is_associated {
        format!("struct F{id};\nimpl F{id} {{\n{PROBE}{id})]\n{text}\n}}\n")
    } else {
        format!("{PROBE}{id})]\n{text}\n")
    }
}
