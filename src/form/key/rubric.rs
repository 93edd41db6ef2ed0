//! What a marker needs beside the key: the question, the model answer, the accepted spellings, the rubric.

use crate::doc::{Block, Column, Inline, Row, Table};
use crate::i18n::{Lang, phrase, phrase_with};
use crate::instrument::{Instrument, Item, ItemKind, RubricLevel};

/// One guide per item that a person marks or that carries a model answer.
pub fn guides(instrument: &Instrument, lang: Lang) -> Vec<Block> {
    instrument.items.iter().filter(|item| is_marked(item)).map(|item| guide(item, lang)).collect()
}

fn is_marked(item: &Item) -> bool {
    let by_rubric = matches!(item.kind, ItemKind::Essay { .. } | ItemKind::Rating { .. });
    by_rubric || matches!(item.kind, ItemKind::ShortText { .. }) || !item.model_answer.is_empty()
}

fn guide(item: &Item, lang: Lang) -> Block {
    let mut prompt = item.prompt.get(lang).split("\n\n");
    let mut blocks = vec![Block::Paragraph(vec![
        Inline::Strong(item.id.clone()),
        Inline::Text(format!("  {}", prompt.next().unwrap_or_default())),
    ])];
    blocks.extend(prompt.map(Block::paragraph));
    if !item.model_answer.is_empty() {
        blocks.push(labelled("form.key_model_answer", item.model_answer.get(lang).to_owned(), lang));
    }
    match &item.kind {
        ItemKind::Essay { rubric, raters, .. } | ItemKind::Rating { rubric, raters } => {
            blocks.push(levels(rubric, *raters, lang));
        }
        ItemKind::ShortText { spellings } => {
            blocks.push(labelled("form.key_accepted", spellings.join(" / "), lang));
        }
        _ => {}
    }
    Block::Together(blocks)
}

fn labelled(key: &str, words: String, lang: Lang) -> Block {
    Block::Paragraph(vec![Inline::Emphasis(format!("{}: ", phrase(lang, key))), Inline::Text(words)])
}

fn levels(rubric: &[RubricLevel], raters: u32, lang: Lang) -> Block {
    let columns = vec![
        Column::numbers(phrase(lang, "form.column_level")),
        Column::wide(phrase(lang, "form.column_description"), 1),
    ];
    let rows = rubric
        .iter()
        .map(|level| Row::body(vec![level.points.to_string(), level.description.get(lang).to_owned()]))
        .collect();
    let note = if raters > 1 {
        phrase_with(lang, "form.key_raters_many", &[("n", &raters.to_string())])
    } else {
        phrase(lang, "form.key_raters_one")
    };
    Block::Table(Table { caption: String::new(), columns, rows, notes: vec![note] })
}
