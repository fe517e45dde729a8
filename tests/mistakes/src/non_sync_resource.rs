//! Resources that can't be shared between threads.

use std::cell::RefCell;
use std::rc::Rc;

use cachelit::cache_resource;
use rusqlite::Connection;

#[cache_resource]
fn open_database() -> rusqlite::Result<Connection> {
    Connection::open("shop.db")
}

struct Session {
    user: String,
    log: RefCell<Vec<String>>,
}

struct Desk {
    session: Session,
    history: Vec<Rc<str>>,
}

#[cache_resource]
fn open_desk() -> Desk {
    let session = Session { user: "ada".to_owned(), log: RefCell::default() };
    Desk { session, history: Vec::new() }
}
