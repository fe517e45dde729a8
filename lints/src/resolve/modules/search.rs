//! Which modules a file is the source of.

use std::path::Path;
use std::sync::Arc;

use super::ItemRef;
use crate::resolve::crates::CrateId;
use crate::resolve::query::Query;
use crate::resolve::summary::ItemKind;
use crate::resolve::{ModuleId, Resolver};

impl Resolver {
    /// The modules of the crate that have `file` as their source.
    pub(in crate::resolve) fn modules_in(
        &self,
        q: &Query,
        krate: CrateId,
        file: &Path,
    ) -> Vec<ModuleId> {
        let mut found = Vec::new();
        let root = self.root_module(krate);
        if &*self.module(root).file == file {
            return vec![root];
        }
        self.search_file(q, root, file, &mut found, 0);
        found
    }

    /// Only modules that can have the file below them are read.
    fn search_file(
        &self,
        q: &Query,
        module: ModuleId,
        file: &Path,
        found: &mut Vec<ModuleId>,
        depth: u32,
    ) {
        if depth > 64 {
            return;
        }
        for entry in &self.items(q, module).entries {
            if !matches!(entry.item.kind, ItemKind::Module(_)) {
                continue;
            }
            let child = self.child_module(&ItemRef { module, item: Arc::clone(&entry.item) });
            let data = self.module(child);
            if data.owns_file && &*data.file == file {
                found.push(child);
            } else if file.starts_with(&data.dir) {
                self.search_file(q, child, file, found, depth + 1);
            }
        }
    }
}
