//! Async functions (conformance J).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::session::Session;
use cachelit::{cache_data, cache_resource};
use tokio::sync::{Notify, Semaphore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s119_concurrent_awaits_share_one_run() {
    static GATE: Semaphore = Semaphore::const_new(0);
    #[cache_data]
    async fn slow(x: u32) -> u32 {
        GATE.acquire().await.unwrap().forget();
        x + 1
    }
    let tasks: Vec<_> = (0..5).map(|_| tokio::spawn(slow(1))).collect();
    GATE.add_permits(1);
    for task in tasks {
        assert_eq!(task.await.unwrap(), 2);
    }
    assert_eq!((slow::stats().misses, slow::stats().hits), (1, 4));
}

#[tokio::test]
async fn numbers_make_room_by_use() {
    #[cache_data(scope = "global", max_entries = 2)]
    async fn bounded(x: u32) -> u32 {
        tokio::task::yield_now().await;
        x + 1
    }
    for x in [1, 2, 1, 3, 1, 3, 2] {
        assert_eq!(bounded(x).await, x + 1);
    }
    let stats = bounded::stats();
    assert_eq!((stats.misses, stats.hits, stats.evictions.max_entries), (4, 3, 2));
    assert_eq!(stats.entries, 2);
}

#[tokio::test]
async fn s120_nothing_runs_before_the_first_poll() {
    #[cache_data]
    async fn lazy() -> u32 {
        1
    }
    let future = lazy();
    assert_eq!(lazy::stats().misses, 0);
    future.await;
    assert_eq!(lazy::stats().misses, 1);
}

#[tokio::test]
async fn s121_a_second_await_hits() {
    #[cache_data]
    async fn parsed(text: &str) -> Result<u32, std::num::ParseIntError> {
        let value: u32 = text.parse()?;
        if value == 0 {
            return Ok(1);
        }
        Ok(value)
    }
    assert_eq!(parsed("7").await, Ok(7));
    assert_eq!(parsed("7").await, Ok(7));
    assert_eq!(parsed("0").await, Ok(1));
    assert!(parsed("x").await.is_err());
    assert_eq!((parsed::stats().misses, parsed::stats().hits), (3, 1));
}

#[tokio::test]
async fn a_dropped_future_hands_over_to_a_waiter() {
    static STARTED: Notify = Notify::const_new();
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[cache_data]
    async fn first_hangs() -> u32 {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        STARTED.notify_one();
        if run == 0 {
            std::future::pending::<()>().await;
        }
        run
    }
    let hanging = tokio::spawn(first_hangs());
    STARTED.notified().await;
    let waiting = tokio::spawn(first_hangs());
    tokio::task::yield_now().await;
    hanging.abort();
    assert_eq!(waiting.await.unwrap(), 1);
    assert_eq!(first_hangs().await, 1);
}

#[tokio::test]
async fn resources_are_shared_by_tasks() {
    #[cache_resource]
    async fn pool(url: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        Ok(url.to_owned())
    }
    let (a, b) = tokio::join!(pool("x"), pool("x"));
    assert!(Arc::ptr_eq(&a.unwrap(), &b.unwrap()));
}

#[tokio::test]
async fn waiting_for_oneself_is_an_error() {
    #[cache_data]
    async fn circular(x: u32) -> u32 {
        Box::pin(circular(x)).await
    }
    let error = tokio::spawn(circular(1)).await.unwrap_err().into_panic();
    let text = error.downcast_ref::<String>().unwrap();
    assert!(text.contains("`async_fn::circular` waits for itself"), "{text}");
    assert_eq!(circular::stats().entries, 0);
}

#[tokio::test]
async fn what_a_session_counted_and_its_last_runs_stay_counted() {
    #[cache_data(max_entries = 1)]
    async fn counted(x: u32) -> u32 {
        tokio::task::yield_now().await;
        x
    }
    let (session, clock) = (Session::new(), ManualClock::new());
    let _clock = clock.enter();
    for x in [1, 2, 2] {
        session.scope(counted(x)).await;
    }
    let mut last = pin!(counted(3));
    let is_pending = poll_fn(|context| {
        let _entered = session.enter();
        Poll::Ready(last.as_mut().poll(context).is_pending())
    });
    assert!(is_pending.await);
    let counts = || {
        let stats = counted::stats();
        (stats.hits, stats.misses, stats.evictions.max_entries, stats.entries)
    };
    assert_eq!(counts(), (1, 3, 1, 1));
    drop(session);
    clock.advance(Duration::from_secs(1));
    assert_eq!(last.await, 3);
    assert_eq!(counts(), (1, 3, 1, 0));
    assert_eq!(counted::stats().compute_time, Duration::from_secs(1));
}
