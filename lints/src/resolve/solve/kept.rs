//! Which answers are kept, and for how long.

use std::sync::RwLock;

use rustc_hash::FxHashMap;

use super::{Answer, Goal};
use crate::resolve::Resolver;
use crate::resolve::modules::ItemRef;
use crate::resolve::query::{Grounds, Query};

/// Answers by their goals.
#[derive(Default)]
pub(crate) struct Answers(RwLock<FxHashMap<Goal, Answer>>);

/// How many answers are kept at most: somebody who types types for weeks would make ever more.
const MAX_ANSWERS: usize = 1 << 17;

impl Answers {
    fn get(&self, goal: &Goal) -> Option<Answer> {
        self.0.read().expect("no panic while held").get(goal).cloned()
    }

    #[cfg(test)]
    pub(in crate::resolve) fn len(&self) -> usize {
        self.0.read().expect("no panic while held").len()
    }

    /// Whatever is there, in no order.
    pub(super) fn each(&self, mut visit: impl FnMut(&Goal, &Answer)) {
        let all = self.0.read().expect("no panic while held");
        all.iter().for_each(|(goal, answer)| visit(goal, answer));
    }

    fn insert(&self, goal: Goal, answer: &Answer) {
        let mut all = self.0.write().expect("no panic while held");
        if all.len() >= MAX_ANSWERS {
            all.clear();
        }
        all.insert(goal, answer.clone());
    }
}

impl Grounds {
    /// What an answer that is made of another one rests on, as far as the other is concerned.
    pub(super) fn of_part(self, part: &Answer, leans_on_earlier: bool) -> Grounds {
        Grounds {
            circle: self.circle && leans_on_earlier,
            workspace: !self.outlast_edits(part),
            ..self
        }
    }

    /// Both.
    pub(super) fn and(self, other: Grounds) -> Grounds {
        Grounds {
            lifetimes: self.lifetimes || other.lifetimes,
            workspace: self.workspace || other.workspace,
            circle: self.circle || other.circle,
        }
    }

    fn outlast_edits(self, answer: &Answer) -> bool {
        // In whatever order a circle is walked, the verdict is the same; the reason of a no is not.
        let depends_on_order = self.circle && matches!(answer, Answer::No(_));
        !self.workspace && !depends_on_order
    }
}

impl Resolver {
    /// An answer from before.
    pub(super) fn kept_answer(&self, q: &Query, goal: &Goal) -> Option<Answer> {
        if is_out_of_reach(goal) {
            let memos = &self.dependencies.0.answers;
            if let Some(answer) = memos.get(goal) {
                return Some(answer);
            }
            if let Some(answer) = self.dependencies.earlier_answer(goal) {
                memos.insert(goal.clone(), &answer);
                return Some(answer);
            }
        }
        let answer = self.own.answers.get(goal)?;
        // Had it been made of packages alone, it would be there.
        q.leans_on_workspace();
        Some(answer)
    }

    /// Keeps an answer for as long as nothing changes that it rests on.
    pub(super) fn keep_answer(&self, goal: Goal, answer: &Answer, grounds: Grounds) {
        if grounds.lifetimes {
            return;
        }
        let memos = if grounds.outlast_edits(answer) { &self.dependencies.0 } else { &self.own };
        memos.answers.insert(goal, answer);
    }
}

/// Whether no edit of the workspace reaches any item in a goal.
pub(super) fn is_out_of_reach((ty, as_trait): &Goal) -> bool {
    let is_good = |item: &ItemRef| item.module.is_out_of_reach();
    ty.items_all(&is_good) && as_trait.items_all(&is_good)
}
