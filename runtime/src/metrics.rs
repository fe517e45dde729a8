//! The counters as metrics, for whatever recorder the program has installed (feature `metrics`).
//!
//! | name | kind | what |
//! |---|---|---|
//! | `cachelit_hits_total` | counter | calls that were served without running the body |
//! | `cachelit_misses_total` | counter | calls that ran the body |
//! | `cachelit_waits_total` | counter | hits that waited for another caller's run |
//! | `cachelit_evictions_total` | counter | entries that the cache dropped, by `reason` |
//! | `cachelit_entries` | gauge | entries that are held now |
//! | `cachelit_bytes` | gauge | their stored size, measured only under `max_size` or a budget |
//! | `cachelit_disk_hits_total` | counter | hits that were read from disk |
//! | `cachelit_disk_misses_total` | counter | misses for which nothing was on disk |
//! | `cachelit_disk_errors_total` | counter | entries that could not be read from disk or written to it |
//! | `cachelit_compute_seconds` | histogram | how long each run of a body took |
//!
//! All have the labels `function` (its path) and `kind` (`data` or `resource`); those of the disk are there for
//! persisted functions. Durations are recorded as they
//! happen. The others are read off [`Stats`] by [`publish`], since a counter of a recorder costs more than a
//! hit: call it before each scrape or push.
//!
//! ```
//! # #[cachelit::cache_data]
//! # fn double(x: u64) -> u64 {
//! #     2 * x
//! # }
//! use metrics_util::debugging::DebuggingRecorder;
//!
//! let recorder = DebuggingRecorder::new();
//! let snapshotter = recorder.snapshotter();
//! recorder.install().unwrap();
//! cachelit::metrics::describe();
//!
//! double(1);
//! double(1);
//! cachelit::metrics::publish();
//!
//! let snapshot = snapshotter.snapshot().into_vec();
//! assert!(snapshot.iter().any(|(key, ..)| key.key().name() == "cachelit_hits_total"));
//! ```

use std::time::Duration;

use cachelit_spec::options::Kind;
use metrics::{Label, Unit, counter, gauge, histogram};

use crate::engine::function::Function;
use crate::engine::registry;
use crate::stats::Stats;

/// Tells the recorder what the metrics mean; once, after it was installed. See the example of [this module](self).
pub fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge};
    counter!("cachelit_hits_total", Unit::Count, "calls served without running the body");
    counter!("cachelit_misses_total", Unit::Count, "calls that ran the body");
    counter!("cachelit_waits_total", Unit::Count, "hits that waited for another caller's run");
    counter!("cachelit_evictions_total", Unit::Count, "entries that the cache dropped, by reason");
    counter!("cachelit_disk_hits_total", Unit::Count, "hits that were read from disk");
    counter!("cachelit_disk_misses_total", Unit::Count, "misses for which nothing was on disk");
    counter!("cachelit_disk_errors_total", Unit::Count, "entries not read from disk or written");
    gauge!("cachelit_entries", Unit::Count, "entries that are held now");
    gauge!("cachelit_bytes", Unit::Bytes, "stored size of the entries that are held now");
    metrics::describe_histogram!(
        "cachelit_compute_seconds",
        Unit::Seconds,
        "how long each run of a body took"
    );
}

/// Gives the recorder what every cached function of the program has counted so far.
///
/// ```
/// # struct Exporter;
/// # impl Exporter {
/// #     fn render(&self) -> String {
/// #         String::new()
/// #     }
/// # }
/// fn scrape(exporter: &Exporter) -> String {
///     cachelit::metrics::publish();
///     exporter.render()
/// }
/// # scrape(&Exporter);
/// ```
pub fn publish() {
    registry::registered().for_each(|function| publish_one(function, &function.stats()));
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn publish_one(function: &Function, stats: &Stats) {
    let own = labels(function);
    counter!("cachelit_hits_total", own.iter()).absolute(stats.hits);
    counter!("cachelit_misses_total", own.iter()).absolute(stats.misses);
    counter!("cachelit_waits_total", own.iter()).absolute(stats.waits);
    for (reason, count) in stats.evictions.by_reason() {
        let reason = Label::from_static_parts("reason", reason);
        let labels: Vec<Label> = own.iter().cloned().chain([reason]).collect();
        counter!("cachelit_evictions_total", labels).absolute(count);
    }
    if function.spec.persist.is_some() {
        counter!("cachelit_disk_hits_total", own.iter()).absolute(stats.disk_hits);
        counter!("cachelit_disk_misses_total", own.iter()).absolute(stats.disk_misses);
        counter!("cachelit_disk_errors_total", own.iter()).absolute(stats.disk_errors);
    }
    gauge!("cachelit_entries", own.iter()).set(stats.entries as f64);
    gauge!("cachelit_bytes", own.iter()).set(stats.bytes as f64);
}

/// Records how long a run of a body took.
pub(crate) fn computed(function: &Function, took: Duration) {
    histogram!("cachelit_compute_seconds", labels(function).iter()).record(took);
}

fn labels(function: &Function) -> [Label; 2] {
    let kind = match function.spec.kind {
        Kind::Data => "data",
        Kind::Resource => "resource",
    };
    [
        Label::from_static_parts("function", function.spec.path),
        Label::from_static_parts("kind", kind),
    ]
}
