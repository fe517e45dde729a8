//! What a user sees of cached functions on a terminal: run one of the scenes, such as
//! `cargo run -p cachelit-tests --bin terminal -- slow`. A body goes on when a line is entered.

use std::collections::BTreeMap;
use std::io::stdin;
use std::panic::catch_unwind;

use cachelit::frontend::{Frontend, Terminal};
use cachelit::{cache_data, st};

fn wait_for_a_line() {
    let mut line = String::new();
    stdin().read_line(&mut line).expect("a line can be read");
}

#[cache_data]
fn slow(rows: u32) -> u32 {
    st::text("before the wait");
    let rows = inner(rows);
    st::text("after the wait");
    rows
}

#[cache_data(show_spinner = "never seen, for it is not the outermost one")]
fn inner(rows: u32) -> u32 {
    wait_for_a_line();
    rows
}

#[cache_data(show_spinner = "Thinking", show_time = true)]
fn timed() {
    wait_for_a_line();
}

#[cache_data]
fn quick(x: u32) -> u32 {
    x
}

#[cache_data]
fn failing() {
    wait_for_a_line();
    panic!("no rows");
}

fn elements() {
    st::title("Sales");
    st::metric("Rows", 2);
    st::dataframe([
        BTreeMap::from([("day", "Mo"), ("sold", "12")]),
        BTreeMap::from([("day", "Tu")]),
    ]);
    st::code("let x = 1;", "rust");
    st::progress(0.25);
    st::slider("Days", 1..=31, 7);
    st::error("no connection");
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("elements") => elements(),
        Some("slow") => {
            slow(1);
            println!("first call is over");
            slow(1);
            println!("second call is over");
        }
        Some("timed") => timed(),
        Some("quick") => {
            assert_eq!((0..1000).map(quick).sum::<u32>(), 499_500);
            println!("over");
        }
        Some("failing") => {
            assert!(catch_unwind(failing).is_err());
            println!("caught");
        }
        Some("spinners") => println!("shows spinners: {}", Terminal::new().shows_busy()),
        other => panic!("no scene {other:?}: elements, slow, timed, quick, failing or spinners"),
    }
}
