//! The entries of one function in one scope.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cachelit_spec::options::Kind;
use hashbrown::hash_table::Entry as Room;

use super::bare::{Bare, WithoutEntry};
use super::context;
use super::entry::{AllRemoved, Entry, Removed, Stage, Stored};
use super::function::{Limits, Place};
use super::numbers::Seen;
use super::order::{At, Mark, Order};
use super::run::RunId;
use super::slab::{Lines, Slab};
use super::table::Table;
use crate::clock;
use crate::key::{ByKnownHash, Key, KeyParts};
use crate::persist;
use crate::st::WidgetRead;
use crate::stats::{Counts, Reason};
use crate::sync::{Mutex, MutexGuard};

/// Powers of two up to 256. Where everybody meets, well above the number of threads that do at once; in a session, which
/// is mostly one thread's, as few as possible.
const COMMON_SHARDS: usize = 32;
const SESSION_SHARDS: usize = 2;

/// Divided by keys where nothing bounds the whole, so that callers of different keys don't meet.
pub(crate) struct Store {
    pub(super) place: Place,
    shards: Box<[Mutex<State>]>,
    /// What needs no entries, but makes room for others.
    pub(super) slab: Option<Box<Slab>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) counts: Counts,
    /// What needs no entries.
    pub(super) bare: Bare,
    pub(super) lines: Lines,
    /// All else that is stored, and runs for keys of which nothing is.
    pub(super) entries: Table,
    /// Runs for keys whose entry has expired, but is still there.
    renewals: Table,
    /// One that made room for another, for its memory.
    pub(super) spare: Option<Arc<Entry>>,
    /// How many of the entries are stored.
    live: usize,
    pub(super) bytes: u64,
    /// What is stored, where some must make room for others.
    pub(super) order: Order,
    /// What is stored by age, oldest first; only under a ttl. Entries that left may still stand here.
    ages: VecDeque<Mark>,
    /// Which widget a body asks next, given what it has been told so far.
    questions: HashMap<Key, WidgetRead, ByKnownHash>,
}

/// What a store holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
    /// What happened so far.
    pub(crate) counts: Counts,
}

impl Totals {
    pub(crate) fn add(&mut self, other: &Totals) {
        self.entries += other.entries;
        self.bytes += other.bytes;
        self.counts.add(&other.counts);
    }
}

/// What a run came to.
pub(crate) struct Made {
    pub(crate) stored: Stored,
    /// Whether it may be stored.
    pub(crate) is_wanted: bool,
    /// How long the body took, in nanoseconds.
    pub(crate) took: u64,
}

/// What a call finds.
pub(crate) enum Found {
    /// A live entry.
    Hit(Arc<Entry>),
    /// A live number that has none.
    Number(Seen),
    /// Nothing: the caller must run the body, and end this run.
    Lead(Arc<Entry>),
    /// Another one, whose use is noted already, and which no thread remembers.
    Noted(u64),
    /// Nothing: as [`Lead`](Found::Lead), of a run without an entry.
    LeadBare(RunId),
    /// Another caller's run, which ends that entry's flight.
    Wait(Arc<Entry>, RunId),
    /// Nothing, in the body that runs for it: the entry was cleared meanwhile, or the call would have had to wait.
    Again,
}

impl Store {
    pub(crate) fn new(place: Place) -> Self {
        let spec = &place.function.spec;
        // One shard that sees all keeps the bounds, finds the keys that extend one, and releases whatever has expired.
        let is_whole =
            place.function.is_bounded() || spec.allow_widgets || spec.kind == Kind::Resource;
        let shards = match place.session {
            _ if is_whole => 1,
            Some(_) => SESSION_SHARDS,
            None => COMMON_SHARDS,
        };
        Store {
            place,
            shards: std::iter::repeat_with(Mutex::default).take(shards).collect(),
            slab: place.has_slab().then(Box::default),
        }
    }

    /// Where a key with that hash belongs.
    pub(super) fn state(&self, hash: u64) -> MutexGuard<'_, State> {
        // A byte that the maps don't look at: they use both ends.
        let at = usize::from(hash.to_be_bytes()[2]);
        self.shards[at & (self.shards.len() - 1)].lock()
    }

    /// Looks `key` up, as a use of it; and says what comes of it; see [`WithoutEntry`].
    pub(crate) fn find(
        &self,
        key: &KeyParts,
        now: Duration,
        limits: &Limits,
        without: WithoutEntry,
    ) -> Found {
        let mut state = self.state(key.hashed());
        let may_run = without == WithoutEntry::Run;
        if without != WithoutEntry::Nothing
            && let Some(found) = state.find_bare(key, self.place, self.slab(), may_run)
        {
            return found;
        }
        let found = state.find(key, self.place, |entry| !limits.expired(entry, now));
        drop(state);
        if let Found::Hit(entry) = &found {
            self.used(entry);
        }
        found
    }

    #[inline]
    pub(super) fn slab(&self) -> Option<&Slab> {
        self.slab.as_deref()
    }

    /// An entry that may be served once more while a fresh one is made.
    pub(crate) fn find_stale(
        &self,
        key: &KeyParts,
        now: Duration,
        limits: &Limits,
    ) -> Option<Arc<Entry>> {
        let state = self.state(key.hashed());
        let entry = state.get(key).filter(|entry| limits.stale(entry, now))?;
        self.used(entry);
        Some(entry.clone())
    }

    fn used(&self, entry: &Entry) {
        if self.place.function.notes_uses() {
            entry.touch();
        }
    }

    /// A run for that key, if there is none under way.
    pub(crate) fn lead(&self, key: &KeyParts) -> Option<Arc<Entry>> {
        match self.state(key.hashed()).find(key, self.place, |_| false) {
            Found::Lead(run) => Some(run),
            _ => None,
        }
    }

    /// Counts a run of the body for that entry, of a function whose results may be found elsewhere: those of others are
    /// counted as they begin.
    pub(crate) fn count_miss(&self, run: &Entry) {
        self.state(run.key.hashed()).counts.misses += 1;
    }

    /// The key of a call under the current values of the widgets that its body is known to ask.
    pub(crate) fn ask<'a>(&self, key: &'a KeyParts) -> Cow<'a, KeyParts> {
        let mut key = Cow::Borrowed(key);
        loop {
            // The front end's answer is not waited for under the lock.
            let question = self.state(key.hashed()).questions.get(&*key).cloned();
            let Some(question) = question else { return key };
            key = Cow::Owned(key.with_widget(&question.id, &question.current()));
        }
    }

    /// Ends a run with a result, stores that if it is wanted and its key was not cleared meanwhile, and makes room for
    /// it. `other` is the entry for it if the body asked widgets, so that it belongs to another key than the run.
    pub(crate) fn publish(
        &self,
        base: Option<&KeyParts>,
        run: &Arc<Entry>,
        other: Option<&Arc<Entry>>,
        made: Made,
        limits: &Limits,
    ) -> AllRemoved {
        let mut removed = AllRemoved::new();
        let entry = other.unwrap_or(run);
        let mut state = self.state(run.key.hashed());
        state.counts.compute_nanos += made.took;
        let (now, size) = (Duration::from_nanos(made.stored.since), made.stored.size());
        entry.end(made.stored);
        if other.is_some() {
            // Callers who waited have to ask their own widgets.
            run.flight.end(None);
        }
        if !made.is_wanted || run.is_at(Stage::Away) {
            state.take_off(run);
            return removed;
        }
        if limits.ttl.is_some() {
            state.expire(now, limits, &mut removed);
        }
        if limits.max_size.is_some_and(|max| size > max) {
            state.take_off(run);
            drop(state);
            tracing::warn!(
                function = run.place.function.spec.path,
                size,
                "a result is larger than `max_size` and is not cached"
            );
            return removed;
        }
        if let Some(base) = base {
            state.note_questions(base, entry);
        }
        state.settle_in(run, entry, clock::nanos(now), self.slab(), limits, &mut removed);
        removed
    }

    /// The same with a value and nothing else, which `end` puts in, stored at that time after so many nanoseconds.
    pub(crate) fn publish_only(
        &self,
        run: &Arc<Entry>,
        since: u64,
        took: u64,
        limits: &Limits,
        end: impl FnOnce(&Entry),
    ) -> AllRemoved {
        let mut removed = AllRemoved::new();
        let mut state = self.state(run.key.hashed());
        state.counts.compute_nanos += took;
        end(run);
        if run.is_at(Stage::Away) {
            return removed;
        }
        if limits.ttl.is_some() {
            state.expire(Duration::from_nanos(since), limits, &mut removed);
        }
        state.settle_in(run, run, since, self.slab(), limits, &mut removed);
        removed
    }

    /// Ends a run that came to nothing, after that many nanoseconds if the body ended.
    pub(crate) fn abandon(&self, run: &Entry, took: u64) {
        let mut state = self.state(run.key.hashed());
        state.counts.compute_nanos += took;
        run.flight.end(None);
        state.take_off(run);
    }

    /// Removes an entry that was refused, if it still is the one that is stored.
    pub(crate) fn reject(&self, entry: Arc<Entry>) -> Option<Removed> {
        self.remove(entry, Reason::Validate)
    }

    /// Removes an entry for the budget's sake, if it still is the one that is stored.
    pub(crate) fn evict(&self, entry: Arc<Entry>) -> Option<Removed> {
        self.remove(entry, Reason::Budget)
    }

    fn remove(&self, entry: Arc<Entry>, reason: Reason) -> Option<Removed> {
        let was_live = self.state(entry.key.hashed()).remove(&entry, reason);
        was_live.then_some(Removed { entry: Some(entry), reason })
    }

    /// Removes one entry. A run for it that is under way will not be stored.
    pub(crate) fn clear_entry(&self, key: &KeyParts) -> AllRemoved {
        let mut removed = AllRemoved::new();
        let mut state = self.state(key.hashed());
        let reason = Reason::Asked;
        state.bare.clear_runs(key);
        if self.remove_number(&mut state, key) {
            self.place.function.count_removal();
            removed.push(Removed { entry: None, reason });
            return removed;
        }
        let State { entries, renewals, questions, .. } = &*state;
        let found: Vec<Arc<Entry>> = if questions.contains_key(key) {
            // There is an entry for each combination of values that its widgets had.
            let known = entries.iter().chain(renewals.iter());
            known.filter(|entry| entry.key.extends(key)).cloned().collect()
        } else {
            [entries, renewals].into_iter().filter_map(|table| table.get(key)).cloned().collect()
        };
        for entry in found {
            if state.remove(&entry, reason) {
                removed.push(Removed { entry: Some(entry), reason });
            } else {
                state.take_off(&entry);
            }
        }
        removed
    }

    /// Removes every entry, the least recently used first where that is known, else the oldest. Runs that are
    /// under way will not be stored.
    pub(crate) fn clear(&self) -> AllRemoved {
        // All are locked at once, for a clear is one moment.
        let mut shards: Vec<MutexGuard<'_, State>> = self.shards.iter().map(Mutex::lock).collect();
        let (mut entries, mut numbers) = (Vec::new(), 0);
        for state in &mut shards {
            numbers += state.clear(self.slab(), &mut entries);
        }
        // Once all are marked, and before any shard is unlocked.
        self.place.function.count_removal();
        drop(shards);
        entries.sort_by_cached_key(|entry: &Arc<Entry>| entry.used.load(Ordering::Relaxed));
        let entries = entries.into_iter().map(Some).chain(std::iter::repeat_n(None, numbers));
        entries.map(|entry| Removed { entry, reason: Reason::Asked }).collect()
    }

    /// When the entries were used last that are on disk, too.
    pub(crate) fn uses(&self) -> persist::Uses {
        let mut uses = persist::Uses::new();
        for shard in &self.shards {
            let state = shard.lock();
            let live = state.entries.iter().filter(|entry| entry.is_live());
            uses.extend(live.filter_map(|entry| {
                let name = entry.extras()?.name?;
                Some((name, entry.used.load(Ordering::Relaxed)))
            }));
        }
        uses
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut sum = Totals::default();
        for shard in &self.shards {
            let state = shard.lock();
            let (entries, bytes) = ((state.held() + state.bare.numbers.len()) as u64, state.bytes);
            sum.add(&Totals { entries, bytes, counts: state.counts });
        }
        sum
    }

    /// Gives the function what was counted here, as its session ends.
    pub(crate) fn hand_over(&self) {
        for shard in &self.shards {
            let counts = std::mem::take(&mut shard.lock().counts);
            self.place.function.counters.ended.lock().add(&counts);
        }
    }
}

impl Drop for Store {
    /// Runs that went on after the session's end have counted, too.
    fn drop(&mut self) {
        self.hand_over();
    }
}

impl State {
    /// How many entries and numbers of a slab are stored.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.live + self.lines.len()
    }

    fn get(&self, key: &KeyParts) -> Option<&Arc<Entry>> {
        self.entries.get(key).filter(|entry| entry.is_live())
    }

    /// A stored entry if it is fresh, else a run: one that is under way, or a new one.
    fn find(
        &mut self,
        key: &KeyParts,
        place: Place,
        is_fresh: impl FnOnce(&Entry) -> bool,
    ) -> Found {
        let mut room = self.entries.room(key);
        let mut stage = Stage::Running;
        let is_renewed = match &room {
            Room::Occupied(known) if known.get().1.is_live() => {
                if is_fresh(&known.get().1) {
                    return Found::Hit(known.get().1.clone());
                }
                true
            }
            Room::Occupied(_) => false,
            // The entry that had expired may have left since its renewal began.
            Room::Vacant(_) => !self.renewals.is_empty() && self.renewals.get(key).is_some(),
        };
        if is_renewed {
            room = self.renewals.room(key);
            stage = Stage::Renewing;
        }
        match room {
            Room::Occupied(known) => {
                let run = &known.get().1;
                run.expect_wait();
                Found::Wait(run.clone(), RunId::of(run))
            }
            Room::Vacant(_) if context::is_running(place, |kept| *kept == *key) => Found::Again,
            Room::Vacant(room) => {
                if place.function.spec.persist.is_none() {
                    self.counts.misses += 1;
                }
                let spare = self.spare.take().and_then(|spare| again(spare, place, key));
                let run = spare.unwrap_or_else(|| Arc::new(Entry::new(place, key)));
                run.move_to(stage);
                room.insert((key.hashed(), run.clone()));
                Found::Lead(run)
            }
        }
    }

    /// Takes a run off that is under way. Nothing that comes of it will be stored.
    fn take_off(&mut self, run: &Entry) {
        if run.is_at(Stage::Running) {
            self.entries.take(run);
        } else if run.is_at(Stage::Renewing) {
            self.renewals.take(run);
        }
        run.move_to(Stage::Away);
    }

    /// Removes an entry; false if it is not stored.
    fn remove(&mut self, entry: &Entry, reason: Reason) -> bool {
        let was_live = entry.is_live();
        if was_live {
            self.entries.take(entry);
            self.left(entry, reason);
        }
        was_live
    }

    /// Puts an entry into the table, and returns the live one whose place it took.
    fn insert(&mut self, entry: &Arc<Entry>) -> Option<Arc<Entry>> {
        let old = self.entries.insert(entry)?;
        if old.is_live() {
            return Some(old);
        }
        // Of two runs that asked the same widgets, the one that ends last is stored.
        old.move_to(Stage::Renewing);
        self.renewals.insert(&old);
        None
    }

    /// Puts the entry that a run made into the table, at that time, and makes room for it.
    fn settle_in(
        &mut self,
        run: &Arc<Entry>,
        entry: &Arc<Entry>,
        now: u64,
        slab: Option<&Slab>,
        limits: &Limits,
        removed: &mut AllRemoved,
    ) {
        // A run that no entry stood in the way of stands where its result belongs.
        if !Arc::ptr_eq(run, entry) || !run.is_at(Stage::Running) {
            self.take_off(run);
            if let Some(old) = self.insert(entry) {
                let expired = limits.expired(&old, Duration::from_nanos(now));
                let reason = if expired { Reason::Ttl } else { Reason::Asked };
                self.left(&old, reason);
                removed.push(Removed { entry: Some(old), reason });
            }
        }
        self.admit(entry, slab, limits);
        if entry.place.function.is_bounded() {
            self.make_room(slab, limits, removed);
        }
    }

    /// Makes an entry of the table live.
    fn admit(&mut self, entry: &Entry, slab: Option<&Slab>, limits: &Limits) {
        let function = entry.place.function;
        let born = function.uses().tick();
        entry.born.store(born, Ordering::Relaxed);
        entry.used.store(born, Ordering::Relaxed);
        self.live += 1;
        self.bytes += entry.size();
        entry.move_to(Stage::Live);
        let mark = Mark { born, at: At::Entry(entry.key.hashed()) };
        if function.is_bounded() {
            self.queue(mark, slab);
        }
        if limits.ttl.is_some() {
            self.ages.push_back(mark);
        }
    }

    /// What follows from an entry's leave; every way out of the table comes by here but [`clear`](Self::clear).
    pub(super) fn left(&mut self, entry: &Entry, reason: Reason) {
        self.counts.left(reason);
        entry.move_to(Stage::Away);
        entry.place.function.count_removal();
        self.live -= 1;
        self.bytes -= entry.size();
    }

    /// Says how many numbers there were that had no entry.
    fn clear(&mut self, slab: Option<&Slab>, entries: &mut Vec<Arc<Entry>>) -> usize {
        self.ages.clear();
        self.questions.clear();
        self.order.clear();
        (self.live, self.bytes) = (0, 0);
        for entry in self.entries.drain().chain(self.renewals.drain()) {
            let was_live = entry.is_live();
            entry.move_to(Stage::Away);
            if was_live {
                entries.push(entry);
            }
        }
        self.bare.clear() + slab.map_or(0, |slab| slab.clear(&mut self.lines))
    }

    /// Notes which widgets a body asked.
    fn note_questions(&mut self, base: &KeyParts, entry: &Entry) {
        let Some(recording) = entry.recording() else { return };
        let mut key = base.clone();
        for (question, value) in &recording.reads {
            let next = key.with_widget(&question.id, value);
            self.questions.insert(Key::from(key), question.clone());
            key = next;
        }
        // Questions on the way to entries that left lead nowhere.
        if self.questions.len() > 4 * self.live + 64 {
            let entries = &self.entries;
            self.questions.retain(|asked, _| {
                key.extends(asked) || entries.iter().any(|stored| stored.key.extends(asked))
            });
        }
    }

    /// Removes what has expired by `now`.
    fn expire(&mut self, now: Duration, limits: &Limits, removed: &mut AllRemoved) {
        while let Some(&mark) = self.ages.front() {
            if let Some(known) = self.entries.marked(mark) {
                if !limits.expired(&known.get().1, now) {
                    break;
                }
                let ((_, entry), _) = known.remove();
                self.left(&entry, Reason::Ttl);
                removed.push(Removed { entry: Some(entry), reason: Reason::Ttl });
            }
            self.ages.pop_front();
        }
        // Entries that left by other ways would pile up behind one that lives long.
        if self.ages.len() > 2 * self.live + 16 {
            self.ages.retain(|mark| self.entries.marked(*mark).is_some());
        }
    }
}

/// A run where another one was, unless somebody still has that, or more than a number came of it.
#[inline(never)]
fn again(mut spare: Arc<Entry>, place: Place, key: &KeyParts) -> Option<Arc<Entry>> {
    Arc::get_mut(&mut spare)?.begin_again(place, key).then_some(spare)
}
