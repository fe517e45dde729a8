//! Elements and widgets in cached bodies (conformance P, Q, R).

#![expect(
    clippy::used_underscore_binding,
    reason = "that is how a parameter is left out of the key"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cachelit::frontend::{Event, Recording};
use cachelit::session::Session;
use cachelit::st::{self, BlockId};
use cachelit::{cache_data, cache_resource};

/// Runs in a session of its own; returns what it showed.
fn screen<R>(run: impl FnOnce(&Recording) -> R) -> Arc<Recording> {
    let screen = Arc::new(Recording::new());
    Session::with_frontend(screen.clone()).run(|| run(&screen));
    screen
}

/// The blocks and main texts of what was shown.
fn places(screen: &Recording) -> Vec<(BlockId, String)> {
    let shown = |event| match event {
        Event::Shown(at, element) => Some((at, element.text().unwrap_or_default().to_owned())),
        _ => None,
    };
    screen.events().into_iter().filter_map(shown).collect()
}

fn panic_of<R>(run: impl FnOnce() -> R) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).err().expect("it must panic");
    *panic.downcast::<String>().expect("a panic with a formatted message")
}

#[test]
fn s164_s166_s167_elements_are_shown_again_in_order() {
    #[cache_data]
    fn f(x: u32) -> u32 {
        st::title(&format!("title {x}"));
        st::text(&format!("text {x}"));
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
fn s174_a_placeholder_is_replayed_to_its_end_state() {
    #[cache_data(show_spinner = false)]
    fn f() -> u32 {
        let place = st::empty();
        place.replace(|| st::text("working"));
        place.replace(|| st::text("done"));
        1
    }
    let first = screen(|_| f()).events();
    let again = screen(|_| {
        f();
        f();
    });
    assert_eq!(first.len(), 5);
    assert_eq!(again.events().len(), 10);
    let Some(Event::Shown(at, _)) = again.events().pop() else { panic!("the last event shows") };
    assert!(again.events().contains(&Event::Cleared(at)));
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
fn s184_a_widget_needs_permission_also_through_another_function() {
    #[cache_data]
    fn plain() -> u32 {
        st::slider("Rows s184", 1..=10, 3)
    }
    #[cache_data(experimental_allow_widgets = true)]
    fn allowed() -> u32 {
        st::slider("Rows s184", 1..=10, 3)
    }
    #[cache_data]
    fn through() -> u32 {
        allowed()
    }
    let text = panic_of(plain);
    assert!(text.contains("`elements::plain` asks the widget `slider`"), "{text}");
    assert!(text.contains("#[cache_data(experimental_allow_widgets = true)]"), "{text}");
    assert!(panic_of(through).contains("`elements::through`"));
    assert_eq!(allowed(), 3);
    assert!(panic_of(through).contains("`elements::through`"), "also if the inner one hits");
}

#[test]
fn s186_the_value_of_an_allowed_widget_is_part_of_the_key() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f(x: u32) -> u32 {
        x * st::slider("Factor s186", 1..=10, 3)
    }
    screen(|screen| {
        assert_eq!((f(1), f(1)), (3, 3));
        screen.set_value("Factor s186", 7);
        assert_eq!((f(1), f(1)), (7, 7));
        screen.set_value("Factor s186", 3);
        assert_eq!(f(1), 3);
        screen.set_value("Factor s186", 7);
        assert_eq!(f(1), 7);
    });
    assert_eq!(f::stats().misses, 2);
}

#[test]
fn s186_widgets_behind_widgets_are_known_by_their_path() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> String {
        if st::checkbox("Detailed s186", false) {
            st::text_input("Name s186", "nobody")
        } else {
            "brief".to_owned()
        }
    }
    screen(|screen| {
        assert_eq!(f(), "brief");
        // Not asked as long as the box is empty.
        screen.set_value("Name s186", "Ada");
        assert_eq!(f(), "brief");
        screen.set_value("Detailed s186", true);
        assert_eq!(f(), "Ada");
        screen.set_value("Name s186", "Bob");
        assert_eq!(f(), "Bob");
        screen.set_value("Detailed s186", false);
        assert_eq!(f(), "brief");
    });
    assert_eq!(f::stats().misses, 3);
}

#[test]
fn s187_sessions_share_entries_of_equal_values_only() {
    #[cache_data(experimental_allow_widgets = true, scope = "global")]
    fn outer() -> u32 {
        inner() + 1
    }
    #[cache_data(experimental_allow_widgets = true, scope = "global")]
    fn inner() -> u32 {
        st::number_input("Number s187", 0..=9, 1)
    }
    screen(|_| assert_eq!(outer(), 2));
    screen(|screen| {
        screen.set_value("Number s187", 5);
        assert_eq!(outer(), 6);
    });
    screen(|_| assert_eq!(outer(), 2));
    assert_eq!((outer::stats().misses, inner::stats().misses), (2, 2));
}

#[test]
fn s192_clearing_by_arguments_clears_all_values_of_the_widgets() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f(x: u32) -> u32 {
        x + st::slider("Offset s192", 0..=9, 0)
    }
    screen(|screen| {
        for value in [1, 2] {
            screen.set_value("Offset s192", value);
            f(1);
            f(2);
        }
        assert_eq!(f::stats().entries, 4);
        f::clear_entry(1);
        assert_eq!(f::stats().entries, 2);
        f(2);
        assert_eq!(f::stats().hits, 1);
    });
}

#[test]
fn s195_s196_uploads_are_never_allowed() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> bool {
        st::file_uploader("File").is_some()
    }
    #[cache_resource]
    fn g() -> bool {
        st::camera_input("Picture").is_some()
    }
    assert!(panic_of(f).contains("`st::file_uploader`, which can't be used in a cached function"));
    assert!(panic_of(g).contains("`st::camera_input`"));
    assert_eq!(st::file_uploader("File"), None);
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
