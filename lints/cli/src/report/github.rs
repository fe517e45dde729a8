//! Annotations of a GitHub workflow run.

use std::io::{self, Write};

use cachelit_lints::Finding;

use crate::place::Places;
use crate::report::{Reporter, Summary, totals};

pub(super) struct Github;

impl Reporter for Github {
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let place = places.place(&finding.place);
        let mut message = finding.message.clone();
        for note in &finding.notes {
            message.push('\n');
            message.push_str(&note.message);
        }
        write!(
            out,
            "::{} file={},line={},endLine={}",
            super::human::label(finding.level),
            property(&place.file),
            place.start.line,
            place.end.line
        )?;
        // GitHub refuses columns of a range over several lines.
        if place.start.line == place.end.line {
            write!(out, ",col={},endColumn={}", place.start.column, place.end.column)?;
        }
        writeln!(out, ",title={}::{}", property(finding.lint.name), data(&message))
    }

    fn summary(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", totals(summary))
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_ends_a_message_or_a_property_is_escaped() {
        assert_eq!(data("50%\r\nof: a, b"), "50%25%0D%0Aof: a, b");
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
