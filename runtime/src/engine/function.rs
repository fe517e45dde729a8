//! A cached function as the program knows it.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cachelit_spec::CodeHash;
use cachelit_spec::options::{Kind, Persist, RefreshMode, Scope};
use parking_lot::RwLock;

use super::entry::{Entry, Removed, settle};
use super::hits::Hits;
use super::order::Uses;
use super::slab;
use super::store::{Store, Totals};
use crate::budget;
use crate::clock;
use crate::key::{KeyHasher, KeyParts, Short};
use crate::persist::{self, Disk};
use crate::session::{self, SessionId};
use crate::stats::{Counters, Stats};

/// What the macro knows of a function; written by its expansion, in a `static`.
#[derive(Debug)]
#[allow(missing_docs, reason = "fields are what `FunctionInfo` documents")]
pub struct FunctionSpec {
    pub path: &'static str,
    pub file: &'static str,
    pub line: u32,
    pub kind: Kind,
    pub code_hash: [u8; 32],
    /// Names of the parameters in the key, and of those that are not.
    pub hashed: &'static [&'static str],
    pub excluded: &'static [&'static str],
    pub scope: Scope,
    pub persist: Option<Persist>,
    /// Evaluated once, at the first call.
    pub ttl: Option<fn() -> Duration>,
    pub max_entries: Option<u64>,
    pub max_size: Option<u64>,
    pub refresh_mode: RefreshMode,
    pub allow_widgets: bool,
    pub spinner: SpinnerText,
    pub show_time: bool,
}

/// What stands beside the spinner.
#[derive(Clone, Copy, Debug)]
pub enum SpinnerText {
    /// The function's name.
    Default,
    /// There is no spinner.
    Off,
    /// This.
    Text(&'static str),
}

/// A cached function: what it is, what it holds, what happened.
pub struct Function {
    pub(crate) spec: FunctionSpec,
    pub(crate) counters: Counters,
    pub(crate) hits: Hits,
    /// Whether a hit must look at more than its entry, by what the attribute says.
    is_conditional: bool,
    /// Whether some entries make room for others, by what the attribute says.
    is_bounded: bool,
    /// See [`Place::keeps_bare_numbers`].
    bare_numbers: BareNumbers,
    /// See [`stamp`](Self::stamp).
    stamp: AtomicU64,
    uses: Uses,
    limits: OnceLock<Limits>,
    /// What everybody shares, or what is made outside of every session: whichever the scope says.
    common: OnceLock<Arc<Store>>,
    /// By session, of a function of session scope.
    own: RwLock<BTreeMap<SessionId, Arc<Store>>>,
    /// Nothing in it: results can't be persisted.
    disk: OnceLock<Option<Disk>>,
}

/// Whose entries a call sees.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) function: &'static Function,
    /// None where they are common to many.
    pub(crate) session: Option<SessionId>,
}

impl PartialEq for Place {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.function, other.function) && self.session == other.session
    }
}

/// What a function of one parameter says that has no options, for tests.
#[cfg(test)]
pub(crate) const PLAIN: FunctionSpec = FunctionSpec {
    path: "plain",
    file: "plain.rs",
    line: 1,
    kind: Kind::Data,
    code_hash: [0; 32],
    hashed: &["x"],
    excluded: &[],
    scope: Scope::Global,
    persist: None,
    ttl: None,
    max_entries: None,
    max_size: None,
    refresh_mode: RefreshMode::Foreground,
    allow_widgets: false,
    spinner: SpinnerText::Off,
    show_time: false,
};

/// A store that a call uses.
#[derive(Clone)]
pub(crate) enum StoreRef {
    /// The function's own, which lasts as long as the program.
    Common(&'static Arc<Store>),
    /// A session's.
    Own(Arc<Store>),
}

impl Deref for StoreRef {
    type Target = Arc<Store>;

    fn deref(&self) -> &Arc<Store> {
        match self {
            StoreRef::Common(store) => store,
            StoreRef::Own(store) => store,
        }
    }
}

/// Where results that are numbers, and nothing else, stand without entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BareNumbers {
    Nowhere,
    /// In a [table](super::bare): nothing but a clear makes them leave.
    Table,
    /// In a [slab](super::slab): so do others of them.
    Slab,
}

impl BareNumbers {
    const fn of(spec: &FunctionSpec) -> Self {
        if spec.persist.is_some()
            || spec.allow_widgets
            || spec.ttl.is_some()
            || spec.max_size.is_some()
        {
            return BareNumbers::Nowhere;
        }
        match spec.max_entries {
            None => BareNumbers::Table,
            Some(max) if max <= slab::MOST => BareNumbers::Slab,
            Some(_) => BareNumbers::Nowhere,
        }
    }
}

impl Place {
    /// Whether results that are numbers, and nothing else, have no entries.
    #[inline]
    pub(crate) fn keeps_bare_numbers(self) -> bool {
        self.function.bare_numbers == BareNumbers::Table || self.has_slab()
    }

    /// Whether they stand where they make room for each other. The numbers of a session don't: hits would have to find its
    /// store.
    #[inline]
    pub(crate) fn has_slab(self) -> bool {
        self.function.has_slab() && self.session.is_none()
    }

    /// The entries.
    #[inline]
    pub(crate) fn store(self) -> StoreRef {
        let new_store = || Arc::new(Store::new(self));
        let Some(session) = self.session else {
            return StoreRef::Common(self.function.common.get_or_init(new_store));
        };
        let own = &self.function.own;
        if let Some(store) = own.read().get(&session) {
            return StoreRef::Own(store.clone());
        }
        StoreRef::Own(own.write().entry(session).or_insert_with(new_store).clone())
    }

    /// The entries, if any were made.
    pub(crate) fn known_store(self) -> Option<Arc<Store>> {
        match self.session {
            None => self.function.common.get().cloned(),
            Some(session) => self.function.own.read().get(&session).cloned(),
        }
    }
}

/// How many of the lowest bits are zero in all stamps.
pub(crate) const UNUSED: u32 = 5;

/// Functions draw their stamps by so many, as a power of two.
const DRAWN: u32 = 20 + UNUSED;

/// The stamp after this one.
fn next_stamp(stamp: u64) -> u64 {
    static DRAWS: AtomicU64 = AtomicU64::new(0);
    let next = stamp + (1 << UNUSED);
    // The first of each draw is never used, so that it says that there was none, or that they are used up.
    if stamp == 0 || next.is_multiple_of(1 << DRAWN) {
        DRAWS.fetch_add(1, Ordering::Relaxed) << DRAWN | 1 << UNUSED
    } else {
        next
    }
}

/// Whether two stamps are known to be of one function.
pub(crate) fn is_of_one(a: u64, b: u64) -> bool {
    a >> DRAWN == b >> DRAWN
}

/// What makes entries leave.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) ttl: Option<Duration>,
    pub(crate) max_entries: Option<u64>,
    pub(crate) max_size: Option<u64>,
}

impl Limits {
    #[inline]
    pub(crate) fn expired(&self, entry: &Entry, now: Duration) -> bool {
        self.ttl.is_some_and(|ttl| age(entry, now) >= clock::nanos(ttl))
    }

    /// Whether an entry has expired, but not yet for as long as it lived.
    pub(crate) fn stale(&self, entry: &Entry, now: Duration) -> bool {
        self.expired(entry, now)
            && self.ttl.is_some_and(|ttl| age(entry, now) < clock::nanos(ttl.saturating_mul(2)))
    }
}

/// In nanoseconds.
#[inline]
fn age(entry: &Entry, now: Duration) -> u64 {
    clock::nanos(now).saturating_sub(entry.since())
}

impl Function {
    /// Holds nothing yet.
    pub const fn new(spec: FunctionSpec) -> Self {
        Function {
            is_conditional: spec.ttl.is_some()
                || spec.max_entries.is_some()
                || spec.max_size.is_some(),
            is_bounded: spec.max_entries.is_some() || spec.max_size.is_some(),
            bare_numbers: BareNumbers::of(&spec),
            spec,
            counters: Counters::new(),
            hits: Hits::new(),
            stamp: AtomicU64::new(0),
            uses: Uses::from(0),
            limits: OnceLock::new(),
            common: OnceLock::new(),
            own: RwLock::new(BTreeMap::new()),
            disk: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) fn limits(&self) -> &Limits {
        if let Some(limits) = self.limits.get() {
            return limits;
        }
        // The expression is the user's: it runs outside the lock's initialiser.
        let ttl = self.spec.ttl.map(|ttl| ttl());
        self.limits.get_or_init(|| Limits {
            ttl,
            max_entries: self.spec.max_entries,
            max_size: self.spec.max_size,
        })
    }

    /// What the function keeps on disk, if it does.
    pub(crate) fn disk(&self) -> Option<&Disk> {
        if self.spec.persist != Some(Persist::Disk) {
            return None;
        }
        self.disk.get_or_init(|| persist::open(&self.spec)).as_ref()
    }

    /// An empty key for a call: the same in every process if results outlive this one.
    #[inline]
    pub(crate) fn new_key(&self) -> KeyHasher {
        /// Apart, so that the other one is made of constants.
        #[cold]
        fn lasting() -> KeyHasher {
            KeyHasher::new()
        }
        if self.spec.persist.is_some() { lasting() } else { KeyHasher::in_memory() }
    }

    /// Whether some entries make room for others.
    #[inline]
    pub(crate) fn is_bounded(&self) -> bool {
        self.is_bounded
    }

    /// Whether a hit must be noted, because an entry may have to make room for another one, be it of another function.
    #[inline]
    pub(crate) fn notes_uses(&self) -> bool {
        self.is_bounded() || budget::was_set()
    }

    /// Whether nothing makes entries leave, by what the attribute says.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        !self.is_conditional
    }

    /// Whether the store outside of all sessions has one.
    #[inline]
    pub(crate) fn has_slab(&self) -> bool {
        self.bare_numbers == BareNumbers::Slab
    }

    /// The number of a key outside of all sessions, if it stands where numbers make room for each other; noted as used.
    #[inline]
    pub(crate) fn slab_number(&self, short: Short) -> Option<u64> {
        self.common.get()?.slab_number(short)
    }

    /// Another one whenever an entry leaves, and never one that any function had before, but for the zero that all have
    /// first. Who has seen an entry live under this stamp need not look again until it changes.
    #[inline]
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }

    /// The same, but never the zero.
    pub(crate) fn drawn_stamp(&self) -> u64 {
        match self.stamp() {
            0 => {
                let drawn = next_stamp(0);
                let (ordering, failure) = (Ordering::AcqRel, Ordering::Acquire);
                let outcome = self.stamp.compare_exchange(0, drawn, ordering, failure);
                outcome.map_or_else(|earlier| earlier, |_| drawn)
            }
            stamp => stamp,
        }
    }

    /// Takes another stamp, for an entry left; only under its store's lock, once it is marked. Or for whatever else makes
    /// it necessary to look at entries that were seen before.
    pub(crate) fn count_removal(&self) {
        // Where every hit is to be noted, they are all looked at.
        if self.is_bounded {
            return;
        }
        let mut stamp = self.stamp.load(Ordering::Relaxed);
        let (ordering, failure) = (Ordering::Release, Ordering::Relaxed);
        while let Err(other) =
            self.stamp.compare_exchange_weak(stamp, next_stamp(stamp), ordering, failure)
        {
            stamp = other;
        }
    }

    /// Whether a hit on a live entry must [ask first](Self::may_serve).
    #[inline]
    pub(crate) fn has_conditions(&self) -> bool {
        self.is_conditional || budget::was_set()
    }

    /// Whether an entry has not expired; notes its use.
    pub(crate) fn may_serve(&self, entry: &Entry) -> bool {
        if self.spec.ttl.is_some() {
            let limits = self.limits();
            if limits.expired(entry, clock::now(limits)) {
                return false;
            }
        }
        if self.notes_uses() {
            entry.touch();
        }
        true
    }

    /// What counts the uses of entries.
    #[inline]
    pub(crate) fn uses(&self) -> &Uses {
        if budget::was_set() { &budget::USES } else { &self.uses }
    }

    /// Whose entries a call sees here.
    #[inline]
    pub(crate) fn place(&'static self) -> Place {
        let session = match self.spec.scope {
            Scope::Global => None,
            Scope::Session => session::current_id(),
        };
        Place { function: self, session }
    }

    /// Removes the entries that the current session sees.
    pub fn clear(&'static self) {
        self.clear_disk();
        let store = self.place().known_store();
        settle(self, store.map(|store| store.clear()).unwrap_or_default());
    }

    /// The disk comes first: whoever reads it after that finds nothing, and who read it before is in memory.
    fn clear_disk(&self) {
        if let Some(disk) = self.disk() {
            disk.clear();
        }
    }

    pub(crate) fn clear_entry(&'static self, key: &KeyParts) {
        if let (Some(disk), Some(name)) = (self.disk(), persist::name_of(key)) {
            disk.clear_entry(&name);
        }
        let store = self.place().known_store();
        settle(self, store.map(|store| store.clear_entry(key)).unwrap_or_default());
    }

    fn known_stores(&self) -> Vec<Arc<Store>> {
        self.common.get().into_iter().chain(self.own.read().values()).cloned().collect()
    }

    /// What all stores together hold and have counted.
    fn totals(&self) -> Totals {
        // Locked until the end, so that no store goes over to those that are no more.
        let own = self.own.read();
        let ended = Totals { counts: *self.counters.ended.lock(), ..Totals::default() };
        self.common.get().into_iter().chain(own.values()).fold(ended, |mut sum, store| {
            sum.add(&store.totals());
            sum
        })
    }

    /// Removes the entries of every session.
    pub(crate) fn clear_everywhere(&self) {
        self.clear_disk();
        let removed: Vec<Removed> =
            self.known_stores().iter().flat_map(|store| store.clear()).collect();
        settle(self, removed);
    }

    /// Releases what a session held that is over.
    pub(crate) fn end_session(&self, id: SessionId) {
        let store = {
            let mut own = self.own.write();
            let Some(store) = own.remove(&id) else { return };
            store.hand_over();
            store
        };
        settle(self, store.clear());
    }

    /// The counters, over all sessions.
    pub fn stats(&self) -> Stats {
        let totals = self.totals();
        let mut stats = self.counters.read(&totals.counts);
        stats.hits = self.hits.sum();
        stats.entries = totals.entries;
        stats.bytes = totals.bytes;
        stats
    }

    /// What is known of the function.
    pub fn info(&self) -> FunctionInfo {
        let spec = &self.spec;
        let limits = self.limits();
        FunctionInfo {
            path: spec.path,
            file: spec.file,
            line: spec.line,
            kind: spec.kind,
            code_hash: CodeHash::from_bytes(spec.code_hash),
            hashed: spec.hashed,
            excluded: spec.excluded,
            scope: spec.scope,
            persist: spec.persist,
            ttl: limits.ttl,
            max_entries: limits.max_entries,
            max_size: limits.max_size,
            refresh_mode: spec.refresh_mode,
            allow_widgets: spec.allow_widgets,
            stats: self.stats(),
        }
    }
}

/// A cached function of this program: see [`functions`](crate::functions).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FunctionInfo {
    /// Path of the function, such as `shop::prices::fetch`.
    pub path: &'static str,
    /// Source file, as the compiler names it.
    pub file: &'static str,
    /// Line of the attribute, from 1.
    pub line: u32,
    /// Which attribute it carries.
    pub kind: Kind,
    /// The part of the key that stands for the code.
    pub code_hash: CodeHash,
    /// Parameters that are part of the key.
    pub hashed: &'static [&'static str],
    /// Parameters that are not.
    pub excluded: &'static [&'static str],
    /// Who shares the entries.
    pub scope: Scope,
    /// Where else entries live.
    pub persist: Option<Persist>,
    /// Age past which an entry is not served.
    pub ttl: Option<Duration>,
    /// Bound on the number of entries, per session where the scope is one.
    pub max_entries: Option<u64>,
    /// Bound on the stored bytes, per session where the scope is one.
    pub max_size: Option<u64>,
    /// What happens when an expired entry is asked for.
    pub refresh_mode: RefreshMode,
    /// Whether widgets may be called in the body.
    pub allow_widgets: bool,
    /// The counters.
    pub stats: Stats,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stamp_is_ever_that_of_another_function() {
        let first = next_stamp(0);
        let last = (first >> DRAWN << DRAWN) + ((1 << DRAWN) - (1 << UNUSED));
        let after = next_stamp(last);
        assert!(!is_of_one(first, after) && !is_of_one(after, next_stamp(0)));
        assert!(is_of_one(first, next_stamp(first)) && next_stamp(first) != first);
        assert!([first, last, after].iter().all(|stamp| stamp % (1 << UNUSED) == 0 && *stamp != 0));
    }
}
