//! Where modules and items stand.

use std::sync::Arc;

use super::{ItemRef, ModuleKind};
use crate::resolve::{ModuleId, Resolver};
use crate::source::FileRange;

impl Resolver {
    /// Up through blocks to the module that `self` names.
    pub(in crate::resolve) fn normal_module(&self, module: ModuleId) -> ModuleId {
        let mut at = module;
        loop {
            let data = self.module(at);
            match (data.kind, data.parent) {
                (ModuleKind::Block, Some(parent)) => at = parent,
                _ => return at,
            }
        }
    }

    /// Whether `inner` is `outer` or somewhere in it.
    pub(in crate::resolve) fn is_within(&self, inner: ModuleId, outer: ModuleId) -> bool {
        let mut at = Some(inner);
        while let Some(module) = at {
            if module == outer {
                return true;
            }
            at = self.module(module).parent;
        }
        false
    }

    /// `crate_name::a::b`.
    pub(in crate::resolve) fn path_of_module(&self, module: ModuleId) -> String {
        let mut names = Vec::new();
        let mut at = Some(module);
        while let Some(module) = at {
            let data = self.module(module);
            at = data.parent;
            if data.kind != ModuleKind::Block {
                names.push(data.name.clone());
            }
        }
        names.reverse();
        names.join("::")
    }

    /// Where an item stands.
    pub(in crate::resolve) fn place_of(&self, item: &ItemRef) -> FileRange {
        FileRange { file: Arc::clone(&self.module(item.module).file), range: item.item.name_range }
    }
}
