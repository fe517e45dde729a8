//! The front door: one revision of a workspace, asked file by file.

use std::path::Path;
use std::sync::Arc;

use ra_ap_syntax::TextSize;

use crate::engine;
use crate::finding::Finding;
use crate::hover::{self, Hover};
use crate::keys::{self, FunctionKey};
use crate::model::{Context, Parses};
use crate::project::{PackageIndex, Project};
use crate::resolve::{Resolver, Summaries, TypeReport, TypeReportError};
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
    /// A revision whose files don't change while it lives. `summaries` may be shared by revisions.
    pub fn new(
        project: Arc<Project>,
        settings: Arc<Settings>,
        files: Arc<dyn SourceFiles>,
        summaries: Arc<Summaries>,
    ) -> Self {
        Analysis {
            settings,
            parses: Parses::new(Arc::clone(&files)),
            resolver: Resolver::new(Arc::clone(&project), files, summaries),
            project,
        }
    }

    /// What is wrong with the cached functions of a file, in source order.
    pub fn check_file(&self, path: &Path) -> Vec<Finding> {
        engine::check_file(&self.context(), &self.settings, path)
    }

    /// The keys of a file's cached functions, in source order.
    pub fn function_keys(&self, path: &Path) -> Vec<FunctionKey> {
        let cx = self.context();
        engine::functions_of(&cx, path)
            .iter()
            .map(|function| keys::function_key(&cx, function))
            .collect()
    }

    /// What to show at a position: on the name of a cached function, or on its attribute.
    pub fn hover(&self, path: &Path, offset: TextSize) -> Option<Hover> {
        let cx = self.context();
        engine::functions_of(&cx, path)
            .iter()
            .find_map(|function| hover::hover(&cx, function, offset))
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

    fn context(&self) -> Context<'_> {
        Context { project: &self.project, resolver: &self.resolver, parses: &self.parses }
    }
}
