//! Parameters that can't be part of a key.

use std::sync::mpsc::Sender;

use cachelit::cache_data;
use rusqlite::Connection;

#[cache_data]
fn fetch_rows(conn: &Connection, limit: u32) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare("SELECT name FROM pet LIMIT ?1")?;
    let names = statement.query_map([limit], |row| row.get(0))?;
    names.collect()
}

struct Progress {
    listener: Sender<u32>,
}

#[cache_data(ttl = "10m")]
fn count_words(text: &str, progress: &Progress) -> usize {
    let words = text.split_whitespace().count();
    let _ = progress.listener.send(100);
    println!("told {progress:p}");
    words
}
