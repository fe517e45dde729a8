//! "st.cache_resource": connection pools and models, one object for everybody.

use std::sync::Arc;

use cachelit::{cache_resource, st};
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use warehouse::Model;

use crate::Failure;
use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

/// A pool of connections to one SQLite database in memory.
pub type Database = Pool<SqliteConnectionManager>;

#[cache_resource]
pub fn init_connection() -> Result<Database, Failure> {
    let manager = SqliteConnectionManager::file("file:guide?mode=memory&cache=shared");
    let pool = Pool::builder().max_size(4).build(manager)?;
    pool.get()?.execute_batch(
        "CREATE TABLE pet (name TEXT);
         INSERT INTO pet VALUES ('Rex'), ('Mimi'), ('Hansi');",
    )?;
    Ok(pool)
}

#[cache_resource]
fn load_model() -> Model {
    Model::train([("love great good", 1.0), ("awful bad", -1.0)])
}

/// Walks through the section.
pub fn visit(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("cache_resource: a connection pool");
    let stats = init_connection::stats;
    let pool = tour.call(Miss, "init_connection()", stats, init_connection)?;
    let again = tour.call(Hit, "init_connection()", stats, init_connection)?;
    tour.claim(Arc::ptr_eq(&pool, &again), "both calls return the same pool");
    let rows: u32 = again.get()?.query_row("SELECT count(*) FROM pet", [], |row| row.get(0))?;
    tour.claim(rows == 3, "and it answers queries");

    tour.section("cache_resource: a model");
    let model = tour.call(Miss, "load_model()", load_model::stats, load_model);
    let query = st::text_input("Your query", "I love it");
    let from_thread = std::thread::spawn(move || load_model().infer(&query)).join();
    tour.claim(
        from_thread.is_ok_and(|score| score > 0.0) && model.inferences() == 1,
        "another thread uses the same model",
    );
    tour.keys(module_path!());
    Ok(())
}
