//! Annex of items: every scored item with its waves side by side, flagged test items with their answers.

use super::build::{part, section, shorten, table};
use super::instruments::{instrument_ids, is_small, waves_of};
use super::verdicts;
use super::writer::{DASH, Writer};
use crate::analysis::findings::{Flag, InstrumentFindings, ItemFindings};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// Characters of a question that identify it in a table.
const PROMPT: usize = 90;
/// Characters of an answer that stands in a list of answers.
const ANSWER: usize = 24;

/// One item over the waves of its instrument.
pub struct ItemRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// In wave order; none where the wave lacks the item.
    pub waves: Vec<Option<&'a ItemFindings>>,
}

/// The annex: one table per instrument.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = Vec::new();
    for id in instrument_ids(w, |_| true) {
        let waves = waves_of(w, id);
        let rows = item_rows(&waves);
        if is_small(w, &waves) || rows.is_empty() {
            continue;
        }
        blocks.push(part(2, w.instrument_label(id), &format!("items-{id}")));
        blocks.extend(item_table(w, &waves, &rows));
        blocks.extend(verdicts::verdicts(w, &waves, &rows));
        blocks.extend(flagged_table(w, &waves, &rows));
        blocks.extend(super::option_curves::figure(w, &waves));
    }
    if blocks.is_empty() {
        return blocks;
    }
    let head = [section(w.say("items.title"), "items"), Block::paragraph(w.say("items.intro"))];
    head.into_iter().chain(blocks).collect()
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
    let names: Vec<String> = waves.iter().map(|wave| w.wave(&wave.wave)).collect();
    let mut columns = vec![Column::words(w.say("column.item")), Column::wide(w.say("column.domain"), 3)];
    for name in [heading, "column.item_rest"] {
        columns.extend(names.iter().map(|wave| Column::numbers(format!("{}\n{wave}", w.say(name)))));
    }
    if is_test {
        columns.push(Column::numbers(format!("{}\n{}", w.say("classical.column.d"), names.join("; "))));
    }
    columns.push(Column::words(w.say("classical.column.verdict")));
    let body = rows.iter().map(|row| Row::body(item_cells(w, row, is_test)));
    let key = if is_test { "items.table.note" } else { "items.table.note_rated" };
    let mut notes = vec![w.say(key), answered(w, waves, rows)];
    if is_test {
        notes.push(w.say("classical.note.d"));
    }
    if rows.iter().flat_map(|row| &row.waves).flatten().any(|item| item.anchor) {
        notes.push(w.say("items.anchor.note"));
    }
    let caption = w.fill("items.table", &[("instrument", waves.first().map_or("", |i| w.text(&i.title)))]);
    table(caption, columns, body.collect(), notes)
}

/// Fewest and most persons with points on an item, by wave.
fn answered(w: &Writer, waves: &[&InstrumentFindings], rows: &[ItemRow]) -> String {
    let of_wave = |place: usize| {
        let counts =
            || rows.iter().filter_map(|row| row.waves.get(place).copied().flatten()).map(|item| item.n);
        let (fewest, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        let range =
            if fewest == most { w.count(most) } else { format!("{}–{}", w.count(fewest), w.count(most)) };
        format!("{} {range}", w.wave(&waves[place].wave))
    };
    let worded: Vec<String> = (0..waves.len()).map(of_wave).collect();
    w.fill("items.answered", &[("counted", &worded.join("; "))])
}

fn item_cells(w: &Writer, row: &ItemRow, is_test: bool) -> Vec<String> {
    let any = row.waves.iter().flatten().next();
    let anchor = any.is_some_and(|item| item.anchor);
    let mut cells = vec![format!("{}{}", row.id, if anchor { "*" } else { "" })];
    cells.push(any.map_or_else(String::new, |item| blueprint(w, item)));
    let enough: Vec<Option<&ItemFindings>> =
        row.waves.iter().map(|item| item.filter(|item| item.n >= w.small())).collect();
    cells.extend(enough.iter().map(|item| w.maybe(item.and_then(|item| item.difficulty), 2)));
    cells.extend(enough.iter().map(|item| w.maybe(item.and_then(|item| item.item_rest), 2)));
    if is_test {
        let shown = enough.iter().map(|item| w.maybe(item.and_then(|item| item.discrimination), 2));
        cells.push(shown.collect::<Vec<_>>().join("; "));
    }
    cells.push(verdicts::verdict(w, row));
    cells
}

/// Domain and process of an item in words.
fn blueprint(w: &Writer, item: &ItemFindings) -> String {
    let labels = [item.domain.as_deref(), item.process.as_deref()];
    let words: Vec<String> = labels.into_iter().flatten().map(|id| w.worded("blueprint", id)).collect();
    if words.is_empty() { DASH.to_owned() } else { words.join(" · ") }
}

/// Flags of the waves with enough answers.
fn flags_of<'a>(w: &Writer<'_>, row: &ItemRow<'a>) -> impl Iterator<Item = &'a Flag> {
    let small = w.small();
    let waves: Vec<&ItemFindings> = row.waves.iter().flatten().copied().collect();
    waves.into_iter().filter(move |item| item.n >= small).flat_map(|item| &item.flags)
}

fn flag_name(w: &Writer, flag: &Flag) -> String {
    w.say_or(&format!("flag.{}", flag.kind), &flag.kind)
}

/// Items to review by reason, in one sentence.
pub fn to_review(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Block> {
    struct Reason {
        name: String,
        items: Vec<String>,
    }
    let mut reasons: Vec<Reason> = Vec::new();
    for row in &item_rows(waves) {
        for flag in flags_of(w, row) {
            let name = flag_name(w, flag);
            let place = reasons.iter().position(|reason| reason.name == name).unwrap_or_else(|| {
                reasons.push(Reason { name, items: Vec::new() });
                reasons.len() - 1
            });
            if !reasons[place].items.iter().any(|item| item == row.id) {
                reasons[place].items.push(row.id.to_owned());
            }
        }
    }
    if reasons.is_empty() {
        return Some(Block::paragraph(w.say("items.none_to_review")));
    }
    let worded: Vec<String> =
        reasons.iter().map(|reason| format!("{} ({})", reason.items.join(", "), reason.name)).collect();
    Some(Block::paragraph(w.fill("items.to_review", &[("items", &worded.join("; "))])))
}

/// Flagged items of a test with their answers, one row per item and wave.
fn flagged_table(w: &Writer, waves: &[&InstrumentFindings], rows: &[ItemRow]) -> Option<Block> {
    if !waves.first().is_some_and(|wave| wave.is_test) {
        return None;
    }
    let columns = vec![
        Column::words(w.say("column.item")),
        Column::wide(w.say("column.question"), 4),
        Column::wide(w.say("column.answers"), 5),
        Column::wide(w.say("column.reason"), 3),
    ];
    let mut body = Vec::new();
    for row in rows {
        for (item, wave) in row.waves.iter().zip(waves) {
            let Some(item) = item.filter(|item| item.n >= w.small() && !item.flags.is_empty()) else {
                continue;
            };
            let reasons: Vec<&str> = item.flags.iter().map(|flag| w.text(&flag.reason)).collect();
            body.push(Row::body(vec![
                format!("{}\n{}", item.id, w.wave(&wave.wave)),
                shorten(w.text(&item.prompt), PROMPT),
                answers(w, item),
                reasons.join("; "),
            ]));
        }
    }
    let caption = w.fill("items.flagged", &[("instrument", waves.first().map_or("", |i| w.text(&i.title)))]);
    table(caption, columns, body, vec![w.say("items.flagged.note")])
}

/// `A 12%, r = −0,10; B [key] 70%, r = 0,31`: how often each answer was chosen, by whom.
fn answers(w: &Writer, item: &ItemFindings) -> String {
    let worded: Vec<String> = item
        .options
        .iter()
        .map(|option| {
            let label = w.text(&option.label);
            let brief = !label.is_empty() && label != option.code && label.chars().count() <= ANSWER;
            let name = if brief { format!("{} ({label})", option.code) } else { option.code.clone() };
            let key = if option.is_key { format!(" [{}]", w.say("items.key")) } else { String::new() };
            let share = format::percent(w.lang, option.share, 0);
            let rest = option.option_rest.map(|r| format!(", r = {}", w.number(r, 2))).unwrap_or_default();
            format!("{name}{key} {share}{rest}")
        })
        .collect();
    if worded.is_empty() { DASH.to_owned() } else { worded.join("; ") }
}
