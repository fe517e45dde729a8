//! "st.cache_data": tables, transformations, arrays, queries, web APIs, inference.

use cachelit::cache_data;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use warehouse::{Model, Table, WebServer};

use crate::Failure;
use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data]
fn load_data(url: &str) -> Result<Table, Failure> {
    let body = ureq::get(url).call()?.into_body();
    Table::from_csv(body.into_reader())
}

#[cache_data]
fn transform(table: &Table) -> Table {
    table.filter(&["pickups", "distance"]).sums()
}

#[cache_data]
fn add(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(left, right)| left + right).collect()
}

#[cache_data]
fn query(_connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = _connection.prepare("SELECT name FROM pet ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

/// What the web API tells about a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Post {
    id: u32,
    title: String,
}

#[cache_data]
fn api_call(url: &str) -> Result<Post, Failure> {
    Ok(ureq::get(url).call()?.into_body().read_json()?)
}

#[cache_data]
fn run_model(_model: &Model, inputs: &[String]) -> Vec<f64> {
    inputs.iter().map(|input| _model.infer(input)).collect()
}

/// Walks through the section.
pub fn visit(tour: &mut Tour, web: &WebServer) -> Result<(), Failure> {
    let table = tables(tour, web)?;
    arrays(tour);
    queries(tour)?;
    web_api(tour, web)?;
    inference(tour);
    tour.claim(table.rows() == 3, "the table of the first call is still the caller's own");
    tour.keys(module_path!());
    Ok(())
}

fn tables(tour: &mut Tour, web: &WebServer) -> Result<Table, Failure> {
    tour.section("cache_data: load a table, transform it");
    let url = web.url("/pickups.csv");
    let table =
        tour.call(Miss, "load_data(\"…/pickups.csv\")", load_data::stats, || load_data(&url))?;
    let again =
        tour.call(Hit, "load_data(\"…/pickups.csv\")", load_data::stats, || load_data(&url))?;
    tour.claim(web.requests() == 1, "the web server saw one request");
    tour.claim(table == again, "both tables are equal");

    let failed = tour.call(Miss, "load_data(\"…/nowhere.csv\")", load_data::stats, || {
        load_data(&web.url("/nowhere.csv"))
    });
    tour.claim(failed.is_err(), "an error reaches the caller");
    let failed = tour.call(Miss, "load_data(\"…/nowhere.csv\")", load_data::stats, || {
        load_data(&web.url("/nowhere.csv"))
    });
    tour.claim(
        failed.is_err() && web.requests() == 3,
        "and isn't cached: the server was asked again",
    );

    let sums = tour.call(Miss, "transform(&table)", transform::stats, || transform(&table));
    tour.call(Hit, "transform(&again)", transform::stats, || transform(&again));
    tour.claim(sums.columns[0].cells == [22.0], "the pickups add up");
    let mut other = table.clone();
    other.columns[0].name = "stunde".to_owned();
    tour.call(Miss, "transform(&renamed)", transform::stats, || transform(&other));
    Ok(table)
}

fn arrays(tour: &mut Tour) {
    tour.section("cache_data: arrays");
    let (left, right) = (vec![1.0, 2.0, f64::NAN], vec![0.5, 0.5, 0.5]);
    tour.call(Miss, "add(&[1.0, 2.0, NaN], &[0.5, 0.5, 0.5])", add::stats, || add(&left, &right));
    tour.call(Hit, "add(&[1.0, 2.0, NaN], &[0.5, 0.5, 0.5])", add::stats, || add(&left, &right));
    tour.call(Miss, "add(&[0.5, 0.5, 0.5], &[1.0, 2.0, NaN])", add::stats, || add(&right, &left));
}

fn queries(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("cache_data: database queries");
    let connection = Connection::open_in_memory()?;
    connection
        .execute_batch("CREATE TABLE pet (name TEXT); INSERT INTO pet VALUES ('Rex'), ('Mimi')")?;
    let names = tour.call(Miss, "query(&connection)", query::stats, || query(&connection))?;
    tour.claim(names == ["Mimi", "Rex"], "the rows are what the database holds");
    connection.execute("INSERT INTO pet VALUES ('Hansi')", [])?;
    let names = tour.call(Hit, "query(&connection)", query::stats, || query(&connection))?;
    tour.claim(names.len() == 2, "the new row isn't seen: the connection is no part of the key");
    query::clear();
    let names =
        tour.call(Miss, "query::clear(); query(&connection)", query::stats, || query(&connection))?;
    tour.claim(names.len() == 3, "now it is");
    Ok(())
}

fn web_api(tour: &mut Tour, web: &WebServer) -> Result<(), Failure> {
    tour.section("cache_data: web APIs");
    let before = web.requests();
    let url = web.url("/posts/1");
    let post = tour.call(Miss, "api_call(\"…/posts/1\")", api_call::stats, || api_call(&url))?;
    tour.call(Hit, "api_call(\"…/posts/1\")", api_call::stats, || api_call(&url))?;
    tour.claim(post.title == "caching" && post.id == 1, "the post is what the API says");
    tour.claim(web.requests() == before + 1, "the API was asked once");
    Ok(())
}

fn inference(tour: &mut Tour) {
    tour.section("cache_data: inference");
    let model = Model::train([("love great good", 1.0), ("awful bad", -1.0)]);
    let inputs = ["I love it".to_owned(), "awful".to_owned()];
    let scores = tour
        .call(Miss, "run_model(&model, &inputs)", run_model::stats, || run_model(&model, &inputs));
    tour.call(Hit, "run_model(&model, &inputs)", run_model::stats, || run_model(&model, &inputs));
    tour.claim(scores == [1.0, -1.0], "praise is above zero, complaint below");
    tour.claim(model.inferences() == 2, "the model ran once per input");
}
