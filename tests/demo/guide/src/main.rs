//! Streamlit's caching guide, in Rust: every snippet, and what it claims, checked as it runs.
//!
//! `cargo run` prints the tour; its exit status is 1 if a claim turns out false.
//! `cargo run -- functions` prints the cached functions of this program as JSON.

mod basics;
mod data;
mod elements;
mod key;
mod lifetime;
mod persist;
mod resource;
mod sharing;
mod tour;

use std::process::ExitCode;

use warehouse::WebServer;

use crate::tour::Tour;

/// What goes wrong in a snippet.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
    let said = match std::env::args().nth(1).as_deref() {
        Some("functions") => Some(tour::functions()),
        Some(persist::RUN) => Some(persist::run()),
        _ => None,
    };
    if let Some(said) = said {
        println!("{said}");
        return Ok(ExitCode::SUCCESS);
    }
    let web = WebServer::start()?;
    let mut tour = Tour::default();
    basics::visit(&mut tour);
    data::visit(&mut tour, &web)?;
    resource::visit(&mut tour)?;
    key::visit(&mut tour)?;
    lifetime::visit(&mut tour, &web)?;
    persist::visit(&mut tour)?;
    elements::visit(&mut tour);
    sharing::visit(&mut tour)?;
    Ok(tour.end())
}
