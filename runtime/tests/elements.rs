//! Elements in cached bodies, and their spinners (conformance P, R).

#![expect(
    clippy::used_underscore_binding,
    reason = "that is how a parameter is left out of the key"
)]

mod common;

use std::sync::{Arc, Mutex};

use cachelit::frontend::{Busy, BusyGuard, Event, Frontend, Recording};
use cachelit::session::Session;
use cachelit::st::{self, BlockId, Element};
use cachelit::{cache_data, cache_resource};
use common::{panic_of, screen};

/// The blocks and main texts of what was shown.
fn places(screen: &Recording) -> Vec<(BlockId, String)> {
    let shown = |event| match event {
        Event::Shown(at, element) => Some((at, element.text().unwrap_or_default().to_owned())),
        _ => None,
    };
    screen.events().into_iter().filter_map(shown).collect()
}

#[test]
fn s164_s166_s167_elements_are_shown_again_in_order() {
    #[cache_data]
    fn f(x: u32) -> u32 {
        st::title(format!("title {x}"));
        st::text(format!("text {x}"));
        x
    }
    let screen = screen(|_| {
        st::text("before");
        f(1);
        f(2);
        f(1);
        st::text("after");
    });
    let expected =
        ["before", "title 1", "text 1", "title 2", "text 2", "title 1", "text 1", "after"];
    assert_eq!(screen.texts(), expected);
    assert_eq!(f::stats().misses, 2);
}

#[test]
fn s165_shown_in_another_session_too() {
    #[cache_resource]
    fn f() -> u32 {
        st::text("made");
        1
    }
    assert_eq!(screen(|_| f()).texts(), ["made"]);
    assert_eq!(screen(|_| f()).texts(), ["made"]);
    assert_eq!(f::stats().misses, 1);
}

#[test]
fn s168_s169_s170_nested_functions_show_theirs_in_the_right_order() {
    #[cache_resource]
    fn inner() -> u32 {
        st::text("inner");
        1
    }
    #[cache_data]
    fn outer() -> u32 {
        st::text("outer begins");
        let value = *inner();
        st::text("outer ends");
        value
    }
    inner();
    let screen = screen(|_| {
        outer();
        outer();
    });
    let once = ["outer begins", "inner", "outer ends"];
    assert_eq!(screen.texts(), [once, once].concat());
    assert_eq!((inner::stats().misses, outer::stats().misses), (1, 1));
}

#[test]
fn s171_s172_s173_containers_are_made_anew_where_the_call_stands() {
    #[cache_data]
    fn f() -> u32 {
        let columns = st::columns(2);
        columns[1].run(|| st::text("right"));
        columns[0].run(|| st::text("left"));
        st::sidebar().run(|| st::text("aside"));
        st::text("root");
        1
    }
    let screen = screen(|_| {
        f();
        let container = st::container();
        container.run(f);
    });
    let places = places(&screen);
    let texts: Vec<&str> = places.iter().map(|(_, text)| &**text).collect();
    assert_eq!(
        texts,
        ["", "right", "left", "aside", "root", "", "", "right", "left", "aside", "root"]
    );
    let (run, hit) = (&places[..5], &places[6..]);
    assert_eq!((run[0].0, run[4].0), (BlockId::MAIN, BlockId::MAIN));
    assert_eq!((run[3].0, hit[3].0), (BlockId::SIDEBAR, BlockId::SIDEBAR));
    assert_eq!(hit[0].0, hit[4].0);
    assert_ne!(hit[0].0, BlockId::MAIN);
    assert!(run[1].0 != hit[1].0 && hit[1].0 != hit[2].0);
}

#[test]
fn s174_a_placeholder_is_shown_as_it_was_left() {
    #[cache_data(scope = "global")]
    fn f() -> u32 {
        let place = st::empty();
        place.replace(|| st::text("working"));
        let columns = place.replace(|| st::columns(2));
        columns[0].run(|| st::text("half done"));
        place.replace(|| st::text("done"));
        // Goes to a block that is not there any more.
        columns[1].run(|| st::text("late"));
        let emptied = st::empty();
        emptied.replace(|| st::text("soon gone"));
        emptied.clear();
        1
    }
    assert_eq!(screen(|_| f()).texts(), ["working", "half done", "done", "late", "soon gone"]);
    let again = screen(|_| f());
    assert_eq!(again.texts(), ["done"]);
    let names: Vec<_> = again.elements().into_iter().map(|element| element.name).collect();
    assert_eq!(names, ["empty", "text", "empty"]);
}

#[test]
fn s175_a_block_from_outside_is_refused_on_the_first_call() {
    #[cache_data]
    fn f(_place: st::Container) -> u32 {
        _place.run(|| st::text("there"));
        1
    }
    let text = panic_of(|| f(st::container()));
    assert!(
        text.contains("`elements::f` calls `st::text` on a block that was made outside"),
        "{text}"
    );
    assert_eq!(f::stats().entries, 0);
}

#[test]
fn s176_media_and_data_are_shown_again_whole() {
    #[cache_data]
    fn f() -> u32 {
        st::image(&[1, 2, 3]);
        st::dataframe(vec![("a", 1), ("b", 2)]);
        st::metric("Rows", 2);
        1
    }
    let screen = screen(|_| {
        f();
        f();
    });
    let elements = screen.elements();
    assert_eq!(elements[..3], elements[3..]);
    assert_eq!(elements[0].media.as_deref(), Some(&[1, 2, 3][..]));
}

#[test]
fn s177_what_was_shown_does_not_change_with_its_value() {
    #[cache_data]
    fn f() -> Vec<u32> {
        let mut rows = vec![1, 2];
        st::table(&rows);
        rows.clear();
        rows
    }
    let screen = screen(|_| {
        f();
        f();
    });
    let shown: Vec<Option<Vec<u32>>> =
        screen.elements().iter().map(|table| table.prop("body")).collect();
    assert_eq!(shown, [Some(vec![1, 2]), Some(vec![1, 2])]);
}

#[test]
fn s178_s179_a_failed_run_is_shown_but_not_recorded() {
    #[cache_data]
    fn f(_fail: bool) -> Result<u32, String> {
        st::text(if _fail { "failing" } else { "working" });
        if _fail { Err("failed".to_owned()) } else { Ok(1) }
    }
    let screen = screen(|_| {
        let _ = (f(true), f(false), f(true));
    });
    assert_eq!(screen.texts(), ["failing", "working", "working"]);
}

#[test]
fn s180_an_excluded_parameter_does_not_change_what_a_hit_shows() {
    #[cache_data]
    fn f(_greeting: &str) {
        st::text(_greeting);
    }
    let screen = screen(|_| {
        f("hello");
        f("good bye");
    });
    assert_eq!(screen.texts(), ["hello", "hello"]);
}

#[test]
fn s181_a_body_that_leaves_the_page_is_not_cached() {
    static REASONS: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    #[cache_data]
    fn f() -> u32 {
        let reason = REASONS.lock().unwrap().pop();
        match reason {
            Some("stop") => st::stop(),
            Some(_) => st::rerun(),
            None => 1,
        }
    }
    let page = || {
        st::text("begins");
        let value = f();
        st::text("ends");
        value
    };
    let screen = screen(|_| {
        let session = cachelit::session::current().unwrap();
        REASONS.lock().unwrap().extend(["rerun", "stop"]);
        assert_eq!(session.page(page), None, "stopped");
        assert_eq!(session.page(page), Some(1), "begun anew once");
        assert_eq!(session.page(page), Some(1));
    });
    assert_eq!(screen.texts(), ["begins", "begins", "begins", "ends", "begins", "ends"]);
    assert_eq!((f::stats().misses, f::stats().hits), (3, 1));
    assert!(panic_of(|| st::stop()).contains("run one with `Session::page`"));
}

#[test]
fn s183_what_runs_before_the_page_shows_above_it() {
    #[cache_data]
    fn f() {
        st::text("from the function");
    }
    let screen = screen(|_| {
        f();
        st::title("page");
        st::sidebar().run(f);
    });
    let main: Vec<String> = places(&screen)
        .into_iter()
        .filter(|(block, _)| *block == BlockId::MAIN)
        .map(|(_, text)| text)
        .collect();
    assert_eq!(main, ["from the function", "page"]);
}

#[test]
fn s197_s198_s199_s201_the_outermost_run_has_a_spinner() {
    #[cache_data]
    fn inner() -> u32 {
        1
    }
    #[cache_data]
    fn outer(_x: u32) -> u32 {
        inner()
    }
    #[cache_data(show_spinner = "Loading", show_time = true)]
    fn texted() {}
    #[cache_data(show_spinner = false)]
    fn silent() {}
    let screen = screen(|_| {
        outer(1);
        outer(1);
        inner::clear();
        inner();
        texted();
        silent();
    });
    let texts: Vec<(String, bool)> = screen
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::BusyBegan(busy) => Some((busy.text, busy.show_time)),
            _ => None,
        })
        .collect();
    let expected =
        [("Running `outer(...)`.", false), ("Running `inner()`.", false), ("Loading", true)];
    assert_eq!(texts, expected.map(|(text, time)| (text.to_owned(), time)));
    assert_eq!(screen.events().iter().filter(|event| **event == Event::BusyEnded).count(), 3);
}

/// A front end that has no place for spinners.
struct WithoutSpinners;

impl Frontend for WithoutSpinners {
    fn show(&self, _at: BlockId, _element: &Element) {}

    fn clear(&self, _block: BlockId) {}

    fn shows_busy(&self) -> bool {
        false
    }

    fn busy(&self, busy: &Busy) -> Option<BusyGuard> {
        panic!("asked to show {busy:?}")
    }
}

#[test]
fn a_front_end_that_shows_no_spinners_is_not_asked_to() {
    #[cache_data]
    fn total() -> u32 {
        3
    }
    let total = Session::with_frontend(Arc::new(WithoutSpinners)).run(total);
    assert_eq!(total, 3);
}
