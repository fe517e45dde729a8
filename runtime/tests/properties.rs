//! What holds for all inputs: keys differ exactly if values do, and bounds keep the last used.

use cachelit::cache_data;
use cachelit::key::encoding;
use cachelit::session::Session;
use proptest::collection::{btree_map, vec};
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

proptest! {
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
