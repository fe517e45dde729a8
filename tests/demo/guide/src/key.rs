//! "The cache key": parameters that don't count, and types that need help to be hashed.

use cachelit::{CacheKey, cache_data};
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::resource::{Database, init_connection};
use crate::tour::Call::{Hit, Miss};
use crate::tour::Tour;

#[cache_data]
fn fetch_data(_db_connection: &Database, num_rows: usize) -> Result<Vec<String>, Failure> {
    let connection = _db_connection.get()?;
    let mut statement = connection.prepare("SELECT name FROM pet ORDER BY name LIMIT ?1")?;
    let names = statement.query_map([num_rows as i64], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// A player, whose score is all that a result depends on.
struct Player {
    score: u64,
    games: std::cell::Cell<u64>,
}

fn score(player: &Player) -> u64 {
    player.score
}

#[cache_data(hash_funcs = { Player: score })]
fn multiply_score(player: &Player, multiplier: u64) -> u64 {
    player.games.set(player.games.get() + 1);
    player.score * multiplier
}

impl Player {
    #[cache_data(hash_funcs = { Self: score })]
    fn bonus(&self, factor: u64) -> u64 {
        self.score * factor
    }
}

fn text_of(value: &Value) -> String {
    format!("{value:?}")
}

#[cache_data(hash_funcs = { Value: text_of })]
fn describe(values: &[Value]) -> Vec<String> {
    values.iter().map(|value| format!("{:?}", value.data_type())).collect()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheKey)]
struct Person {
    name: String,
    height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, CacheKey)]
enum Color {
    Red,
    Mixed { red: u8, blue: u8 },
}

#[cache_data]
fn identity(person: &Person, color: Color) -> (Person, Color) {
    (person.clone(), color)
}

/// Walks through the section.
pub fn visit(tour: &mut Tour) -> Result<(), Failure> {
    tour.section("The key: a parameter that begins with `_` doesn't count");
    let (pool, other) = (init_connection()?, init_connection()?.as_ref().clone());
    tour.call(Miss, "fetch_data(&pool, 2)", fetch_data::stats, || fetch_data(&pool, 2))?;
    tour.call(Hit, "fetch_data(&other_pool, 2)", fetch_data::stats, || fetch_data(&other, 2))?;
    tour.call(Miss, "fetch_data(&pool, 3)", fetch_data::stats, || fetch_data(&pool, 3))?;
    fetch_data::clear_entry(&pool, 2);
    tour.call(Hit, "clear_entry(&pool, 2); fetch_data(&pool, 3)", fetch_data::stats, || {
        fetch_data(&pool, 3)
    })?;
    tour.call(Miss, "fetch_data(&pool, 2)", fetch_data::stats, || fetch_data(&pool, 2))?;
    hash_funcs(tour);
    derived(tour);
    tour.keys(module_path!());
    Ok(())
}

fn hash_funcs(tour: &mut Tour) {
    tour.section("The key: hash_funcs for an own type and for a foreign one");
    let ada = Player { score: 7, games: 0.into() };
    let bob = Player { score: 7, games: 12.into() };
    let stats = multiply_score::stats;
    tour.call(Miss, "multiply_score(&ada, 3)", stats, || multiply_score(&ada, 3));
    let points = tour.call(Hit, "multiply_score(&bob, 3)", stats, || multiply_score(&bob, 3));
    tour.claim(points == 21 && bob.games.get() == 12, "equal scores share the result");
    tour.call(Miss, "multiply_score(&ada, 4)", stats, || multiply_score(&ada, 4));
    tour.call(Miss, "ada.bonus(2)", Player::bonus_stats, || ada.bonus(2));
    tour.call(Hit, "bob.bonus(2)", Player::bonus_stats, || bob.bonus(2));

    let values = [Value::Real(0.5), Value::Null];
    tour.call(Miss, "describe(&[Real(0.5), Null])", describe::stats, || describe(&values));
    tour.call(Hit, "describe(&[Real(0.5), Null])", describe::stats, || describe(&values));
    tour.call(Miss, "describe(&[Real(0.5)])", describe::stats, || describe(&values[..1]));
}

fn derived(tour: &mut Tour) {
    tour.section("The key: #[derive(CacheKey)]");
    let ada = Person { name: "Ada".to_owned(), height: 1.65 };
    let stats = identity::stats;
    tour.call(Miss, "identity(&ada, Red)", stats, || identity(&ada, Color::Red));
    tour.call(Hit, "identity(&ada.clone(), Red)", stats, || identity(&ada.clone(), Color::Red));
    let purple = Color::Mixed { red: 1, blue: 1 };
    tour.call(Miss, "identity(&ada, Mixed { red: 1, blue: 1 })", stats, || identity(&ada, purple));
    let grown = Person { height: 1.66, ..ada };
    tour.call(Miss, "identity(&grown, Red)", stats, || identity(&grown, Color::Red));
}
