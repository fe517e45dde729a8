//! What holds for all inputs: keys differ exactly if values do, and bounds keep the last used.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cachelit::key::encoding;
use cachelit::session::Session;
use cachelit::{CacheKey, cache_data};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

#[cache_data(max_entries = 3)]
fn bounded(key: u8) -> u8 {
    key
}

/// A cache of three, as simple as it gets: least recently used first.
#[derive(Default)]
struct Model(Vec<u8>);

impl Model {
    /// True if it was there.
    fn call(&mut self, key: u8) -> bool {
        let hit = self.remove(key);
        if self.0.len() == 3 {
            self.0.remove(0);
        }
        self.0.push(key);
        hit
    }

    fn remove(&mut self, key: u8) -> bool {
        let before = self.0.len();
        self.0.retain(|known| *known != key);
        self.0.len() < before
    }
}

/// Containers in containers, of few and small values, so that equal ones come up.
#[derive(CacheKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tree {
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Tree>),
    Maybe(Option<Box<Tree>>),
    Pair(Box<(Tree, Tree)>),
    Set(BTreeSet<Tree>),
    Map(BTreeMap<Tree, Tree>),
    Named { left: Box<Tree>, right: Vec<Tree> },
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        vec(0_u8..2, 0..3).prop_map(Tree::Bytes),
        "[ab]{0,2}".prop_map(Tree::Text),
        // Long enough to become a digest, in memory and elsewhere.
        (0_u8..2, 500_usize..520).prop_map(|(byte, len)| Tree::Bytes(vec![byte; len])),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Tree::List),
            prop::option::of(inner.clone().prop_map(Box::new)).prop_map(Tree::Maybe),
            (inner.clone(), inner.clone()).prop_map(|pair| Tree::Pair(Box::new(pair))),
            btree_set(inner.clone(), 0..3).prop_map(Tree::Set),
            btree_map(inner.clone(), inner.clone(), 0..3).prop_map(Tree::Map),
            (inner.clone(), vec(inner, 0..2))
                .prop_map(|(left, right)| Tree::Named { left: Box::new(left), right }),
        ]
    })
}

#[cache_data(max_entries = 1000)]
fn described(tree: &Tree) -> String {
    format!("{tree:?}")
}

proptest! {
    #[test]
    fn nested_containers_encode_alike_only_if_equal(trees in vec(tree(), 2..8)) {
        for (a, b) in trees.iter().flat_map(|a| trees.iter().map(move |b| (a, b))) {
            prop_assert_eq!(encoding(a) == encoding(b), a == b);
        }
    }

    #[test]
    fn calls_get_the_result_of_their_own_argument(trees in vec(tree(), 1..8)) {
        for tree in trees.iter().chain(&trees) {
            prop_assert_eq!(described(tree), format!("{tree:?}"));
        }
    }

    #[test]
    fn maps_of_any_order_and_capacity_encode_alike(
        pairs in btree_map(tree(), any::<u8>(), 0..6).prop_map(|map| map.into_iter().collect::<Vec<_>>()),
        seed in any::<usize>(),
    ) {
        let mut forwards = HashMap::with_capacity(100);
        let mut rotated = HashMap::new();
        let by = seed % pairs.len().max(1);
        for (name, value) in &pairs {
            forwards.insert(encoding(name), *value);
        }
        for (name, value) in pairs[by..].iter().chain(&pairs[..by]).rev() {
            rotated.insert(encoding(name), *value);
        }
        prop_assert_eq!(encoding(&forwards), encoding(&rotated));
    }

    #[test]
    fn lists_encode_alike_only_if_equal(
        a in vec((".{0,3}", any::<Option<u8>>()), 0..3),
        b in vec((".{0,3}", any::<Option<u8>>()), 0..3),
    ) {
        prop_assert_eq!(encoding(&a) == encoding(&b), a == b);
    }

    #[test]
    fn maps_encode_alike_only_if_equal(
        a in btree_map(0_u8..3, vec(0_u8..2, 0..2), 0..3),
        b in btree_map(0_u8..3, vec(0_u8..2, 0..2), 0..3),
    ) {
        prop_assert_eq!(encoding(&a) == encoding(&b), a == b);
    }

    #[test]
    fn calls_hit_as_the_model_says(calls in vec((0_u8..6, prop::bool::weighted(0.2)), 0..60)) {
        let mut model = Model::default();
        let outcome = Session::new().run(|| {
            for (key, clear) in calls {
                if clear {
                    bounded::clear_entry(key);
                    model.remove(key);
                    continue;
                }
                let before = bounded::stats().hits;
                prop_assert_eq!(bounded(key), key);
                prop_assert_eq!(bounded::stats().hits > before, model.call(key));
            }
            Ok(())
        });
        outcome?;
    }
}
