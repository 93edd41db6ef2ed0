//! A single item as a question that is never parted from its answers.

use super::identity::DATE_BOXES;
use super::numbering::{Numbering, alternatives};
use super::plain_number;
use crate::doc::{Align, Block, Column, Inline, OptionLine, Row, Table};
use crate::i18n::{Lang, Text, phrase, phrase_with};
use crate::instrument::{Choice, Instrument, Item, ItemKind, RubricLevel, Statement};

/// The item with number, id and points in its head, its words and what it asks for.
pub fn question(item: &Item, number: usize, numbering: &Numbering<'_>, lang: Lang) -> Block {
    let mut head = vec![Inline::Strong(number.to_string()), Inline::Code(item.id.clone())];
    if item.has_key() {
        let points = plain_number(lang, item.points);
        head.push(Inline::Text(phrase_with(lang, "form.points", &[("n", &points)])));
    }
    let mut blocks = vec![Block::Paragraph(head)];
    blocks.extend(condition(item, numbering, lang).map(emphasis));
    blocks.extend(paragraphs(item.prompt.get(lang)));
    blocks.extend(answer(item, lang));
    Block::Together(blocks)
}

/// The words of an item's condition, where it has one.
pub fn condition(item: &Item, numbering: &Numbering<'_>, lang: Lang) -> Option<String> {
    let condition = item.show_if.as_ref()?;
    let asked = numbering.items.iter().find(|earlier| earlier.id == condition.item);
    let labels: Vec<String> = condition
        .any_of
        .iter()
        .map(|code| format!("“{}”", asked.and_then(|item| answer_label(item, code, lang)).unwrap_or(code)))
        .collect();
    let answers = alternatives(lang, &labels);
    Some(match numbering.of(&condition.item) {
        Some(number) => {
            phrase_with(lang, "form.condition", &[("number", &number.to_string()), ("answers", &answers)])
        }
        None => phrase_with(lang, "form.condition_item", &[("item", &condition.item), ("answers", &answers)]),
    })
}

/// What a respondent reads for an answer code of a closed item.
fn answer_label<'a>(item: &'a Item, code: &str, lang: Lang) -> Option<&'a str> {
    let options = match &item.kind {
        ItemKind::SingleChoice { options, .. }
        | ItemKind::MultipleChoice { options, .. }
        | ItemKind::Likert { options }
        | ItemKind::Choice { options, .. } => options,
        _ => return None,
    };
    options.iter().find(|choice| choice.code == code).map(|choice| choice.label.get(lang))
}

/// Columns of circles, headed with their answers; codes too long for a circle stand under the answers.
pub fn mark_columns(options: &[Choice], lang: Lang) -> impl Iterator<Item = Column> {
    let short = options.iter().all(|choice| choice.code.chars().count() <= 2);
    options.iter().map(move |choice| {
        let label = choice.label.get(lang);
        let title = if short { label.to_owned() } else { format!("{label}\n{}", choice.code) };
        Column { title, align: Align::Center, weight: 0 }
    })
}

fn answer(item: &Item, lang: Lang) -> Vec<Block> {
    match &item.kind {
        ItemKind::SingleChoice { options, .. } => vec![option_lines(options, false, lang)],
        ItemKind::MultipleChoice { options, .. } => {
            vec![hint("form.choose_all", lang), option_lines(options, true, lang)]
        }
        ItemKind::Choice { options, multiple } => {
            let mut blocks = Vec::new();
            if *multiple {
                blocks.push(hint("form.choose_any", lang));
            }
            blocks.push(option_lines(options, *multiple, lang));
            blocks
        }
        ItemKind::StatementGrid { options, statements, .. } => {
            vec![hint("form.choose_per_row", lang), statement_grid(options, statements, lang)]
        }
        ItemKind::Matching { left, right, .. } => {
            vec![hint("form.choose_matching", lang), matching(left, right, lang)]
        }
        ItemKind::ShortNumber { unit, .. } | ItemKind::Number { unit, .. } => vec![short_line(unit, lang)],
        ItemKind::ShortText { .. } => vec![short_line(&Text::default(), lang)],
        ItemKind::Essay { lines, .. } | ItemKind::Text { lines } => {
            vec![Block::AnswerLines { count: (*lines).max(1), unit: None }]
        }
        ItemKind::Rating { rubric, .. } => vec![rating(rubric, lang)],
        // Attitude items normally stand in a grid; a single one is a row of circles.
        ItemKind::Likert { options } => vec![option_lines(options, false, lang)],
        ItemKind::Date => {
            vec![Block::paragraph(format!("{DATE_BOXES}  {}", phrase(lang, "form.date_order")))]
        }
    }
}

fn option_lines(options: &[Choice], multiple: bool, lang: Lang) -> Block {
    let line = |choice: &Choice| OptionLine {
        code: choice.code.clone(),
        text: choice.label.get(lang).to_owned(),
        multiple,
    };
    Block::Options(options.iter().map(line).collect())
}

fn statement_grid(options: &[Choice], statements: &[Statement], lang: Lang) -> Block {
    let mut columns = vec![Column::words(""), Column::wide(phrase(lang, "form.column_statement"), 1)];
    columns.extend(mark_columns(options, lang));
    let rows = statements
        .iter()
        .map(|statement| {
            let mut cells = vec![statement.id.clone(), statement.text.get(lang).to_owned()];
            cells.extend(options.iter().map(|choice| format!("○{}", choice.code)));
            Row::body(cells)
        })
        .collect();
    plain_table(columns, rows)
}

/// Left entries with a box each; the entries to choose from stand beside them.
fn matching(left: &[Choice], right: &[Choice], lang: Lang) -> Block {
    let columns = vec![
        Column::words(""),
        Column::wide(phrase(lang, "form.column_left"), 1),
        Column { title: phrase(lang, "form.column_answer"), align: Align::Center, weight: 0 },
        Column::words(""),
        Column::wide(phrase(lang, "form.column_right"), 1),
    ];
    let cell = |entry: Option<&Choice>| {
        entry.map_or([String::new(), String::new()], |entry| {
            [entry.code.clone(), entry.label.get(lang).to_owned()]
        })
    };
    let rows = (0..left.len().max(right.len()))
        .map(|place| {
            let [left_code, left_words] = cell(left.get(place));
            let [right_code, right_words] = cell(right.get(place));
            let answer = if place < left.len() { "□" } else { "" };
            Row::body(vec![left_code, left_words, answer.to_owned(), right_code, right_words])
        })
        .collect();
    plain_table(columns, rows)
}

fn rating(rubric: &[RubricLevel], lang: Lang) -> Block {
    let columns = vec![
        Column { title: phrase(lang, "form.column_level"), align: Align::Center, weight: 0 },
        Column::wide(phrase(lang, "form.column_description"), 1),
    ];
    let rows = rubric
        .iter()
        .map(|level| Row::body(vec![format!("○{}", level.points), level.description.get(lang).to_owned()]))
        .collect();
    plain_table(columns, rows)
}

fn plain_table(columns: Vec<Column>, rows: Vec<Row>) -> Block {
    Block::Table(Table { caption: String::new(), columns, rows, notes: Vec::new() })
}

fn short_line(unit: &Text, lang: Lang) -> Block {
    Block::AnswerLines { count: 1, unit: Some(unit.get(lang).to_owned()) }
}

fn hint(key: &str, lang: Lang) -> Block {
    emphasis(phrase(lang, key))
}

fn emphasis(words: String) -> Block {
    Block::Paragraph(vec![Inline::Emphasis(words)])
}

/// Paragraphs of a text: a blank line parts them.
pub fn paragraphs(words: &str) -> Vec<Block> {
    words.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(Block::paragraph).collect()
}

/// The most points an answer sheet with these items can earn.
pub fn most_points<'a>(items: impl Iterator<Item = &'a Item>) -> f64 {
    items.filter(|item| item.has_key()).map(|item| item.points).sum()
}

/// Title and version line under every page.
pub fn footer(instrument: &Instrument, booklet: Option<&str>, lang: Lang) -> String {
    let values = [("id", instrument.id.as_str()), ("version", instrument.version.as_str())];
    match booklet {
        Some(booklet) => {
            phrase_with(lang, "form.footer_booklet", &[values[0], values[1], ("booklet", booklet)])
        }
        None => phrase_with(lang, "form.footer", &values),
    }
}
