//! Asking rustc: programs whose lines either compile or don't, and print what they find.
//!
//! Whether a type implements a trait is an inherent constant of a wrapper, `hash::<T>::YES`, which
//! only exists where it does; a trait that every wrapper has supplies the other answer.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::shell;

/// The name of every scratch package.
const PACKAGE: &str = "probe";

/// What [`asking`] needs.
const FALLBACK: &str = "use std::marker::PhantomData;\ntrait No { const YES: bool = false; }\n";

/// The definitions behind `word::<T>::YES`, for each word with the path of a trait.
pub(crate) fn asking<'a>(traits: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = FALLBACK.to_owned();
    for (word, path) in traits {
        let _ = writeln!(
            text,
            "struct {word}<T: ?Sized>(PhantomData<T>); impl<T: ?Sized> No for {word}<T> {{}} \
             impl<T: ?Sized + {path}> {word}<T> {{ const YES: bool = true; }}"
        );
    }
    text
}

/// A scratch package to compile in.
pub(crate) struct Program {
    folder: PathBuf,
}

/// A type error can hide a stability or borrow error, so a program may need a few rounds.
const ROUNDS: usize = 8;

impl Program {
    /// A package with these lines as its dependencies. Their versions are those of `lock`, where
    /// one is given; otherwise they are chosen anew when the folder is new.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub(crate) fn new(
        folder: PathBuf,
        dependencies: &str,
        lock: Option<&Path>,
    ) -> std::io::Result<Self> {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"{PACKAGE}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                 [workspace]\n[profile.dev]\ndebug = false\n[dependencies]\n{dependencies}"
            ),
        )?;
        if let Some(lock) = lock {
            fs::copy(lock, folder.join("Cargo.lock"))?;
        }
        Ok(Program { folder })
    }

    /// The package's manifest.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder.join("Cargo.toml")
    }

    /// Which of these items compile, each being one line, beside those that do and `prelude`.
    ///
    /// # Errors
    ///
    /// When rustc can't be run, or finds fault with something else.
    pub(crate) fn compiles(
        &self,
        prelude: &str,
        lines: &[String],
    ) -> Result<Vec<bool>, Box<dyn std::error::Error>> {
        let mut good = vec![true; lines.len()];
        self.settle(prelude, lines, &mut good, |lines| lines.join("\n"))?;
        Ok(good)
    }

    /// The values of these constant expressions, `None` for those that don't compile.
    ///
    /// # Errors
    ///
    /// As of [`Program::compiles`].
    pub(crate) fn answers(
        &self,
        prelude: &str,
        questions: &[String],
    ) -> Result<Vec<Option<bool>>, Box<dyn std::error::Error>> {
        let mut good = vec![true; questions.len()];
        let output = self.settle(prelude, questions, &mut good, |lines| {
            let mut text = String::new();
            let mut calls = String::new();
            // One body for all would take rustc more than its length in time.
            for (i, chunk) in lines.chunks(100).enumerate() {
                let _ = write!(calls, "print(A{i});");
                // A line for each question, and none more, so that errors can be told by lines.
                let _ = writeln!(text, "const A{i}: &[bool] = &[{}];", chunk.join(",\n"));
            }
            text.push_str(
                "fn print(a: &[bool]) { a.iter().for_each(|a| print!(\"{}\", u8::from(*a))); }\n",
            );
            text + "fn answer() { " + &calls + " }\n"
        })?;
        let mut bits = output.trim().bytes();
        Ok(good
            .iter()
            .map(|good| good.then(|| bits.next().map(|bit| bit == b'1')).flatten())
            .collect())
    }

    /// Builds and runs the program, leaving out what does not compile, until it does. Tells what it
    /// printed.
    fn settle(
        &self,
        prelude: &str,
        lines: &[String],
        good: &mut [bool],
        body: impl Fn(&[&str]) -> String,
    ) -> Result<String, Box<dyn std::error::Error>> {
        let head = format!("#![allow(warnings)]\n{prelude}\nfn main() {{ answer() }}\n");
        let first = head.lines().count();
        for _ in 0..ROUNDS {
            let asked: Vec<usize> = (0..lines.len()).filter(|i| good[*i]).collect();
            let texts: Vec<&str> = asked.iter().map(|i| lines[*i].as_str()).collect();
            let mut text = head.clone();
            if !texts.is_empty() {
                text.push_str(&body(&texts));
            }
            if !text.contains("fn answer()") {
                text.push_str("\nfn answer() {}\n");
            }
            fs::write(self.folder.join("src/main.rs"), text)?;
            let wrong = self.build()?;
            if wrong.is_empty() {
                let run = Command::new(self.binary()).output()?;
                return Ok(String::from_utf8(run.stdout)?);
            }
            for (line, message) in wrong {
                let asked = line.checked_sub(first + 1).and_then(|line| asked.get(line));
                let asked = asked.ok_or_else(|| format!("line {line} of a probe: {message}"))?;
                good[*asked] = false;
            }
        }
        Err(format!("{} does not settle", self.folder.display()).into())
    }

    fn binary(&self) -> PathBuf {
        self.folder.join("target/debug").join(PACKAGE)
    }

    /// The lines, counted from 1, that have errors, with the errors.
    fn build(&self) -> Result<BTreeSet<(usize, String)>, Box<dyn std::error::Error>> {
        let mut cargo = shell::cargo(&["build", "--quiet", "--message-format=json"]);
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        let output = cargo.output()?;
        let mut wrong = BTreeSet::new();
        for line in String::from_utf8(output.stdout)?.lines() {
            let value: Value = serde_json::from_str(line)?;
            let message = &value["message"];
            if message["level"] != "error" {
                continue;
            }
            let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
            for span in spans.iter().filter(|span| span["is_primary"] == true) {
                let line = span["line_start"].as_u64().and_then(|line| usize::try_from(line).ok());
                let text = message["message"].as_str().unwrap_or_default().to_owned();
                wrong.insert((line.unwrap_or_default(), text));
            }
        }
        if wrong.is_empty() && !output.status.success() {
            return Err(String::from_utf8(output.stderr)?.into());
        }
        Ok(wrong)
    }
}
