//! Answer slots: the columns in which the answer to an item may stand.

use std::collections::BTreeSet;

use super::{Table, rules};
use crate::diag::{Checked, Diagnostic, Place, nearest};
use crate::instrument::{Instrument, Item, ItemKind};
use crate::study::ResponseFile;

/// One column of answers to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Place of the item in the instrument.
    pub item: usize,
    /// What part of the item's answer the column holds.
    pub part: Part,
    /// Name of the column in the file.
    pub column: String,
}

/// What part of an answer a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole answer.
    Whole,
    /// One statement of a grid or one entry of a matching item, by its place.
    Statement(usize),
    /// The mark of one rater, counted from 1.
    Rater(u32),
}

/// The columns of a file that hold answers, in item order, with what is odd about the names of its columns.
pub fn find_slots(entry: &ResponseFile, instrument: &Instrument, table: &Table) -> Checked<Vec<Slot>> {
    let columns = table.columns();
    let mut diagnostics = Vec::new();
    let mut slots = Vec::new();
    let mut absent = Vec::new();
    for (place, item) in instrument.items.iter().enumerate() {
        let name = entry.columns.items.get(&item.id).unwrap_or(&item.id);
        let found = slots_of(instrument, place, name, &columns);
        if found.is_empty() {
            absent.push((item.id.as_str(), name.as_str()));
        }
        diagnostics.extend(missing_parts(item, name, &found, &table.file));
        slots.extend(found);
    }
    if slots.is_empty() {
        let message = format!("no column belongs to instrument \"{}\"", instrument.id);
        let wanted =
            instrument.items.iter().take(3).map(|item| item.id.as_str()).collect::<Vec<_>>().join(", ");
        let diagnostic = Diagnostic::new(&rules::NO_ITEMS, Place::file(&table.file), message)
            .hint(format!("its columns should be called {wanted}, …; the file has {}", columns.join(", ")));
        return Checked { value: slots, diagnostics: vec![diagnostic] };
    }
    let own = &entry.columns;
    let own_columns = [&own.booklet, &own.rater, &own.school, &own.duration];
    let named = std::iter::once(&own.person).chain(own_columns.into_iter().flatten());
    let taken: BTreeSet<&str> =
        slots.iter().map(|slot| &slot.column).chain(named).map(String::as_str).collect();
    let mut free: Vec<&str> = columns.iter().map(String::as_str).filter(|c| !taken.contains(c)).collect();
    for (item, name) in absent {
        let close = nearest(name, free.iter().copied());
        free.retain(|column| Some(*column) != close);
        diagnostics.push(no_column(item, name, close, &table.file));
    }
    diagnostics.extend(free.into_iter().filter_map(|column| stray(column, instrument, &table.file)));
    Checked { value: slots, diagnostics }
}

fn no_column(item: &str, name: &str, close: Option<&str>, file: &str) -> Diagnostic {
    let message = format!("item \"{item}\" has no column; it counts as not given to anybody in this file");
    Diagnostic::new(&rules::ITEM_COLUMN, Place::field(file, name), message).hint(match close {
        Some(close) => format!("map it with \"items\": {{ \"{item}\": \"{close}\" }} if that is the column"),
        None => "if another column holds it, map that one under \"columns\": { \"items\": … }".to_owned(),
    })
}

/// A grid or matching item of which only some parts have a column.
fn missing_parts(item: &Item, name: &str, found: &[Slot], file: &str) -> Option<Diagnostic> {
    if !matches!(found.first()?.part, Part::Statement(_)) {
        return None;
    }
    let missing: Vec<String> = parts_of(item)
        .into_iter()
        .filter(|(part, _)| !found.iter().any(|slot| slot.part == *part))
        .map(|(_, suffix)| format!("{name}.{suffix}"))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!(
        "item \"{}\" has columns for some of its parts, but none for {}",
        item.id,
        missing.join(", ")
    );
    Some(
        Diagnostic::new(&rules::MISSING_PARTS, Place::field(file, &found[0].column), message)
            .hint("export the missing columns, or leave the item out of the file altogether"),
    )
}

/// A column that is built like an item of the instrument but belongs to none.
fn stray(column: &str, instrument: &Instrument, file: &str) -> Option<Diagnostic> {
    let shape = |name: &str| {
        let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
        (letters.to_lowercase(), name.len() - letters.len())
    };
    let whole = column.split(['.', '_']).next().unwrap_or(column);
    let is_part = whole.len() < column.len() && instrument.item(whole).is_some();
    let looks_like_one =
        shape(column).1 > 0 && instrument.items.iter().any(|item| shape(&item.id) == shape(column));
    if !is_part && !looks_like_one {
        return None;
    }
    let message = if is_part {
        format!(
            "the column looks like a part of item \"{whole}\", but the item has no such part here; it is not used"
        )
    } else {
        format!(
            "the column looks like an item, but instrument \"{}\" has none of that name; it is not used",
            instrument.id
        )
    };
    Some(
        Diagnostic::new(&rules::STRAY_COLUMN, Place::field(file, column), message)
            .hint("mend the name, or map it under \"columns\": { \"items\": … }"),
    )
}

/// The columns of a file that hold answers to `item`: its own column, or one column per statement
/// (`N05.a` or `N05_a`), or one per rater (`L21.r1`). `name` is the column the study maps the item to.
pub fn slots_of(instrument: &Instrument, item: usize, name: &str, columns: &[String]) -> Vec<Slot> {
    let has = |column: &str| columns.iter().any(|other| other == column);
    if has(name) {
        return vec![Slot { item, part: Part::Whole, column: name.to_owned() }];
    }
    parts_of(&instrument.items[item])
        .into_iter()
        .filter_map(|(part, suffix)| {
            let found = [format!("{name}.{suffix}"), format!("{name}_{suffix}")].into_iter().find(|c| has(c));
            found.map(|column| Slot { item, part, column })
        })
        .collect()
}

fn parts_of(item: &Item) -> Vec<(Part, String)> {
    match &item.kind {
        ItemKind::StatementGrid { statements, .. } => {
            statements.iter().enumerate().map(|(place, s)| (Part::Statement(place), s.id.clone())).collect()
        }
        ItemKind::Matching { left, .. } => left
            .iter()
            .enumerate()
            .map(|(place, entry)| (Part::Statement(place), entry.code.clone()))
            .collect(),
        ItemKind::Essay { raters, .. } | ItemKind::Rating { raters, .. } => {
            (1..=*raters).map(|rater| (Part::Rater(rater), format!("r{rater}"))).collect()
        }
        _ => Vec::new(),
    }
}
