//! The form in which answers about fetched packages are kept from run to run.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use text_size::TextRange;

use super::fingerprint::Fingerprint;
use super::{Answer, Goal};
use crate::resolve::{DependencyMemos, Reason, ReasonStep};
use crate::source::FileRange;

/// Answers of an earlier run, by what stands for their goals.
pub(crate) type EarlierAnswers = FxHashMap<Fingerprint, Answer>;

#[derive(Serialize, Deserialize)]
enum Stored<'a> {
    Yes,
    Unknown,
    #[serde(borrow)]
    No(Vec<Step<'a>>),
}

#[derive(Serialize, Deserialize)]
struct Step<'a> {
    message: &'a str,
    #[serde(borrow)]
    place: Option<(&'a str, TextRange)>,
}

impl DependencyMemos {
    /// Nothing but what [`answers`](Self::answers) gave for the same project, by the same build of the linter, when all
    /// files of fetched packages that it looked at were as they are now. Bytes that mean nothing are no answers.
    #[must_use]
    pub fn with_answers(bytes: &[u8]) -> Self {
        let mut memos = DependencyMemos::default();
        let stored: Option<Vec<(Fingerprint, Stored<'_>)>> = postcard::from_bytes(bytes).ok();
        let answers = stored.unwrap_or_default().into_iter();
        memos.0.earlier = answers.map(|(goal, stored)| (goal, stored.into_answer())).collect();
        memos
    }

    /// The answers about fetched packages, with those that it was made with; `None` where there are no others.
    #[must_use]
    pub fn answers(&self) -> Option<Vec<u8>> {
        let memos = &self.0;
        let mut all: Vec<(Fingerprint, Answer)> = Vec::new();
        memos.answers.each(|goal, answer| {
            let fingerprint = memos.fingerprint(goal);
            let new = fingerprint.filter(|it| !memos.earlier.contains_key(it));
            all.extend(new.map(|it| (it, answer.clone())));
        });
        if all.is_empty() {
            return None;
        }
        all.extend(memos.earlier.iter().map(|(goal, answer)| (*goal, answer.clone())));
        // Which thread learned what first is nobody's business.
        all.sort_unstable_by_key(|(goal, _)| *goal);
        let stored = all.iter().filter_map(|(goal, it)| Some((*goal, Stored::of(it)?)));
        let stored: Vec<(Fingerprint, Stored<'_>)> = stored.collect();
        postcard::to_extend(&stored, Vec::new()).ok()
    }

    /// The answer of an earlier run.
    pub(super) fn earlier_answer(&self, goal: &Goal) -> Option<Answer> {
        if self.0.earlier.is_empty() {
            return None;
        }
        self.0.earlier.get(&self.0.fingerprint(goal)?).cloned()
    }
}

impl<'a> Stored<'a> {
    /// `None` where a path is no text.
    fn of(answer: &'a Answer) -> Option<Self> {
        Some(match answer {
            Answer::Yes => Stored::Yes,
            Answer::Unknown => Stored::Unknown,
            Answer::No(reason) => {
                Stored::No(reason.steps.iter().map(Step::of).collect::<Option<_>>()?)
            }
        })
    }

    fn into_answer(self) -> Answer {
        match self {
            Stored::Yes => Answer::Yes,
            Stored::Unknown => Answer::Unknown,
            Stored::No(steps) => {
                let steps = steps.into_iter().map(Step::into_step).collect();
                Answer::No(Arc::new(Reason { steps }))
            }
        }
    }
}

impl<'a> Step<'a> {
    fn of(step: &'a ReasonStep) -> Option<Self> {
        let place = match &step.place {
            Some(place) => Some((place.file.to_str()?, place.range)),
            None => None,
        };
        Some(Step { message: &step.message, place })
    }

    fn into_step(self) -> ReasonStep {
        let place = self.place.map(|(file, range)| {
            let file = Arc::from(Path::new(file));
            FileRange { file, range }
        });
        ReasonStep { message: self.message.to_owned(), place }
    }
}
