//! Reading of reference files and the bookkeeping of differences.

#[path = "../shared_files/mod.rs"]
#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod shared_files;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
pub use shared_files::shared;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The result of one entry of a shared reference file.
pub fn entry(file: &str, id: &str) -> Option<Value> {
    let text = shared(&format!("reference/{file}"))?;
    let all: Value = serde_json::from_str(&text).expect("reference files are valid JSON");
    let found = all["entries"][id]["result"].clone();
    assert!(!found.is_null(), "{file} has no entry {id}");
    Some(found)
}

/// A topic of the project's own reference file.
pub fn own(topic: &str) -> Value {
    let path = root().join("tests/reference/impact.json");
    let text = fs::read_to_string(path).expect("the project's own reference file is here");
    let all: Value = serde_json::from_str(&text).expect("reference files are valid JSON");
    let found = all[topic].clone();
    assert!(!found.is_null(), "impact.json has no topic {topic}");
    found
}

/// A comma separated file without commas inside fields, column by column.
pub struct Csv {
    columns: BTreeMap<String, Vec<String>>,
    /// Names of the columns in file order.
    pub names: Vec<String>,
}

/// Reads a shared data file.
pub fn csv(path: &str) -> Option<Csv> {
    let text = shared(path)?;
    let cells = |line: &str| line.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    let names = cells(lines.next()?);
    let mut columns: BTreeMap<String, Vec<String>> = names.iter().map(|n| (n.clone(), vec![])).collect();
    for line in lines {
        for (name, cell) in names.iter().zip(cells(line)) {
            columns.get_mut(name).expect("named above").push(cell);
        }
    }
    Some(Csv { columns, names })
}

impl Csv {
    pub fn text(&self, name: &str) -> &[String] {
        &self.columns[name]
    }

    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name).iter().map(|c| c.parse().unwrap_or(f64::NAN)).collect()
    }

    /// 1 where the cell is `level`.
    pub fn is(&self, name: &str, level: &str) -> Vec<f64> {
        self.text(name).iter().map(|c| f64::from(u8::from(c == level))).collect()
    }

    /// Labels as indices in order of appearance.
    pub fn labels(&self, name: &str) -> Vec<usize> {
        let mut seen = BTreeMap::new();
        let mut index = |cell: &String| {
            let next = seen.len();
            *seen.entry(cell.clone()).or_insert(next)
        };
        self.text(name).iter().map(&mut index).collect()
    }

    /// The rows in which `keep` holds.
    pub fn filtered(&self, keep: impl Fn(&Csv, usize) -> bool) -> Csv {
        let rows: Vec<usize> = (0..self.text(&self.names[0]).len()).filter(|row| keep(self, *row)).collect();
        let pick = |column: &Vec<String>| rows.iter().map(|&r| column[r].clone()).collect();
        let columns = self.columns.iter().map(|(name, column)| (name.clone(), pick(column))).collect();
        Csv { columns, names: self.names.clone() }
    }
}

pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) if text == "Inf" => f64::INFINITY,
        _ => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
    }
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).iter().map(number).collect()
}

pub fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|v| v as usize).collect()
}

/// Largest difference of a topic, printed at the end: relative, or absolute below one.
pub struct Worst(&'static str, f64);

impl Worst {
    pub fn new(topic: &'static str) -> Self {
        Worst(topic, 0.0)
    }

    /// Fails when `found` is further from `expected` than `tolerance`, relative to `expected`.
    pub fn check(&mut self, what: &str, found: f64, expected: f64, tolerance: f64) {
        let difference = if found == expected { 0.0 } else { ((found - expected) / expected).abs() };
        assert!(difference <= tolerance, "{}: {what}: {found:e} for {expected:e} ({difference:.1e})", self.0);
        self.1 = self.1.max(difference);
    }
}

impl Drop for Worst {
    fn drop(&mut self) {
        eprintln!("{}: worst difference {:.1e}", self.0, self.1);
    }
}
