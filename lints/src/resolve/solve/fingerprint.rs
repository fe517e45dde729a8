//! What tells goals about fetched packages apart in every run over the same project and the same files.

use std::sync::Arc;

use super::Goal;
use crate::resolve::modules::{ItemRef, ModuleData, ModuleKind};
use crate::resolve::ty::{Const, TraitDef, TraitRef, Ty};
use crate::resolve::{Memos, ModuleId};

/// Stands for a goal, or for a module.
pub(crate) type Fingerprint = u128;

impl Memos {
    /// `None` where a goal has something in it that can't be told from something else by what is written.
    pub(super) fn fingerprint(&self, (ty, as_trait): &Goal) -> Option<Fingerprint> {
        let mut writer = Writer { memos: self, bytes: Vec::with_capacity(128) };
        writer.ty(ty)?;
        writer.as_trait(as_trait)?;
        Some(writer.finish())
    }

    fn module_fingerprint(&self, module: ModuleId) -> Option<Fingerprint> {
        let data = self.module(module);
        if let Some(known) = data.fingerprint.get() {
            return Some(*known);
        }
        let mut writer = Writer { memos: self, bytes: Vec::new() };
        match (data.kind, data.parent, &data.declaration) {
            (ModuleKind::Root, _, _) => writer.bytes.extend(data.krate.0.to_le_bytes()),
            (ModuleKind::Normal, Some(module), Some(item)) => {
                writer.item(&ItemRef { module, item: Arc::clone(item) })?;
            }
            _ => return None,
        }
        Some(*data.fingerprint.get_or_init(|| writer.finish()))
    }
}

struct Writer<'a> {
    memos: &'a Memos,
    bytes: Vec<u8>,
}

impl Writer<'_> {
    fn finish(self) -> Fingerprint {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&blake3::hash(&self.bytes).as_bytes()[..16]);
        Fingerprint::from_le_bytes(fingerprint)
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.bytes.extend((count as u64).to_le_bytes());
    }

    /// By its module, name and place, where it is the only one of these.
    fn item(&mut self, item: &ItemRef) -> Option<()> {
        let module = self.memos.module_fingerprint(item.module)?;
        let data = self.memos.module(item.module);
        if !is_only_one(&data, item) {
            return None;
        }
        self.bytes.extend(module.to_le_bytes());
        self.text(&item.item.name);
        for range in [item.item.range, item.item.name_range] {
            self.bytes.extend(u32::from(range.start()).to_le_bytes());
            self.bytes.extend(u32::from(range.end()).to_le_bytes());
        }
        Some(())
    }

    fn ty(&mut self, ty: &Ty) -> Option<()> {
        match ty {
            // They mean something only to the code that asks.
            Ty::Param(_) | Ty::Var(_) | Ty::Projection(_) => return None,
            Ty::Unknown => self.bytes.push(0),
            Ty::Adt(item, args) => {
                self.bytes.push(1);
                self.item(item)?;
                self.types(args)?;
            }
            Ty::Std(item, args) => {
                self.bytes.push(2);
                self.text(item.0.path);
                self.types(args)?;
            }
            Ty::Tuple(args) => {
                self.bytes.push(3);
                self.types(args)?;
            }
            Ty::Array(ty, length) => {
                self.bytes.push(4);
                self.ty(ty)?;
                self.constant(length)?;
            }
            Ty::Slice(ty) => {
                self.bytes.push(5);
                self.ty(ty)?;
            }
            Ty::Ref(mutable, ty) => {
                self.bytes.extend([6, u8::from(*mutable)]);
                self.ty(ty)?;
            }
            Ty::Ptr(mutable, ty) => {
                self.bytes.extend([7, u8::from(*mutable)]);
                self.ty(ty)?;
            }
            Ty::FnPtr => self.bytes.push(8),
            Ty::Never => self.bytes.push(9),
            Ty::Dyn(traits) => {
                self.bytes.push(10);
                self.traits(traits)?;
            }
            Ty::Opaque(traits) => {
                self.bytes.push(11);
                self.traits(traits)?;
            }
            Ty::Const(value) => {
                self.bytes.push(12);
                self.constant(value)?;
            }
        }
        Some(())
    }

    fn types(&mut self, list: &[Ty]) -> Option<()> {
        self.count(list.len());
        list.iter().try_for_each(|ty| self.ty(ty))
    }

    fn constant(&mut self, value: &Const) -> Option<()> {
        match value {
            Const::Value(value) => {
                self.bytes.push(1);
                self.bytes.extend(value.to_le_bytes());
            }
            Const::Unknown => self.bytes.push(0),
            Const::Param(_) | Const::Var(_) => return None,
        }
        Some(())
    }

    fn traits(&mut self, list: &[TraitRef]) -> Option<()> {
        self.count(list.len());
        list.iter().try_for_each(|it| self.as_trait(it))
    }

    fn as_trait(&mut self, it: &TraitRef) -> Option<()> {
        match &it.def {
            TraitDef::Unknown => self.bytes.push(0),
            TraitDef::CacheKey => self.bytes.push(1),
            TraitDef::Std(item) => {
                self.bytes.push(2);
                self.text(item.0.path);
            }
            TraitDef::Item(item) => {
                self.bytes.push(3);
                self.item(item)?;
            }
        }
        self.types(&it.args)?;
        self.count(it.bindings.len());
        it.bindings.iter().try_for_each(|(name, ty)| {
            self.text(name);
            self.ty(ty)
        })
    }
}

/// Whether nothing else in a module has an item's name and place: one macro call may make several of a name.
fn is_only_one(module: &ModuleData, item: &ItemRef) -> bool {
    let Some(items) = module.expanded() else { return false };
    let place = (item.item.range, item.item.name_range);
    let mut alike = items
        .named(&item.item.name)
        .filter(|entry| (entry.item.range, entry.item.name_range) == place);
    alike.next().is_some_and(|entry| Arc::ptr_eq(&entry.item, &item.item)) && alike.next().is_none()
}
