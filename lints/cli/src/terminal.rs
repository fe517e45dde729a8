//! The terminal: colours and the lines that are no findings.

use std::env;
use std::io::{BufWriter, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::args::Color;

/// Standard output. Colours are taken out on the way where they are not wanted.
pub(crate) type Output = BufWriter<AutoStream<StdoutLock<'static>>>;

/// Opens standard output.
pub(crate) fn stdout(choice: ColorChoice) -> Output {
    BufWriter::new(AutoStream::new(std::io::stdout().lock(), choice))
}

/// What was asked for by flag, else `NO_COLOR`, else `CARGO_TERM_COLOR`, else whether it's a terminal.
pub(crate) fn color_choice(flag: Option<Color>) -> ColorChoice {
    let choice = match flag {
        Some(Color::Always) => ColorChoice::Always,
        Some(Color::Never) => ColorChoice::Never,
        Some(Color::Auto) => ColorChoice::Auto,
        None if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => {
            ColorChoice::Never
        }
        None => match env::var("CARGO_TERM_COLOR").as_deref() {
            Ok("always") => ColorChoice::Always,
            Ok("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        },
    };
    choice.write_global();
    choice
}

/// Says on stderr why nothing could be done.
pub(crate) fn error(message: &str) {
    line("error", AnsiColor::Red, message);
}

/// Says on stderr what limits the result.
pub(crate) fn warning(message: &str) {
    line("warning", AnsiColor::Yellow, message);
}

/// Says on stderr what was done.
pub(crate) fn note(message: &str) {
    line("note", AnsiColor::Green, message);
}

fn line(label: &str, color: AnsiColor, message: &str) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    // Nobody is left to tell where stderr is closed.
    let _ = writeln!(anstream::stderr(), "{style}{label}{style:#}: {message}");
}
