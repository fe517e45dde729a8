//! Clearing everything (conformance H): alone in a process, since it reaches every function.

use std::sync::Mutex;

use cachelit::session::Session;
use cachelit::{cache_data, cache_resource};

static RELEASED: Mutex<u32> = Mutex::new(0);

#[cache_data]
fn data() {}

#[cache_resource(on_release = |_| *RELEASED.lock().unwrap() += 1)]
fn resource() {}

#[test]
fn s106_s107_s140_each_kind_is_cleared_in_all_sessions() {
    let session = Session::new();
    let fill = || {
        data();
        // Served from what the thread remembers.
        data();
        session.run(data);
        resource();
    };
    let entries = || (data::stats().entries, resource::stats().entries);
    fill();
    assert_eq!(entries(), (2, 1));
    cachelit::cache_data::clear_all();
    assert_eq!(entries(), (0, 1));
    let misses = data::stats().misses;
    fill();
    assert_eq!(data::stats().misses, misses + 2);
    cachelit::cache_resource::clear_all();
    assert_eq!(entries(), (2, 0));
    assert_eq!(*RELEASED.lock().unwrap(), 1);
}
