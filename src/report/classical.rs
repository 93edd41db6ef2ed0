//! Reliability beside alpha, dimensions, and the standard error of measurement by score.

use super::build::table;
use super::instruments::{ScaleRow, instrument_ids, is_small, order, waves_of};
use super::writer::{DASH, Writer};
use crate::analysis::findings::{Flag, InstrumentFindings, Reliability, ScaleFindings, ScoreError};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::instrument::Respondent;
use crate::study::OutcomeRole;

/// Places in the range of points at which errors are printed.
const PLACES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

/// A coefficient with its column and its sentence in the note.
struct Coefficient {
    column: &'static str,
    note: &'static str,
    decimals: usize,
    value: fn(&Reliability) -> Option<f64>,
}

static COEFFICIENTS: [Coefficient; 8] = [
    Coefficient { column: "omega", note: "omega", decimals: 2, value: |r| r.omega },
    Coefficient { column: "kr20", note: "kr20", decimals: 2, value: |r| r.kr20 },
    Coefficient { column: "lambda2", note: "lambda", decimals: 2, value: |r| r.lambda2 },
    Coefficient { column: "lambda6", note: "lambda", decimals: 2, value: |r| r.lambda6 },
    Coefficient { column: "split_half", note: "split_half", decimals: 2, value: |r| r.split_half },
    Coefficient { column: "ordinal_alpha", note: "ordinal_alpha", decimals: 2, value: |r| r.ordinal_alpha },
    Coefficient {
        column: "mean_r",
        note: "mean_r",
        decimals: 2,
        value: |r| r.item_correlations.map(|found| found.mean),
    },
    Coefficient {
        column: "ratio",
        note: "dimensions",
        decimals: 1,
        value: |r| r.dimensions.as_ref().and_then(|found| found.first_to_second),
    },
];

/// The tables on the scales of one instrument.
pub fn tables(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<Block> {
    let rows = declared(w, waves);
    coefficients(w, waves, &rows).into_iter().chain(errors(w, waves, &rows)).collect()
}

/// The scales behind declared outcomes; every scale where no outcome rests on one.
fn declared<'a>(w: &Writer, waves: &[&'a InstrumentFindings]) -> Vec<ScaleRow<'a>> {
    let id = waves.first().map_or("", |wave| wave.id.as_str());
    let counts = |scale: &str| {
        let source = format!("{id}/{scale}");
        let mut outcomes = w.findings.outcomes.iter();
        outcomes.any(|outcome| outcome.role != OutcomeRole::Exploratory && outcome.scale == source)
    };
    let rows = order(waves);
    if rows.iter().any(|row| counts(&row.scale.id)) {
        rows.into_iter().filter(|row| counts(&row.scale.id)).collect()
    } else {
        rows
    }
}

/// What is known of a row at each wave with enough persons.
fn found<'a>(w: &Writer, row: &ScaleRow<'a>) -> Vec<Option<&'a Reliability>> {
    let described = |scale: &&ScaleFindings| scale.n >= w.small();
    row.waves.iter().map(|scale| scale.filter(described).map(|scale| &scale.reliability)).collect()
}

fn paired<'a>(found: &[Option<&'a Reliability>], show: impl Fn(&'a Reliability) -> Option<String>) -> String {
    let shown = found.iter().map(|own| own.and_then(&show).unwrap_or_else(|| DASH.to_owned()));
    shown.collect::<Vec<_>>().join("; ")
}

fn coefficients(w: &Writer, waves: &[&InstrumentFindings], rows: &[ScaleRow]) -> Option<Block> {
    let all: Vec<Vec<Option<&Reliability>>> = rows.iter().map(|row| found(w, row)).collect();
    let shown = shown_of(w, rows);
    if shown.is_empty() {
        return None;
    }
    let dimensions = all.iter().flatten().flatten().any(|own| own.dimensions.is_some());
    let mut columns = heads(w, rows);
    columns.extend(shown.iter().map(|one| Column::numbers(column(w, one.column))));
    if dimensions {
        columns.push(Column::numbers(column(w, "dimensions")));
    }
    let body =
        rows.iter().zip(&all).map(|(row, own)| {
            let mut cells = names(w, rows, row);
            cells.extend(shown.iter().map(|one| {
                paired(own, |found| (one.value)(found).map(|value| w.number(value, one.decimals)))
            }));
            if dimensions {
                cells.push(paired(own, |found| Some(w.count(found.dimensions.as_ref()?.retained))));
            }
            Row::body(cells)
        });
    let caption = w.fill("classical.reliability", &[("instrument", title(w, waves))]);
    table(caption, columns, body.collect(), coefficient_notes(w, waves, rows, &shown))
}

fn coefficient_notes(
    w: &Writer,
    waves: &[&InstrumentFindings],
    rows: &[ScaleRow],
    shown: &[&Coefficient],
) -> Vec<String> {
    let mut explained: Vec<&str> = shown.iter().map(|one| one.note).collect();
    explained.dedup();
    let mut sentences = vec![w.say("classical.pairs")];
    if let Some(first) = first(w).filter(|first| waves.first().is_some_and(|wave| wave.id != *first)) {
        let known = shown_of(w, &declared(w, &waves_of(w, first)));
        explained.retain(|note| known.iter().all(|one| one.note != *note));
        sentences.push(w.say("classical.explained"));
    }
    sentences.extend(explained.iter().map(|note| w.say(&format!("classical.note.{note}"))));
    if rows.len() < order(waves).len() {
        sentences.push(w.say("classical.declared"));
    }
    let mut notes = vec![sentences.join(" ")];
    for row in rows {
        for (own, wave) in found(w, row).into_iter().zip(waves) {
            notes.extend(own.into_iter().flat_map(|own| &own.absent).map(|flag| absent(w, row, wave, flag)));
        }
    }
    notes
}

/// The instrument whose table explains the columns: students' instruments come before those of the staff.
fn first<'a>(w: &Writer<'a>) -> Option<&'a str> {
    let by_students = |instrument: &InstrumentFindings| instrument.respondent == Respondent::Student;
    let has_table = |id: &&str| {
        let waves = waves_of(w, id);
        !is_small(w, &waves) && !shown_of(w, &declared(w, &waves)).is_empty()
    };
    let students = instrument_ids(w, by_students).into_iter().find(has_table);
    students.or_else(|| instrument_ids(w, |_| true).into_iter().find(has_table))
}

/// The coefficients that some row has.
fn shown_of(w: &Writer, rows: &[ScaleRow]) -> Vec<&'static Coefficient> {
    let all: Vec<Option<&Reliability>> = rows.iter().flat_map(|row| found(w, row)).collect();
    let has = |one: &&Coefficient| all.iter().flatten().any(|own| (one.value)(own).is_some());
    COEFFICIENTS.iter().filter(has).collect()
}

fn absent(w: &Writer, row: &ScaleRow, wave: &InstrumentFindings, flag: &Flag) -> String {
    let where_to = [row.scale.booklet.clone(), w.wave(&wave.wave)];
    let place: Vec<String> = where_to.into_iter().filter(|part| !part.is_empty()).collect();
    w.fill(
        "classical.absent",
        &[
            ("what", &column(w, &flag.kind)),
            ("scale", w.text(&row.scale.title)),
            ("where", &place.join(", ")),
            ("reason", w.text(&flag.reason)),
        ],
    )
}

/// One row per scale, booklet and wave of a test.
fn errors(w: &Writer, waves: &[&InstrumentFindings], rows: &[ScaleRow]) -> Option<Block> {
    let mut columns = heads(w, rows);
    columns.push(Column::words(w.say("column.wave")));
    columns.push(Column::numbers(column(w, "max_points")));
    columns.extend(PLACES.map(|place| Column::numbers(format::percent(w.lang, place, 0))));
    let (mut body, mut exact, mut rough) = (Vec::new(), false, false);
    for row in rows {
        for (own, wave) in found(w, row).into_iter().zip(waves) {
            let Some(own) = own.filter(|own| !own.score_errors.is_empty()) else { continue };
            let single = own.score_errors.iter().all(|error| error.low == error.high);
            (exact, rough) = (exact || single, rough || !single);
            let mut cells = names(w, rows, row);
            cells.extend([w.wave(&wave.wave), w.number(own.max_points, 0)]);
            let small = if single { 0 } else { w.small() };
            cells.extend(PLACES.map(|place| {
                let near = nearest(&own.score_errors, place * own.max_points).filter(|e| e.n >= small);
                near.map_or_else(|| DASH.to_owned(), |error| w.number(error.sem, 1))
            }));
            body.push(Row::body(cells));
        }
    }
    let how = [(exact, "classical.errors.binomial"), (rough, "classical.errors.halves")];
    let mut note = vec![w.say("classical.errors.note")];
    note.extend(how.into_iter().filter(|(used, _)| *used).map(|(_, key)| w.say(key)));
    let caption = w.fill("classical.errors", &[("instrument", title(w, waves))]);
    table(caption, columns, body, vec![note.join(" ")])
}

/// The score or group of scores nearest to a sum of points; the lower of two as near.
fn nearest(errors: &[ScoreError], points: f64) -> Option<&ScoreError> {
    let distance = |error: &ScoreError| (error.low - points).max(points - error.high).max(0.0);
    errors.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn column(w: &Writer, name: &str) -> String {
    w.say(&format!("classical.column.{name}"))
}

fn title<'a>(w: &Writer, waves: &[&'a InstrumentFindings]) -> &'a str {
    waves.first().map_or("", |wave| wave.title.get(w.lang))
}

fn has_booklets(rows: &[ScaleRow]) -> bool {
    rows.iter().any(|row| !row.scale.booklet.is_empty())
}

fn heads(w: &Writer, rows: &[ScaleRow]) -> Vec<Column> {
    let mut columns = vec![Column::wide(w.say("column.scale"), 3)];
    if has_booklets(rows) {
        columns.push(Column::words(w.say("column.booklet")));
    }
    columns
}

fn names(w: &Writer, rows: &[ScaleRow], row: &ScaleRow) -> Vec<String> {
    let mut cells = vec![w.text(&row.scale.title).to_owned()];
    if has_booklets(rows) {
        cells.push(row.scale.booklet.clone());
    }
    cells
}
