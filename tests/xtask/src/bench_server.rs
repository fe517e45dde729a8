//! `cargo xtask bench-server`: how fast the language server is on a workspace, and what it holds.
//!
//! The real server runs, as an editor would run it. It opens a file with a cached function, then a
//! mistake is typed into the attribute and taken back, again and again; nothing is written to disk.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Outcome, shell};

/// The flags of `cargo xtask bench-server`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder to open
    #[arg(long, value_name = "PATH")]
    workspace: PathBuf,
    /// The file to type in; by default the first one with a cached function
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// How many keystrokes to measure
    #[arg(long, default_value_t = 60)]
    keystrokes: u32,
}

/// The attributes as they are commonly written; what follows them is where the mistake goes.
const ATTRIBUTES: &[&str] =
    &["#[cache_data", "#[cache_resource", "#[cachelit::cache_data", "#[cachelit::cache_resource"];

/// Builds the server, measures, and prints the figures.
pub(crate) fn run(args: &Args) -> Outcome {
    measure(&args.workspace, args.file.as_deref(), args.keystrokes)
}

/// The same for a workspace; without a file, in its first one with a cached function.
pub(crate) fn measure(workspace: &Path, file: Option<&Path>, keystrokes: u32) -> Outcome {
    shell::run(&mut shell::cargo(&["build", "--quiet", "--release", "-p", "cachelit-server"]))?;
    let root = fs::canonicalize(workspace)?;
    let file = match file {
        Some(file) => fs::canonicalize(file)?,
        None => find_cached(&root).ok_or("no file in the workspace holds a cached function")?,
    };
    let text = fs::read_to_string(&file)?;
    let typed = attribute_end(&text).ok_or("the file holds no cached function")?;
    println!("workspace  {}", root.display());
    println!("file       {}", file.display());

    let mut session = Session::start(&root)?;
    session.open(&file, &text)?;
    let (first, findings) = session.diagnostics(1)?;
    println!(
        "initialize → first diagnostics   {}  ({findings} findings)",
        ms(first - session.began)
    );
    let quiet = session.quiescent()?;
    println!("initialize → all files checked   {}", ms(quiet - session.began));
    println!("resident memory after that       {}", session.memory()?);

    let mut times = Vec::new();
    let mut last = findings;
    for version in 2..keystrokes + 2 {
        let pressed = Instant::now();
        session.type_mistake(&file, version, &typed, version % 2 == 0)?;
        let (shown, findings) = session.diagnostics(version)?;
        if findings == last {
            return Err("a keystroke changed nothing; is the file part of the workspace?".into());
        }
        last = findings;
        times.push(shown - pressed);
    }
    times.sort_unstable();
    let at = |percent: usize| ms(times[(times.len() - 1) * percent / 100]);
    println!(
        "keystroke → new diagnostics      median {}  p95 {}  max {}  (of {})",
        at(50),
        at(95),
        at(100),
        times.len()
    );
    println!("resident memory at the end       {}", session.memory()?);
    session.stop()
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// What to type where.
struct Typed {
    line: usize,
    /// In UTF-8 bytes.
    column: usize,
    text: &'static str,
}

fn attribute_end(text: &str) -> Option<Typed> {
    text.lines().enumerate().find_map(|(line, content)| {
        let indent = content.len() - content.trim_start().len();
        let attribute = ATTRIBUTES
            .iter()
            .filter(|it| content[indent..].starts_with(**it))
            .max_by_key(|it| it.len())?;
        let end = indent + attribute.len();
        match content[end..].chars().next()? {
            '(' => Some(Typed { line, column: end + 1, text: "mistake = 1, " }),
            ']' => Some(Typed { line, column: end, text: "(mistake = 1)" }),
            _ => None,
        }
    })
}

fn find_cached(folder: &Path) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        let name = path.file_name()?.to_str()?;
        if path.is_dir() {
            return if name == "target" || name.starts_with('.') {
                None
            } else {
                find_cached(&path)
            };
        }
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        (is_source && attribute_end(&fs::read_to_string(&path).ok()?).is_some()).then_some(path)
    })
}

/// A running server.
struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    began: Instant,
}

impl Session {
    fn start(root: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| shell::root().join("target"), PathBuf::from);
        let mut process = Command::new(target.join("release/cachelit-server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut session = Session { process, input, output, began: Instant::now() };
        session.send(&json!({ "id": 1, "method": "initialize", "params": {
            "processId": std::process::id(),
            "workspaceFolders": [{ "uri": uri(root), "name": "bench" }],
            "capabilities": {
                "general": { "positionEncodings": ["utf-8"] },
                "experimental": { "serverStatusNotification": true },
            },
        } }))?;
        session.wait(|message| (message["id"] == 1).then_some(()))?;
        session.send(&json!({ "method": "initialized", "params": {} }))?;
        Ok(session)
    }

    fn open(&mut self, file: &Path, text: &str) -> Outcome {
        let document =
            json!({ "uri": uri(file), "languageId": "rust", "version": 1, "text": text });
        self.send(&json!({
            "method": "textDocument/didOpen", "params": { "textDocument": document },
        }))
    }

    fn type_mistake(&mut self, file: &Path, version: u32, typed: &Typed, insert: bool) -> Outcome {
        let Typed { line, column, text } = typed;
        let end = if insert { *column } else { column + text.len() };
        let change = json!({
            "range": {
                "start": { "line": line, "character": column },
                "end": { "line": line, "character": end },
            },
            "text": if insert { text } else { "" },
        });
        self.send(&json!({ "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": uri(file), "version": version }, "contentChanges": [change],
        } }))
    }

    /// When the diagnostics of a version of the open file arrived, and how many there are.
    fn diagnostics(
        &mut self,
        version: u32,
    ) -> Result<(Instant, usize), Box<dyn std::error::Error>> {
        let findings = self.wait(|message| {
            let is_it = message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["version"] == version;
            message["params"]["diagnostics"].as_array().filter(|_| is_it).map(Vec::len)
        })?;
        Ok((Instant::now(), findings))
    }

    fn quiescent(&mut self) -> Result<Instant, Box<dyn std::error::Error>> {
        self.wait(|message| {
            let is_it = message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true;
            is_it.then_some(())
        })?;
        Ok(Instant::now())
    }

    fn memory(&self) -> Result<String, Box<dyn std::error::Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let field = |name: &str| -> Option<f64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_ascii_whitespace().nth(1)?.parse().ok()
        };
        let (now, peak) = (field("VmRSS:").ok_or("no VmRSS")?, field("VmHWM:").ok_or("no VmHWM")?);
        Ok(format!("{:.1} MiB  (peak {:.1} MiB)", now / 1024.0, peak / 1024.0))
    }

    fn stop(mut self) -> Outcome {
        self.send(&json!({ "id": 2, "method": "shutdown" }))?;
        self.wait(|message| (message["id"] == 2).then_some(()))?;
        self.send(&json!({ "method": "exit" }))?;
        self.process.wait()?;
        Ok(())
    }

    fn send(&mut self, message: &Value) -> Outcome {
        let mut message = message.clone();
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.input.flush()?;
        Ok(())
    }

    fn wait<T>(
        &mut self,
        wanted: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        loop {
            let message = self.read()?;
            if let Some(found) = wanted(&message) {
                return Ok(found);
            }
        }
    }

    fn read(&mut self) -> Result<Value, Box<dyn std::error::Error>> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("the server ended".into());
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }
}

fn uri(file: &Path) -> String {
    let path = file.to_string_lossy();
    let encoded = path.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    format!("file://{}", encoded.collect::<String>())
}
