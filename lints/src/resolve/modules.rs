//! The tree of modules: which file each has, and its items once `cfg` is applied and macros are expanded.
//!
//! Modules come into being when their parent's items do; a file is read when its module's items are
//! asked for. So placing a file costs its ancestors only.

mod early;
mod made;
mod place;
mod search;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ra_ap_syntax::TextRange;
use rustc_hash::FxHashMap;

use super::crates::CrateId;
use super::macros::{Call, Expansion, MacroRef, Textual};
use super::query::Query;
use super::solve::Fingerprint;
use super::summary::{Item, ItemKind, Items, Name};
use super::{Memos, ModuleId, Resolver};
use crate::project::PackageIndex;

/// An item in its module. Equal if it is the same item, not if it looks the same.
#[derive(Clone, Debug)]
pub(crate) struct ItemRef {
    pub(crate) module: ModuleId,
    pub(crate) item: Arc<Item>,
}

impl PartialEq for ItemRef {
    fn eq(&self, other: &Self) -> bool {
        self.module == other.module && Arc::ptr_eq(&self.item, &other.item)
    }
}

impl Eq for ItemRef {}

impl std::hash::Hash for ItemRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.module, Arc::as_ptr(&self.item)).hash(state);
    }
}

/// An item as its file has it. Equal if it is the same item, not if it looks the same.
#[derive(Debug)]
pub(crate) struct ByPlace(Arc<Item>);

impl PartialEq for ByPlace {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ByPlace {}

impl std::hash::Hash for ByPlace {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModuleKind {
    Root,
    Normal,
    /// The items of a block; names that aren't found here are looked for around it.
    Block,
}

#[derive(Debug)]
pub(crate) struct ModuleData {
    pub(crate) krate: CrateId,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) name: Name,
    pub(crate) kind: ModuleKind,
    /// The `mod` item in its parent.
    pub(crate) declaration: Option<Arc<Item>>,
    /// The file that its items stand in.
    pub(crate) file: Arc<Path>,
    /// Where the files of its child modules are looked for.
    pub(crate) dir: PathBuf,
    /// Where a `#[path]` of its child modules starts from.
    path_dir: PathBuf,
    /// Whether it is the whole of its file.
    pub(crate) owns_file: bool,
    /// `None` where its file can't be read.
    raw: OnceLock<Option<Items>>,
    /// The `macro_rules!` in textual scope where it begins.
    textual: OnceLock<Option<Arc<Textual>>>,
    expanded: OnceLock<Arc<ModuleItems>>,
    /// What tells it from others in every run.
    pub(crate) fingerprint: OnceLock<Fingerprint>,
}

impl ModuleData {
    /// Its items in this build, once they have been worked out.
    pub(crate) fn expanded(&self) -> Option<&Arc<ModuleItems>> {
        self.expanded.get()
    }
}

/// An item of this build.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) item: Arc<Item>,
    /// A `cfg` on it can't be decided.
    pub(crate) maybe: bool,
}

/// A macro call, or an item with a macro on it, that may have made anything.
#[derive(Clone, Debug)]
pub(crate) struct Opaque {
    pub(crate) item: Arc<Item>,
    pub(crate) maker: Maker,
}

/// Who wrote what can't be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    Unknown,
    ProcMacro(PackageIndex),
    /// `include!` of what a build script writes.
    BuildScript,
}

/// The items of a module in this build.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModuleItems {
    pub(crate) entries: Vec<Entry>,
    by_name: FxHashMap<Name, Vec<u32>>,
    pub(crate) globs: Vec<u32>,
    makers: Vec<u32>,
    /// Macro calls that could not be expanded.
    pub(crate) opaque: Vec<Opaque>,
    /// Its file can't be read: anything may be in it.
    pub(crate) missing: bool,
    /// The textual scope behind its last item.
    pub(crate) textual: Option<Arc<Textual>>,
}

impl ModuleItems {
    /// Everything that is declared or imported under a name.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.by_name.get(name).into_iter().flatten().map(|&at| &self.entries[at as usize])
    }

    pub(super) fn push(&mut self, entry: Entry) {
        let at = u32::try_from(self.entries.len()).expect("fewer than 2^32 items");
        if let ItemKind::Use { glob: true, .. } = entry.item.kind {
            self.globs.push(at);
        } else if !entry.item.name.is_empty() {
            self.by_name.entry(entry.item.name.clone()).or_default().push(at);
            self.makers.extend(made::is_maker(&entry.item).then_some(at));
        }
        self.entries.push(entry);
    }
}

/// Which block of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BlockKey {
    /// A block in the module's file.
    Range(TextRange),
    /// A list of items that lives as long as the module.
    List(usize),
}

/// Every module that was met so far.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    list: Vec<Arc<ModuleData>>,
    roots: FxHashMap<CrateId, ModuleId>,
    children: FxHashMap<ItemRef, ModuleId>,
    blocks: FxHashMap<(ModuleId, BlockKey), ModuleId>,
}

/// How many calls of macros, in all that the calls of a module expand to, are expanded. Each may make two.
const MAX_INNER_CALLS: usize = 20_000;

/// Marks the numbers of modules that no edit reaches: they are counted apart.
const OUT_OF_REACH: u32 = 1 << 31;

impl ModuleId {
    pub(super) fn is_out_of_reach(self) -> bool {
        self.0 & OUT_OF_REACH != 0
    }
}

impl Modules {
    fn add(&mut self, data: ModuleData, is_out_of_reach: bool) -> ModuleId {
        let number =
            u32::try_from(self.list.len()).ok().filter(|number| number & OUT_OF_REACH == 0);
        let number = number.expect("fewer than 2^31 modules");
        self.list.push(Arc::new(data));
        ModuleId(if is_out_of_reach { number | OUT_OF_REACH } else { number })
    }
}

impl Memos {
    /// One of the modules in these memos.
    pub(super) fn module(&self, module: ModuleId) -> Arc<ModuleData> {
        let modules = self.modules.read().expect("no panic while held");
        Arc::clone(&modules.list[(module.0 & !OUT_OF_REACH) as usize])
    }
}

impl Resolver {
    pub(super) fn module(&self, module: ModuleId) -> Arc<ModuleData> {
        self.memos_at(module).module(module)
    }

    pub(super) fn root_module(&self, krate: CrateId) -> ModuleId {
        let all = &self.memos(krate).modules;
        if let Some(&root) = all.read().expect("no panic while held").roots.get(&krate) {
            return root;
        }
        let data = self.crate_data(krate);
        let dir = data.root.parent().unwrap_or(Path::new("")).to_owned();
        let root = ModuleData {
            krate,
            parent: None,
            name: data.name.clone(),
            kind: ModuleKind::Root,
            declaration: None,
            file: Arc::clone(&data.root),
            path_dir: dir.clone(),
            dir,
            owns_file: true,
            raw: OnceLock::new(),
            textual: OnceLock::from(None),
            expanded: OnceLock::new(),
            fingerprint: OnceLock::new(),
        };
        let mut modules = all.write().expect("no panic while held");
        if let Some(&root) = modules.roots.get(&krate) {
            return root;
        }
        let id = modules.add(root, self.crates.is_out_of_reach(krate));
        modules.roots.insert(krate, id);
        id
    }

    /// The module that a `mod` item declares.
    pub(super) fn child_module(&self, declaration: &ItemRef) -> ModuleId {
        let known = |modules: &Modules| modules.children.get(declaration).copied();
        let all = &self.memos_at(declaration.module).modules;
        if let Some(child) = known(&all.read().expect("no panic while held")) {
            return child;
        }
        let data = self.new_child(declaration);
        let mut modules = all.write().expect("no panic while held");
        if let Some(child) = known(&modules) {
            return child;
        }
        let id = modules.add(data, declaration.module.is_out_of_reach());
        modules.children.insert(declaration.clone(), id);
        id
    }

    fn new_child(&self, declaration: &ItemRef) -> ModuleData {
        let parent = self.module(declaration.module);
        let item = &declaration.item;
        let place =
            item.attrs.list.iter().find(|attr| {
                attr.is("path") && self.all_hold(parent.krate, &attr.when) == Some(true)
            });
        let place = place.map(|attr| attr.input.trim_matches('"').to_owned());
        let mut data = ModuleData {
            krate: parent.krate,
            parent: Some(declaration.module),
            name: item.name.clone(),
            kind: ModuleKind::Normal,
            declaration: Some(Arc::clone(item)),
            file: Arc::clone(&parent.file),
            dir: PathBuf::new(),
            path_dir: PathBuf::new(),
            owns_file: false,
            raw: OnceLock::new(),
            textual: OnceLock::new(),
            expanded: OnceLock::new(),
            fingerprint: OnceLock::new(),
        };
        if let ItemKind::Module(Some(items)) = &item.kind {
            let dir = match place {
                Some(place) => join(&parent.path_dir, &place),
                None => parent.dir.join(item.name.as_str()),
            };
            data.path_dir.clone_from(&dir);
            data.dir = dir;
            data.raw = OnceLock::from(Some(Arc::clone(items)));
            return data;
        }
        data.owns_file = true;
        let flat = parent.dir.join(format!("{}.rs", item.name));
        let (file, dir) = if let Some(place) = place {
            let file = join(&parent.path_dir, &place);
            let dir = file.parent().unwrap_or(Path::new("")).to_owned();
            (file, dir)
        } else {
            let dir = parent.dir.join(item.name.as_str());
            let nested = dir.join("mod.rs");
            let is_nested = !self.files.exists(&flat) && self.files.exists(&nested);
            (if is_nested { nested } else { flat }, dir)
        };
        file.parent().unwrap_or(Path::new("")).clone_into(&mut data.path_dir);
        data.dir = dir;
        data.file = file.into();
        data
    }

    /// The module of a block's items.
    pub(super) fn block_module(
        &self,
        parent: ModuleId,
        key: BlockKey,
        items: impl FnOnce() -> Arc<[Arc<Item>]>,
    ) -> ModuleId {
        let key = (parent, key);
        let known = |modules: &Modules| modules.blocks.get(&key).copied();
        let all = &self.memos_at(parent).modules;
        if let Some(block) = known(&all.read().expect("no panic while held")) {
            return block;
        }
        let around = self.module(parent);
        let scope = around.expanded.get().and_then(|items| items.textual.clone());
        let data = ModuleData {
            krate: around.krate,
            parent: Some(parent),
            name: Name::default(),
            kind: ModuleKind::Block,
            declaration: None,
            file: Arc::clone(&around.file),
            dir: around.dir.clone(),
            path_dir: around.path_dir.clone(),
            owns_file: false,
            raw: OnceLock::from(Some(items())),
            textual: OnceLock::from(scope),
            expanded: OnceLock::new(),
            fingerprint: OnceLock::new(),
        };
        let mut modules = all.write().expect("no panic while held");
        if let Some(block) = known(&modules) {
            return block;
        }
        let id = modules.add(data, parent.is_out_of_reach());
        modules.blocks.insert(key, id);
        id
    }

    /// Its items as the file has them; `None` where it can't be read.
    fn readable_items(&self, module: &ModuleData) -> Option<Items> {
        let read = || {
            let edition = self.crate_data(module.krate).edition;
            self.summaries.items(&*self.files, &module.file, edition)
        };
        module.raw.get_or_init(read).clone()
    }

    /// Its items as the file has them.
    pub(super) fn raw_items(&self, module: &ModuleData) -> Items {
        self.readable_items(module).unwrap_or_default()
    }

    /// Its items in this build. While they are being worked out, those that the file has.
    pub(super) fn items(&self, q: &Query, module: ModuleId) -> Arc<ModuleItems> {
        q.looks_into(module);
        let data = self.module(module);
        if let Some(items) = data.expanded.get() {
            return Arc::clone(items);
        }
        let open = q.expanding.borrow().iter().position(|other| *other == module);
        if let Some(at) = open {
            q.expansion_cycle.set(q.expansion_cycle.get().min(at));
        }
        if let Some(items) = q.partial.borrow().get(&module) {
            self.leans_on_parent(q, &data);
            return Arc::clone(items);
        }
        if open.is_some() {
            return Arc::new(self.unexpanded(&data));
        }
        // A module met through a path that leads past its parent still needs the parent's macros.
        if let Some(parent) = data.parent
            && data.textual.get().is_none()
        {
            self.items(q, parent);
        }
        let early = self.early_textual(q, &data);
        let is_early = early.is_some();
        let position = q.expanding.borrow().len();
        q.expanding.borrow_mut().push(module);
        let cycle_around = q.expansion_cycle.replace(usize::MAX);
        let (open_names, names_around) = (q.names.borrow().len(), q.name_cycle.replace(usize::MAX));
        let (items, is_whole) = q.watch(|| {
            q.enter(|| self.expand_module(q, module, &data, early.and_then(|early| early.0)))
        });
        q.expanding.borrow_mut().pop();
        let cycle = q.expansion_cycle.get();
        let leans_on_name = q.name_cycle.get() < open_names;
        q.name_cycle.set(q.name_cycle.get().min(names_around));
        let leans_on_open = cycle < position || leans_on_name;
        q.expansion_cycle.set(if cycle < position {
            cycle.min(cycle_around)
        } else {
            cycle_around
        });
        if position == 0 {
            q.partial.borrow_mut().clear();
        }
        let Some(items) = items else { return Arc::new(self.unexpanded(&data)) };
        let items = Arc::new(items);
        if !is_whole {
            return items;
        }
        if is_early || (leans_on_open && !items.opaque.is_empty()) {
            // What a module that is being expanded still makes may be a macro that this one calls.
            if position > 0 {
                q.partial.borrow_mut().insert(module, Arc::clone(&items));
            }
            return items;
        }
        Arc::clone(data.expanded.get_or_init(|| items))
    }

    pub(super) fn unexpanded(&self, data: &ModuleData) -> ModuleItems {
        let mut found = ModuleItems::default();
        for item in self.raw_items(data).iter() {
            match self.is_active(data.krate, &item.attrs) {
                Some(false) => {}
                active => {
                    let (item, maybe) = self.with_active_params(data.krate, item);
                    found.push(Entry { item, maybe: maybe || active.is_none() });
                }
            }
        }
        found
    }

    fn expand_module(
        &self,
        q: &Query,
        module: ModuleId,
        data: &ModuleData,
        early: Option<Arc<Textual>>,
    ) -> ModuleItems {
        let mut found = ModuleItems {
            missing: self.readable_items(data).is_none(),
            textual: data.textual.get().cloned().flatten().or(early),
            ..ModuleItems::default()
        };
        let items = self.raw_items(data);
        self.expand_items(q, module, data, items, &mut found);
        if !found.opaque.is_empty() {
            // A macro may be imported by what another one made.
            q.partial.borrow_mut().insert(module, Arc::new(found.clone()));
            let again: Arc<[Arc<Item>]> =
                std::mem::take(&mut found.opaque).into_iter().map(|it| it.item).collect();
            self.expand_items(q, module, data, again, &mut found);
            q.partial.borrow_mut().remove(&module);
        }
        found
    }

    /// Adds items in order: `cfg`, textual scope and macro calls are dealt with on the way. What a call
    /// expands to comes next, on a stack of lists: expansions may nest deeply.
    fn expand_items(
        &self,
        q: &Query,
        module: ModuleId,
        data: &ModuleData,
        items: Arc<[Arc<Item>]>,
        into: &mut ModuleItems,
    ) {
        let mut lists = vec![(items, 0, false)];
        let mut inner_calls = 0;
        while let Some((list, at, in_maybe)) = lists.last_mut() {
            let Some(item) = list.get(*at).cloned() else {
                lists.pop();
                continue;
            };
            *at += 1;
            let active = self.is_active(data.krate, &item.attrs);
            if active == Some(false) {
                continue;
            }
            let maybe = *in_maybe || active.is_none();
            if let ItemKind::MacroCall { path, input } = &item.kind {
                let textual = into.textual.clone();
                let textual = textual.as_ref();
                inner_calls += usize::from(lists.len() > 1);
                if inner_calls > MAX_INNER_CALLS {
                    into.opaque.push(Opaque { item, maker: Maker::Unknown });
                    continue;
                }
                let call = Call { module, path, input, place: item.range, textual };
                match self.expand_call(q, &call, lists.len()) {
                    Expansion::Items(items) => lists.push((items, 0, maybe)),
                    Expansion::Nothing => {}
                    Expansion::Unknown(maker) => into.opaque.push(Opaque { item, maker }),
                }
                continue;
            }
            let (item, is_open) = self.with_active_params(data.krate, &item);
            self.add_to_textual(q, data, &ItemRef { module, item: Arc::clone(&item) }, into);
            into.push(Entry { item, maybe: maybe || is_open });
        }
    }

    /// The item without the parameters that a `cfg` leaves out, and whether one can't be decided. It is
    /// the same for everyone who asks, since items are told apart by where they are kept.
    fn with_active_params(&self, krate: CrateId, item: &Arc<Item>) -> (Arc<Item>, bool) {
        let params = item.kind.generics().map_or(&[][..], |generics| &generics.params);
        if params.iter().all(|param| param.cfg.is_empty()) {
            return (Arc::clone(item), false);
        }
        let is_open = params.iter().any(|param| self.all_hold(krate, &param.cfg).is_none());
        let key = (krate, ByPlace(Arc::clone(item)));
        let mut trimmed = self.memos(krate).trimmed.write().expect("no panic while held");
        let kept = trimmed.entry(key).or_insert_with(|| {
            let mut item = Item::clone(item);
            if let Some(generics) = item.kind.generics_mut() {
                Arc::make_mut(generics)
                    .params
                    .retain(|param| self.all_hold(krate, &param.cfg) != Some(false));
            }
            Arc::new(item)
        });
        (Arc::clone(kept), is_open)
    }

    /// What an item does to the macros that are in scope behind it.
    fn add_to_textual(&self, q: &Query, data: &ModuleData, here: &ItemRef, into: &mut ModuleItems) {
        let is_macro_use = || here.item.attrs.list.iter().any(|attr| attr.is("macro_use"));
        match &here.item.kind {
            ItemKind::MacroRules { .. } => {
                into.textual = Some(Textual::define(MacroRef(here.clone()), into.textual.take()));
            }
            ItemKind::Module(_) => {
                let child = self.child_module(here);
                if !q.is_exhausted() && data.textual.get().is_some() {
                    // Another thread may have been first, with the same scope.
                    let _ = self.module(child).textual.set(into.textual.clone());
                    q.partial.borrow_mut().remove(&child);
                }
                into.textual = if is_macro_use() {
                    self.items(q, child).textual.clone()
                } else {
                    Some(Textual::pass_module(child, into.textual.take()))
                };
            }
            ItemKind::ExternCrate { krate } if is_macro_use() => {
                let found = self.extern_crate(data.krate, krate);
                into.textual = self.import_macros(&found, into.textual.take());
            }
            _ => {}
        }
    }
}

/// Joins and removes `.` and `..`, so that one file has one path.
pub(super) fn join(dir: &Path, relative: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in dir.join(relative).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined
}
