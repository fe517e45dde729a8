//! "Using Streamlit commands in cached functions": elements are replayed, widgets need permission.

use std::sync::Arc;

use cachelit::frontend::Recording;
use cachelit::session::Session;
use cachelit::{cache_data, st};
use warehouse::{Column, Table, numbers};

use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data]
fn load_chart(rows: usize) -> Table {
    let noise = Column { name: "noise".to_owned(), cells: numbers(7).take(rows).collect() };
    let chart_data = Table { columns: vec![noise] };
    st::area_chart(&chart_data);
    st::success("Fetched the data!");
    chart_data
}

#[cache_data(experimental_allow_widgets = true)]
fn get_data() -> Vec<f64> {
    let num_rows = st::slider("Number of rows to get", 1..=100, 10);
    numbers(1).take(num_rows).collect()
}

/// Walks through the section.
pub fn visit(tour: &mut Tour) {
    let screen = Arc::new(Recording::new());
    Session::with_frontend(screen.clone()).run(|| {
        tour.section("Elements: what a cached body shows is shown again");
        tour.call(Miss, "load_chart(20)", load_chart::stats, || load_chart(20));
        let first = screen.elements();
        tour.claim(names(&first) == ["area_chart", "success"], "the body showed two elements");
        screen.reset();
        tour.call(Hit, "load_chart(20)", load_chart::stats, || load_chart(20));
        tour.claim(screen.elements() == first, "the same two are on the screen after the hit");

        tour.section("Widgets: their values are part of the key, with permission");
        let rows = tour.call(Miss, "get_data()", get_data::stats, get_data).len();
        tour.claim(rows == 10, "ten rows, as the slider stands");
        tour.call(Hit, "get_data()", get_data::stats, get_data);
        screen.set_value("Number of rows to get", 20);
        let rows = tour.call(Miss, "get_data(), slider moved", get_data::stats, get_data).len();
        tour.claim(rows == 20, "twenty rows, as the slider stands now");
        screen.set_value("Number of rows to get", 10);
        tour.call(Hit, "get_data(), slider moved back", get_data::stats, get_data);
    });
    tour.keys(module_path!());
}

fn names(elements: &[st::Element]) -> Vec<&str> {
    elements.iter().map(|element| &*element.name).collect()
}
