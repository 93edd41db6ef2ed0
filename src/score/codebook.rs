//! The distinct cells of every answer column, each scored once.

use std::collections::BTreeMap;

use super::answer::{CellFormat, State, Worth, score_cell};
use super::rules;
use crate::diag::{Checked, Diagnostic, Place};
use crate::instrument::{Instrument, Item, ItemKind};
use crate::response::number::parse_number;
use crate::response::{ResponseSet, Slot};

/// What every distinct cell of one column is worth.
#[derive(Clone, Debug, Default)]
pub struct Codebook {
    /// Distinct cells, sorted, blank ones left out.
    pub cells: Vec<String>,
    /// Points of each; none where missing.
    pub points: Vec<Option<f64>>,
    /// State of each.
    pub states: Vec<u8>,
}

/// Rows listed for one bad value before the rest is only counted.
const LISTED: usize = 3;

/// One codebook per slot of the set, in slot order, with every cell that is not an answer reported.
pub fn build(instrument: &Instrument, set: &ResponseSet) -> Checked<Vec<Codebook>> {
    let mut diagnostics = Vec::new();
    let format =
        CellFormat { decimal_comma: set.table.decimal_comma, missing: &set.missing, scored: set.scored };
    let mut books = Vec::with_capacity(set.slots.len());
    let mut marked_twice = Vec::new();
    for slot in &set.slots {
        let item = &instrument.items[slot.item];
        let mut book = Codebook::default();
        for cell in distinct(set, &slot.column) {
            let worth = score_cell(item, slot.part, &cell, format);
            diagnostics.extend(report(item, set, slot, &cell, &worth));
            if worth == Worth::Missing(State::Invalid) && set.missing.reason(&cell).is_none() {
                let rows = rows_with(set, &slot.column, &cell);
                marked_twice.push(TwoMarks { column: &slot.column, cell: cell.clone(), rows });
            }
            let (points, state) = match worth {
                Worth::Points(points) => (Some(points), State::Answered),
                Worth::Missing(state) => (None, state),
                Worth::Bad(_) => (None, State::Invalid),
            };
            book.cells.push(cell);
            book.points.push(points);
            book.states.push(state as u8);
        }
        books.push(book);
    }
    diagnostics.extend(report_two_marks(set, &marked_twice));
    Checked { value: books, diagnostics }
}

/// Cells of one column that hold two marks.
struct TwoMarks<'a> {
    column: &'a str,
    cell: String,
    rows: Vec<usize>,
}

/// One finding for a whole file: double marks are nothing unusual on paper.
fn report_two_marks(set: &ResponseSet, marked: &[TwoMarks<'_>]) -> Option<Diagnostic> {
    let first = marked.first()?;
    let cells: usize = marked.iter().map(|marks| marks.rows.len()).sum();
    if cells == 1 {
        let place = Place { row: first.rows.first().copied(), ..Place::field(&set.table.file, first.column) };
        let message = format!(
            "this cell holds two marks (\"{}\") where one was asked; it counts as invalid",
            shortened(&first.cell)
        );
        return Some(Diagnostic::new(&rules::TWO_MARKS, place, message));
    }
    let shown: Vec<String> = marked
        .iter()
        .flat_map(|marks| marks.rows.iter().map(move |row| (*row, marks)))
        .take(LISTED)
        .map(|(row, marks)| {
            format!("\"{}\" in row {row}, column \"{}\"", shortened(&marks.cell), marks.column)
        })
        .collect();
    let rest = if cells > LISTED { "; …" } else { "" };
    let message = format!(
        "{cells} cells hold two marks where one was asked; they count as invalid ({}{rest})",
        shown.join("; ")
    );
    Some(Diagnostic::new(&rules::TWO_MARKS, Place::file(&set.table.file), message))
}

fn distinct(set: &ResponseSet, column: &str) -> Vec<String> {
    let Some(cells) = set.table.frame.column(column).ok().and_then(|column| column.str().ok().cloned())
    else {
        return Vec::new();
    };
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    for cell in cells.iter().flatten() {
        // A run of equal cells is the common case; the look-up before the insert saves the allocation.
        if !seen.contains_key(cell) {
            seen.insert(cell, ());
        }
    }
    seen.into_keys().map(str::to_owned).collect()
}

fn report(item: &Item, set: &ResponseSet, slot: &Slot, cell: &str, worth: &Worth) -> Option<Diagnostic> {
    match worth {
        Worth::Bad(expected) => {
            let rows = rows_with(set, &slot.column, cell);
            let message = format!(
                "item \"{}\" holds \"{}\"{}, expected {expected}",
                item.id,
                shortened(cell),
                others(&rows)
            );
            let finding = Diagnostic::new(&rules::BAD_VALUE, first_place(set, slot, &rows), message);
            Some(finding.hint("if the code means a missing answer, declare it under \"missing_codes\""))
        }
        Worth::Points(_) => improbable(item, set, slot, cell),
        Worth::Missing(_) => None,
    }
}

fn improbable(item: &Item, set: &ResponseSet, slot: &Slot, cell: &str) -> Option<Diagnostic> {
    let ItemKind::Number { min, max, .. } = &item.kind else { return None };
    let value = parse_number(cell.trim(), set.table.decimal_comma)?;
    let low = min.unwrap_or(f64::NEG_INFINITY);
    let high = max.unwrap_or(f64::INFINITY);
    if (low..=high).contains(&value) {
        return None;
    }
    let rows = rows_with(set, &slot.column, cell);
    let message = format!(
        "item \"{}\" holds {value}{}, believable are {}",
        item.id,
        others(&rows),
        believable(*min, *max)
    );
    Some(Diagnostic::new(&rules::IMPROBABLE, first_place(set, slot, &rows), message))
}

fn believable(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} and more"),
        (None, Some(max)) => format!("{max} and less"),
        (None, None) => "all numbers".to_owned(),
    }
}

fn rows_with(set: &ResponseSet, column: &str, cell: &str) -> Vec<usize> {
    let Ok(column) = set.table.frame.column(column) else { return Vec::new() };
    let Ok(cells) = column.str() else { return Vec::new() };
    cells.iter().zip(&set.rows).filter(|(found, _)| *found == Some(cell)).map(|(_, row)| *row).collect()
}

fn first_place(set: &ResponseSet, slot: &Slot, rows: &[usize]) -> Place {
    Place { row: rows.first().copied(), ..Place::field(&set.table.file, &slot.column) }
}

/// " (also in rows 7, 9 and 12 more)".
fn others(rows: &[usize]) -> String {
    let rest = rows.get(1..).unwrap_or_default();
    if rest.is_empty() {
        return String::new();
    }
    let word = if rest.len() == 1 { "row" } else { "rows" };
    let shown = rest.iter().take(LISTED).map(usize::to_string).collect::<Vec<_>>().join(", ");
    match rest.len().saturating_sub(LISTED) {
        0 => format!(" (also in {word} {shown})"),
        more => format!(" (also in rows {shown} and {more} more)"),
    }
}

fn shortened(cell: &str) -> String {
    const SHOWN: usize = 40;
    if cell.chars().count() <= SHOWN {
        return cell.to_owned();
    }
    cell.chars().take(SHOWN).chain(['…']).collect()
}
