//! Which definition a path leads to.

use rustc_hash::FxHashSet;

use super::modules::{Entry, ItemRef, Maker, ModuleItems, ModuleKind};
use super::query::Query;
use super::summary::{AdtKind, ItemKind, Name, PathRef, PathRoot, Visibility};
use super::{ModuleId, Namespace, Resolver, cachelit, std_table};
use crate::project::{Edition, PackageIndex};

/// An item of the standard library; equal by its canonical path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StdItem(pub(crate) &'static std_table::Item);

impl From<&'static std_table::Item> for StdItem {
    fn from(item: &'static std_table::Item) -> Self {
        StdItem(item)
    }
}

impl PartialEq for StdItem {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for StdItem {}

impl std::hash::Hash for StdItem {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Def {
    Module(ModuleId),
    Item(ItemRef),
    Variant(ItemRef, u32),
    Std(StdItem),
    /// Something of cachelit's own, by its path in it; empty for its root.
    Cachelit(Name),
    /// A proc-macro crate; its code isn't read.
    ProcMacroCrate(PackageIndex),
    ProcMacro(PackageIndex, Name),
}

/// Where looking for a name ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Def(Def),
    /// Nothing has that name.
    None,
    /// It can't be known.
    Unknown,
}

/// A question for a name in a module. With a module to see it from, only what is visible there counts.
pub(crate) type NameKey = (ModuleId, Name, Namespace, Option<ModuleId>);

impl Resolver {
    /// Follows a path as far as modules and enums go: the definition, and how many segments it took.
    pub(super) fn resolve(
        &self,
        q: &Query,
        module: ModuleId,
        path: &PathRef,
        namespace: Namespace,
        in_use: bool,
    ) -> (Found, usize) {
        q.enter(|| self.resolve_inner(q, module, path, namespace, in_use))
            .unwrap_or((Found::Unknown, 0))
    }

    fn resolve_inner(
        &self,
        q: &Query,
        module: ModuleId,
        path: &PathRef,
        namespace: Namespace,
        in_use: bool,
    ) -> (Found, usize) {
        let count = path.segments.len();
        let space = |used: usize| if used + 1 >= count { namespace } else { Namespace::Type };
        let krate = self.module(module).krate;
        let old = self.crate_data(krate).edition == Edition::E2015;
        let (mut found, mut used) = match &path.root {
            PathRoot::Plain => {
                let Some(first) = path.segments.first() else { return (Found::None, 0) };
                let found = if in_use && old {
                    self.crate_root_name(q, module, &first.name, space(0))
                } else {
                    self.lexical(q, module, &first.name, space(0))
                };
                (found, 1)
            }
            PathRoot::Global => match path.segments.first() {
                Some(first) if old => (self.crate_root_name(q, module, &first.name, space(0)), 1),
                Some(first) => (self.extern_prelude(krate, &first.name), 1),
                // `use ::{a, b}` of the 2015 edition.
                None => (Found::Def(Def::Module(self.root_module(krate))), 0),
            },
            PathRoot::Crate => (Found::Def(Def::Module(self.root_module(krate))), 0),
            PathRoot::DollarCrate(number) => {
                (Found::Def(self.crate_root_def(super::crates::CrateId(*number))), 0)
            }
            PathRoot::Super(levels) => {
                let mut at = self.normal_module(module);
                for _ in 0..*levels {
                    match self.module(at).parent {
                        Some(parent) => at = self.normal_module(parent),
                        None => return (Found::None, 0),
                    }
                }
                (Found::Def(Def::Module(at)), 0)
            }
            PathRoot::SelfType | PathRoot::Qualified(..) => return (Found::Unknown, 0),
        };
        while used < count {
            let Found::Def(def) = &found else { return (found, used) };
            let name = &path.segments[used].name;
            let next = match def {
                Def::Module(inner) => self.in_module(q, *inner, name, space(used), None),
                Def::Item(item) => match &item.item.kind {
                    ItemKind::Adt(adt) if adt.kind == AdtKind::Enum => {
                        match adt.variants.iter().position(|variant| variant.name == *name) {
                            Some(at) => Found::Def(Def::Variant(item.clone(), index(at))),
                            None => return (found, used),
                        }
                    }
                    _ => return (found, used),
                },
                Def::Std(StdItem(item)) if item.kind == std_table::Kind::Module => {
                    std_child(item, name, space(used))
                }
                Def::Std(StdItem(item)) if item.kind == std_table::Kind::Enum => {
                    match std_child(item, name, space(used)) {
                        Found::None => return (found, used),
                        variant => variant,
                    }
                }
                Def::Cachelit(base) => self.in_cachelit(q, base, name, space(used)),
                Def::ProcMacroCrate(package) => self.in_proc_macro(q, *package, name, space(used)),
                _ => return (found, used),
            };
            found = next;
            used += 1;
        }
        (found, used)
    }

    /// A path of the 2015 edition: from the crate root, or a crate's name.
    fn crate_root_name(&self, q: &Query, module: ModuleId, name: &Name, space: Namespace) -> Found {
        let krate = self.module(module).krate;
        match self.in_module(q, self.root_module(krate), name, space, None) {
            Found::None if space == Namespace::Type => self.extern_prelude(krate, name),
            found => found,
        }
    }

    /// A name as code in `module` sees it: block by block, the module, then the preludes.
    pub(super) fn lexical(
        &self,
        q: &Query,
        module: ModuleId,
        name: &Name,
        namespace: Namespace,
    ) -> Found {
        let mut at = module;
        loop {
            match self.in_module(q, at, name, namespace, None) {
                Found::None => {}
                found => return found,
            }
            let data = self.module(at);
            match (data.kind, data.parent) {
                (ModuleKind::Block, Some(parent)) => at = parent,
                _ => break,
            }
        }
        let krate = self.module(module).krate;
        match namespace {
            Namespace::Type => match self.extern_prelude(krate, name) {
                Found::None => {}
                found => return found,
            },
            Namespace::Macro => {
                let items = self.items(q, module);
                match self.textual(q, items.textual.as_ref(), name) {
                    Found::None => {}
                    found => return found,
                }
                if let Some(item) = std_table::lookup(&format!("std::{name}"), namespace) {
                    return Found::Def(Def::Std(item.into()));
                }
            }
            Namespace::Value => {}
        }
        // What `extern crate` items of the root bring in is visible everywhere.
        if namespace == Namespace::Type {
            let root = self.items(q, self.root_module(krate));
            if root.named(name).any(|it| matches!(it.item.kind, ItemKind::ExternCrate { .. })) {
                return self.in_module(q, self.root_module(krate), name, namespace, None);
            }
        }
        self.std_prelude_name(krate, name, namespace)
    }

    fn std_prelude_name(
        &self,
        krate: super::crates::CrateId,
        name: &Name,
        namespace: Namespace,
    ) -> Found {
        let edition = match self.crate_data(krate).edition {
            Edition::E2015 => "2015",
            Edition::E2018 => "2018",
            Edition::E2021 => "2021",
            Edition::E2024 => "2024",
        };
        let prelude = std_table::prelude(edition, true);
        let item = std_table::lookup(&format!("{prelude}::{name}"), namespace)
            .or_else(|| std_table::lookup(&format!("std::prelude::v1::{name}"), namespace));
        if let Some(item) = item {
            return Found::Def(Def::Std(item.into()));
        }
        match std_table::lookup(name, namespace) {
            Some(item) if item.kind == std_table::Kind::Primitive => {
                Found::Def(Def::Std(item.into()))
            }
            _ => Found::None,
        }
    }

    /// A name in a module: declared, imported, or through a glob.
    pub(super) fn in_module(
        &self,
        q: &Query,
        module: ModuleId,
        name: &Name,
        namespace: Namespace,
        from: Option<ModuleId>,
    ) -> Found {
        let key: NameKey = (module, name.clone(), namespace, from);
        q.looks_into(module);
        q.looks_into(from.unwrap_or(module));
        // What an outsider may see of a module can depend on who it is.
        let names =
            &self.memos_at(from.filter(|from| !from.is_out_of_reach()).unwrap_or(module)).names;
        if let Some(found) = names.read().expect("no panic while held").get(&key) {
            return found.clone();
        }
        let position = {
            let mut stack = q.names.borrow_mut();
            if let Some(at) = stack.iter().position(|other| *other == key) {
                // An import that leads to itself adds nothing.
                q.name_cycle.set(q.name_cycle.get().min(at));
                q.cycles_met.set(q.cycles_met.get() + 1);
                return Found::None;
            }
            stack.push(key.clone());
            stack.len() - 1
        };
        let work = || q.enter(|| self.in_module_inner(q, module, name, namespace, from));
        let (found, is_whole) = q.watch(work);
        let (found, shadowing_known) = found.unwrap_or((Found::Unknown, false));
        q.names.borrow_mut().pop();
        let leans_on_earlier = q.name_cycle.get() < position;
        if !leans_on_earlier {
            q.name_cycle.set(usize::MAX);
        }
        // What was found stays found when the open question is answered; what was not may yet be.
        let is_final = !leans_on_earlier || (shadowing_known && matches!(found, Found::Def(_)));
        if is_final && q.expanding.borrow().is_empty() && is_whole {
            names.write().expect("no panic while held").insert(key, found.clone());
        }
        found
    }

    /// The name, and whether nothing that would hide it is still open.
    fn in_module_inner(
        &self,
        q: &Query,
        module: ModuleId,
        name: &Name,
        namespace: Namespace,
        from: Option<ModuleId>,
    ) -> (Found, bool) {
        let items = self.items(q, module);
        let open_before = q.cycles_met.get();
        let declared = self.declared(q, module, &items, name, namespace, from);
        let shadowing_known = q.cycles_met.get() == open_before;
        if declared != Found::None {
            return (declared, shadowing_known);
        }
        match self.through_globs(q, module, name, namespace, from) {
            Found::None => (self.hidden(module, &items, name, namespace), shadowing_known),
            found => (found, shadowing_known),
        }
    }

    /// A name that a module has without its globs.
    fn declared(
        &self,
        q: &Query,
        module: ModuleId,
        items: &ModuleItems,
        name: &Name,
        namespace: Namespace,
        from: Option<ModuleId>,
    ) -> Found {
        let explicit = self.explicit(q, module, items, name, namespace, from);
        if explicit != Found::None {
            return explicit;
        }
        let data = self.module(module);
        if namespace == Namespace::Macro
            && data.kind == ModuleKind::Root
            && let Some(exported) = self.exported_macro(q, data.krate, name)
        {
            return Found::Def(Def::Item(exported));
        }
        Found::None
    }

    fn explicit(
        &self,
        q: &Query,
        module: ModuleId,
        items: &ModuleItems,
        name: &Name,
        namespace: Namespace,
        from: Option<ModuleId>,
    ) -> Found {
        let mut certain = Vec::new();
        let mut possible = Vec::new();
        let mut unknown = false;
        for entry in items.named(name) {
            if from.is_some_and(|from| !self.is_visible(q, &entry.item.vis, module, from)) {
                continue;
            }
            match self.entry_def(q, module, entry, namespace) {
                Found::Def(def) => {
                    let list = if entry.maybe { &mut possible } else { &mut certain };
                    // Two are as good as more, which macros can make by the thousand.
                    if list.len() < 2 && !list.contains(&def) {
                        list.push(def);
                    }
                }
                Found::Unknown => unknown = true,
                Found::None => {}
            }
        }
        match (certain.len(), possible.len()) {
            (1, _) => Found::Def(certain.remove(0)),
            (0, 1) => Found::Def(possible.remove(0)),
            (0, 0) if !unknown => Found::None,
            _ => Found::Unknown,
        }
    }

    fn entry_def(&self, q: &Query, module: ModuleId, entry: &Entry, namespace: Namespace) -> Found {
        let here = || ItemRef { module, item: entry.item.clone() };
        let of_namespace = |own: bool| {
            if own { Found::Def(Def::Item(here())) } else { Found::None }
        };
        match &entry.item.kind {
            ItemKind::Module(_) if namespace == Namespace::Type => {
                Found::Def(Def::Module(self.child_module(&here())))
            }
            ItemKind::Use { path, .. } => {
                let (found, used) = self.resolve(q, module, path, namespace, true);
                if used < path.segments.len() && matches!(found, Found::Def(_)) {
                    return Found::None;
                }
                found
            }
            ItemKind::ExternCrate { krate } if namespace == Namespace::Type => {
                self.extern_crate(self.module(module).krate, krate)
            }
            ItemKind::Alias { .. } | ItemKind::Trait(_) => {
                of_namespace(namespace == Namespace::Type)
            }
            ItemKind::Adt(adt) => of_namespace(
                namespace == Namespace::Type || (namespace == Namespace::Value && adt.is_value),
            ),
            ItemKind::Fn | ItemKind::Const { .. } | ItemKind::Static => {
                of_namespace(namespace == Namespace::Value)
            }
            ItemKind::OpaqueMacro => of_namespace(namespace == Namespace::Macro),
            _ => Found::None,
        }
    }

    /// A name that some chain of globs brings in. Chains can be long and go in circles, so they are
    /// walked with a list of what is left, each glob once for each module that looks through it.
    fn through_globs(
        &self,
        q: &Query,
        module: ModuleId,
        name: &Name,
        namespace: Namespace,
        from: Option<ModuleId>,
    ) -> Found {
        let mut defs: Vec<Def> = Vec::new();
        let mut unknown = false;
        let mut visited = FxHashSet::default();
        let mut left = vec![(module, from)];
        while let Some((at, from)) = left.pop() {
            for target in self.glob_targets(q, at, from) {
                let found = match target {
                    Found::Def(Def::Module(inner)) => {
                        if inner == module || !visited.insert((inner, at)) {
                            continue;
                        }
                        let items = self.items(q, inner);
                        match self.declared(q, inner, &items, name, namespace, Some(at)) {
                            Found::None => {
                                left.push((inner, Some(at)));
                                self.hidden(inner, &items, name, namespace)
                            }
                            found => found,
                        }
                    }
                    Found::Def(def) => self.glob_member(q, &def, name, namespace),
                    found => found,
                };
                match found {
                    Found::Def(def) if !defs.contains(&def) => defs.push(def),
                    Found::Unknown => unknown = true,
                    _ => {}
                }
            }
        }
        match defs.len() {
            0 if unknown => Found::Unknown,
            0 => Found::None,
            1 => Found::Def(defs.remove(0)),
            _ => Found::Unknown,
        }
    }

    /// What the globs of a module lead to, as far as they are visible.
    fn glob_targets(&self, q: &Query, module: ModuleId, from: Option<ModuleId>) -> Vec<Found> {
        let items = self.items(q, module);
        let mut targets = Vec::with_capacity(items.globs.len());
        for &at in &items.globs {
            let entry = &items.entries[at as usize];
            let ItemKind::Use { path, .. } = &entry.item.kind else { continue };
            if from.is_some_and(|from| !self.is_visible(q, &entry.item.vis, module, from)) {
                continue;
            }
            match self.resolve(q, module, path, Namespace::Type, true) {
                (Found::Unknown, _) => targets.push(Found::Unknown),
                (found, used) if used == path.segments.len() => targets.push(found),
                _ => {}
            }
        }
        targets
    }

    /// A name in what is no module of Rust source.
    fn glob_member(&self, q: &Query, target: &Def, name: &Name, namespace: Namespace) -> Found {
        match target {
            Def::Item(item) => match &item.item.kind {
                ItemKind::Adt(adt) => {
                    match adt.variants.iter().position(|variant| variant.name == *name) {
                        Some(at) => Found::Def(Def::Variant(item.clone(), index(at))),
                        None => Found::None,
                    }
                }
                _ => Found::None,
            },
            Def::Std(StdItem(item)) => std_child(item, name, namespace),
            Def::Cachelit(base) => self.in_cachelit(q, base, name, namespace),
            Def::ProcMacroCrate(package) => self.in_proc_macro(q, *package, name, namespace),
            Def::Module(_) | Def::Variant(..) | Def::ProcMacro(..) => Found::None,
        }
    }

    /// What stands under a path of cachelit's own: its names are known without its source.
    fn in_cachelit(&self, q: &Query, base: &Name, name: &Name, namespace: Namespace) -> Found {
        // The prelude re-exports what stands at the root.
        let path = match base.as_str() {
            "" | "prelude" => name.clone(),
            base => Name::from(format!("{base}::{name}")),
        };
        if cachelit::is_known(&path, namespace) {
            return Found::Def(Def::Cachelit(path));
        }
        if !base.is_empty() {
            return Found::None;
        }
        let package = self.project.indexed().find(|(_, package)| package.name == "cachelit");
        let library = package.and_then(|(at, _)| self.library_of(at));
        match library {
            // Without the source there are no other names, rather than any.
            Some(library) if self.files.exists(&self.crate_data(library).root) => {
                self.in_module(q, self.root_module(library), name, namespace, None)
            }
            _ => Found::None,
        }
    }

    /// Whether something that can't be looked into may have the name. A file that a build script writes
    /// is taken not to hide what every module sees.
    fn hidden(
        &self,
        module: ModuleId,
        items: &ModuleItems,
        name: &Name,
        namespace: Namespace,
    ) -> Found {
        let is_open = items.opaque.iter().any(|it| it.maker == Maker::BuildScript)
            || (namespace == Namespace::Type && items.may_be_made(name));
        let may_be = items.missing
            || items.opaque.iter().any(|opaque| may_define(&opaque.item, name))
            || (is_open && !self.is_in_preludes(self.module(module).krate, name, namespace));
        if may_be { Found::Unknown } else { Found::None }
    }

    fn is_in_preludes(
        &self,
        krate: super::crates::CrateId,
        name: &Name,
        namespace: Namespace,
    ) -> bool {
        self.std_prelude_name(krate, name, namespace) != Found::None
            || match namespace {
                Namespace::Type => self.extern_prelude(krate, name) != Found::None,
                Namespace::Macro => std_table::lookup(&format!("std::{name}"), namespace).is_some(),
                Namespace::Value => false,
            }
    }

    /// Whether something in `owner` with this visibility can be named in `from`.
    fn is_visible(&self, q: &Query, vis: &Visibility, owner: ModuleId, from: ModuleId) -> bool {
        match vis {
            Visibility::Public => true,
            Visibility::Private => self.is_within(from, self.normal_module(owner)),
            Visibility::In(path) => match self.resolve(q, owner, path, Namespace::Type, true).0 {
                Found::Def(Def::Module(outer)) => self.is_within(from, outer),
                _ => self.module(from).krate == self.module(owner).krate,
            },
        }
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than 2^32 variants")
}

fn std_child(item: &'static std_table::Item, name: &str, namespace: Namespace) -> Found {
    if matches!(item.path, "std::primitive" | "core::primitive") {
        let primitive = std_table::lookup(name, namespace);
        return primitive.map_or(Found::None, |item| Found::Def(Def::Std(item.into())));
    }
    match std_table::lookup(&format!("{}::{name}", item.path), namespace) {
        Some(item) => Found::Def(Def::Std(item.into())),
        None => Found::None,
    }
}

/// Whether what a macro is given has the name in it.
pub(super) fn mentions(given: &super::summary::Item, name: &str) -> bool {
    match &given.kind {
        ItemKind::MacroCall { input, .. } => has_word(input, name),
        _ => given.attrs.list.iter().any(|attr| has_word(&attr.input, name)),
    }
}

/// Whether what a macro is given has the name in it, other than to call a macro of that name.
fn may_define(given: &super::summary::Item, name: &str) -> bool {
    match &given.kind {
        ItemKind::MacroCall { input, .. } => words(input, name)
            .map(str::trim_start)
            .any(|after| !after.starts_with('!') || after.starts_with("!=")),
        _ => mentions(given, name),
    }
}

/// Whether a text has a word in it, not as a part of another.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    words(text, word).next().is_some()
}

/// What stands behind each occurrence of a word.
fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).filter_map(move |(at, _)| {
        let after = &text[at + word.len()..];
        let is_whole = !text[..at].chars().next_back().is_some_and(is_word)
            && !after.chars().next().is_some_and(is_word);
        is_whole.then_some(after)
    })
}
