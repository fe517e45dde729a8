//! Credentials in the source.

use cachelit::cache_resource;

#[derive(Debug)]
struct Login {
    user: &'static str,
    password: String,
}

#[cache_resource]
fn database() -> String {
    "postgres://shop:h7-Kd92x@db.example.com/shop".to_owned()
}

#[cache_resource]
fn login() -> Login {
    Login { user: "shop", password: "Tr0ub4dor".to_owned() }
}
