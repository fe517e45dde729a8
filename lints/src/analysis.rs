//! The front door: one revision of a workspace, asked file by file.

use std::path::Path;
use std::sync::Arc;

use ra_ap_syntax::TextSize;

use crate::finding::Finding;
use crate::hover::Hover;
use crate::keys::FunctionKey;
use crate::project::{PackageIndex, Project};
use crate::resolve::{Resolver, Summaries, TypeReport, TypeReportError};
use crate::settings::Settings;
use crate::source::SourceFiles;

/// One revision of a workspace. Cheap to make: what survives an edit is in [`Summaries`].
pub struct Analysis {
    resolver: Resolver,
    settings: Arc<Settings>,
}

impl Analysis {
    /// A revision whose files don't change while it lives. `summaries` may be shared by revisions.
    pub fn new(
        project: Arc<Project>,
        settings: Arc<Settings>,
        files: Arc<dyn SourceFiles>,
        summaries: Arc<Summaries>,
    ) -> Self {
        Analysis { resolver: Resolver::new(project, files, summaries), settings }
    }

    /// What is wrong with the cached functions of a file, in source order.
    pub fn check_file(&self, path: &Path) -> Vec<Finding> {
        let _ = (path, &self.settings);
        Vec::new()
    }

    /// The keys of a file's cached functions, in source order.
    pub fn function_keys(&self, path: &Path) -> Vec<FunctionKey> {
        let _ = path;
        Vec::new()
    }

    /// What to show at a position.
    pub fn hover(&self, path: &Path, offset: TextSize) -> Option<Hover> {
        let _ = (path, offset);
        None
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
}
