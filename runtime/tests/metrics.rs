//! What a recorder of the `metrics` facade is told.

#![cfg(feature = "metrics")]

use std::collections::BTreeMap;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::{cache_data, cache_resource};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

#[expect(clippy::used_underscore_binding, reason = "to be no part of the key")]
#[cache_data(max_entries = 1, max_size = "1kB")]
fn double(x: u32, _clock: &ManualClock) -> Result<u32, String> {
    _clock.advance(Duration::from_millis(1500));
    if x == 0 { Err("nothing".to_owned()) } else { Ok(2 * x) }
}

#[cache_resource(validate = |_| false)]
fn never_valid() -> u32 {
    1
}

#[test]
fn what_was_counted_is_published_under_the_function_and_its_kind() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let clock = ManualClock::new();
    metrics::with_local_recorder(&recorder, || {
        let _clock = clock.enter();
        cachelit::metrics::describe();
        double(1, &clock).unwrap();
        double(1, &clock).unwrap();
        double(2, &clock).unwrap();
        double(0, &clock).unwrap_err();
        never_valid();
        never_valid();
        cachelit::metrics::publish();
        cachelit::metrics::publish();
    });
    let mut told = BTreeMap::new();
    for (key, unit, description, value) in snapshotter.snapshot().into_vec() {
        assert!(unit.is_some() && description.is_some(), "{key:?} is described");
        let labels: Vec<&str> = key.key().labels().map(metrics::Label::value).collect();
        let value = match value {
            DebugValue::Counter(value) => value.to_string(),
            DebugValue::Gauge(value) => value.to_string(),
            DebugValue::Histogram(values) => format!("{values:?}"),
        };
        told.insert(format!("{} {}", key.key().name(), labels.join(" ")), value);
    }
    let evictions = told.extract_if(.., |name, count| name.contains("evictions") && count == "0");
    let reasons = cachelit::Stats::default().evictions.by_reason().len();
    assert_eq!(evictions.count(), 2 * reasons - 2, "the other two are below");
    let expected = [
        ("cachelit_bytes metrics::double data", "1"),
        ("cachelit_bytes metrics::never_valid resource", "0"),
        ("cachelit_compute_seconds metrics::double data", "[1.5, 1.5, 1.5]"),
        ("cachelit_compute_seconds metrics::never_valid resource", "[0.0, 0.0]"),
        ("cachelit_entries metrics::double data", "1"),
        ("cachelit_entries metrics::never_valid resource", "1"),
        ("cachelit_evictions_total metrics::double data max_entries", "1"),
        ("cachelit_evictions_total metrics::never_valid resource validate", "1"),
        ("cachelit_hits_total metrics::double data", "1"),
        ("cachelit_hits_total metrics::never_valid resource", "0"),
        ("cachelit_misses_total metrics::double data", "3"),
        ("cachelit_misses_total metrics::never_valid resource", "2"),
        ("cachelit_waits_total metrics::double data", "0"),
        ("cachelit_waits_total metrics::never_valid resource", "0"),
    ];
    let told: Vec<(&str, &str)> = told.iter().map(|(name, it)| (&**name, &**it)).collect();
    assert_eq!(told, expected);
    assert_eq!(double::stats().compute_time, Duration::from_millis(4500));
}
