//! The linter's way: what no edit reaches is kept, all else is thrown away with the revision.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::Contender;
use crate::model::{self, Place, Queries, Sources, Summary};

pub struct Memos {
    sources: Sources,
    summaries: RefCell<FxHashMap<usize, Arc<Summary>>>,
    /// Names and verdicts of this revision, and those of packages.
    own: Kept,
    packages: Kept,
    keeps_verdicts: bool,
}

#[derive(Default)]
struct Kept {
    names: RefCell<FxHashMap<Place, Option<Place>>>,
    verdicts: RefCell<FxHashMap<Place, bool>>,
}

impl Memos {
    pub fn new(sources: Sources, keeps_verdicts: bool) -> Self {
        let (own, packages) = (Kept::default(), Kept::default());
        Memos { sources, summaries: RefCell::default(), own, packages, keeps_verdicts }
    }

    fn own_file(&self) -> usize {
        self.sources.0.len() - 1
    }
}

impl Queries for Memos {
    fn summary(&self, file: usize) -> Arc<Summary> {
        if let Some(known) = self.summaries.borrow().get(&file) {
            return Arc::clone(known);
        }
        let summary = Arc::new(model::summarize(&self.sources.0[file]));
        self.summaries.borrow_mut().insert(file, Arc::clone(&summary));
        summary
    }

    fn resolve(&self, place: &Place) -> Option<Place> {
        let kept = if place.file == self.own_file() { &self.own } else { &self.packages };
        if let Some(known) = kept.names.borrow().get(place) {
            return known.clone();
        }
        let found = model::resolve(self, place);
        kept.names.borrow_mut().insert(place.clone(), found.clone());
        found
    }

    fn is_sync(&self, place: &Place) -> bool {
        let is_own = place.file == self.own_file() || !self.keeps_verdicts;
        let kept = if is_own { &self.own } else { &self.packages };
        if let Some(known) = kept.verdicts.borrow().get(place) {
            return *known;
        }
        let verdict = model::is_sync(self, place);
        kept.verdicts.borrow_mut().insert(place.clone(), verdict);
        verdict
    }
}

impl Contender for Memos {
    fn check(&mut self) -> usize {
        model::check(self, self.own_file())
    }

    fn edit(&mut self, text: String) {
        let own = self.own_file();
        self.sources.0[own] = text;
        self.summaries.borrow_mut().remove(&own);
        self.own = Kept::default();
    }
}
