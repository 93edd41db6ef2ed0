//! How much of the programme a person received: a number in the roster.

use std::collections::BTreeMap;

use super::number::parse_number;
use super::{Table, rules};
use crate::diag::{Checked, Diagnostic, Place};
use crate::study::{RosterFile, Study};

/// The doses of one roster by id, one value for each of its rows `rows`; blank cells are none.
pub fn read(
    entry: &RosterFile,
    table: &Table,
    rows: &[usize],
    study: &Study,
) -> Checked<BTreeMap<String, Vec<Option<f64>>>> {
    let (mut value, mut diagnostics) = (BTreeMap::new(), Vec::new());
    let own = |respondent| study.roster_of(respondent).map(|roster| roster.respondent);
    for dose in study.analysis.dose.iter().filter(|dose| own(dose.respondent()) == Some(entry.respondent)) {
        let cells = match table.texts(&dose.column) {
            Ok(cells) => cells,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                continue;
            }
        };
        let mut received = Vec::with_capacity(rows.len());
        for row in rows {
            let place = || Place::cell(&table.file, table.rows[*row], &dose.column);
            let cell = cells[*row].as_deref();
            let number = cell.and_then(|cell| parse_number(cell, table.decimal_comma));
            match (cell, number) {
                (Some(cell), None) => diagnostics.push(
                    Diagnostic::new(&rules::BAD_DOSE, place(), format!("\"{cell}\" is not a number"))
                        .hint("write the number alone, or leave the cell empty where it is not known"),
                ),
                (Some(cell), Some(number)) if number < 0.0 => diagnostics.push(
                    Diagnostic::new(&rules::NEGATIVE_DOSE, place(), format!("\"{cell}\" is below zero"))
                        .hint("leave the cell empty where the dose is not known"),
                ),
                _ => {}
            }
            received.push(number);
        }
        value.insert(dose.id.clone(), received);
    }
    Checked { value, diagnostics }
}
