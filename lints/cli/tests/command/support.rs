//! Real workspaces in temporary folders, and the real command run on them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A workspace with a package `app` that depends on a package named `cachelit`.
pub(crate) struct Project {
    folder: TempDir,
}

/// What a run of the command left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// With this as `app/src/lib.rs`.
    pub(crate) fn new(source: &str) -> Self {
        let project = Project { folder: tempfile::tempdir().expect("a folder") };
        project.write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\"]\nexclude = [\"cachelit\"]\nresolver = \"3\"\n",
        );
        project.write(
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nedition = \"2024\"\n\
             [dependencies]\ncachelit = { path = \"../cachelit\" }\n",
        );
        project
            .write("cachelit/Cargo.toml", "[package]\nname = \"cachelit\"\nedition = \"2024\"\n");
        project.write("cachelit/src/lib.rs", "");
        project.write("app/src/lib.rs", source);
        project
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text")
    }

    /// The command as cargo would start it here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-cache-lint"));
        command
            .arg("cache-lint")
            .args(arguments)
            .current_dir(self.root())
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("NO_COLOR")
            .env_remove("CARGO_TERM_COLOR")
            .env_remove("RUSTFLAGS");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_stdin(arguments, "")
    }

    pub(crate) fn run_with_stdin(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(stdin.as_bytes()).expect("written");
        drop(pipe);
        let output = child.wait_with_output().expect("waited for");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
        Run {
            status: output.status.code().expect("an exit status"),
            stdout: text(output.stdout),
            stderr: self.without_root(&text(output.stderr)),
        }
    }

    /// What git prints here.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments)
            .current_dir(self.root())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a text")
    }

    fn without_root(&self, text: &str) -> String {
        text.replace(&*self.root().to_string_lossy(), "ROOT")
    }
}

impl Run {
    /// Standard output, a JSON value per line.
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("a JSON value per line");
        self.stdout.lines().map(parse).collect()
    }
}
