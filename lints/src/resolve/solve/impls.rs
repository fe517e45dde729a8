//! Impls: finding them, matching their heads, checking their where clauses.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::serde::is_for_every_lifetime;
use super::unify::{Bound, Fit, children};
use super::unseen::{MacrosByName, Unseen, macros_named};
use super::{Answer, Known, no};
use crate::resolve::crates::CrateId;
use crate::resolve::lower::{Env, type_params};
use crate::resolve::modules::{BlockKey, Entry, ItemRef, Maker, Opaque};
use crate::resolve::query::Query;
use crate::resolve::std_table::Marker;
use crate::resolve::summary::{
    self, GenericParam, Generics, Impl, ItemKind, Name, ParamKind, TypeRef,
};
use crate::resolve::ty::{Const, TraitDef, TraitRef, Ty};
use crate::resolve::{ModuleId, ReasonStep, Resolver};

/// Every impl of a trait in a crate, by the name that it is written with.
#[derive(Debug, Default)]
pub(crate) struct CrateImpls {
    by_name: FxHashMap<Name, Vec<(ItemRef, Presence)>>,
    /// Which other names traits are imported under.
    aliases: FxHashMap<Name, FxHashSet<Name>>,
    /// Macro calls that could not be expanded, and items with macros on them that aren't known: they may
    /// implement anything for what they mention.
    pub(super) unseen: Vec<Unseen>,
    macros: MacrosByName,
    /// Inherent impls, for methods.
    pub(in crate::resolve) inherent: Vec<ItemRef>,
}

/// Whether an impl is in this build.
#[derive(Clone, Copy, Debug, Default)]
struct Presence {
    /// It can't be known.
    is_open: bool,
    /// It is if this module is.
    within: Option<ModuleId>,
}

/// The trait and the type of an impl.
pub(crate) type Head = (TraitRef, Ty);

/// An impl whose head fits.
pub(super) struct Candidate {
    pub(super) item: ItemRef,
    /// Its inside, parameters bound.
    pub(super) env: Env,
    pub(super) certain: bool,
    pub(super) negative: bool,
}

impl CrateImpls {
    /// Impls that may be of a trait with this name, and whether they are in this build.
    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a (ItemRef, Presence)> {
        let aliases = self.aliases.get(name).into_iter().flatten().map(Name::as_str);
        std::iter::once(name)
            .chain(aliases.filter(move |alias| *alias != name))
            .flat_map(|name| self.by_name.get(name).into_iter().flatten())
    }

    fn find_macros(&mut self) {
        for unseen in &mut self.unseen {
            if let ItemKind::MacroCall { input, .. } = &unseen.opaque.item.kind {
                unseen.macros = macros_named(input, &self.macros);
            }
        }
        self.macros = MacrosByName::default();
    }

    /// Every impl of some trait.
    pub(in crate::resolve) fn of_traits(&self) -> impl Iterator<Item = &ItemRef> {
        self.by_name.values().flatten().map(|(item, _)| item)
    }

    /// Whether an unexpanded macro call mentions a name.
    pub(in crate::resolve) fn mention(&self, name: &str) -> bool {
        self.unseen.iter().any(|unseen| unseen.mentions(name))
    }
}

impl Resolver {
    /// The impls of a crate.
    pub(in crate::resolve) fn impls_of(&self, q: &Query, krate: CrateId) -> Arc<CrateImpls> {
        q.looks_into(self.root_module(krate));
        let all = &self.memos(krate).impls;
        if let Some(impls) = all.read().expect("no panic while held").get(&krate) {
            return Arc::clone(impls);
        }
        let mut found = CrateImpls::default();
        let root = self.root_module(krate);
        let ((), is_whole) =
            q.watch(|| self.collect_impls(q, root, Presence::default(), &mut found, 0));
        found.find_macros();
        let found = Arc::new(found);
        if q.expanding.borrow().is_empty() && is_whole {
            let mut impls = all.write().expect("no panic while held");
            impls.insert(krate, Arc::clone(&found));
        }
        found
    }

    fn collect_impls(
        &self,
        q: &Query,
        module: ModuleId,
        presence: Presence,
        into: &mut CrateImpls,
        depth: u32,
    ) {
        if depth > 64 {
            return;
        }
        let items = self.items(q, module);
        let unseen = |opaque, is_told| Unseen { module, opaque, macros: Vec::new(), is_told };
        into.unseen.extend(items.opaque.iter().cloned().map(|it| unseen(it, false)));
        let krate = self.module(module).krate;
        for Entry { item, maybe: own } in &items.entries {
            let here = || ItemRef { module, item: Arc::clone(item) };
            let changers: Vec<Maker> = if item.attrs.list.is_empty() {
                Vec::new()
            } else {
                self.changers(q, &here()).collect()
            };
            let by = |maker| Opaque { item: Arc::clone(item), maker };
            let is_changed = !changers.is_empty();
            into.unseen.extend(changers.into_iter().map(|maker| unseen(by(maker), false)));
            let told = self.told_derives(q, item, here);
            into.unseen.extend(told.into_iter().map(|maker| unseen(by(maker), true)));
            let is_open = *own;
            // What is in a module is there if the module is.
            let inside = |inner| Presence {
                is_open: presence.is_open || is_changed,
                within: if is_open { Some(inner) } else { presence.within },
            };
            match &item.kind {
                ItemKind::Impl(it) => match it.of.as_ref().and_then(|path| path.last_name()) {
                    Some(name) => {
                        let is_open = presence.is_open || is_open || is_changed;
                        let presence = Presence { is_open, ..presence };
                        into.by_name.entry(name.clone()).or_default().push((here(), presence));
                    }
                    None => into.inherent.push(here()),
                },
                ItemKind::MacroRules { .. } => {
                    into.macros.entry(item.name.clone()).or_default().push(Arc::clone(item));
                }
                ItemKind::Module(_) => {
                    let inner = self.child_module(&here());
                    self.collect_impls(q, inner, inside(inner), into, depth + 1);
                }
                ItemKind::Use { path, glob: false } => {
                    if let Some(last) = path.last_name()
                        && *last != item.name
                        && !item.name.is_empty()
                    {
                        into.aliases.entry(last.clone()).or_default().insert(item.name.clone());
                    }
                }
                ItemKind::Body(items) => {
                    let inner =
                        self.block_module(module, BlockKey::List(items.as_ptr() as usize), || {
                            Arc::clone(items)
                        });
                    if self.is_active(krate, &item.attrs) != Some(false) {
                        self.collect_impls(q, inner, inside(inner), into, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// The crates that may hold an impl of a trait for a type: that of the trait, and those of the
    /// types involved.
    pub(super) fn crates_for(&self, ty: &Ty, as_trait: &TraitRef) -> Vec<CrateId> {
        let mut found = Vec::new();
        if let TraitDef::Item(item) = &as_trait.def {
            found.push(self.module(item.module).krate);
        }
        self.add_crates_in(ty, &mut found);
        for arg in as_trait.args.iter() {
            self.add_crates_in(arg, &mut found);
        }
        found
    }

    /// The crates of the types and traits in a type.
    pub(super) fn crates_in(&self, ty: &Ty) -> Vec<CrateId> {
        let mut found = Vec::new();
        self.add_crates_in(ty, &mut found);
        found
    }

    fn add_crates_in(&self, ty: &Ty, into: &mut Vec<CrateId>) {
        let mut add = |item: &ItemRef| {
            let krate = self.module(item.module).krate;
            if !into.contains(&krate) {
                into.push(krate);
            }
        };
        match ty {
            Ty::Adt(item, _) => add(item),
            Ty::Dyn(traits) => {
                for as_trait in traits.iter() {
                    if let TraitDef::Item(item) = &as_trait.def {
                        add(item);
                    }
                }
            }
            _ => {}
        }
        for child in children(ty) {
            self.add_crates_in(child, into);
        }
    }

    /// Whether some impl makes the type implement the trait.
    pub(super) fn by_impls(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        let mut answer = None;
        let mut doubt = false;
        for krate in self.crates_for(ty, as_trait) {
            let impls = self.impls_of(q, krate);
            doubt = doubt || self.may_be_unseen(q, &impls, ty, as_trait);
            for candidate in self.candidates(q, &impls, ty, as_trait) {
                let conditions = if candidate.negative {
                    let place = Some(self.place_of(&candidate.item));
                    let message = format!("`{ty}` has a negative impl of `{as_trait}`");
                    no(message.clone()).because(|| ReasonStep { message, place })
                } else {
                    self.conditions_hold(q, &candidate, ty, as_trait)
                };
                let conditions =
                    if candidate.certain { conditions } else { conditions.doubt_yes().doubt_no() };
                match (&answer, conditions) {
                    (_, Answer::Yes) => return Answer::Yes,
                    (_, Answer::Unknown) => answer = Some(Answer::Unknown),
                    (Some(Answer::Unknown), Answer::No(_)) => {}
                    (_, found @ Answer::No(_)) => answer = Some(found),
                }
            }
        }
        if doubt {
            return Answer::Unknown;
        }
        answer.unwrap_or_else(|| {
            let step = || ReasonStep {
                message: format!("`{ty}` does not implement `{as_trait}`"),
                place: match ty {
                    Ty::Adt(item, _) => Some(self.place_of(item)),
                    _ => None,
                },
            };
            Answer::No(Arc::new(crate::resolve::Reason { steps: vec![step()] }))
        })
    }

    /// The impls of a crate whose head fits or may fit.
    pub(super) fn candidates(
        &self,
        q: &Query,
        impls: &CrateImpls,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (item, presence) in impls.of(as_trait.name()) {
            let ItemKind::Impl(it) = &item.item.kind else { continue };
            if let Some((fit, env)) = self.head_fits(q, item, it, ty, as_trait) {
                found.push(Candidate {
                    item: item.clone(),
                    env,
                    certain: fit == Fit::Yes && self.is_present(*presence, ty),
                    negative: it.negative,
                });
            }
        }
        found
    }

    /// Whether an impl certainly is in this build, a type being there.
    fn is_present(&self, presence: Presence, ty: &Ty) -> bool {
        let is_beside =
            |module| matches!(ty, Ty::Adt(item, _) if self.is_within(item.module, module));
        !presence.is_open && presence.within.is_none_or(is_beside)
    }

    /// Matches the head of an impl; `None` where it can't fit.
    fn head_fits(
        &self,
        q: &Query,
        item: &ItemRef,
        it: &Impl,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> Option<(Fit, Env)> {
        if cannot_be(&it.self_ty, ty) {
            return None;
        }
        let pattern_env = Self::pattern_env(item, &it.generics);
        let head = self.head_of(q, item, it, &pattern_env)?;
        let (own_trait, own_ty) = &*head;
        let mut doubt = false;
        if own_trait.def != as_trait.def {
            if own_trait.def != TraitDef::Unknown {
                return None;
            }
            doubt = true;
        }
        let mut values = Bound::new(pattern_env.params.len());
        let mut fit = values.fit(own_ty, ty);
        if fit == Fit::No {
            return None;
        }
        if !doubt && !as_trait.args.is_empty() {
            match values.all(&own_trait.args, &as_trait.args) {
                Fit::No => return None,
                Fit::Maybe => fit = Fit::Maybe,
                Fit::Yes => {}
            }
        }
        if doubt {
            fit = Fit::Maybe;
        }
        let mut env = pattern_env;
        for ((_, value), bound) in env.params.iter_mut().zip(values.values) {
            *value = bound.unwrap_or(Ty::Unknown);
        }
        env.self_ty = Some(ty.clone());
        self.infer_from_bindings(q, &mut env, &it.generics);
        Some((fit, env))
    }

    /// The trait and the type of an impl, its parameters being variables.
    fn head_of(&self, q: &Query, item: &ItemRef, it: &Impl, env: &Env) -> Option<Arc<Head>> {
        q.looks_into(item.module);
        let heads = &self.memos_at(item.module).heads;
        if let Some(head) = heads.read().expect("no panic while held").get(item) {
            return Some(Arc::clone(head));
        }
        let bound = summary::Bound { path: it.of.clone()?, maybe: false };
        let (goals, names) = (q.goal_cycle.replace(usize::MAX), q.name_cycle.replace(usize::MAX));
        let ((as_trait, own), is_whole) = q.watch(|| {
            let own = self.lower(q, env, &it.self_ty);
            (self.lower_bound(q, env, &own, &bound), own)
        });
        let head = Arc::new((as_trait, own));
        let (inner_goals, inner_names) = (q.goal_cycle.get(), q.name_cycle.get());
        q.goal_cycle.set(goals.min(inner_goals));
        q.name_cycle.set(names.min(inner_names));
        let leans_on_open = inner_goals != usize::MAX || inner_names != usize::MAX;
        if !leans_on_open && q.expanding.borrow().is_empty() && is_whole {
            let mut heads = heads.write().expect("no panic while held");
            heads.insert(item.clone(), Arc::clone(&head));
        }
        Some(head)
    }

    /// Parameters that the head leaves open may be fixed by a bound: `S: Data<Elem = A>`.
    fn infer_from_bindings(&self, q: &Query, env: &mut Env, generics: &Generics) {
        let mut bounds: Vec<(TypeRef, &summary::Bound)> = Vec::new();
        for GenericParam { name, kind, .. } in &generics.params {
            if let ParamKind::Type { bounds: own, .. } = kind {
                let subject = TypeRef::Path(summary::PathRef::of_name(name));
                bounds.extend(own.iter().map(|bound| (subject.clone(), bound)));
            }
        }
        for pred in &generics.wheres {
            if let Ok(subject) = &pred.subject {
                bounds.extend(pred.bounds.iter().map(|bound| (subject.clone(), bound)));
            }
        }
        for (subject, bound) in bounds {
            let bindings = bound.path.segments.iter().flat_map(|segment| &segment.bindings);
            for (assoc, written) in bindings {
                let TypeRef::Path(path) = written else { continue };
                let Some(param) = path.as_name() else { continue };
                if env.param(param) != Some(&Ty::Unknown) {
                    continue;
                }
                let value = self.lower(q, env, &subject);
                let as_trait = self.lower_bound(q, env, &value, bound);
                let plain = TraitRef { bindings: Arc::from([]), ..as_trait };
                let Some(owner) = self.trait_with_type(q, &plain, &value, assoc, 0) else {
                    continue;
                };
                let found = self.project(q, &value, &owner, assoc, &[]);
                if let Some(slot) = env.params.iter_mut().find(|(name, _)| name == param) {
                    slot.1 = found;
                }
            }
        }
    }

    /// Whether an impl is certainly one of this type.
    pub(in crate::resolve) fn self_type_fits(
        &self,
        q: &Query,
        item: &ItemRef,
        it: &Impl,
        ty: &Ty,
    ) -> bool {
        let env = Self::pattern_env(item, &it.generics);
        let own = self.lower(q, &env, &it.self_ty);
        Bound::new(env.params.len()).fit(&own, ty) != Fit::No
    }

    /// The inside of an impl, its parameters being variables.
    fn pattern_env(item: &ItemRef, generics: &Arc<Generics>) -> Env {
        let vars: Vec<Ty> = type_params(generics)
            .enumerate()
            .map(|(at, param)| {
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                match param.kind {
                    ParamKind::Const { .. } => Ty::Const(Const::Var(at)),
                    _ => Ty::Var(at),
                }
            })
            .collect();
        let mut env = Env::of(item, generics, &vars);
        env.within = Some(item.clone());
        env
    }

    /// Whether the where clauses of a fitting impl hold.
    pub(super) fn conditions_hold(
        &self,
        q: &Query,
        candidate: &Candidate,
        ty: &Ty,
        as_trait: &TraitRef,
    ) -> Answer {
        let ItemKind::Impl(it) = &candidate.item.item.kind else { return Answer::Unknown };
        if it.negative {
            return Answer::Unknown;
        }
        let is_owned = self.known(&as_trait.def) == Known::Marker(Marker::DeserializeOwned);
        let answer = if is_owned && !is_for_every_lifetime(it) {
            no(format!("`{ty}` is deserialised from a borrowed input only"))
        } else {
            self.bounds_hold(q, &candidate.env, &it.generics)
        };
        let answer = if it.ties_lifetimes { Self::doubt_borrowed(q, ty, answer) } else { answer };
        answer.because(|| ReasonStep {
            message: format!("`{ty}` implements `{as_trait}` only under a condition"),
            place: Some(self.place_of(&candidate.item)),
        })
    }

    /// Whether every bound of these generics holds for what the parameters stand for.
    pub(super) fn bounds_hold(&self, q: &Query, env: &Env, generics: &Generics) -> Answer {
        let mut answer = Answer::Yes;
        for GenericParam { name, kind, .. } in &generics.params {
            let ParamKind::Type { bounds, .. } = kind else { continue };
            let Some(value) = env.param(name).cloned() else { return Answer::Unknown };
            for bound in bounds.iter().filter(|bound| !bound.maybe) {
                answer = answer.and(|| self.bound_holds(q, env, &value, bound));
            }
            let relaxed = bounds.iter().any(|bound| bound.maybe)
                || generics.wheres.iter().any(|pred| {
                    matches!(&pred.subject, Ok(TypeRef::Path(path)) if path.as_name() == Some(name))
                        && pred.bounds.iter().any(|bound| bound.maybe)
                });
            if !relaxed && matches!(value, Ty::Dyn(_) | Ty::Slice(_) | Ty::Std(..)) {
                answer = answer.and(|| self.is_sized(q, &value));
            }
        }
        for pred in &generics.wheres {
            let Ok(subject) = &pred.subject else { continue };
            let value = self.lower(q, env, subject);
            for bound in pred.bounds.iter().filter(|bound| !bound.maybe) {
                answer = answer.and(|| self.bound_holds(q, env, &value, bound));
            }
        }
        answer
    }

    fn bound_holds(&self, q: &Query, env: &Env, value: &Ty, bound: &summary::Bound) -> Answer {
        let as_trait = self.lower_bound(q, env, value, bound);
        self.trait_ref_holds(q, value, &as_trait)
    }

    /// A trait with its bindings: `Iterator<Item = u8>`.
    pub(super) fn trait_ref_holds(&self, q: &Query, value: &Ty, as_trait: &TraitRef) -> Answer {
        let plain = TraitRef { bindings: Arc::from([]), ..as_trait.clone() };
        let mut answer = self.holds(q, value, &plain);
        for (name, expected) in as_trait.bindings.iter() {
            answer = answer.and(|| {
                let actual = match self.trait_with_type(q, &plain, value, name, 0) {
                    Some(owner) => self.project(q, value, &owner, name, &[]),
                    None => Ty::Unknown,
                };
                match Bound::default().fit(expected, &actual) {
                    Fit::Yes => Answer::Yes,
                    Fit::Maybe => Answer::Unknown,
                    Fit::No => no(format!("`{name}` of `{value}` is `{actual}`, not `{expected}`")),
                }
            });
        }
        answer
    }
}

/// A cheap look at the written type: a struct can't be a reference.
fn cannot_be(written: &TypeRef, ty: &Ty) -> bool {
    match written {
        TypeRef::Tuple(_) => !matches!(ty, Ty::Tuple(_)),
        TypeRef::Array(..) => !matches!(ty, Ty::Array(..)),
        TypeRef::Slice(_) => !matches!(ty, Ty::Slice(_)),
        TypeRef::Ref { mutable, .. } => !matches!(ty, Ty::Ref(own, _) if own == mutable),
        TypeRef::Ptr { mutable, .. } => !matches!(ty, Ty::Ptr(own, _) if own == mutable),
        _ => false,
    }
}

/// The names that a macro call must mention to implement something for a type, any of them: those of the
/// types and traits in it that aren't the standard library's, or else its own.
pub(super) fn names_in(ty: &Ty) -> Vec<Name> {
    let mut names = Vec::new();
    collect_names(ty, &mut names);
    if names.is_empty()
        && let Ty::Std(item, _) = ty
    {
        names.extend(item.0.path.rsplit("::").next().map(Name::new_static));
    }
    names
}

fn collect_names(ty: &Ty, into: &mut Vec<Name>) {
    match ty {
        Ty::Adt(item, _) => into.push(item.item.name.clone()),
        Ty::Dyn(traits) => into.extend(traits.iter().map(|it| Name::from(it.name()))),
        _ => {}
    }
    for child in children(ty) {
        collect_names(child, into);
    }
}
