//! Reading of reference files, and the agreement table of all comparisons.

#[path = "../shared_files/mod.rs"]
#[allow(dead_code, reason = "shared by several test binaries, each of which uses a part")]
mod shared_files;

use std::collections::BTreeMap;
use std::sync::Mutex;

use dampak::psych::irt::{Family, FitOptions, FittedIrt, Population, Quadrature, Responses, fit_marginal};
use serde_json::Value;
use shared_files::shared;

/// One entry of a reference file.
pub fn entry(file: &str, name: &str) -> Option<Value> {
    let all: Value = serde_json::from_str(&shared(&format!("reference/{file}.json"))?).expect("valid JSON");
    Some(all["entries"][name]["result"].clone())
}

/// A table of cells as text, with its header.
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

pub fn table(path: &str) -> Option<Table> {
    let text = shared(&format!("data/peers/{path}"))?;
    let cells = |line: &str| line.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    Some(Table { names: cells(lines.next()?), rows: lines.map(cells).collect() })
}

impl Table {
    pub fn column(&self, name: &str) -> Vec<f64> {
        let at = self.names.iter().position(|n| n == name).expect("a column");
        self.rows.iter().map(|r| r[at].parse().unwrap_or(f64::NAN)).collect()
    }

    /// The columns that `keep` names as responses, lowered by `less`.
    pub fn responses(&self, keep: impl Fn(&str) -> bool, less: f64) -> Responses {
        let at: Vec<usize> = (0..self.names.len()).filter(|i| keep(&self.names[*i])).collect();
        let value = |r: &Vec<String>, i: usize| r[i].parse::<f64>().ok().map(|v| v - less);
        let cells: Vec<Option<f64>> =
            self.rows.iter().flat_map(|r| at.iter().map(move |i| value(r, *i))).collect();
        from_cells(self.rows.len(), at.len(), &cells)
    }
}

/// Responses with the largest value seen as the maximum of each item.
pub fn from_cells(persons: usize, items: usize, cells: &[Option<f64>]) -> Responses {
    let top = |j: usize| cells.iter().skip(j).step_by(items).flatten().fold(0.0_f64, |m, v| m.max(*v)) as u8;
    let answered = cells.iter().map(Option::is_some).collect();
    let points = cells.iter().map(|c| c.unwrap_or(0.0) as u8).collect();
    Responses::new(persons, items, points, answered, (0..items).map(top).collect()).expect("valid responses")
}

pub fn responses(path: &str, less: f64) -> Option<Responses> {
    if path == "mirt_SAT12.csv" {
        return scored_by_key(path, "mirt_SAT12_key.csv");
    }
    Some(table(path)?.responses(is_item, less))
}

/// Right answers by a key; every other answer is wrong.
fn scored_by_key(path: &str, key: &str) -> Option<Responses> {
    let (raw, key) = (table(path)?, table(key)?);
    let right = |row: &Vec<String>, i: usize| Some(f64::from(u8::from(row[i] == key.rows[i][1])));
    let cells: Vec<Option<f64>> =
        raw.rows.iter().flat_map(|row| (0..row.len()).map(|i| right(row, i)).collect::<Vec<_>>()).collect();
    Some(from_cells(raw.rows.len(), raw.names.len(), &cells))
}

pub fn is_item(name: &str) -> bool {
    !["SEX", "country", "idstud", "id", ""].contains(&name)
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(number).collect()
}

/// The first person with each pattern of the reference, written with `.` for a missing answer.
pub fn persons_with(r: &Responses, patterns: &Value, less: u8) -> Vec<usize> {
    let pattern = |p: usize| -> String {
        (0..r.items()).map(|i| r.get(p, i).map_or('.', |x| char::from(b'0' + x + less))).collect()
    };
    let all: Vec<String> = (0..r.persons()).map(pattern).collect();
    let find =
        |wanted: &Value| all.iter().position(|p| Some(p.as_str()) == wanted.as_str()).expect("pattern");
    patterns.as_array().expect("patterns").iter().map(find).collect()
}

pub fn tight(family: Family) -> FitOptions {
    FitOptions { quadrature: Quadrature::TIGHT, tolerance: 1e-9, ..FitOptions::new(family) }
}

pub fn fit(responses: &Responses, family: Family) -> FittedIrt {
    let fitted = fit_marginal(responses, &Population::default(), &tight(family)).expect("a fit");
    assert!(fitted.converged(), "{:?} {:?}", fitted.stop(), fitted.log.trace.last());
    fitted
}

pub fn models(r: &Responses) -> Vec<(&'static str, Family)> {
    if r.max().iter().all(|m| *m == 1) {
        vec![("rasch", Family::PartialCredit), ("2pl", Family::GeneralisedPartialCredit)]
    } else {
        vec![("pcm", Family::PartialCredit), ("gpcm", Family::GeneralisedPartialCredit)]
    }
}

pub fn intercepts(fitted: &FittedIrt) -> Vec<f64> {
    fitted.items.iter().flatten().flat_map(|i| i.curve.intercepts[1..].to_vec()).collect()
}

pub fn slopes(fitted: &FittedIrt) -> Vec<f64> {
    fitted.items.iter().flatten().map(|i| i.curve.slope).collect()
}

/// Whom we are compared with, and on what.
pub struct Peer {
    name: &'static str,
    set: String,
}

/// Worst difference of a quantity so far: how far, on which set, and what was allowed there.
struct Worst {
    difference: f64,
    set: String,
    allowed: f64,
    sets: usize,
}

static TABLE: Mutex<BTreeMap<(String, &'static str), Worst>> = Mutex::new(BTreeMap::new());

/// Comparisons in `tests/irt_reference.rs`; the last one to finish prints the table.
const COMPARISONS: usize = 16;
static FINISHED: Mutex<usize> = Mutex::new(0);

/// Held by each comparison while it runs.
pub struct Comparison;

impl Drop for Comparison {
    fn drop(&mut self) {
        let Ok(mut finished) = FINISHED.lock() else { return };
        *finished += 1;
        let Ok(table) = TABLE.lock() else { return };
        if *finished == COMPARISONS {
            eprintln!(
                "| quantity | peer | sets | worst difference | on | allowed |\n|---|---|---|---|---|---|"
            );
            for ((quantity, peer), w) in table.iter() {
                let (sets, difference, set, allowed) = (w.sets, w.difference, &w.set, w.allowed);
                eprintln!("| {quantity} | {peer} | {sets} | {difference:.1e} | {set} | {allowed:.0e} |");
            }
        }
    }
}

impl Peer {
    pub fn on(name: &'static str, set: impl Into<String>) -> Peer {
        Peer { name, set: set.into() }
    }

    /// Largest absolute difference, entered in the table and held against `allowed`.
    pub fn agree(&self, quantity: &str, ours: &[f64], theirs: &[f64], allowed: f64) {
        let label = format!("{quantity}, {} {}", self.name, self.set);
        assert_eq!(ours.len(), theirs.len(), "{label}");
        assert!(!ours.is_empty(), "{label}: nothing to compare");
        let gap = |(a, b): (&f64, &f64)| (a - b).abs();
        let unequal = ours.iter().zip(theirs).map(gap).find(|g| g.is_nan());
        let difference = unequal.unwrap_or(ours.iter().zip(theirs).map(gap).fold(0.0, f64::max));
        eprintln!("AGREE {label}: {difference:.2e} ({allowed:.0e})");
        assert!(difference <= allowed, "{label}: {difference:e}\n{ours:?}\n{theirs:?}");
        let mut table = TABLE.lock().expect("the table");
        let row = table.entry((quantity.to_owned(), self.name)).or_insert_with(|| Worst {
            difference: -1.0,
            set: String::new(),
            allowed: 0.0,
            sets: 0,
        });
        row.sets += 1;
        row.allowed = row.allowed.max(allowed);
        if difference > row.difference {
            (row.difference, row.set) = (difference, self.set.clone());
        }
    }
}
