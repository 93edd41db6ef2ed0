//! How well the instruments measured: use of answers, reliability per wave and booklet, items to review.

use super::build::{part, section, table};
use super::writer::{DASH, Writer, decimals_of_range};
use super::{classical, drawings, items};
use crate::analysis::findings::{InstrumentFindings, ScaleFindings};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::instrument::Respondent;

/// Flags told by a mark in the table, with the mark; the note explains those that occur.
const MARKS: [(&str, &str); 4] =
    [("low_alpha", "†"), ("unusable_alpha", "‡"), ("floor", "§"), ("ceiling", "§")];

/// The section: the tests and questionnaires of students; those of the staff stand in their own section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("instruments.title"), "instruments")];
    blocks.push(Block::paragraph(w.say("instruments.intro")));
    let ids = instrument_ids(w, |instrument| instrument.respondent == Respondent::Student);
    if ids.is_empty() {
        blocks.push(Block::paragraph(w.say("instruments.none")));
    }
    blocks.extend(answers(w));
    for id in &ids {
        blocks.push(part(2, w.instrument_label(id), &format!("instrument-{id}")));
        blocks.extend(quality(w, &waves_of(w, id)));
    }
    let drawn: Vec<_> = ids.iter().filter_map(|id| drawings::difficulty(w, &waves_of(w, id))).collect();
    if !drawn.is_empty() {
        blocks.push(Block::Together(vec![
            part(2, w.say("instruments.difficulty"), "instruments-difficulty"),
            Block::paragraph(w.say("instruments.difficulty.text")),
            Block::Beside(drawn),
        ]));
    }
    blocks
}

/// Ids of the instruments that pass, in the order of the findings, each once.
pub fn instrument_ids<'a>(w: &Writer<'a>, pass: impl Fn(&InstrumentFindings) -> bool) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    for instrument in w.findings.instruments.iter().filter(|instrument| pass(instrument)) {
        if !ids.contains(&instrument.id.as_str()) {
            ids.push(&instrument.id);
        }
    }
    ids
}

/// One instrument at its waves, in wave order.
pub fn waves_of<'a>(w: &Writer<'a>, id: &str) -> Vec<&'a InstrumentFindings> {
    let mut found: Vec<&InstrumentFindings> =
        w.findings.instruments.iter().filter(|instrument| instrument.id == id).collect();
    let place = |wave: &str| w.findings.study.waves.iter().position(|known| known.id == wave);
    found.sort_by_key(|instrument| place(&instrument.wave));
    found
}

/// Whether too few persons answered for anything but a count.
pub fn is_small(w: &Writer, waves: &[&InstrumentFindings]) -> bool {
    waves.iter().all(|wave| wave.n < w.small())
}

/// Description, scales and items to review of one instrument; its items stand in the annex.
pub fn quality(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<Block> {
    let Some(first) = waves.first() else { return Vec::new() };
    if is_small(w, waves) {
        let counted =
            waves.iter().map(|wave| format!("{}: {}", w.wave(&wave.wave), w.people(wave.respondent, wave.n)));
        let counted = counted.collect::<Vec<_>>().join("; ");
        let words = w.fill("instruments.small", &[("counted", &counted)]);
        return vec![Block::paragraph(format!("{} {words}", described(w, first)))];
    }
    let scales = scales(w, waves).unwrap_or_else(|| Block::paragraph(described(w, first)));
    std::iter::once(scales).chain(classical::tables(w, waves)).chain(items::to_review(w, waves)).collect()
}

fn described(w: &Writer, instrument: &InstrumentFindings) -> String {
    let kind = if instrument.is_test { "instruments.test" } else { "instruments.questionnaire" };
    w.fill(
        kind,
        &[
            ("id", &instrument.id),
            ("version", &instrument.version),
            ("items", &w.count(instrument.items.len())),
            ("people", &w.group(instrument.respondent)),
        ],
    )
}

/// One row per scale and booklet, its waves side by side.
fn scales(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Block> {
    let with_booklets = waves.iter().flat_map(|wave| &wave.scales).any(|scale| !scale.booklet.is_empty());
    let names = waves.iter().map(|wave| w.wave(&wave.wave)).collect::<Vec<_>>();
    let both = names.join("; ");
    let mut columns = vec![Column::wide(w.say("column.scale"), 3)];
    if with_booklets {
        columns.push(Column::words(w.say("column.booklet")));
    }
    columns.push(Column::numbers(w.say("column.items")));
    let paired = |name: &str| Column::numbers(format!("{}\n{both}", w.say(&format!("column.{name}"))));
    columns.extend(["n", "mean"].map(paired));
    let alpha = w.fill("column.alpha", &[("level", &w.level())]);
    columns.extend(names.iter().map(|name| Column::numbers(format!("{alpha}\n{name}"))));
    columns.extend(["sem", "floor", "ceiling"].map(paired));
    let rows: Vec<Row> =
        order(waves).into_iter().map(|row| Row::body(scale_cells(w, &row, with_booklets))).collect();
    let caption =
        w.fill("instruments.scales", &[("instrument", waves.first().map_or("", |i| w.text(&i.title)))]);
    table(caption, columns, rows, scale_notes(w, waves))
}

/// A scale in one booklet, with its findings in wave order.
pub struct ScaleRow<'a> {
    /// The scale at the first wave that has it.
    pub scale: &'a ScaleFindings,
    /// None where the wave lacks the scale.
    pub waves: Vec<Option<&'a ScaleFindings>>,
}

/// Scales in instrument order, each with its booklets.
pub fn order<'a>(waves: &[&'a InstrumentFindings]) -> Vec<ScaleRow<'a>> {
    let mut rows: Vec<ScaleRow<'a>> = Vec::new();
    for scale in waves.iter().flat_map(|wave| &wave.scales) {
        let same = |other: &&ScaleFindings| other.id == scale.id && other.booklet == scale.booklet;
        if rows.iter().any(|row| same(&row.scale)) {
            continue;
        }
        let own = waves.iter().map(|wave| wave.scales.iter().find(same)).collect();
        rows.push(ScaleRow { scale, waves: own });
    }
    rows
}

fn scale_cells(w: &Writer, row: &ScaleRow, with_booklets: bool) -> Vec<String> {
    let mut cells = vec![w.text(&row.scale.title).to_owned()];
    if with_booklets {
        cells.push(row.scale.booklet.clone());
    }
    cells.push(w.count(row.scale.items));
    let described = |scale: &&ScaleFindings| scale.n >= w.small();
    let paired = |show: &dyn Fn(&ScaleFindings) -> String| {
        let shown =
            row.waves.iter().map(|scale| scale.filter(described).map_or_else(|| DASH.to_owned(), show));
        shown.collect::<Vec<_>>().join("; ")
    };
    let counts = row.waves.iter().map(|scale| w.maybe_count(scale.map(|scale| scale.n)));
    cells.push(counts.collect::<Vec<_>>().join("; "));
    let digits = decimals_of_range(Some(row.scale.range));
    cells.push(paired(&|scale| w.number(scale.mean, digits)));
    cells.extend(row.waves.iter().map(|scale| {
        scale.filter(described).and_then(|scale| alpha(w, scale)).unwrap_or_else(|| DASH.to_owned())
    }));
    cells.push(paired(&|scale| w.maybe(scale.sem, digits)));
    cells.push(paired(&|scale| end(w, scale, scale.floor, "floor")));
    cells.push(paired(&|scale| end(w, scale, scale.ceiling, "ceiling")));
    cells
}

/// Alpha with its interval and the mark of a low one.
fn alpha(w: &Writer, scale: &ScaleFindings) -> Option<String> {
    let found = scale.alpha?;
    let interval = found.ci.map(|ci| format!(" {}", format::bracket(w.lang, ci, 2))).unwrap_or_default();
    let mark = mark(scale, "low_alpha").or_else(|| mark(scale, "unusable_alpha")).unwrap_or("");
    Some(format!("{}{mark}{interval}", w.number(found.value, 2)))
}

fn end(w: &Writer, scale: &ScaleFindings, share: f64, kind: &str) -> String {
    format!("{}{}", format::percent(w.lang, share, 0), mark(scale, kind).unwrap_or(""))
}

fn mark(scale: &ScaleFindings, kind: &str) -> Option<&'static str> {
    let (kind, mark) = MARKS.iter().find(|(known, _)| *known == kind)?;
    scale.flags.iter().any(|flag| flag.kind == *kind).then_some(*mark)
}

fn scale_notes(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<String> {
    let mut notes: Vec<String> = waves.first().map(|first| described(w, first)).into_iter().collect();
    notes.push(w.fill("instruments.scales.note", &[("level", &w.level())]));
    let all = || waves.iter().flat_map(|wave| &wave.scales);
    if all().any(|scale| !scale.booklet.is_empty()) {
        notes.push(w.say("instruments.scales.booklets"));
    }
    let mut explained: Vec<String> = Vec::new();
    for flag in all().flat_map(|scale| &scale.flags) {
        let known = MARKS.iter().find(|(kind, _)| *kind == flag.kind);
        let words = match known {
            Some((kind, mark)) => format!("{mark} {}", w.say(&format!("mark.{kind}"))),
            None => w.text(&flag.reason).to_owned(),
        };
        if !explained.contains(&words) {
            explained.push(words);
        }
    }
    explained.sort();
    notes.extend(explained);
    notes
}

/// Use of answers, one row per instrument and wave, staff included.
fn answers(w: &Writer) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.instrument"), 3), Column::words(w.say("column.wave"))];
    columns.extend(
        ["persons", "answered", "omitted", "not_reached", "not_administered", "invalid"]
            .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
    );
    let mut rows = Vec::new();
    for id in instrument_ids(w, |_| true) {
        for wave in waves_of(w, id) {
            let counts = wave.answers;
            let states = [
                counts.answered,
                counts.omitted,
                counts.not_reached,
                counts.not_administered,
                counts.invalid,
            ];
            let mut cells = vec![w.text(&wave.title).to_owned(), w.wave(&wave.wave), w.count(wave.n)];
            cells.extend(states.map(|n| w.count(n)));
            rows.push(Row::body(cells));
        }
    }
    table(w.say("instruments.answers"), columns, rows, vec![w.say("instruments.answers.note")])
}
