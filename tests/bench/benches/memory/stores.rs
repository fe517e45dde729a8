//! Caches and maps, used by hand: what a user writes around them. Keys are looked up by reference where the crate can.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::RwLock;

use equivalent::Equivalent;
use foldhash::fast::RandomState;

/// Gets a value or makes it.
pub trait Memo<K, V>: Send + Sync {
    /// Holding about so many.
    fn with_capacity(capacity: usize) -> Self;

    fn get<Q: Hash + Equivalent<K>>(&self, query: &Q, make: impl FnOnce() -> V) -> V
    where
        K: for<'q> From<&'q Q>;
}

/// A number is its own query.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number(pub u64);

impl From<&Number> for Number {
    fn from(number: &Number) -> Number {
        *number
    }
}

/// Unbounded.
pub struct Locked<K, V>(RwLock<HashMap<K, V, RandomState>>);

impl<K: Hash + Eq + Send + Sync, V: Clone + Send + Sync> Memo<K, V> for Locked<K, V> {
    fn with_capacity(_capacity: usize) -> Self {
        Locked(RwLock::default())
    }

    fn get<Q: Hash + Equivalent<K>>(&self, query: &Q, make: impl FnOnce() -> V) -> V
    where
        K: for<'q> From<&'q Q>,
    {
        let key = K::from(query);
        if let Some(value) = self.0.read().unwrap().get(&key) {
            return value.clone();
        }
        let value = make();
        self.0.write().unwrap().entry(key).or_insert(value).clone()
    }
}

/// Unbounded.
pub struct Papaya<K, V>(papaya::HashMap<K, V, RandomState>);

impl<K: Hash + Eq + Send + Sync, V: Clone + Send + Sync> Memo<K, V> for Papaya<K, V> {
    fn with_capacity(_capacity: usize) -> Self {
        let map = papaya::HashMap::builder().hasher(RandomState::default());
        // The other mode is several times slower for a map that is mostly read.
        Papaya(map.resize_mode(papaya::ResizeMode::Blocking).build())
    }

    fn get<Q: Hash + Equivalent<K>>(&self, query: &Q, make: impl FnOnce() -> V) -> V
    where
        K: for<'q> From<&'q Q>,
    {
        let map = self.0.pin();
        if let Some(value) = map.get(query) {
            return value.clone();
        }
        map.get_or_insert_with(K::from(query), make).clone()
    }
}

pub struct Quick<K, V>(quick_cache::sync::Cache<K, V, quick_cache::UnitWeighter, RandomState>);

impl<K: Hash + Eq + Send + Sync + Clone, V: Clone + Send + Sync> Memo<K, V> for Quick<K, V> {
    fn with_capacity(capacity: usize) -> Self {
        Quick(quick_cache::sync::Cache::with(
            capacity,
            capacity as u64,
            quick_cache::UnitWeighter,
            RandomState::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        ))
    }

    fn get<Q: Hash + Equivalent<K>>(&self, query: &Q, make: impl FnOnce() -> V) -> V
    where
        K: for<'q> From<&'q Q>,
    {
        if let Some(value) = self.0.get(query) {
            return value;
        }
        let Ok(value) = self
            .0
            .get_or_insert_with(&K::from(query), || Ok::<V, std::convert::Infallible>(make()));
        value
    }
}

pub struct Moka<K, V>(moka::sync::Cache<K, V, RandomState>);

impl<K, V> Memo<K, V> for Moka<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn with_capacity(capacity: usize) -> Self {
        let builder = moka::sync::Cache::builder().max_capacity(capacity as u64);
        Moka(builder.build_with_hasher(RandomState::default()))
    }

    fn get<Q: Hash + Equivalent<K>>(&self, query: &Q, make: impl FnOnce() -> V) -> V
    where
        K: for<'q> From<&'q Q>,
    {
        self.0.get_with(K::from(query), make)
    }
}
