//! The marking guide: keys, rubrics, answer values and the blueprint of an instrument.

mod answer;
mod items;
mod rubric;
mod values;

use super::numbering::Numbering;
use super::plain_number;
use super::question::{footer, most_points};
use crate::doc::{Align, Block, Column, Document, DocumentKind, Fact, Row, Table, Tone};
use crate::i18n::{Lang, phrase, phrase_with};
use crate::instrument::{Instrument, Item};

/// Composes the key for markers. It names every item, those without a right answer too, so that a data
/// clerk finds each column of the data in it.
pub fn key(instrument: &Instrument, lang: Lang) -> Document {
    let confidential = Block::Note {
        tone: Tone::Caution,
        title: phrase(lang, "form.key_confidential_title"),
        blocks: vec![Block::paragraph(phrase(lang, "form.key_confidential_text"))],
    };
    let keyed = instrument.items.iter().any(Item::has_key);
    let mut blocks = Vec::new();
    if keyed {
        blocks.push(confidential);
    }
    let (title, list) = if keyed {
        ("form.key_answers", items::answer_table(instrument, lang))
    } else {
        ("form.key_items", items::item_table(instrument, lang))
    };
    let sections: [(&str, &str, Vec<Block>); 4] = [
        (title, "answers", vec![list]),
        ("form.key_rubrics", "rubrics", rubric::guides(instrument, lang)),
        ("form.key_answer_sets", "values", values::answer_values(instrument, lang)),
        ("form.key_blueprint", "blueprint", blueprint(instrument, lang)),
    ];
    for (title, anchor, content) in sections {
        if !content.is_empty() {
            blocks.push(Block::heading(1, phrase(lang, title), anchor));
            blocks.extend(content);
        }
    }
    let title = phrase_with(lang, "form.key_title", &[("title", instrument.title.get(lang))]);
    Document {
        lang,
        kind: DocumentKind::Key,
        title,
        subtitle: String::new(),
        facts: facts(instrument, lang),
        banner: None,
        footer: footer(instrument, None, lang),
        blocks,
    }
}

fn facts(instrument: &Instrument, lang: Lang) -> Vec<Fact> {
    let fact = |key: &str, value: String| Fact { label: phrase(lang, key), value };
    let mut facts = vec![
        fact("form.key_instrument", instrument.id.clone()),
        fact("form.key_version", instrument.version.clone()),
        fact("form.key_item_count", instrument.items.len().to_string()),
    ];
    if instrument.items.iter().any(Item::has_key) {
        let most = if instrument.booklets.is_empty() {
            plain_number(lang, most_points(instrument.items.iter()))
        } else {
            let each: Vec<String> = instrument
                .booklets
                .iter()
                .map(|booklet| {
                    let items = Numbering::new(instrument, Some(booklet)).items;
                    let points = plain_number(lang, most_points(items.into_iter()));
                    let values = [("booklet", booklet.id.as_str()), ("points", points.as_str())];
                    phrase_with(lang, "form.key_most_per_booklet", &values)
                })
                .collect();
            each.join(" · ")
        };
        facts.push(fact("form.key_max_points", most));
    }
    facts
}

/// Labels of the test specification, where the instrument carries any.
fn blueprint(instrument: &Instrument, lang: Lang) -> Vec<Block> {
    let labelled = |item: &&Item| {
        item.domain.is_some() || item.process.is_some() || item.context.is_some() || item.anchor
    };
    let rows: Vec<Row> = instrument
        .items
        .iter()
        .filter(labelled)
        .map(|item| {
            Row::body(vec![
                item.id.clone(),
                item.stimulus.clone().unwrap_or_default(),
                item.domain.clone().unwrap_or_default(),
                item.process.clone().unwrap_or_default(),
                item.context.clone().unwrap_or_default(),
                if item.anchor { phrase(lang, "form.key_yes") } else { String::new() },
            ])
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::words(phrase(lang, "form.key_column_item")),
        Column::words(phrase(lang, "form.key_stimulus")),
        Column::wide(phrase(lang, "form.key_domain"), 1),
        Column::wide(phrase(lang, "form.key_process"), 1),
        Column::wide(phrase(lang, "form.key_context"), 1),
        Column { title: phrase(lang, "form.key_anchor"), align: Align::Center, weight: 0 },
    ];
    vec![Block::Table(Table { caption: String::new(), columns, rows, notes: Vec::new() })]
}
