//! Scores that a file already has: one column per wave.

use std::collections::BTreeMap;

use super::number::parse_number;
use super::{Roster, Table, ids, rules};
use crate::diag::{Checked, Diagnostic, Place};
use crate::study::{Outcome, ScoreFile, Study};

/// The scores of one outcome, by wave.
#[derive(Clone, Debug)]
pub struct GivenScores {
    /// Outcome id.
    pub outcome: String,
    /// File they came from.
    pub file: String,
    /// Person id to score, one map per wave in wave order.
    pub waves: Vec<BTreeMap<String, f64>>,
}

/// Reads every outcome that a score file holds.
pub fn resolve(
    entry: &ScoreFile,
    table: &Table,
    study: &Study,
    roster: Option<&Roster>,
) -> Checked<Vec<GivenScores>> {
    let mut diagnostics = Vec::new();
    let persons = match table.texts(&entry.person) {
        Ok(persons) => persons,
        Err(diagnostic) => return Checked { value: Vec::new(), diagnostics: vec![diagnostic] },
    };
    check_persons(entry, table, &persons, roster, &mut diagnostics);
    let outcomes = study.outcomes.iter().filter(|o| o.from.score_file.as_deref() == Some(entry.id.as_str()));
    let mut given = Vec::new();
    for outcome in outcomes {
        let mut waves = vec![BTreeMap::new(); study.waves.len()];
        for (wave, column) in &outcome.from.columns {
            let Some(wave) = study.wave_index(wave) else { continue };
            match table.texts(column) {
                Ok(cells) => {
                    waves[wave] = read_column(outcome, table, column, &persons, &cells, &mut diagnostics);
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        given.push(GivenScores { outcome: outcome.id.clone(), file: table.file.clone(), waves });
    }
    Checked { value: given, diagnostics }
}

fn check_persons(
    entry: &ScoreFile,
    table: &Table,
    persons: &[Option<String>],
    roster: Option<&Roster>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (person, row) in persons.iter().zip(&table.rows) {
        let place = Place::cell(&entry.file, *row, &entry.person);
        let Some(id) = person.as_deref() else {
            diagnostics.push(ids::blank(place));
            continue;
        };
        if ids::is_scientific(id) {
            diagnostics.push(ids::scientific(place, id));
        } else if let Some(earlier) = first.get(id) {
            let message = format!("person \"{id}\" stands in row {earlier} already");
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_PERSON, place, message)
                    .hint("decide which row is right, and delete or mend the other in a copy of the file"),
            );
        } else {
            first.insert(id, *row);
        }
    }
    if let Some(roster) = roster {
        let known: Vec<String> = first.keys().map(|id| (*id).to_owned()).collect();
        diagnostics.extend(ids::check_against_roster(&entry.file, &entry.person, &known, roster));
    }
}

fn read_column(
    outcome: &Outcome,
    table: &Table,
    column: &str,
    persons: &[Option<String>],
    cells: &[Option<String>],
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, f64> {
    let mut scores = BTreeMap::new();
    for (row, (person, cell)) in persons.iter().zip(cells).enumerate() {
        let (Some(person), Some(cell)) = (person, cell.as_deref()) else { continue };
        let place = Place::cell(&table.file, table.rows[row], column);
        match (parse_number(cell, table.decimal_comma), outcome.range) {
            (None, _) => diagnostics.push(no_number(cell, table.decimal_comma, place)),
            (Some(score), Some([low, high])) if !(low..=high).contains(&score) => {
                let message = format!("the score {score} lies outside the declared range {low} to {high}");
                diagnostics.push(
                    Diagnostic::new(&rules::OUTSIDE_RANGE, place, message)
                        .hint("mend the cell in a copy of the file, or the \"range\" of the outcome"),
                );
            }
            (Some(score), _) => {
                scores.entry(person.clone()).or_insert(score);
            }
        }
    }
    scores
}

fn no_number(cell: &str, decimal_comma: bool, place: Place) -> Diagnostic {
    let (declared, other) = if decimal_comma { ("commas", ".") } else { ("points", ",") };
    let diagnostic = if parse_number(cell, !decimal_comma).is_some() {
        let message = format!("\"{cell}\" is not a number with decimal {declared}");
        Diagnostic::new(&rules::BAD_NUMBER, place, message)
            .hint(format!("declare \"format\": {{ \"decimal\": \"{other}\" }} if the whole file writes so"))
    } else {
        Diagnostic::new(&rules::BAD_NUMBER, place, format!("\"{cell}\" is not a number"))
    };
    diagnostic.hint("leave cells of absent persons empty")
}
