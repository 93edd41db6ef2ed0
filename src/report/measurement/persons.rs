//! Persons: populations and reliability by wave, and the table from sums to scores.

use super::Scale;
use crate::analysis::findings::ScoreTable;
use crate::doc::{Block, Column, Row};
use crate::report::build::table;
use crate::report::writer::DASH;

/// One row per wave (and arm for the populations' means).
pub fn table_of(own: &Scale) -> Option<Block> {
    let w = own.w;
    let columns = vec![
        Column::words(w.say("column.wave")),
        Column::numbers("n"),
        Column::numbers(w.say("measurement.column.mean")),
        Column::numbers(w.say("measurement.column.sd")),
        Column::numbers(w.say("measurement.column.error")),
        Column::numbers(w.say("measurement.column.wle")),
        Column::numbers(w.say("measurement.column.eap")),
        Column::numbers(w.say("measurement.column.misfit")),
    ];
    let mut rows = Vec::new();
    for population in &own.found.populations {
        let wave = own.found.persons.iter().find(|persons| persons.wave == population.wave);
        let first = own.found.populations.iter().find(|p| p.wave == population.wave);
        let leads = first.is_some_and(|first| first.arm == population.arm);
        let name = if population.arm.is_empty() {
            w.wave(&population.wave)
        } else {
            format!("{} – {}", w.wave(&population.wave), w.arm(&population.arm))
        };
        // Reliability belongs to the wave as a whole and stands in its first row.
        let persons = wave.filter(|_| leads);
        rows.push(Row::body(vec![
            name,
            w.count(population.n),
            own.score(population.mean),
            own.score(population.sd),
            persons.and_then(|p| p.standard_error).map_or_else(|| DASH.to_owned(), |se| own.score(se)),
            w.maybe(persons.and_then(|p| p.wle_reliability), 2),
            w.maybe(persons.and_then(|p| p.eap_reliability), 2),
            persons.map_or_else(
                || DASH.to_owned(),
                |p| format!("{} ({})", w.count(p.misfitting), w.rate(p.misfitting, p.n)),
            ),
        ]));
    }
    let caption = w.fill("measurement.persons", &[("scale", &own.title())]);
    table(caption, columns, rows, vec![w.say("measurement.persons.note")])
}

/// Rows of a score table that stand side by side, so that a booklet of 40 points needs no page of its own.
const COLUMNS: usize = 3;

/// The score of every sum of steps, a table per booklet.
pub fn score_table(own: &Scale) -> Vec<Block> {
    own.found.score_table.iter().filter_map(|form| one(own, form)).collect()
}

fn one(own: &Scale, form: &ScoreTable) -> Option<Block> {
    let w = own.w;
    let height = form.rows.len().div_ceil(COLUMNS);
    let mut columns = Vec::new();
    for _ in 0..COLUMNS {
        columns.push(Column::numbers(w.say("measurement.column.sum")));
        columns.push(Column::numbers(w.say("measurement.column.score")));
        columns.push(Column::numbers(w.say("measurement.column.se")));
    }
    let rows = (0..height)
        .map(|line| {
            let cells = (0..COLUMNS).flat_map(|column| match form.rows.get(column * height + line) {
                Some(row) => [w.count(row.sum), own.score(row.score), own.score(row.se)],
                None => [const { String::new() }; 3],
            });
            Row::body(cells.collect())
        })
        .collect();
    let key = if form.booklet.is_empty() { "measurement.scores" } else { "measurement.scores.booklet" };
    let caption = w.fill(key, &[("scale", &own.title()), ("booklet", &form.booklet)]);
    table(caption, columns, rows, vec![w.say("measurement.scores.note")])
}
