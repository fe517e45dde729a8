//! `Send` and `Sync` of structs, enums and unions: by an impl if there is one, else by the fields.
//!
//! Types lead to types by the thousand, and in circles, so what a type is made of is walked with a list of what is left: it
//! has the trait unless something is found on the way that has not.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::kept::is_out_of_reach;
use super::{Answer, Goal, Known};
use crate::resolve::lower::{Env, type_params};
use crate::resolve::modules::ItemRef;
use crate::resolve::query::{Grounds, Query};
use crate::resolve::summary::{Field, ItemKind};
use crate::resolve::ty::{Args, TraitRef, Ty};
use crate::resolve::{Reason, ReasonStep, Resolver};
use crate::source::FileRange;

/// How many steps of a long reason are shown from its begin, and how many from its end.
const MAX_SHOWN: usize = 12;

/// What an answer about a type is made of.
enum Makeup {
    /// Something in it isn't known, or it is not for fields to say.
    Unknown,
    /// Impls say it.
    Impls,
    /// It holds if it holds of all of these.
    Parts(Vec<Part>),
    /// As with parts, but what isn't seen may give or take the trait.
    Doubtful(Vec<Part>),
}

struct Part {
    goal: Goal,
    /// Which variant's which field; `None` in a type of the standard library.
    field: Option<(usize, usize)>,
    /// Whether it certainly is there in this build.
    certain: bool,
}

/// A type on the way, and where the walk stands in it.
struct Open {
    node: usize,
    parts: std::vec::IntoIter<Part>,
    /// The field that is being looked into.
    at: Option<(usize, usize)>,
}

/// All that was met on one walk.
#[derive(Default)]
struct Walk {
    nodes: Vec<Node>,
    known: FxHashMap<Goal, usize>,
    path: Vec<Open>,
    /// How many goals were open before it began.
    outside: usize,
    /// A no was met that something on the way makes unknown.
    has_doubted_no: bool,
}

struct Node {
    goal: Goal,
    is_open: bool,
    /// Nodes that have it as a part.
    whole: Vec<usize>,
    /// It has a part that isn't known.
    unknown: bool,
    /// It has a part whose answer assumes that all of this walk is a yes.
    assumes: bool,
    /// What it certainly is, although the walk goes on.
    refused: Option<Answer>,
}

impl Walk {
    fn open(&mut self, goal: Goal, parts: Vec<Part>) {
        let node = self.nodes.len();
        let whole = self.path.last().map(|open| open.node).into_iter().collect();
        self.known.insert(goal.clone(), node);
        let is_open = true;
        self.nodes.push(Node {
            goal,
            is_open,
            whole,
            unknown: false,
            assumes: false,
            refused: None,
        });
        self.path.push(Open { node, parts: parts.into_iter(), at: None });
    }

    /// The nodes that some of them are part of, at whatever depth, and they themselves.
    fn made_of(&self, is_wanted: impl Fn(&Node) -> bool) -> Vec<bool> {
        let mut found: Vec<bool> = self.nodes.iter().map(is_wanted).collect();
        let mut left: Vec<usize> = (0..found.len()).filter(|&at| found[at]).collect();
        while let Some(at) = left.pop() {
            for &whole in &self.nodes[at].whole {
                if !std::mem::replace(&mut found[whole], true) {
                    left.push(whole);
                }
            }
        }
        found
    }
}

impl Resolver {
    pub(super) fn auto_of_adt(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> Answer {
        let goal = (ty.clone(), as_trait.clone());
        let (parts, is_doubtful) = match self.makeup(q, &goal) {
            Makeup::Unknown => return Answer::Unknown,
            Makeup::Impls => return self.by_impls(q, ty, as_trait),
            Makeup::Parts(parts) => (parts, false),
            Makeup::Doubtful(parts) => (parts, true),
        };
        let goals = q.goals.borrow().len();
        let mut walk = Walk { outside: goals - 1, ..Walk::default() };
        walk.open(goal, parts);
        let (answer, is_whole) = q.watch(|| self.walk(q, &mut walk));
        q.goals.borrow_mut().truncate(goals);
        if matches!(answer, Answer::No(_)) {
            return answer;
        }
        walk.nodes[0].unknown |= is_doubtful;
        let unknown = walk.made_of(|node| node.unknown);
        let leans_on_earlier = q.goal_cycle.get() < walk.outside;
        if is_whole && !leans_on_earlier && !walk.has_doubted_no {
            self.keep_parts(q, walk, &unknown);
        }
        if unknown[0] { Answer::Unknown } else { Answer::Yes }
    }

    /// Keeps what was found out about all that a type is made of.
    fn keep_parts(&self, q: &Query, walk: Walk, unknown: &[bool]) {
        let assumes = walk.made_of(|node| node.assumes);
        let is_any_unknown = unknown.contains(&true);
        for (at, node) in walk.nodes.into_iter().enumerate().skip(1) {
            let (ty, as_trait) = &node.goal;
            if ty.has_param() || as_trait.has_param() || (is_any_unknown && assumes[at]) {
                continue;
            }
            let answer = if unknown[at] { Answer::Unknown } else { Answer::Yes };
            self.keep_answer(node.goal, &answer, q.grounds.get());
        }
    }

    /// Walks whatever is left; a no as soon as there is one.
    fn walk(&self, q: &Query, walk: &mut Walk) -> Answer {
        while let Some(open) = walk.path.last_mut() {
            let node = open.node;
            let Some(part) = open.parts.next() else {
                walk.nodes[node].is_open = false;
                walk.path.pop();
                continue;
            };
            open.at = part.field;
            let Some(answer) = self.look_into(q, walk, node, part) else { continue };
            match answer {
                Answer::Yes => {}
                Answer::Unknown => walk.nodes[node].unknown = true,
                Answer::No(_) => match self.refuse(q, walk, answer) {
                    Answer::Unknown => walk.has_doubted_no = true,
                    answer => return answer,
                },
            }
        }
        Answer::Yes
    }

    /// The answer about a part; `None` where it is walked as all others are.
    fn look_into(&self, q: &Query, walk: &mut Walk, node: usize, part: Part) -> Option<Answer> {
        if q.enter(|| ()).is_none() {
            return Some(Answer::Unknown);
        }
        let Part { goal, certain, .. } = part;
        if let Some(&at) = walk.known.get(&goal) {
            let met = &mut walk.nodes[at];
            met.whole.push(node);
            if met.is_open {
                q.grounds.set(Grounds { circle: true, ..q.grounds.get() });
            }
            return met.refused.clone();
        }
        let outside = q.goals.borrow()[..walk.outside].iter().position(|other| *other == goal);
        if let Some(at) = outside {
            walk.nodes[node].assumes = true;
            q.goal_cycle.set(q.goal_cycle.get().min(at));
            q.grounds.set(Grounds { circle: true, ..q.grounds.get() });
            return Some(Answer::Yes);
        }
        let (ty, as_trait) = &goal;
        // What no edit reaches is asked about by itself, so that the answer lasts.
        let lasts = is_out_of_reach(&goal) && !is_out_of_reach(&walk.nodes[node].goal);
        let is_general = !ty.has_param() && !as_trait.has_param();
        if certain && !lasts && !ty.is_too_large() {
            if is_general && let Some(answer) = self.kept_answer(q, &goal) {
                return Some(answer);
            }
            if let Makeup::Parts(parts) = self.makeup(q, &goal) {
                if !is_out_of_reach(&goal) {
                    q.leans_on_workspace();
                }
                q.goals.borrow_mut().push(goal.clone());
                walk.open(goal, parts);
                return None;
            }
        }
        let around = q.goal_cycle.replace(usize::MAX);
        let answer = self.holds(q, ty, as_trait);
        walk.nodes[node].assumes |= q.goal_cycle.get() != usize::MAX;
        q.goal_cycle.set(around.min(q.goal_cycle.get()));
        Some(if certain { answer } else { answer.doubt_no() })
    }

    /// From a no out to the type that was asked about, or to one on the way that may be given the trait elsewhere.
    fn refuse(&self, q: &Query, walk: &mut Walk, found: Answer) -> Answer {
        let Answer::No(reason) = found else { return found };
        let doubting = walk.path.iter().rposition(|open| {
            let (ty, as_trait) = &walk.nodes[open.node].goal;
            self.may_be_said_elsewhere(q, ty, as_trait)
        });
        let Some(doubting) = doubting else {
            let mut steps: Vec<ReasonStep> =
                walk.path.iter().map(|open| self.part_step(walk, open)).collect();
            steps.extend(reason.steps.iter().cloned());
            return Answer::No(Arc::new(Reason { steps: shortened(steps) }));
        };
        let mut steps = reason.steps.clone();
        for open in walk.path.split_off(doubting + 1).iter().rev() {
            steps.insert(0, self.part_step(walk, open));
            steps = shortened(steps);
            let node = &mut walk.nodes[open.node];
            node.is_open = false;
            node.refused = Some(Answer::No(Arc::new(Reason { steps: steps.clone() })));
        }
        if let Some(open) = walk.path.pop() {
            let node = &mut walk.nodes[open.node];
            (node.is_open, node.unknown) = (false, true);
        }
        Answer::Unknown
    }

    /// What an auto trait of a type hangs on.
    fn makeup(&self, q: &Query, (ty, as_trait): &Goal) -> Makeup {
        let Ty::Adt(item, args) = ty else {
            let Known::Marker(marker) = self.known(&as_trait.def) else {
                return Makeup::Unknown;
            };
            return match self.auto_parts(q, ty, marker) {
                Some(goals) => {
                    let part = |goal| Part { goal, field: None, certain: true };
                    Makeup::Parts(goals.into_iter().map(part).collect())
                }
                None => Makeup::Unknown,
            };
        };
        let impls = self.impls_of(q, self.module(item.module).krate);
        // An impl for some arguments takes the automatic one away for all.
        let general = without_arguments(item, args);
        if !self.candidates(q, &impls, &general, as_trait).is_empty() {
            return Makeup::Impls;
        }
        if self.has_unknown_attribute(q, item) {
            return Makeup::Unknown;
        }
        let ItemKind::Adt(adt) = &item.item.kind else { return Makeup::Unknown };
        let parts = self.parts_by_fields(q, item, args, as_trait);
        // An impl that isn't seen can take the trait away only by a condition on the parameters.
        let is_doubtful = type_params(&adt.generics).next().is_some()
            && self.may_be_unseen(q, &impls, &general, as_trait);
        if is_doubtful { Makeup::Doubtful(parts) } else { Makeup::Parts(parts) }
    }

    fn parts_by_fields(
        &self,
        q: &Query,
        item: &ItemRef,
        args: &Args,
        as_trait: &TraitRef,
    ) -> Vec<Part> {
        let ItemKind::Adt(adt) = &item.item.kind else { return Vec::new() };
        let krate = self.module(item.module).krate;
        let mut env = Env::of(item, &adt.generics, args);
        env.self_ty = Some(Ty::Adt(item.clone(), args.clone()));
        let mut parts = Vec::new();
        for (variant_at, variant) in adt.variants.iter().enumerate() {
            let of_variant = self.is_active(krate, &variant.attrs);
            if of_variant == Some(false) {
                continue;
            }
            for (field_at, field) in variant.fields.iter().enumerate() {
                let active = self.is_active(krate, &field.attrs);
                if active == Some(false) {
                    continue;
                }
                parts.push(Part {
                    goal: (self.lower(q, &env, &field.ty), as_trait.clone()),
                    field: Some((variant_at, field_at)),
                    certain: of_variant == Some(true) && active == Some(true),
                });
            }
        }
        parts
    }

    /// Whether what isn't seen may give a type the trait that its parts refuse.
    fn may_be_said_elsewhere(&self, q: &Query, ty: &Ty, as_trait: &TraitRef) -> bool {
        let Ty::Adt(item, args) = ty else { return false };
        let impls = self.impls_of(q, self.module(item.module).krate);
        self.may_be_derived(q, item, as_trait)
            || self.may_be_unseen(q, &impls, &without_arguments(item, args), as_trait)
    }

    fn part_step(&self, walk: &Walk, open: &Open) -> ReasonStep {
        let (ty, as_trait) = &walk.nodes[open.node].goal;
        if let (Ty::Adt(item, _), Some((variant_at, field_at))) = (ty, open.at)
            && let ItemKind::Adt(adt) = &item.item.kind
        {
            let variant = &adt.variants[variant_at];
            let field = &variant.fields[field_at];
            let file = self.module(item.module).file.clone();
            return ReasonStep {
                message: field_message(&item.item.name, &variant.name, field, as_trait),
                place: Some(FileRange { file, range: field.range }),
            };
        }
        ReasonStep { message: format!("`{ty}` is not `{}`", as_trait.name()), place: None }
    }
}

/// A reason that somebody may want to read.
fn shortened(mut steps: Vec<ReasonStep>) -> Vec<ReasonStep> {
    if steps.len() > 2 * MAX_SHOWN + 1 {
        let message = "and so on, through more types".to_owned();
        let between = MAX_SHOWN..steps.len() - MAX_SHOWN;
        steps.splice(between, [ReasonStep { message, place: None }]);
    }
    steps
}

fn without_arguments(item: &ItemRef, args: &Args) -> Ty {
    Ty::Adt(item.clone(), args.iter().map(|_| Ty::Unknown).collect())
}

fn field_message(of: &str, variant: &str, field: &Field, as_trait: &TraitRef) -> String {
    let name = &field.name;
    let at = if variant.is_empty() { String::new() } else { format!("{variant}::") };
    format!("field `{at}{name}: {}` of `{of}` is not `{as_trait}`", field.text)
}
