//! "Mutation and concurrency", scopes, and async functions.

use std::sync::Mutex;

use cachelit::session::Session;
use cachelit::{cache_data, cache_resource};

use crate::Failure;
use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data]
fn create_list() -> Vec<i32> {
    vec![1, 2, 3]
}

#[cache_resource]
fn create_shared_list() -> Mutex<Vec<i32>> {
    Mutex::new(vec![1, 2, 3])
}

#[cache_data(scope = "global")]
fn exchange_rate(currency: &str) -> f64 {
    currency.bytes().map(f64::from).sum()
}

#[cache_data]
async fn fetch_report(quarter: u8) -> String {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    format!("report of quarter {quarter}")
}

/// Walks through the section.
pub fn visit(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("Mutation: data is copied, a resource is shared");
    let mut list = tour.call(Miss, "create_list()", create_list::stats, create_list);
    list[0] += 1;
    let list = tour.call(Hit, "create_list()", create_list::stats, create_list);
    tour.claim(list == [1, 2, 3], "a caller's change stays with the caller");
    let stats = create_shared_list::stats;
    let shared = tour.call(Miss, "create_shared_list()", stats, create_shared_list);
    shared.lock().map_err(|error| error.to_string())?[0] += 1;
    let shared = tour.call(Hit, "create_shared_list()", stats, create_shared_list);
    let now = shared.lock().map_err(|error| error.to_string())?.clone();
    tour.claim(now == [2, 2, 3], "a change to a resource is seen by everybody");

    scopes(tour);
    asynchronous(tour)?;
    tour.keys(module_path!());
    Ok(())
}

fn scopes(tour: &mut Tour) {
    tour.section("scope: who shares the entries");
    for (name, list, rate) in [("first", Miss, Miss), ("second", Miss, Hit)] {
        let session = Session::new();
        let _entered = session.enter();
        println!("        in the {name} session:");
        tour.call(list, "create_list()", create_list::stats, create_list);
        tour.call(rate, "exchange_rate(\"EUR\")", exchange_rate::stats, || exchange_rate("EUR"));
    }
}

fn asynchronous(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("async fn");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let stats = fetch_report::stats;
    let report =
        tour.call(Miss, "fetch_report(1).await", stats, || runtime.block_on(fetch_report(1)));
    tour.call(Hit, "fetch_report(1).await", stats, || runtime.block_on(fetch_report(1)));
    tour.claim(report == "report of quarter 1", "the report is about the first quarter");
    let before = stats().misses;
    let reports = runtime.block_on(async { tokio::join!(fetch_report(2), fetch_report(2)) });
    tour.claim(
        reports.0 == reports.1 && stats().misses == before + 1,
        "two calls at once run the body once",
    );
    Ok(())
}
