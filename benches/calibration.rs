//! Size and coverage of every analysis over simulated studies; writes `tests/reference/calibration.md` and `.json`.
//!
//! `cargo bench --bench calibration` for all (half an hour on two cores). With numbers, `-- 200 50`, only prints the
//! tables of so many studies for cheap and expensive methods and writes nothing.

#[path = "../tests/calibration/mod.rs"]
mod calibration;

use std::path::Path;
use std::time::Instant;

use calibration::cell::{CHEAP, EXPENSIVE, run};
use calibration::design::Cell;
use calibration::table::{Result, json, json_text, markdown};

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (cheap, expensive) = match numbers.as_slice() {
        [cheap, expensive, ..] => (*cheap, *expensive),
        _ => (CHEAP, EXPENSIVE),
    };
    let start = Instant::now();
    let one = |cell: Cell| {
        let tallies = run(&cell, cheap, expensive);
        eprintln!("{:6.0} s  {}", start.elapsed().as_secs_f64(), cell.id());
        Result { cell, tallies }
    };
    let results: Vec<Result> = Cell::all().into_iter().map(one).collect();
    if (cheap, expensive) != (CHEAP, EXPENSIVE) {
        println!("{}", markdown(&results));
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    std::fs::write(folder.join("calibration.json"), json_text(&json(&results))).expect("the folder is there");
    std::fs::write(folder.join("calibration.md"), markdown(&results)).expect("the folder is there");
}
