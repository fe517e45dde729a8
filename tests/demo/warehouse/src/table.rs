//! A table of numbers: named columns of equal length.

use std::error::Error;
use std::io::Read;

use cachelit::CacheKey;
use serde::{Deserialize, Serialize};

/// A column and its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheKey)]
pub struct Column {
    /// What stands at its head.
    pub name: String,
    /// Its cells, from the top.
    pub cells: Vec<f64>,
}

/// Named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, CacheKey)]
pub struct Table {
    /// The columns, from the left.
    pub columns: Vec<Column>,
}

impl Table {
    /// Reads a CSV text whose first line holds the names.
    pub fn from_csv(text: impl Read) -> Result<Table, Box<dyn Error + Send + Sync>> {
        let mut reader = csv::Reader::from_reader(text);
        let mut columns: Vec<Column> = reader
            .headers()?
            .iter()
            .map(|name| Column { name: name.to_owned(), cells: Vec::new() })
            .collect();
        for record in reader.records() {
            for (column, cell) in columns.iter_mut().zip(&record?) {
                column.cells.push(cell.parse()?);
            }
        }
        Ok(Table { columns })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// Only the columns with these names.
    pub fn filter(&self, names: &[&str]) -> Table {
        let wanted = |column: &&Column| names.contains(&column.name.as_str());
        Table { columns: self.columns.iter().filter(wanted).cloned().collect() }
    }

    /// A table of one row: the sum of each column.
    pub fn sums(&self) -> Table {
        let sum = |column: &Column| Column {
            name: column.name.clone(),
            cells: vec![column.cells.iter().sum()],
        };
        Table { columns: self.columns.iter().map(sum).collect() }
    }
}
