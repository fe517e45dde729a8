//! Widgets in cached bodies, and the page they stand on (conformance Q).

mod common;

use std::sync::Arc;

use cachelit::session::Session;
use cachelit::st::{self, Label};
use cachelit::{cache_data, cache_resource};
use common::{panic_of, screen};

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
    assert!(text.contains("`widgets::plain` asks the widget `slider`"), "{text}");
    assert!(text.contains("#[cache_data(experimental_allow_widgets = true)]"), "{text}");
    assert!(panic_of(through).contains("`widgets::through`"));
    assert_eq!(allowed(), 3);
    assert!(panic_of(through).contains("`widgets::through`"), "also if the inner one hits");
}

#[test]
fn s185_a_value_from_outside_is_an_argument() {
    #[cache_data]
    fn f(rows: u32) -> u32 {
        rows * 2
    }
    screen(|screen| {
        for value in [3, 7, 3] {
            screen.set_value("Rows", value);
            assert_eq!(f(st::slider("Rows", 1..=10, 1)), value * 2);
        }
    });
    assert_eq!((f::stats().misses, f::stats().hits), (2, 1));
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
fn s188_the_session_knows_the_value_of_a_widget_with_a_key() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> u32 {
        st::slider(Label::new("Rows").key("rows"), 1..=10, 3)
    }
    let known = || st::session_state().get::<u32>("rows");
    screen(|screen| {
        assert_eq!((known(), f(), known()), (None, 3, Some(3)));
        screen.set_value("rows", 7);
        assert_eq!((f(), known()), (7, Some(7)));
        screen.set_value("rows", 3);
        assert_eq!((f(), known()), (3, Some(3)), "a hit");
        st::session_state().set("rows", 7);
        assert_eq!(f(), 7, "a hit");
        st::session_state().remove("rows");
        assert_eq!((known(), f()), (None, 7), "it is the user's value by now");
    });
    assert_eq!(f::stats().misses, 2);
}

#[test]
fn s188_without_a_front_end_that_knows_values_the_session_gives_them() {
    Session::new().run(|| {
        st::session_state().set("unit", "mile");
        let unit = || st::radio(Label::new("Unit").key("unit"), &["metre", "mile"]);
        assert_eq!(unit(), Some("mile"));
        st::session_state().set("unit", "league");
        assert_eq!(unit(), None, "no option");
    });
}

#[test]
fn s189_a_button_that_is_pressed_has_an_entry_of_its_own() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> String {
        if st::button("Go s189") { "gone" } else { "waiting" }.to_owned()
    }
    screen(|screen| {
        for (pressed, result) in
            [(false, "waiting"), (true, "gone"), (false, "waiting"), (true, "gone")]
        {
            screen.set_value("Go s189", pressed);
            assert_eq!(f(), result);
        }
    });
    assert_eq!((f::stats().misses, f::stats().hits), (2, 2));
}

#[test]
fn s190_a_resource_is_one_object_for_each_value() {
    #[cache_resource(experimental_allow_widgets = true)]
    fn f() -> String {
        st::text_input("Url s190", "local")
    }
    screen(|screen| {
        let (local, again) = (f(), f());
        screen.set_value("Url s190", "remote");
        let remote = f();
        assert!(Arc::ptr_eq(&local, &again) && !Arc::ptr_eq(&local, &remote));
        assert_eq!((&**local, &**remote), ("local", "remote"));
    });
}

#[test]
fn s191_a_widget_stands_on_a_page_once() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f(x: u32) -> u32 {
        x + st::slider("Rows s191", 1..=10, 3)
    }
    let session = Session::new();
    assert_eq!((session.page(|| f(1)), session.page(|| f(1))), (Some(4), Some(4)));
    let twice = [
        panic_of(|| session.page(|| f(1) + f(1))),
        panic_of(|| session.page(|| f(1) + f(2))),
        panic_of(|| session.page(|| (st::slider("Rows s191", 1..=5, 1), f(1)))),
    ];
    for text in twice {
        assert!(text.contains("two widgets `slider:Rows s191` on one page"), "{text}");
    }
    let apart = session.page(|| {
        st::button("Go");
        st::checkbox("Go", false);
        st::button(Label::new("Go").key("second"));
        f(1)
    });
    assert_eq!(apart, Some(4));
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
fn s193_a_failure_for_one_value_leaves_the_others() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> Result<u32, String> {
        match st::number_input("Divisor s193", 0..=9, 2) {
            0 => Err("division by zero".to_owned()),
            divisor => Ok(12 / divisor),
        }
    }
    screen(|screen| {
        for (value, result) in [(2, Some(6)), (0, None), (0, None), (2, Some(6))] {
            screen.set_value("Divisor s193", value);
            assert_eq!(f().ok(), result);
        }
        assert_eq!((f::stats().misses, f::stats().hits, f::stats().entries), (3, 1, 1));
    });
}

#[test]
fn s194_the_values_of_a_form_are_part_of_the_key() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> Option<String> {
        let form = st::form("contact");
        form.run(|| {
            let name = st::columns(2)[0].run(|| st::text_input("Name s194", ""));
            st::form_submit_button("Send s194").then_some(name)
        })
    }
    let screen = screen(|screen| {
        assert_eq!(f(), None);
        screen.set_value("Name s194", "Ada");
        screen.set_value("Send s194", true);
        assert_eq!((f(), f()), (Some("Ada".to_owned()), Some("Ada".to_owned())));
    });
    assert_eq!((f::stats().misses, f::stats().hits), (2, 1));
    let names: Vec<_> = screen.elements().into_iter().map(|element| element.name).collect();
    let once = ["form", "columns", "text_input", "form_submit_button"];
    assert_eq!(names, [once; 3].concat());
}

#[test]
fn s194_forms_have_a_submit_button_and_no_other() {
    let form = |key: &str| st::form(key);
    let cases = [
        (panic_of(|| st::form_submit_button("Send")), "stands in no form"),
        (panic_of(|| form("a").run(|| st::button("Go"))), "`st::button` stands in a form"),
        (panic_of(|| form("a").run(|| st::download_button("Get", b""))), "`st::download_button`"),
        (panic_of(|| form("a").run(|| st::container().run(|| form("b")))), "`b` stands in another"),
    ];
    for (text, expected) in cases {
        assert!(text.contains(expected), "{text}");
    }
    assert!(!st::button("Go"), "the form was left");
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
fn s196_nor_is_the_state_of_the_session() {
    #[cache_data(experimental_allow_widgets = true)]
    fn f() -> Option<u32> {
        st::session_state().get("rows")
    }
    assert!(panic_of(f).contains("`st::session_state`, which can't be used in a cached function"));
}

#[test]
fn choices_are_the_options_themselves() {
    screen(|screen| {
        screen.set_value("Size", "20");
        screen.set_value("Sizes", vec!["30", "10", "no option"]);
        let sizes = [10, 20, 30];
        assert_eq!(st::selectbox("Size", &sizes), Some(20));
        assert_eq!(st::pills("Other", &sizes), None);
        assert_eq!(st::select_slider("Another", &sizes), Some(10));
        assert_eq!(st::multiselect("Sizes", &sizes), [30, 10]);
        assert_eq!(st::date_input("Day", "2026-01-31".to_owned()), "2026-01-31");
    });
}
