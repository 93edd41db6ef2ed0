//! Reading the reference files that stay outside the project (`../shared`). A test without them says so
//! loudly and passes.

#![allow(dead_code, reason = "every test file uses its own part")]

#[path = "../shared_files/mod.rs"]
mod shared_files;

use std::collections::BTreeMap;

use dampak::psych::ItemMatrix;
use serde_json::Value;
use shared_files::shared;

/// The entries of a reference file.
pub fn entries(name: &str) -> Option<Value> {
    let text = shared(&format!("reference/{name}.json"))?;
    let mut file: Value = serde_json::from_str(&text).expect("reference files are valid JSON");
    Some(file["entries"].take())
}

/// A comma separated file without commas inside fields.
pub struct Csv {
    pub names: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Reads `data/peers/<name>`.
pub fn csv(name: &str) -> Option<Csv> {
    let text = shared(&format!("data/peers/{name}"))?;
    let cells = |line: &str| line.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    let names = cells(lines.next()?);
    Some(Csv { names, rows: lines.map(cells).collect() })
}

impl Csv {
    pub fn column(&self, name: &str) -> Vec<&str> {
        let place = self.names.iter().position(|n| n == name).expect("the column exists");
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        self.column(name).iter().map(|cell| cell.parse().ok()).collect()
    }

    /// All cells as indices of the sorted labels found, row by row, with the number of labels.
    pub fn codes(&self, names: &[&str]) -> (Vec<Option<usize>>, usize) {
        let columns: Vec<Vec<&str>> = names.iter().map(|n| self.column(n)).collect();
        let labels: BTreeMap<&str, usize> = {
            let mut all: Vec<&str> = columns.iter().flatten().copied().filter(|c| *c != "NA").collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter().enumerate().map(|(i, l)| (l, i)).collect()
        };
        let codes = (0..self.rows.len()).flat_map(|r| columns.iter().map(move |c| c[r]));
        (codes.map(|c| labels.get(c).copied()).collect(), labels.len())
    }

    pub fn matrix(&self, items: &[&str], max: f64) -> ItemMatrix {
        let columns: Vec<Vec<Option<f64>>> = items.iter().map(|i| self.numbers(i)).collect();
        let cells: Vec<Option<f64>> =
            (0..self.rows.len()).flat_map(|r| columns.iter().map(move |c| c[r])).collect();
        let missing = cells.iter().map(Option::is_none).collect();
        let points = cells.iter().map(|c| c.unwrap_or(0.0)).collect();
        ItemMatrix::new(self.rows.len(), items.len(), points, missing, vec![max; items.len()])
            .expect("a valid matrix")
    }
}

/// The numbers of a JSON array.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(number).collect()
}

/// A number, which the files write as text when it is not finite.
pub fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or(f64::NAN),
    }
}

/// Worst differences per quantity: printed for the agreement table and held against a tolerance.
#[derive(Default)]
pub struct Worst(BTreeMap<String, (f64, f64, usize)>);

impl Worst {
    /// Compares with a tolerance relative to the larger of 1 and the expected value.
    pub fn compare(&mut self, quantity: &str, found: f64, expected: f64, tolerance: f64) {
        let difference = (found - expected).abs() / expected.abs().max(1.0);
        let entry = self.0.entry(quantity.to_owned()).or_insert((0.0, tolerance, 0));
        entry.0 = if difference.is_nan() { f64::INFINITY } else { entry.0.max(difference) };
        entry.2 += 1;
        if !(difference <= tolerance) {
            eprintln!("  {quantity}: {found:.12} for {expected:.12}");
        }
    }

    /// Prints the table and fails when a quantity is beyond its tolerance.
    pub fn settle(self) {
        for (quantity, (worst, tolerance, n)) in &self.0 {
            println!("{quantity:44} worst {worst:9.2e} of {n:4} (tolerance {tolerance:.0e})");
        }
        let beyond: Vec<&String> = self.0.iter().filter(|(_, v)| !(v.0 <= v.1)).map(|(q, _)| q).collect();
        assert!(beyond.is_empty(), "beyond tolerance: {beyond:?}");
    }
}
