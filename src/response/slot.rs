//! Answer slots: the columns in which the answer to an item may stand.

use crate::instrument::{Instrument, Item, ItemKind};

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
