//! What a subscriber of `tracing` is told.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use cachelit::cache_data;
use tracing_subscriber::fmt::format::FmtSpan;

/// Collects what is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cache_data(max_entries = 1)]
fn double(x: u32) -> u32 {
    2 * x
}

#[cache_data]
async fn triple(x: u32) -> u32 {
    3 * x
}

#[tokio::test]
async fn misses_hits_and_evictions_are_told() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::NEW)
        .with_target(false)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    // A guard for the thread, which is the test's only one.
    let _default = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    double(1);
    double(1);
    double(2);
    triple(1).await;
    let text = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("text");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let told = [
        r#"DEBUG miss{function="tracing::double"}: new"#,
        r#"TRACE hit function="tracing::double""#,
        r#"DEBUG miss{function="tracing::double"}: new"#,
        r#"DEBUG left the cache function="tracing::double" reason=MaxEntries"#,
        r#"DEBUG miss{function="tracing::triple"}: new"#,
    ];
    assert_eq!(lines, told, "{text}");
}
