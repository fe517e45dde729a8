//! A line for each finding, as compilers print it.

use std::io::{self, Write};

use cachelit_lints::Finding;

use crate::place::Places;
use crate::report::{Reporter, Summary, totals};

pub(super) struct Short;

impl Reporter for Short {
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let place = places.place(&finding.place);
        writeln!(
            out,
            "{}:{}:{}: {}[{}]: {}",
            place.file,
            place.start.line,
            place.start.column,
            super::human::label(finding.level),
            finding.lint.name,
            finding.message
        )
    }

    fn summary(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", totals(summary))
    }
}
