//! Findings with the source they are about.

use std::io::{self, Write};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Patch, Renderer, Snippet};
use cachelit_lints::finding::Fix;
use cachelit_lints::source::FileRange;
use cachelit_lints::spec::lints::Level;
use cachelit_lints::{Finding, TextRange};

use crate::place::Places;
use crate::report::{Reporter, Summary, number, totals};

pub(super) struct Human;

/// A fix with more edits than this is told by its title alone.
const SHOWN_EDITS: usize = 8;

impl Reporter for Human {
    fn finding(
        &mut self,
        finding: &Finding,
        places: &mut Places<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let title = match finding.level {
            Level::Deny => Title::ERROR,
            Level::Warn | Level::Allow => Title::WARNING,
        };
        let primary = Excerpt::new(places, &finding.place);
        let mut main = title
            .primary_title(&*finding.message)
            .id(finding.lint.name)
            .element(primary.snippet(AnnotationKind::Primary));
        let elsewhere: Vec<(&str, Excerpt)> = finding
            .notes
            .iter()
            .filter_map(|note| Some((&*note.message, Excerpt::new(places, note.place.as_ref()?))))
            .collect();
        for note in finding.notes.iter().filter(|note| note.place.is_none()) {
            main = main.element(Title::NOTE.message(&*note.message));
        }
        let shown = finding.fixes.first().and_then(|fix| Repair::new(places, fix));
        for fix in finding.fixes.iter().skip(usize::from(shown.is_some())) {
            main = main.element(Title::HELP.message(&*fix.title));
        }
        let mut groups = vec![main];
        groups.extend(elsewhere.iter().map(|(message, excerpt)| {
            Group::with_title(Title::NOTE.secondary_title(*message))
                .element(excerpt.snippet(AnnotationKind::Primary))
        }));
        groups.extend(shown.as_ref().map(Repair::group));
        writeln!(out, "{}\n", Renderer::styled().render(&groups))
    }

    fn summary(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", totals(summary))?;
        match summary.fixable {
            0 => Ok(()),
            fixable => writeln!(
                out,
                "{} can be repaired with `cargo cache-lint --fix`; `--diff` shows how",
                number(fixable, "finding")
            ),
        }
    }
}

/// What a level is called where people read.
pub(super) fn label(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn | Level::Allow => "warning",
    }
}

/// The lines of a file around a range.
struct Excerpt {
    file: String,
    first_line: usize,
    text: Arc<str>,
    lines: std::ops::Range<usize>,
    range: TextRange,
}

impl Excerpt {
    fn new(places: &mut Places<'_>, place: &FileRange) -> Self {
        let file = places.name(&place.file);
        let lines = places.lines(&place.file);
        let (first_line, around) = lines.around(place.range);
        Excerpt {
            file,
            first_line,
            text: Arc::clone(&lines.text),
            lines: around,
            range: place.range,
        }
    }

    fn source(&self) -> &str {
        &self.text[self.lines.clone()]
    }

    /// A range of the file within the excerpt.
    fn within(&self, range: TextRange) -> std::ops::Range<usize> {
        let clamp =
            |offset: usize| offset.clamp(self.lines.start, self.lines.end) - self.lines.start;
        clamp(range.start().into())..clamp(range.end().into())
    }

    fn snippet(&self, kind: AnnotationKind) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        Snippet::source(self.source())
            .path(&*self.file)
            .line_start(self.first_line)
            .annotation(kind.span(self.within(self.range)))
    }
}

/// A fix that is small enough to be shown.
struct Repair<'a> {
    fix: &'a Fix,
    excerpt: Excerpt,
}

impl<'a> Repair<'a> {
    fn new(places: &mut Places<'_>, fix: &'a Fix) -> Option<Self> {
        let (first, last) = (fix.edits.first()?, fix.edits.last()?);
        let in_one_file = fix.edits.iter().all(|edit| edit.place.file == first.place.file);
        if !in_one_file || fix.edits.len() > SHOWN_EDITS {
            return None;
        }
        let whole = FileRange {
            file: Arc::clone(&first.place.file),
            range: first.place.range.cover(last.place.range),
        };
        Some(Repair { fix, excerpt: Excerpt::new(places, &whole) })
    }

    fn group(&self) -> Group<'_> {
        let patches = self
            .fix
            .edits
            .iter()
            .map(|edit| Patch::new(self.excerpt.within(edit.place.range), &*edit.text));
        Group::with_title(Title::HELP.secondary_title(&*self.fix.title)).element(
            Snippet::source(self.excerpt.source())
                .path(&*self.excerpt.file)
                .line_start(self.excerpt.first_line)
                .patches(patches),
        )
    }
}
