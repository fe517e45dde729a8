//! A cached function as the program knows it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cachelit_spec::CodeHash;
use cachelit_spec::options::{Kind, RefreshMode, Scope};
use parking_lot::RwLock;

use super::entry::{Entry, Removed, settle};
use super::store::Store;
use crate::key::Key;
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
    limits: OnceLock<Limits>,
    /// By session; a function of global scope has the one at [`SessionId::EVERYBODY`].
    stores: RwLock<BTreeMap<SessionId, Arc<Store>>>,
}

/// What makes entries leave.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) ttl: Option<Duration>,
    pub(crate) max_entries: Option<u64>,
    pub(crate) max_size: Option<u64>,
}

impl Limits {
    pub(crate) fn expired(&self, entry: &Entry, now: Duration) -> bool {
        self.ttl.is_some_and(|ttl| now.saturating_sub(entry.stored_at) >= ttl)
    }

    /// Whether an entry has expired, but not yet for as long as it lived.
    pub(crate) fn stale(&self, entry: &Entry, now: Duration) -> bool {
        let age = now.saturating_sub(entry.stored_at);
        self.expired(entry, now) && self.ttl.is_some_and(|ttl| age < ttl.saturating_mul(2))
    }
}

impl Function {
    /// Holds nothing yet.
    pub const fn new(spec: FunctionSpec) -> Self {
        Function {
            spec,
            counters: Counters::new(),
            limits: OnceLock::new(),
            stores: RwLock::new(BTreeMap::new()),
        }
    }

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

    fn owner(&self) -> SessionId {
        match self.spec.scope {
            Scope::Global => SessionId::EVERYBODY,
            Scope::Session => session::current_id(),
        }
    }

    /// The entries that the current session sees.
    pub(crate) fn store(&self) -> Arc<Store> {
        let owner = self.owner();
        if let Some(store) = self.stores.read().get(&owner) {
            return store.clone();
        }
        self.stores.write().entry(owner).or_default().clone()
    }

    /// Removes the entries that the current session sees.
    pub fn clear(&self) {
        let store = self.stores.read().get(&self.owner()).cloned();
        settle(self, store.map(|store| store.clear()).unwrap_or_default());
    }

    pub(crate) fn clear_entry(&self, key: &Key) {
        let store = self.stores.read().get(&self.owner()).cloned();
        settle(self, store.map(|store| store.clear_entry(key)).unwrap_or_default());
    }

    /// Removes the entries of every session.
    pub(crate) fn clear_everywhere(&self) {
        let stores: Vec<Arc<Store>> = self.stores.read().values().cloned().collect();
        let removed: Vec<Removed> = stores.iter().flat_map(|store| store.clear()).collect();
        settle(self, removed);
    }

    /// Releases what a session held that is over.
    pub(crate) fn end_session(&self, id: SessionId) {
        let store = self.stores.write().remove(&id);
        settle(self, store.map(|store| store.clear()).unwrap_or_default());
    }

    /// The counters, over all sessions.
    pub fn stats(&self) -> Stats {
        let stores: Vec<Arc<Store>> = self.stores.read().values().cloned().collect();
        let (entries, bytes) = stores
            .iter()
            .map(|store| store.totals())
            .fold((0, 0), |sum, totals| (sum.0 + totals.0, sum.1 + totals.1));
        self.counters.read(entries, bytes)
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
