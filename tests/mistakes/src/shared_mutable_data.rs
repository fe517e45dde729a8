//! Handles: a copy of one is no copy of what it leads to.

use std::sync::{Arc, Mutex};

use cachelit::cache_data;
use serde::{Deserialize, Serialize};

#[cache_data]
fn direct() -> Arc<Mutex<Vec<u32>>> {
    Arc::default()
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Visits {
    #[serde(skip)]
    count: Arc<Mutex<u64>>,
}

#[cache_data]
fn visits() -> Visits {
    Visits::default()
}
