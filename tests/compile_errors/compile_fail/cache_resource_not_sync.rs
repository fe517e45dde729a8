use cachelit::cache_resource;
use std::cell::RefCell;

struct Connection {
    buffer: RefCell<Vec<u8>>,
}

#[cache_resource]
fn connect() -> Connection {
    Connection { buffer: RefCell::default() }
}

fn main() {
    connect().buffer.borrow_mut().push(1);
}
