//! `macro_rules!`: which macro a call means, and the items it makes.

mod matching;
mod rules;
mod tokens;
mod transcribe;

use std::sync::Arc;

use ra_ap_syntax::TextRange;
use rustc_hash::FxHashMap;

use super::crates::CrateId;
use super::modules::{Entry, ItemRef, Maker, ModuleKind, join};
use super::names::{Def, Found, StdItem};
use super::query::Query;
use super::summary::{
    DOLLAR_CRATE, Item, ItemKind, Items, Name, PathRef, parse_items, parse_statements,
};
use super::{ModuleId, Namespace, Resolver};
use crate::project::PackageIndex;

pub(crate) use rules::Rules;
use tokens::Tokens;

/// How deep expansions may nest; rustc's own limit is 128 unless a crate raises it.
const MAX_LEVEL: usize = 256;
/// How long one expansion may get, in bytes: less, the deeper it is nested, for what doubles with every
/// level is a bomb.
fn max_length(level: usize) -> usize {
    (4 << 20) >> (level / 4).min(5)
}

/// A `macro_rules!` item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MacroRef(pub(crate) ItemRef);

/// The `macro_rules!` in textual scope, the latest first.
#[derive(Debug)]
pub(crate) struct Textual {
    what: TextualKind,
    before: Option<Arc<Textual>>,
}

#[derive(Debug)]
enum TextualKind {
    Macro(MacroRef),
    /// `#[macro_use] extern crate`.
    Crate(CrateId),
    /// Likewise, of proc macros.
    ProcMacros(PackageIndex),
    /// A module that may begin with `#![macro_use]`; its file is read only for what is found nowhere else.
    Module(ModuleId),
    /// Macros of some crate that isn't known.
    Unknown,
}

impl Drop for Textual {
    /// One by one: a scope may be too long for one call per link.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(link) = next {
            next = Arc::into_inner(link).and_then(|mut link| link.before.take());
        }
    }
}

impl Textual {
    pub(super) fn define(rules: MacroRef, before: Option<Arc<Textual>>) -> Arc<Textual> {
        Arc::new(Textual { what: TextualKind::Macro(rules), before })
    }

    pub(super) fn import_crate(krate: CrateId, before: Option<Arc<Textual>>) -> Arc<Textual> {
        Arc::new(Textual { what: TextualKind::Crate(krate), before })
    }

    pub(super) fn pass_module(module: ModuleId, before: Option<Arc<Textual>>) -> Arc<Textual> {
        Arc::new(Textual { what: TextualKind::Module(module), before })
    }

    pub(super) fn import_unknown(before: Option<Arc<Textual>>) -> Arc<Textual> {
        Arc::new(Textual { what: TextualKind::Unknown, before })
    }
}

/// A macro call, where it stands.
pub(super) struct Call<'a> {
    pub(super) module: ModuleId,
    pub(super) path: &'a PathRef,
    /// With its delimiters.
    pub(super) input: &'a str,
    pub(super) place: TextRange,
    pub(super) textual: Option<&'a Arc<Textual>>,
}

/// What a macro call in item position stands for.
pub(super) enum Expansion {
    Items(Arc<[Arc<Item>]>),
    /// No items that matter here.
    Nothing,
    /// It can't be expanded.
    Unknown(Maker),
}

impl Resolver {
    /// `#[macro_use] extern crate`.
    pub(super) fn import_macros(
        &self,
        found: &Found,
        before: Option<Arc<Textual>>,
    ) -> Option<Arc<Textual>> {
        match found {
            Found::Def(Def::Module(root)) => {
                Some(Textual::import_crate(self.module(*root).krate, before))
            }
            Found::Def(Def::ProcMacroCrate(package)) => {
                Some(Arc::new(Textual { what: TextualKind::ProcMacros(*package), before }))
            }
            Found::Unknown => Some(Textual::import_unknown(before)),
            _ => before,
        }
    }

    /// A macro by its name alone, in textual scope.
    pub(super) fn textual(&self, q: &Query, scope: Option<&Arc<Textual>>, name: &Name) -> Found {
        let mut at = scope;
        while let Some(textual) = at {
            match &textual.what {
                TextualKind::Macro(rules) if rules.0.item.name == *name => {
                    return Found::Def(Def::Item(rules.0.clone()));
                }
                TextualKind::Macro(_) | TextualKind::Module(_) | TextualKind::Unknown => {}
                TextualKind::ProcMacros(package) => {
                    match self.in_proc_macro(q, *package, name, Namespace::Macro) {
                        Found::None => {}
                        found => return found,
                    }
                }
                TextualKind::Crate(krate) => {
                    let root = self.root_module(*krate);
                    let found = self.in_module(q, root, name, Namespace::Macro, None);
                    if matches!(found, Found::Def(_)) {
                        return found;
                    }
                }
            }
            at = textual.before.as_ref();
        }
        Found::None
    }

    /// A macro by its name alone, in the modules before it that say `#![macro_use]`.
    fn in_macro_use(&self, q: &Query, scope: Option<&Arc<Textual>>, name: &Name) -> Found {
        let mut at = scope;
        while let Some(textual) = at {
            if let TextualKind::Module(module) = textual.what {
                let items = self.raw_items(&self.module(module));
                if items.iter().any(|item| matches!(item.kind, ItemKind::MacroUse)) {
                    let inside = self.items(q, module).textual.clone();
                    let found = self.textual(q, inside.as_ref(), name);
                    if matches!(found, Found::Def(_)) {
                        return found;
                    }
                }
            }
            at = textual.before.as_ref();
        }
        Found::Unknown
    }

    /// The macro that a call means.
    pub(super) fn macro_of(&self, q: &Query, call: &Call<'_>) -> Found {
        if let Some(name) = call.path.as_name() {
            match self.textual(q, call.textual, name) {
                Found::None => {}
                found => return found,
            }
        }
        let (found, used) = self.resolve(q, call.module, call.path, Namespace::Macro, false);
        match (found, call.path.as_name()) {
            _ if used < call.path.segments.len() => Found::Unknown,
            (Found::None | Found::Unknown, Some(name)) => self.in_macro_use(q, call.textual, name),
            (found, _) => found,
        }
    }

    /// The items that a call in item position makes.
    pub(super) fn expand_call(&self, q: &Query, call: &Call<'_>, level: usize) -> Expansion {
        if level >= MAX_LEVEL {
            return Expansion::Unknown(Maker::Unknown);
        }
        match self.macro_of(q, call) {
            Found::Def(Def::Item(rules)) => {
                match self.expand_items_of(&MacroRef(rules), call, max_length(level)) {
                    Some(items) => Expansion::Items(items),
                    None => Expansion::Unknown(Maker::Unknown),
                }
            }
            // Of the standard library's, only this one brings in items that can be named.
            Found::Def(Def::Std(StdItem(item))) if item.path == "std::include" => {
                match self.included(call) {
                    Some(items) => Expansion::Items(items),
                    None if self.includes_values_only(call.module) => Expansion::Nothing,
                    None => Expansion::Unknown(Maker::BuildScript),
                }
            }
            Found::Def(Def::Std(_)) => Expansion::Nothing,
            Found::Def(Def::ProcMacro(package, _)) => Expansion::Unknown(Maker::ProcMacro(package)),
            _ => Expansion::Unknown(Maker::Unknown),
        }
    }

    /// The items of the file that `include!("…")` names. They count as standing where the call does.
    fn included(&self, call: &Call<'_>) -> Option<Items> {
        let inner = call.input.get(1..call.input.len() - 1)?.trim().trim_end_matches(',');
        let name = inner.strip_prefix('"')?.strip_suffix('"')?;
        let caller = self.module(call.module);
        let path = join(caller.file.parent()?, name);
        let text = self.summaries.text(&*self.files, &path.into())?;
        let edition = self.crate_data(caller.krate).edition;
        let place = [call.place.start(), call.place.end()].map(|at| u32::from(at).to_le_bytes());
        let of = [text.as_bytes(), &[edition as u8], &place.concat()];
        self.summaries.expansion(&*self.files, &caller.file, &of, || {
            parse_items(&text, edition, Some(call.place))
        })
    }

    fn expand_items_of(&self, rules: &MacroRef, call: &Call<'_>, longest: usize) -> Option<Items> {
        let ItemKind::MacroRules { body } = &rules.0.item.kind else { return None };
        let caller = self.module(call.module);
        let definer = self.module(rules.0.module).krate;
        let edition = self.crate_data(caller.krate).edition;
        let numbers = [
            edition as u32,
            self.crate_data(definer).edition as u32,
            definer.0,
            call.place.start().into(),
            call.place.end().into(),
            u32::from(caller.kind == ModuleKind::Block),
        ];
        let numbers = numbers.map(u32::to_le_bytes).concat();
        let longest_bytes = longest.to_le_bytes();
        let of = [body.as_bytes(), call.input.as_bytes(), &numbers, &longest_bytes];
        self.summaries.expansion(&*self.files, &caller.file, &of, || {
            let text = self.expand(rules, call.input)?;
            if text.len() > longest {
                return None;
            }
            match caller.kind {
                ModuleKind::Block => parse_statements(&text, edition, call.place),
                _ => parse_items(&text, edition, Some(call.place)),
            }
        })
    }

    /// The text that a call makes of its input (with its delimiters).
    pub(super) fn expand(&self, rules: &MacroRef, input: &str) -> Option<String> {
        let ItemKind::MacroRules { body } = &rules.0.item.kind else { return None };
        let krate = self.module(rules.0.module).krate;
        let edition = super::summary::syntax_edition(self.crate_data(krate).edition);
        let all = &self.memos_at(rules.0.module).rules;
        let known = all.read().expect("no panic while held").get(rules).cloned();
        let parsed = known.unwrap_or_else(|| {
            let parsed = Arc::new(Rules::parse(body, edition));
            let mut all = all.write().expect("no panic while held");
            all.insert(rules.clone(), Arc::clone(&parsed));
            parsed
        });
        let input = Tokens::of_group(input, edition)?;
        parsed.expand(&input, edition, &format!("{DOLLAR_CRATE}{}", krate.0))
    }

    /// A macro that `#[macro_export]` puts at the root of a crate, wherever it is defined.
    pub(super) fn exported_macro(&self, q: &Query, krate: CrateId, name: &Name) -> Option<ItemRef> {
        // Nearly all of them are written as they are. To find these, no macro needs to be expanded that may need the same one.
        if let Some(found) = self.written_exports(krate).get(name) {
            return Some(found.clone());
        }
        let exported = &self.memos(krate).exported;
        let known = exported.read().expect("no panic while held").get(&krate).cloned();
        let all = known.unwrap_or_else(|| {
            let entries = |module| self.items(q, module).entries.clone();
            let names_around = q.name_cycle.replace(usize::MAX);
            let (found, is_whole) = q.watch(|| self.exports(krate, entries));
            let found = Arc::new(found);
            let leans_on_name = q.name_cycle.get() != usize::MAX;
            q.name_cycle.set(q.name_cycle.get().min(names_around));
            if q.expanding.borrow().is_empty() && !leans_on_name && is_whole {
                let mut exported = exported.write().expect("no panic while held");
                exported.insert(krate, Arc::clone(&found));
            }
            found
        });
        all.get(name).cloned()
    }

    /// The exported macros that stand in the source, rather than being made by other macros.
    fn written_exports(&self, krate: CrateId) -> Arc<FxHashMap<Name, ItemRef>> {
        let written = &self.memos(krate).written_exports;
        if let Some(known) = written.read().expect("no panic while held").get(&krate) {
            return Arc::clone(known);
        }
        let found = self.exports(krate, |module| self.unexpanded(&self.module(module)).entries);
        let found = Arc::new(found);
        let mut written = written.write().expect("no panic while held");
        Arc::clone(written.entry(krate).or_insert(found))
    }

    fn is_exported(&self, krate: CrateId, rules: &Item) -> bool {
        rules
            .attrs
            .list
            .iter()
            .any(|attr| attr.is("macro_export") && self.all_hold(krate, &attr.when) != Some(false))
    }

    /// The exported macros among the entries of a crate's modules.
    fn exports(
        &self,
        krate: CrateId,
        entries: impl Fn(ModuleId) -> Vec<Entry>,
    ) -> FxHashMap<Name, ItemRef> {
        let mut found = FxHashMap::default();
        let mut left = vec![(self.root_module(krate), 0)];
        while let Some((module, depth)) = left.pop() {
            for Entry { item, .. } in entries(module) {
                let here = ItemRef { module, item };
                match &here.item.kind {
                    ItemKind::MacroRules { .. } if self.is_exported(krate, &here.item) => {
                        found.insert(here.item.name.clone(), here);
                    }
                    ItemKind::Module(_) if depth < 64 => {
                        left.push((self.child_module(&here), depth + 1));
                    }
                    _ => {}
                }
            }
        }
        found
    }
}
