//! Items, before and after side by side; what is flagged is shown with its answers and the reason.

use super::SMALL;
use super::build::{group_row, shorten, table};
use super::drawings;
use super::writer::{DASH, Writer};
use crate::analysis::findings::{Flag, InstrumentFindings, ItemFindings, OptionFindings};
use crate::doc::{Block, Column, Row};
use crate::instrument::Respondent;

/// Characters of a question that identify it in a table.
const PROMPT: usize = 110;

/// One item over the waves of its instrument.
struct ItemRow<'a> {
    id: &'a str,
    /// In wave order; none where the wave lacks the item.
    waves: Vec<Option<&'a ItemFindings>>,
}

/// Item tables and figures of one instrument.
pub fn compose(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<Block> {
    let rows = item_rows(waves);
    let mut blocks = Vec::new();
    blocks.extend(item_table(w, waves, &rows));
    blocks.extend(flagged_table(w, waves, &rows));
    blocks.extend(drawings::difficulty(w, waves).map(Block::Figure));
    let student = waves.first().is_some_and(|wave| wave.respondent == Respondent::Student);
    if student {
        blocks.extend(drawings::likert(w, waves).into_iter().map(Block::Figure));
    }
    blocks
}

/// The scored items, each with its waves; background questions have no difficulty and are left out.
fn item_rows<'a>(waves: &[&'a InstrumentFindings]) -> Vec<ItemRow<'a>> {
    let mut rows: Vec<ItemRow<'a>> = Vec::new();
    for item in waves.iter().flat_map(|wave| &wave.items) {
        if rows.iter().any(|row| row.id == item.id) {
            continue;
        }
        let found: Vec<Option<&ItemFindings>> =
            waves.iter().map(|wave| wave.items.iter().find(|other| other.id == item.id)).collect();
        let scored = found.iter().flatten().any(|item| item.difficulty.is_some() || item.item_rest.is_some());
        if scored {
            rows.push(ItemRow { id: &item.id, waves: found });
        }
    }
    rows
}

fn item_table(w: &Writer, waves: &[&InstrumentFindings], rows: &[ItemRow]) -> Option<Block> {
    let is_test = waves.first().is_some_and(|wave| wave.is_test);
    let heading = if is_test { "column.difficulty" } else { "column.agreement" };
    let mut columns = vec![Column::words(w.say("column.item")), Column::wide(w.say("column.domain"), 2)];
    for name in ["column.n", heading, "column.item_rest"] {
        for wave in waves {
            columns.push(Column::numbers(format!("{} ({})", w.say(name), w.wave(&wave.wave))));
        }
    }
    columns.push(Column::wide(w.say("column.flags"), 3));
    let body = rows.iter().map(|row| {
        let any = row.waves.iter().flatten().next();
        let anchor = any.is_some_and(|item| item.anchor);
        let mut cells = vec![format!("{}{}", row.id, if anchor { "*" } else { "" })];
        cells.push(any.and_then(|item| item.domain.clone()).unwrap_or_else(|| DASH.to_owned()));
        cells.extend(row.waves.iter().map(|item| w.maybe_count(item.map(|item| item.n))));
        cells.extend(
            row.waves.iter().map(|item| w.maybe(item.and_then(enough).and_then(|item| item.difficulty), 2)),
        );
        cells.extend(
            row.waves.iter().map(|item| w.maybe(item.and_then(enough).and_then(|item| item.item_rest), 2)),
        );
        cells.push(flags(w, row));
        Row::body(cells)
    });
    let key = if is_test { "items.table.note" } else { "items.table.note_rated" };
    let mut notes = vec![w.say(key)];
    if rows.iter().flat_map(|row| &row.waves).flatten().any(|item| item.anchor) {
        notes.push(w.say("items.anchor.note"));
    }
    table(w.say("items.table"), columns, body.collect(), notes)
}

/// The item, where enough persons answered to describe it.
fn enough(item: &ItemFindings) -> Option<&ItemFindings> {
    (item.n >= SMALL).then_some(item)
}

/// The names of an item's flags over its waves, each once.
fn flags(w: &Writer, row: &ItemRow) -> String {
    let mut names: Vec<String> = Vec::new();
    for flag in row.waves.iter().flatten().filter_map(|item| enough(item)).flat_map(|item| &item.flags) {
        let name = flag_name(w, flag);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { DASH.to_owned() } else { names.join(", ") }
}

fn flag_name(w: &Writer, flag: &Flag) -> String {
    w.say_or(&format!("flag.{}", flag.kind), &flag.kind)
}

fn flagged_table(w: &Writer, waves: &[&InstrumentFindings], rows: &[ItemRow]) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("column.answer"), 3),
        Column::words(w.say("column.key")),
        Column::numbers(w.say("column.n")),
        Column::numbers(w.say("column.share")),
        Column::numbers(w.say("column.option_rest")),
    ];
    let mut body = Vec::new();
    for row in rows {
        for (item, wave) in row.waves.iter().zip(waves) {
            let Some(item) = item.and_then(enough).filter(|item| !item.flags.is_empty()) else { continue };
            body.push(group_row(flagged_head(w, item, &w.wave(&wave.wave)), columns.len()));
            body.extend(item.options.iter().map(|option| option_row(w, option, item)));
        }
    }
    table(w.say("items.flagged"), columns, body, vec![w.say("items.flagged.note")])
}

fn flagged_head(w: &Writer, item: &ItemFindings, wave: &str) -> String {
    let reasons: Vec<&str> = item.flags.iter().map(|flag| w.text(&flag.reason)).collect();
    let prompt = shorten(w.text(&item.prompt), PROMPT);
    format!("{} ({wave}): {prompt} – {}", item.id, reasons.join(" "))
}

fn option_row(w: &Writer, option: &OptionFindings, item: &ItemFindings) -> Row {
    let label = shorten(w.text(&option.label), PROMPT);
    let named = if label.is_empty() || label == option.code {
        option.code.clone()
    } else {
        format!("{}. {label}", option.code)
    };
    Row::body(vec![
        named,
        if option.is_key { "✓".to_owned() } else { String::new() },
        w.count(option.n),
        w.percent(option.share, item.n),
        w.maybe(option.option_rest, 2),
    ])
}
