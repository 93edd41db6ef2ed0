//! Consecutive attitude items with one answer set, merged into one table.

use super::numbering::Numbering;
use super::question::{condition, mark_columns};
use crate::doc::{Block, Column, Row, Table};
use crate::i18n::{Lang, phrase};
use crate::instrument::{Choice, Item, ItemKind};

/// The answers of an attitude item.
pub fn answers(item: &Item) -> Option<&[Choice]> {
    match &item.kind {
        ItemKind::Likert { options } => Some(options),
        _ => None,
    }
}

/// How many items from `start` on share one table: attitude items with the same answers and stimulus.
pub fn run_length(items: &[&Item], start: usize, same_section: impl Fn(&Item) -> bool) -> usize {
    let Some(first) = items.get(start) else { return 0 };
    let Some(options) = answers(first) else { return 0 };
    items[start..]
        .iter()
        .take_while(|item| {
            answers(item) == Some(options) && item.stimulus == first.stimulus && same_section(item)
        })
        .count()
}

/// One table for a run of attitude items: a row per item, a circle per answer.
pub fn likert_grid(items: &[&Item], start: usize, numbering: &Numbering<'_>, lang: Lang) -> Block {
    let options = items.first().and_then(|item| answers(item)).unwrap_or_default();
    let mut columns = vec![
        Column::words(phrase(lang, "form.column_number")),
        Column::wide(phrase(lang, "form.column_statement"), 1),
    ];
    columns.extend(mark_columns(options, lang));
    let rows = items
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let mut statement = item.prompt.get(lang).to_owned();
            if let Some(words) = condition(item, numbering, lang) {
                statement.push('\n');
                statement.push_str(&words);
            }
            let mut cells = vec![format!("{}\n{}", start + place + 1, item.id), statement];
            cells.extend(options.iter().map(|choice| format!("○{}", choice.code)));
            Row::body(cells)
        })
        .collect();
    Block::Table(Table { caption: String::new(), columns, rows, notes: Vec::new() })
}
