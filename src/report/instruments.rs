//! How well the instruments measured: reliability per wave and booklet, use of answers, items.

use super::build::{part, section, table};
use super::items;
use super::writer::{Writer, decimals_of_mean};
use crate::analysis::findings::{Flag, InstrumentFindings, ScaleFindings};
use crate::doc::{Block, Column, Row};
use crate::instrument::Respondent;

/// The section: the tests and questionnaires of students; those of the staff stand in their own section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("instruments.title"), "instruments")];
    blocks.push(Block::paragraph(w.say("instruments.intro")));
    let ids = instrument_ids(w, |instrument| instrument.respondent == Respondent::Student);
    if ids.is_empty() {
        blocks.push(Block::paragraph(w.say("instruments.none")));
    }
    for id in ids {
        let waves = waves_of(w, id);
        blocks.push(part(2, w.instrument_label(id), &format!("instrument-{id}")));
        blocks.extend(quality(w, &waves));
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

/// Everything about one instrument.
pub fn quality(w: &Writer, waves: &[&InstrumentFindings]) -> Vec<Block> {
    let Some(first) = waves.first() else { return Vec::new() };
    let mut blocks = vec![Block::paragraph(described(w, first))];
    if waves.iter().all(|wave| wave.n < super::SMALL) {
        let counted =
            waves.iter().map(|wave| format!("{}: {}", w.wave(&wave.wave), w.people(wave.respondent, wave.n)));
        let counted = counted.collect::<Vec<_>>().join("; ");
        blocks.push(Block::paragraph(w.fill("instruments.small", &[("counted", &counted)])));
        return blocks;
    }
    blocks.extend(scales(w, waves));
    blocks.extend(answers(w, waves));
    blocks.extend(items::compose(w, waves));
    blocks
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

fn scales(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Block> {
    let with_booklets = waves.iter().flat_map(|wave| &wave.scales).any(|scale| !scale.booklet.is_empty());
    let mut columns = vec![Column::wide(w.say("column.scale"), 3), Column::words(w.say("column.wave"))];
    if with_booklets {
        columns.push(Column::words(w.say("column.booklet")));
    }
    columns.extend(
        ["items", "n", "mean", "sd", "alpha", "alpha_ci", "sem", "floor", "ceiling"]
            .map(|name| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())]))),
    );
    let mut rows = Vec::new();
    let mut flagged = Vec::new();
    for scale in order(waves) {
        let wave = &scale.wave;
        let mut cells = vec![w.text(&scale.scale.title).to_owned(), w.wave(wave)];
        if with_booklets {
            cells.push(scale.scale.booklet.clone());
        }
        cells.extend(scale_cells(w, scale.scale));
        rows.push(Row::body(cells));
        flagged.extend(scale.scale.flags.iter().map(|flag| flag_note(w, scale.scale, wave, flag)));
    }
    let mut notes = vec![w.say("instruments.scales.note")];
    notes.extend(flagged);
    table(w.say("instruments.scales"), columns, rows, notes)
}

/// A scale at the wave it was taken.
struct PlacedScale<'a> {
    wave: String,
    scale: &'a ScaleFindings,
}

/// Scales side by side over waves: every wave and booklet of a scale before the next scale.
fn order<'a>(waves: &[&'a InstrumentFindings]) -> Vec<PlacedScale<'a>> {
    let mut ids: Vec<&str> = Vec::new();
    for scale in waves.iter().flat_map(|wave| &wave.scales) {
        if !ids.contains(&scale.id.as_str()) {
            ids.push(&scale.id);
        }
    }
    let of = |id: &str| -> Vec<PlacedScale<'a>> {
        let placed = waves.iter().flat_map(|wave| {
            let scales = wave.scales.iter();
            scales.map(|scale| PlacedScale { wave: wave.wave.clone(), scale }).collect::<Vec<_>>()
        });
        placed.filter(|placed| placed.scale.id == id).collect()
    };
    ids.into_iter().flat_map(of).collect()
}

fn scale_cells(w: &Writer, scale: &ScaleFindings) -> Vec<String> {
    let mut cells = vec![w.count(scale.items), w.count(scale.n)];
    if scale.n < super::SMALL {
        cells.extend(vec![super::writer::DASH.to_owned(); 7]);
        return cells;
    }
    let digits = decimals_of_mean(scale.mean);
    cells.extend([
        w.number(scale.mean, digits),
        w.maybe(scale.sd, digits),
        w.maybe(scale.alpha.map(|alpha| alpha.value), 2),
        w.bracket(scale.alpha.and_then(|alpha| alpha.ci), 2),
        w.maybe(scale.sem, digits),
        w.percent(scale.floor, scale.n),
        w.percent(scale.ceiling, scale.n),
    ]);
    cells
}

fn flag_note(w: &Writer, scale: &ScaleFindings, wave: &str, flag: &Flag) -> String {
    let booklet = if scale.booklet.is_empty() { String::new() } else { format!(", {}", scale.booklet) };
    format!("{} ({}{booklet}): {}", w.text(&scale.title), w.wave(wave), w.text(&flag.reason))
}

fn answers(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Block> {
    let rows = waves.iter().map(|wave| {
        let counts = wave.answers;
        let states =
            [counts.answered, counts.omitted, counts.not_reached, counts.not_administered, counts.invalid];
        let mut cells = vec![w.wave(&wave.wave), w.count(wave.n)];
        cells.extend(states.map(|n| w.count(n)));
        Row::body(cells)
    });
    let mut columns = vec![Column::wide(w.say("column.wave"), 1), Column::numbers(w.say("column.persons"))];
    columns.extend(
        ["answered", "omitted", "not_reached", "not_administered", "invalid"]
            .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
    );
    table(w.say("instruments.answers"), columns, rows.collect(), Vec::new())
}
