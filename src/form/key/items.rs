//! The list of items: with keys and scoring rules for a test, with their words for a questionnaire.

use super::answer::answer;
use crate::doc::{Block, Column, Row, Table};
use crate::form::plain_number;
use crate::i18n::{Lang, phrase};
use crate::instrument::{Instrument, Item, ItemKind, ScoringRule};

/// Key, points and scoring rule of every item of a test.
pub fn answer_table(instrument: &Instrument, lang: Lang) -> Block {
    let mut columns = place_columns(instrument, lang);
    columns.extend([
        Column::wide(phrase(lang, "form.key_column_form"), 1),
        Column::wide(phrase(lang, "form.key_column_answer"), 2),
        Column::numbers(phrase(lang, "form.key_column_points")),
        Column::wide(phrase(lang, "form.key_column_rule"), 1),
    ]);
    let row = |(place, item): (usize, &Item)| {
        let mut cells = place_cells(instrument, item, place + 1);
        cells.extend([
            phrase(lang, &format!("form.type_{}", type_name(item))),
            answer(item, lang),
            if item.has_key() { plain_number(lang, item.points) } else { "–".to_owned() },
            rule(item).map_or_else(|| "–".to_owned(), |rule| phrase(lang, rule_key(rule))),
        ]);
        Row::body(cells)
    };
    let rows = instrument.items.iter().enumerate().map(row).collect();
    Block::Table(Table { caption: String::new(), columns, rows, notes: rule_notes(instrument, lang) })
}

/// Form and words of every item of an instrument without right answers.
pub fn item_table(instrument: &Instrument, lang: Lang) -> Block {
    let mut columns = place_columns(instrument, lang);
    columns.extend([
        Column::words(phrase(lang, "form.key_column_form")),
        Column::wide(phrase(lang, "form.key_statement"), 1),
    ]);
    let row = |(place, item): (usize, &Item)| {
        let mut cells = place_cells(instrument, item, place + 1);
        cells.push(phrase(lang, &format!("form.type_{}", type_name(item))));
        cells.push(item.prompt.get(lang).replace('\n', " "));
        Row::body(cells)
    };
    let rows = instrument.items.iter().enumerate().map(row).collect();
    Block::Table(Table { caption: String::new(), columns, rows, notes: Vec::new() })
}

/// Where an item stands: its number, or its booklets with the number in each.
fn place_columns(instrument: &Instrument, lang: Lang) -> Vec<Column> {
    let place = if instrument.booklets.is_empty() { "form.column_number" } else { "form.key_booklets" };
    vec![Column::words(phrase(lang, "form.key_column_item")), Column::words(phrase(lang, place))]
}

fn place_cells(instrument: &Instrument, item: &Item, number: usize) -> Vec<String> {
    let place =
        if instrument.booklets.is_empty() { number.to_string() } else { booklets_of(instrument, item) };
    vec![item.id.clone(), place]
}

/// Booklets that hold the item with its number in each, such as "A 3, B 7".
fn booklets_of(instrument: &Instrument, item: &Item) -> String {
    let places: Vec<String> = instrument
        .booklets
        .iter()
        .filter_map(|booklet| {
            let place = booklet.items.iter().position(|id| *id == item.id)?;
            Some(format!("{} {}", booklet.id, place + 1))
        })
        .collect();
    places.join(", ")
}

/// The word of the item's form in the phrase book.
fn type_name(item: &Item) -> &'static str {
    match &item.kind {
        ItemKind::SingleChoice { .. } => "single_choice",
        ItemKind::MultipleChoice { .. } => "multiple_choice",
        ItemKind::StatementGrid { .. } => "statement_grid",
        ItemKind::Matching { .. } => "matching",
        ItemKind::ShortNumber { .. } | ItemKind::ShortText { .. } => "short_answer",
        ItemKind::Essay { .. } => "essay",
        ItemKind::Rating { .. } => "rating",
        ItemKind::Likert { .. } => "likert",
        ItemKind::Number { .. } => "number",
        ItemKind::Text { .. } => "text",
        ItemKind::Date => "date",
        ItemKind::Choice { .. } => "choice",
    }
}

fn rule(item: &Item) -> Option<ScoringRule> {
    match &item.kind {
        ItemKind::SingleChoice { .. } | ItemKind::ShortNumber { .. } | ItemKind::ShortText { .. } => {
            Some(ScoringRule::Exact)
        }
        ItemKind::MultipleChoice { rule, .. }
        | ItemKind::StatementGrid { rule, .. }
        | ItemKind::Matching { rule, .. } => Some(*rule),
        ItemKind::Essay { .. } | ItemKind::Rating { .. } => Some(ScoringRule::Rubric),
        _ => None,
    }
}

fn rule_key(rule: ScoringRule) -> &'static str {
    match rule {
        ScoringRule::Exact => "form.rule_exact",
        ScoringRule::PerOption => "form.rule_per_option",
        ScoringRule::PerStatement => "form.rule_per_statement",
        ScoringRule::RightMinusWrong => "form.rule_right_minus_wrong",
        ScoringRule::Rubric => "form.rule_rubric",
    }
}

/// What the rules in use mean, each once, in order of first use.
fn rule_notes(instrument: &Instrument, lang: Lang) -> Vec<String> {
    let mut keys: Vec<&str> = Vec::new();
    for rule in instrument.items.iter().filter_map(rule) {
        if !keys.contains(&rule_key(rule)) {
            keys.push(rule_key(rule));
        }
    }
    keys.into_iter().map(|key| phrase(lang, &format!("{key}_note"))).collect()
}
