//! Rows from a database.
use cachelit::cache_data;

/// What talks to the database: no data, and can't be hashed.
#[derive(Debug)]
pub struct Connection(std::cell::Cell<u32>);

/// The first rows.
#[cache_data(ttl = "1h")]
pub fn fetch_rows(conn: &Connection, limit: usize) -> Vec<String> {
    let rows = conn.query(limit);
    println!("{} rows from {conn:?}", rows.len());
    rows
}

impl Connection {
    fn query(&self, limit: usize) -> Vec<String> {
        self.0.set(self.0.get() + 1);
        (0..limit).map(|row| format!("row {row}")).collect()
    }
}
