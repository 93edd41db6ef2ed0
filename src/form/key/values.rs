//! What each answer of an attitude item is worth.

use crate::doc::{Align, Block, Column, Inline, Row, Table};
use crate::form::plain_number;
use crate::i18n::{Lang, phrase};
use crate::instrument::{Choice, Instrument, ItemKind};

/// Answers with their values, one table per answer set in use.
pub fn answer_values(instrument: &Instrument, lang: Lang) -> Vec<Block> {
    let mut sets: Vec<(&[Choice], Vec<&str>)> = Vec::new();
    for item in &instrument.items {
        let ItemKind::Likert { options } = &item.kind else { continue };
        match sets.iter_mut().find(|(known, _)| *known == options.as_slice()) {
            Some((_, items)) => items.push(&item.id),
            None => sets.push((options, vec![&item.id])),
        }
    }
    let mut blocks: Vec<Block> =
        sets.into_iter().map(|(options, items)| value_table(options, &items, lang)).collect();
    if !blocks.is_empty() {
        blocks.extend(reversed_items(instrument, lang));
        blocks.push(Block::paragraph(phrase(lang, "form.key_answer_sets_note")));
    }
    blocks
}

fn value_table(options: &[Choice], items: &[&str], lang: Lang) -> Block {
    let columns = vec![
        Column::wide(phrase(lang, "form.column_answer"), 1),
        Column { title: phrase(lang, "form.key_column_answer"), align: Align::Center, weight: 0 },
        Column::numbers(phrase(lang, "form.key_value")),
    ];
    let rows = options
        .iter()
        .map(|choice| {
            let value = choice.value.map_or_else(|| "–".to_owned(), |value| plain_number(lang, value));
            Row::body(vec![choice.label.get(lang).to_owned(), choice.code.clone(), value])
        })
        .collect();
    let caption = format!("{}: {}", phrase(lang, "form.key_items"), items.join(", "));
    Block::Table(Table { caption, columns, rows, notes: Vec::new() })
}

/// Items that a scale turns round.
fn reversed_items(instrument: &Instrument, lang: Lang) -> Option<Block> {
    let lines: Vec<_> = instrument
        .scales
        .iter()
        .filter(|scale| !scale.reverse.is_empty())
        .map(|scale| {
            let words = format!(
                "{} {}: {}",
                phrase(lang, "form.key_reversed"),
                scale.title.get(lang),
                scale.reverse.join(", ")
            );
            vec![Inline::Text(words)]
        })
        .collect();
    (!lines.is_empty()).then_some(Block::List { ordered: false, items: lines })
}
