//! How long a person took to answer, in seconds.

use super::number::parse_number;
use super::{Table, rules};
use crate::diag::{Checked, Diagnostic, Place};
use crate::study::ResponseFile;

/// Seconds of the chosen rows of a table; none where the study names no such column. Times that cannot be (0,
/// or less: clocks of phones jump) count as missing.
pub fn resolve(entry: &ResponseFile, table: &Table, rows: &[usize]) -> Checked<Option<Vec<Option<f64>>>> {
    let Some(column) = &entry.columns.duration else {
        return Checked { value: None, diagnostics: Vec::new() };
    };
    // A column that is not there has been reported where the columns are looked up.
    let Ok(cells) = table.texts(column) else { return Checked { value: None, diagnostics: Vec::new() } };
    let mut diagnostics = Vec::new();
    let mut impossible: Vec<(usize, &str)> = Vec::new();
    let mut seconds = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(cell) = cells[*row].as_deref() else {
            seconds.push(None);
            continue;
        };
        let found = parse_number(cell, table.decimal_comma);
        match found {
            None => diagnostics.push(no_seconds(cell, Place::cell(&table.file, table.rows[*row], column))),
            Some(value) if value <= 0.0 => impossible.push((table.rows[*row], cell)),
            Some(_) => {}
        }
        seconds.push(found.filter(|value| *value > 0.0));
    }
    diagnostics.extend(not_positive(&impossible, &table.file, column));
    Checked { value: Some(seconds), diagnostics }
}

fn no_seconds(cell: &str, place: Place) -> Diagnostic {
    let message = format!("\"{cell}\" is not a number of seconds");
    Diagnostic::new(&rules::BAD_DURATION, place, message)
        .hint("write the time in seconds, such as 754; leave the cell empty where it is not known")
}

fn not_positive(cells: &[(usize, &str)], file: &str, column: &str) -> Option<Diagnostic> {
    let (row, cell) = cells.first()?;
    let message = match cells.len() {
        1 => format!("the answers took {cell} seconds, which cannot be; the time counts as missing"),
        n => format!(
            "{n} rows, this one first with {cell}, hold times that are not above 0; they count as missing"
        ),
    };
    Some(
        Diagnostic::new(&rules::IMPOSSIBLE_DURATION, Place::cell(file, *row, column), message)
            .hint("look at the clock of the device, or at how the export computes the time"),
    )
}
