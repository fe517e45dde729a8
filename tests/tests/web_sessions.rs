//! Two visitors of a web server have a session each, and share what is global.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::routing::get;
use cachelit::cache_data;
use cachelit::session::SessionLayer;

#[cache_data]
async fn of_visitor() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    tokio::task::yield_now().await;
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cache_data(scope = "global")]
fn of_everybody() -> u32 {
    7
}

/// Serves both numbers from a runtime of its own, and says where.
fn serve() -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_io().build();
    let runtime = runtime.expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let show = || async { format!("{} {}", of_visitor().await, of_everybody()) };
    let app = Router::new().route("/", get(show)).layer(SessionLayer::new());
    runtime.spawn(async move { axum::serve(listener, app).await });
    (runtime, url)
}

#[test]
fn each_client_has_its_own_session() {
    let (_runtime, url) = serve();
    let visit = |client: &ureq::Agent| {
        let mut response = client.get(&url).call().expect("an answer");
        response.body_mut().read_to_string().expect("a text")
    };
    let (alice, bob) = (ureq::Agent::new_with_defaults(), ureq::Agent::new_with_defaults());
    let seen: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads = [&alice, &bob].map(|client| {
            let visit = &visit;
            scope.spawn(move || (0..20).map(|_| visit(client)).collect())
        });
        threads.map(|thread| thread.join().expect("no panic")).into()
    });
    assert!(seen.iter().all(|texts| texts.iter().all(|text| *text == texts[0])), "{seen:?}");
    assert_ne!(seen[0][0], seen[1][0]);
    assert_eq!((of_visitor::stats().misses, of_visitor::stats().hits), (2, 38));
    assert_eq!(of_everybody::stats().misses, 1);
}
