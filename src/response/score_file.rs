//! Scores that a file already has: one column per wave.

use std::collections::BTreeMap;

use super::number::parse_number;
use super::{Roster, Table, rules};
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

/// Bad cells listed one by one before the rest is only counted.
const LISTED: usize = 5;

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
    check_persons(entry, &persons, roster, &mut diagnostics);
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
    persons: &[Option<String>],
    roster: Option<&Roster>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut strangers = Vec::new();
    for (row, person) in persons.iter().enumerate() {
        let place = Place::cell(&entry.file, row + 1, &entry.person);
        let Some(id) = person.as_deref().filter(|id| !id.is_empty()) else {
            diagnostics.push(Diagnostic::new(&rules::BLANK_PERSON, place, "this row has no person id"));
            continue;
        };
        if let Some(earlier) = first.get(id) {
            let message = format!("person \"{id}\" stands in row {} already", earlier + 1);
            diagnostics.push(Diagnostic::new(&rules::DUPLICATE_PERSON, place, message));
        } else {
            first.insert(id, row);
        }
        if roster.is_some_and(|roster| !roster.index.contains_key(id)) {
            strangers.push(id);
        }
    }
    if let Some(example) = strangers.first() {
        let message = format!("{} persons are not in the roster, such as \"{example}\"", strangers.len());
        let place = Place::field(&entry.file, &entry.person);
        diagnostics.push(Diagnostic::new(&rules::UNKNOWN_PERSON, place, message));
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
    let mut faults = Vec::new();
    for (row, (person, cell)) in persons.iter().zip(cells).enumerate() {
        let (Some(person), Some(cell)) = (person, cell.as_deref().filter(|cell| !cell.is_empty())) else {
            continue;
        };
        let place = Place::cell(&table.file, row + 1, column);
        match (parse_number(cell, table.decimal_comma), outcome.range) {
            (None, _) => {
                let message = format!("\"{cell}\" is not a number");
                faults.push(Diagnostic::new(&rules::BAD_NUMBER, place, message).hint(
                    "declare \"decimal\": \",\" for decimal commas; leave cells of absent persons empty",
                ));
            }
            (Some(score), Some([low, high])) if !(low..=high).contains(&score) => {
                let message = format!("the score {score} lies outside the declared range {low} to {high}");
                faults.push(Diagnostic::new(&rules::OUTSIDE_RANGE, place, message));
            }
            (Some(score), _) => {
                scores.entry(person.clone()).or_insert(score);
            }
        }
    }
    let more = faults.len().saturating_sub(LISTED);
    diagnostics.extend(faults.into_iter().take(LISTED));
    if more > 0 {
        let message = format!("{more} more cells of this column cannot be used");
        diagnostics.push(Diagnostic::new(&rules::BAD_NUMBER, Place::field(&table.file, column), message));
    }
    scores
}
