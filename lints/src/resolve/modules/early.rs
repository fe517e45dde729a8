//! Modules that are asked for while their parent is yet to come to them.

use std::sync::Arc;

use super::{ItemRef, ModuleData};
use crate::resolve::Resolver;
use crate::resolve::macros::{MacroRef, Textual};
use crate::resolve::query::Query;
use crate::resolve::summary::{Item, ItemKind};

/// The textual scope that such a module probably begins in.
pub(super) struct Early(pub(super) Option<Arc<Textual>>);

impl Resolver {
    /// What is probably in textual scope where such a module begins: what can be seen without expanding anything. The
    /// module's items are then for this once.
    pub(super) fn early_textual(&self, q: &Query, data: &ModuleData) -> Option<Early> {
        let parent = data.parent.filter(|_| data.textual.get().is_none())?;
        let around = self.module(parent);
        let mut textual = match around.textual.get() {
            Some(textual) if q.expanding.borrow().contains(&parent) => textual.clone(),
            Some(_) => return None,
            None => self.early_textual(q, &around)?.0,
        };
        let is_own =
            |item: &Arc<Item>| data.declaration.as_ref().is_some_and(|own| Arc::ptr_eq(own, item));
        for item in self.raw_items(&around).iter().take_while(|item| !is_own(item)) {
            if matches!(item.kind, ItemKind::MacroRules { .. })
                && self.is_active(around.krate, &item.attrs) == Some(true)
            {
                let rules = MacroRef(ItemRef { module: parent, item: Arc::clone(item) });
                textual = Some(Textual::define(rules, textual));
            }
        }
        Some(Early(textual))
    }

    /// Notes that such a module is leaned on.
    pub(super) fn leans_on_parent(&self, q: &Query, data: &ModuleData) {
        let mut at = data.parent.filter(|_| data.textual.get().is_none());
        while let Some(module) = at {
            let open = q.expanding.borrow().iter().position(|other| *other == module);
            if let Some(open) = open {
                q.expansion_cycle.set(q.expansion_cycle.get().min(open));
                return;
            }
            at = self.module(module).parent;
        }
    }
}
