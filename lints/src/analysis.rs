//! The front door: one revision of a workspace, asked file by file.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use ra_ap_syntax::{AstNode, TextSize};

use crate::engine;
use crate::finding::Finding;
use crate::hover::{self, Hover};
use crate::keys::{self, FunctionKey};
use crate::model::{Context, Parses};
use crate::project::{PackageIndex, Project};
use crate::resolve::{DependencyMemos, Resolver, Summaries, TypeReport, TypeReportError};
use crate::settings::Settings;
use crate::source::SourceFiles;

/// One revision of a workspace. Cheap to make: what survives an edit is in [`Summaries`].
///
/// It may be asked from several threads at once.
pub struct Analysis {
    project: Arc<Project>,
    settings: Arc<Settings>,
    resolver: Resolver,
    parses: Parses,
}

impl Analysis {
    /// A revision whose files don't change while it lives. `summaries` may be shared by revisions;
    /// `dependencies` by those of the same project, as long as no file of a fetched package changes.
    pub fn new(
        project: Arc<Project>,
        settings: Arc<Settings>,
        files: Arc<dyn SourceFiles>,
        summaries: Arc<Summaries>,
        dependencies: Arc<DependencyMemos>,
    ) -> Self {
        Analysis {
            settings,
            parses: Parses::new(Arc::clone(&files)),
            resolver: Resolver::new(Arc::clone(&project), files, summaries, dependencies),
            project,
        }
    }

    /// What is wrong with the cached functions of a file, in source order.
    pub fn check_file(&self, path: &Path) -> Vec<Finding> {
        engine::check_file(&self.context(&Cell::default()), &self.settings, path)
    }

    /// How many cached functions a file holds; a file of several crates counts once.
    pub fn count_functions(&self, path: &Path) -> usize {
        let functions = engine::functions_of(&self.context(&Cell::default()), path);
        let places = functions.iter().map(|function| function.item.syntax().text_range().start());
        places.collect::<BTreeSet<_>>().len()
    }

    /// The keys of a file's cached functions, in source order.
    pub fn function_keys(&self, path: &Path) -> Vec<FunctionKey> {
        let doubt = Cell::default();
        let cx = self.context(&doubt);
        engine::functions_of(&cx, path)
            .iter()
            .map(|function| keys::function_key(&cx, function))
            .collect()
    }

    /// What to show at a position: on the name of a cached function, or on its attribute.
    pub fn hover(&self, path: &Path, offset: TextSize) -> Option<Hover> {
        let doubt = Cell::default();
        let cx = self.context(&doubt);
        engine::functions_of(&cx, path)
            .iter()
            .find_map(|function| hover::hover(&cx, function, offset))
    }

    #[cfg(test)]
    pub(crate) fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// What is known about a type, as it would be written in `module` (such as `a::b`; empty: the
    /// crate root) of a package.
    pub fn type_report(
        &self,
        package: PackageIndex,
        module: &str,
        ty: &str,
    ) -> Result<TypeReport, TypeReportError> {
        self.resolver.type_report(package, module, ty)
    }

    fn context<'a>(&'a self, doubt: &'a Cell<bool>) -> Context<'a> {
        let Analysis { project, resolver, parses, .. } = self;
        Context { project, resolver, parses, doubt }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;
    use ra_ap_syntax::TextSize;

    use super::Analysis;
    use crate::rules::RULES;
    use crate::settings::Settings;
    use crate::testing::Fixture;

    #[test]
    fn threads_share_an_analysis() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Analysis>();
    }

    /// Every example of every rule, in one file.
    fn source() -> String {
        let examples = RULES.iter().flat_map(|rule| rule.docs.split("```rust\n").skip(1));
        let code: String = examples.filter_map(|block| block.split("```").next()).collect();
        format!("use cachelit::{{cache_data, cache_resource}};\n{code}")
    }

    fn cut(text: &mut String, range: Range<usize>) {
        let boundary =
            |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let (start, end) = (boundary(range.start), boundary(range.end));
        text.replace_range(start.unwrap_or(0)..end.unwrap_or(0), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn mangled_source_is_normal_input(
            cuts in prop::collection::vec((0_usize..8000, 0_usize..40), 1..8),
            inserts in prop::collection::vec((0_usize..8000, "[(){}<>\\[\\]#\"'|=:,a_é]{1,3}"), 0..6),
            at in 0_usize..8000,
        ) {
            let mut text = source();
            for (start, length) in cuts {
                let start = start % text.len();
                cut(&mut text, start..start + length);
            }
            for (at, inserted) in inserts {
                let at = (0..=at % text.len()).rev().find(|at| text.is_char_boundary(*at));
                text.insert_str(at.unwrap_or(0), &inserted);
            }
            let fixture = Fixture::new(&text);
            let analysis = fixture.analysis(Settings::default());
            for path in fixture.paths() {
                let end = fixture.text(path).len();
                for finding in analysis.check_file(path) {
                    for fix in &finding.fixes {
                        let mut last = 0;
                        for edit in &fix.edits {
                            let range = Range::<usize>::from(edit.place.range);
                            prop_assert!(last <= range.start && range.end <= end);
                            last = range.end;
                        }
                    }
                }
                analysis.function_keys(path);
                let offset = TextSize::try_from(at.min(end)).expect("the text is small");
                analysis.hover(path, offset);
            }
        }
    }
}
