//! One instrument at one wave: rows of raw answers with a column per answer slot.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::slot::{Slot, find_slots};
use super::{MissingCodes, Roster, Table, duration, ids, rules};
use crate::diag::{Checked, Diagnostic, Place, has_errors, nearest};
use crate::instrument::Instrument;
use crate::study::ResponseFile;

/// The answers to one instrument at one wave. Its frame holds the raw cells of the file.
#[derive(Clone, Debug)]
pub struct ResponseSet {
    /// Instrument id.
    pub instrument: String,
    /// Wave id.
    pub wave: String,
    /// The table; exact repeats of a row are left out.
    pub table: Table,
    /// Person of every row.
    pub persons: Vec<String>,
    /// Row of the file behind every row, counted from 1 below the header.
    pub rows: Vec<usize>,
    /// Column with the booklet.
    pub booklet: Option<String>,
    /// Rater of every row, where a person may stand in several rows, one per rater; none for a row that names
    /// no rater.
    pub raters: Option<Vec<Option<String>>>,
    /// Seconds the person of every row took, where the file has such a column.
    pub seconds: Option<Vec<Option<f64>>>,
    /// Columns with answers, in item order.
    pub slots: Vec<Slot>,
    /// What special codes mean.
    pub missing: MissingCodes,
    /// Whether the cells hold points instead of answers.
    pub scored: bool,
}

impl ResponseSet {
    /// Whether a person may stand in several rows, one per rater.
    pub fn has_raters(&self) -> bool {
        self.raters.is_some()
    }
}

/// Ids listed in one message before the rest is only counted.
const LISTED: usize = 5;

/// Makes a response set of a table.
pub fn resolve(
    entry: &ResponseFile,
    instrument: &Instrument,
    table: Table,
    roster: Option<&Roster>,
) -> Checked<Option<ResponseSet>> {
    let mut diagnostics = Vec::new();
    let slots = find_slots(entry, instrument, &table).drain_into(&mut diagnostics);
    let persons = match table.texts(&entry.columns.person) {
        Ok(cells) => cells,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return Checked { value: None, diagnostics };
        }
    };
    for column in
        [&entry.columns.booklet, &entry.columns.rater, &entry.columns.duration].into_iter().flatten()
    {
        diagnostics.extend(table.texts(column).err());
    }
    let rows = check_persons(&table, &entry.columns.person, &persons, &mut diagnostics);
    let raters = entry.columns.rater.as_deref().and_then(|column| table.texts(column).ok());
    let rows = drop_repeats(entry, &table, &persons, raters.as_deref(), rows, &mut diagnostics);
    let rows = drop_absent(&table, &slots, rows, &mut diagnostics);
    let ids: Vec<String> = rows.iter().filter_map(|row| persons[*row].clone()).collect();
    if let Some(roster) = roster {
        diagnostics.extend(ids::check_against_roster(&table.file, &entry.columns.person, &ids, roster));
        check_schools(entry, &table, &rows, &ids, roster, &mut diagnostics);
    }
    let seconds = duration::resolve(entry, &table, &rows).drain_into(&mut diagnostics);
    diagnostics.extend(raters.as_deref().and_then(|raters| unnamed_rater(entry, &table, raters, &rows)));
    if has_errors(&diagnostics) {
        return Checked { value: None, diagnostics };
    }
    let set = ResponseSet {
        instrument: entry.instrument.clone(),
        wave: entry.wave.clone(),
        rows: rows.iter().map(|row| table.rows[*row]).collect(),
        table: keep_rows(table, &rows),
        persons: ids,
        booklet: entry.columns.booklet.clone(),
        raters: raters.map(|raters| rows.iter().map(|row| raters[*row].clone()).collect()),
        seconds,
        slots,
        missing: MissingCodes::new(&entry.missing_codes),
        scored: entry.scored,
    };
    Checked { value: Some(set), diagnostics }
}

/// Rows with a person id, after checking the ids themselves.
fn check_persons(
    table: &Table,
    column: &str,
    persons: &[Option<String>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let mut rows = Vec::with_capacity(persons.len());
    for (row, id) in persons.iter().enumerate() {
        let place = || Place::cell(&table.file, table.rows[row], column);
        match id {
            None => diagnostics.push(ids::blank(place())),
            Some(id) if ids::is_scientific(id) => diagnostics.push(ids::scientific(place(), id)),
            Some(_) => rows.push(row),
        }
    }
    rows
}

/// Leaves out exact repeats of a row and reports persons whose rows differ.
fn drop_repeats(
    entry: &ResponseFile,
    table: &Table,
    persons: &[Option<String>],
    raters: Option<&[Option<String>]>,
    rows: Vec<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let person = persons[row].as_deref().unwrap_or_default();
        let rater = raters.and_then(|raters| raters[row].as_deref()).unwrap_or_default();
        let Some(earlier) = first.get(&(person, rater)).copied() else {
            first.insert((person, rater), row);
            kept.push(row);
            continue;
        };
        let differing = differing_columns(table, earlier, row);
        let place = Place::cell(&table.file, table.rows[row], &entry.columns.person);
        let who = if rater.is_empty() {
            format!("person \"{person}\"")
        } else {
            format!("person \"{person}\" with rater \"{rater}\"")
        };
        diagnostics.push(if differing.is_empty() {
            let message = format!("{who} repeats row {} exactly; this copy is left out", table.rows[earlier]);
            Diagnostic::new(&rules::REPEATED_ROW, place, message)
        } else {
            let more = differing.len().saturating_sub(LISTED);
            let shown = differing.into_iter().take(LISTED).collect::<Vec<_>>().join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            let message = format!(
                "{who} stands in row {} already, with other values in {shown}{rest}",
                table.rows[earlier]
            );
            Diagnostic::new(&rules::DUPLICATE_PERSON, place, message)
                .hint("decide which row is right, and delete or mend the other in a copy of the file")
        });
    }
    kept
}

/// Rows that name no rater, where the study says that raters stand in a column.
fn unnamed_rater(
    entry: &ResponseFile,
    table: &Table,
    raters: &[Option<String>],
    rows: &[usize],
) -> Option<Diagnostic> {
    let unnamed: Vec<usize> = rows.iter().copied().filter(|row| raters[*row].is_none()).collect();
    let (first, column) = (*unnamed.first()?, entry.columns.rater.as_ref()?);
    let message = match unnamed.len() {
        1 => "this row names no rater; it counts in the score, but in no agreement of raters".to_owned(),
        n => format!(
            "{n} rows, this one first, name no rater; they count in the score, but in no agreement of raters"
        ),
    };
    let place = Place::cell(&table.file, table.rows[first], column);
    Some(
        Diagnostic::new(&rules::UNNAMED_RATER, place, message)
            .hint("fill in who rated, in a copy of the file; a number or a letter is enough"),
    )
}

/// Leaves out rows without a single answer: they come from lists of all pupils, and the person was absent.
fn drop_absent(
    table: &Table,
    slots: &[Slot],
    rows: Vec<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let answers: Vec<&StringChunked> = slots
        .iter()
        .filter_map(|slot| table.frame.column(&slot.column).ok().and_then(|column| column.str().ok()))
        .collect();
    let mut answered = vec![false; table.frame.height()];
    for cells in answers {
        for (seen, cell) in answered.iter_mut().zip(cells.iter()) {
            *seen |= cell.is_some();
        }
    }
    let (kept, absent): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|row| answered[*row]);
    if let Some(first) = absent.first() {
        let message = match absent.len() {
            1 => "this row holds no answer at all; the person counts as absent".to_owned(),
            rows => {
                format!("{rows} rows, this one first, hold no answer at all; the persons count as absent")
            }
        };
        let place = Place { row: Some(table.rows[*first]), ..Place::file(&table.file) };
        diagnostics.push(Diagnostic::new(&rules::ABSENT_ROW, place, message));
    }
    kept
}

fn differing_columns(table: &Table, first: usize, second: usize) -> Vec<String> {
    table
        .frame
        .columns()
        .iter()
        .filter(|column| column.str().is_ok_and(|cells| cells.get(first) != cells.get(second)))
        .map(|column| column.name().to_string())
        .collect()
}

/// Holds the school a response file names against the roster.
fn check_schools(
    entry: &ResponseFile,
    table: &Table,
    rows: &[usize],
    ids: &[String],
    roster: &Roster,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(column) = &entry.columns.school else { return };
    let cells = match table.texts(column) {
        Ok(cells) => cells,
        Err(diagnostic) => return diagnostics.push(diagnostic),
    };
    let known = roster.schools();
    for (row, id) in rows.iter().zip(ids) {
        let Some(school) = cells[*row].as_deref() else { continue };
        let place = Place::cell(&table.file, table.rows[*row], column);
        if !known.contains(&school) {
            let message = format!("school \"{school}\" is not in the roster {}", roster.file);
            let diagnostic = Diagnostic::new(&rules::UNKNOWN_SCHOOL, place, message);
            diagnostics.push(match nearest(school, known.iter().copied()) {
                Some(close) => diagnostic.hint(format!("did you mean \"{close}\"?")),
                None => diagnostic.hint("mend the school in this row, or complete the roster"),
            });
        } else if let Some(expected) = roster.person(id).and_then(|person| person.school.as_deref())
            && expected != school
        {
            let message =
                format!("person \"{id}\" answers in school \"{school}\", but the roster says \"{expected}\"");
            diagnostics.push(
                Diagnostic::new(&rules::OTHER_SCHOOL, place, message)
                    .hint("mend whichever is wrong; if the pupil moved, keep the roster's school in both"),
            );
        }
    }
}

fn keep_rows(mut table: Table, rows: &[usize]) -> Table {
    if rows.len() == table.frame.height() {
        return table;
    }
    let mut keep = vec![false; table.frame.height()];
    for row in rows {
        keep[*row] = true;
    }
    let mask = BooleanChunked::from_slice("keep".into(), &keep);
    if let Ok(frame) = table.frame.filter(&mask) {
        table.frame = frame;
    }
    table
}
