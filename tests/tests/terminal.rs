//! What a user sees on a terminal, on a real one (conformance R).

#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// A program that runs on a terminal.
struct Terminal {
    master: File,
    child: Child,
    screen: vt100::Parser,
    /// Everything that was written, in bytes.
    written: Vec<u8>,
}

impl Terminal {
    fn run(scene: &str) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("it may be used");
        unlockpt(&master).expect("it can be opened");
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("it can have a size");
        // What is entered would move the cursor away from the spinner.
        let mut modes = tcgetattr(&master).expect("it has modes");
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&master, OptionalActions::Now, &modes).expect("it can have modes");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let name = name.into_string().expect("the name is text");
        let user = || -> Stdio {
            OpenOptions::new().read(true).write(true).open(&name).expect("it can be opened").into()
        };
        let child = Command::new(env!("CARGO_BIN_EXE_terminal"))
            .arg(scene)
            .env("TERM", "xterm-256color")
            .env("RUST_BACKTRACE", "0")
            .stdin(user())
            .stdout(user())
            .stderr(user())
            .spawn()
            .expect("the program can be started");
        let master = File::from(master);
        Terminal { master, child, screen: vt100::Parser::default(), written: Vec::new() }
    }

    /// Reads what is written; false once the program is over.
    fn read(&mut self) -> bool {
        let ready = poll(&mut [PollFd::new(&self.master, PollFlags::IN)], Some(&PATIENCE));
        assert_ne!(ready, Ok(0), "nothing more came; the screen says\n{}", self.text());
        let mut bytes = [0; 4096];
        // A terminal that nobody has open any more is an error rather than an end.
        let Ok(length @ 1..) = self.master.read(&mut bytes) else { return false };
        self.written.extend_from_slice(&bytes[..length]);
        self.screen.process(&bytes[..length]);
        true
    }

    fn until(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.text().contains(text) {
            let is_early = begun.elapsed().as_secs() < PATIENCE.tv_sec.unsigned_abs();
            assert!(
                is_early && self.read(),
                "`{text}` never came; the screen says\n{}",
                self.text()
            );
        }
    }

    fn enter_a_line(&mut self) {
        self.master.write_all(b"\n").expect("a line can be entered");
    }

    /// What stands on the screen once the program is over.
    fn end(mut self) -> String {
        self.finish();
        self.text()
    }

    fn finish(&mut self) {
        while self.read() {}
        assert!(self.child.wait().expect("the program ends").success(), "{}", self.text());
    }

    fn text(&self) -> String {
        let contents = self.screen.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n")
    }
}

#[test]
fn s197_s198_s201_s202_the_outermost_function_has_a_spinner_until_it_ends() {
    let mut terminal = Terminal::run("slow");
    terminal.until("Running `slow(...)`.");
    assert!(terminal.text().starts_with("before the wait\n"), "{}", terminal.text());
    terminal.enter_a_line();
    let expected = "before the wait\nafter the wait\nfirst call is over\n\
                    before the wait\nafter the wait\nsecond call is over";
    let end = terminal.end();
    assert_eq!(end, expected, "{end}");
}

#[test]
fn s200_a_quick_body_draws_nothing() {
    let mut terminal = Terminal::run("quick");
    terminal.finish();
    assert_eq!(String::from_utf8_lossy(&terminal.written), "over\r\n");
}

#[test]
fn s199_time_stands_beside_a_spinner_that_takes_its_time() {
    let mut terminal = Terminal::run("timed");
    terminal.until("Thinking (0.");
    terminal.until("Thinking (1.");
    terminal.enter_a_line();
    assert_eq!(terminal.end().trim(), "");
}

#[test]
fn s202_a_failing_body_takes_its_spinner_away() {
    let mut terminal = Terminal::run("failing");
    terminal.until("Running `failing()`.");
    terminal.enter_a_line();
    terminal.until("no rows");
    let end = terminal.end();
    assert!(end.ends_with("caught"), "{end}");
    // The message is printed before the panic takes the spinner away.
    assert!(end.trim_start().starts_with("thread 'main'"), "{end}");
    assert!(!end.contains("Running"), "{end}");
}

/// What a program writes that is told this, to its output and to its error stream, where neither is a terminal.
fn piped(scene: &str, entered: &str) -> (String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_terminal"))
        .arg(scene)
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = child.stdin.take().expect("it reads lines");
    // Only what it waits for: one that reads nothing may be over by now.
    stdin.write_all(entered.as_bytes()).expect("a line can be entered");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{output:?}");
    let [out, err] = [output.stdout, output.stderr].map(String::from_utf8).map(Result::unwrap);
    (out, err)
}

#[test]
fn without_a_terminal_nothing_but_the_elements_is_printed() {
    let expected = "before the wait\nafter the wait\nfirst call is over\n\
                    before the wait\nafter the wait\nsecond call is over\n";
    assert_eq!(piped("slow", "\n"), (expected.to_owned(), String::new()));
    assert_eq!(piped("timed", "\n"), (String::new(), String::new()));
    // However long a body takes.
    assert_eq!(piped("spinners", ""), ("shows spinners: false\n".to_owned(), String::new()));
}

#[test]
fn on_a_terminal_there_are_spinners() {
    assert_eq!(Terminal::run("spinners").end(), "shows spinners: true");
}

#[test]
fn elements_are_readable() {
    let expected = "\
Sales
=====
Rows: 2
day  sold
Mo   12
Tu
    let x = 1;
[#####...............] 25%
Days: 7
error: no connection";
    assert_eq!(Terminal::run("elements").end(), expected);
}
