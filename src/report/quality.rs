//! Quality of questionnaire answers: what looks careless, and the outcomes without flagged persons.

use super::build::{group_row, section, table};
use super::instruments::instrument_ids;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    IndexFindings, OutcomeFindings, QualityFindings, QualityIndexKind, QualitySensitivity, UnusedIndex,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// Share of persons beyond the limit of an index from which on it cannot tell careless from careful answers:
/// far more than the 10 percent or so that are careless in most samples (Meade & Craig 2012).
const BLUNT: f64 = 0.25;

/// The section; nothing where the study has no questionnaires.
pub fn compose(w: &Writer) -> Vec<Block> {
    let quality = &w.findings.answer_quality;
    if quality.sets.is_empty() {
        return Vec::new();
    }
    let needed = w.count(quality.indices_needed);
    let mut blocks = vec![
        section(w.say("quality.title"), "quality"),
        Block::paragraph(w.fill("quality.intro", &[("needed", &needed)])),
    ];
    blocks.extend(indices(w));
    let affected: Vec<&QualitySensitivity> = quality.sensitivity.iter().collect();
    if affected.is_empty() {
        blocks.push(Block::paragraph(w.say("quality.sensitivity.none")));
        return blocks;
    }
    blocks.push(Block::paragraph(w.say("quality.sensitivity.intro")));
    blocks.extend(sensitivity(w, &affected));
    blocks.push(super::build::bullets(affected.iter().filter_map(|entry| worded(w, entry)).collect()));
    blocks
}

/// One row per questionnaire and wave: persons beyond the limit of each index, and persons flagged.
fn indices(w: &Writer) -> Option<Block> {
    let sets = &w.findings.answer_quality.sets;
    let first = sets.first()?;
    let mut columns = vec![Column::wide(w.say("column.wave"), 2), Column::numbers(w.say("column.persons"))];
    columns.extend(first.indices.iter().map(|index| Column::numbers(heading(w, index))));
    columns.push(Column::numbers(w.say("quality.column.flagged")));
    let mut rows = Vec::new();
    for id in instrument_ids(w, |instrument| sets.iter().any(|set| set.instrument == instrument.id)) {
        rows.push(group_row(w.instrument_label(id), columns.len()));
        rows.extend(sets.iter().filter(|set| set.instrument == id).map(|set| Row::body(cells(w, set))));
    }
    table(w.say("quality.indices"), columns, rows, notes(w, sets))
}

fn cells(w: &Writer, set: &QualityFindings) -> Vec<String> {
    let mut cells = vec![w.wave(&set.wave), w.count(set.n)];
    // Flags on so few persons would point at persons.
    let shown = set.n >= w.small();
    cells.extend(set.indices.iter().map(|index| w.maybe_count(index.over.filter(|_| shown))));
    let flagged = format!("{} ({})", w.count(set.flagged), w.rate(set.flagged, set.n));
    cells.push(if shown { flagged } else { DASH.to_owned() });
    cells
}

/// The name of an index over its limit.
fn heading(w: &Writer, index: &IndexFindings) -> String {
    let name = index_key(index.index);
    let limit = match index.index {
        QualityIndexKind::LongString => format::percent(w.lang, index.limit, 0),
        QualityIndexKind::Duplicate => w.number(index.limit, 0),
        QualityIndexKind::Mahalanobis => w.number(index.limit, 3),
        QualityIndexKind::Speed => w.number(index.limit, 1),
        _ => w.number(index.limit, 2),
    };
    let limit = w.fill(&format!("quality.limit.{name}"), &[("limit", &limit)]);
    format!("{}\n{limit}", w.say(&format!("quality.index.{name}")))
}

fn index_key(index: QualityIndexKind) -> &'static str {
    match index {
        QualityIndexKind::LongString => "long_string",
        QualityIndexKind::LowVariability => "low_variability",
        QualityIndexKind::HighVariability => "high_variability",
        QualityIndexKind::EvenOdd => "even_odd",
        QualityIndexKind::Mahalanobis => "mahalanobis",
        QualityIndexKind::Duplicate => "duplicate",
        QualityIndexKind::Speed => "speed",
    }
}

fn notes(w: &Writer, sets: &[QualityFindings]) -> Vec<String> {
    let mut notes = vec![w.say("quality.indices.note")];
    let all = || sets.iter().flat_map(|set| &set.indices);
    let blunt = |set: &QualityFindings| {
        set.indices.iter().any(|index| index.over.is_some_and(|over| over as f64 > BLUNT * set.n as f64))
    };
    if sets.iter().any(blunt) {
        notes.push(w.fill("quality.blunt", &[("share", &format::percent(w.lang, BLUNT, 0))]));
    }
    let reasons = [
        (UnusedIndex::NoReversedItems, "no_reversed_items"),
        (UnusedIndex::TooFewScales, "too_few_scales"),
        (UnusedIndex::NoDistances, "no_distances"),
        (UnusedIndex::TooFewItems, "too_few_items"),
        (UnusedIndex::NoTimes, "no_times"),
    ];
    for (reason, key) in reasons {
        if all().any(|index| index.unused == Some(reason)) {
            notes.push(w.say(&format!("quality.unused.{key}")));
        }
    }
    notes
}

/// The primary estimates beside those without flagged persons.
fn sensitivity(w: &Writer, affected: &[&QualitySensitivity]) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.outcome"), 3)];
    let level = w.level();
    let ci = w.fill("column.ci", &[("level", &level)]);
    for whose in ["everybody", "without"] {
        let whose = w.say(&format!("quality.column.{whose}"));
        columns.push(Column::numbers(format!("{}\n{whose}", w.say("column.estimate"))));
        columns.push(Column::numbers(format!("{ci}\n{whose}")));
        columns.push(Column::numbers(format!("{}\n{whose}", w.say("column.n"))));
    }
    columns.push(Column::numbers(w.say("quality.column.difference")));
    let rows = affected.iter().filter_map(|entry| {
        let digits = decimals(outcome(w, entry)?);
        Some(Row::body(vec![
            w.outcome_label(&entry.outcome),
            w.signed(entry.primary, digits),
            w.bracket(entry.primary_ci, digits),
            w.count(entry.linked),
            entry.without.map_or_else(|| DASH.to_owned(), |without| w.signed(without, digits)),
            w.bracket(entry.without_ci, digits),
            w.maybe_count(entry.without_n),
            entry.difference.map_or_else(|| DASH.to_owned(), |change| w.signed(change, digits + 1)),
        ]))
    });
    table(w.say("quality.sensitivity"), columns, rows.collect(), vec![w.say("quality.sensitivity.note")])
}

fn outcome<'a>(w: &Writer<'a>, entry: &QualitySensitivity) -> Option<&'a OutcomeFindings> {
    w.findings.outcomes.iter().find(|outcome| outcome.id == entry.outcome)
}

/// How many were flagged, and what changed without them.
fn worded(w: &Writer, entry: &QualitySensitivity) -> Option<String> {
    let outcome = outcome(w, entry)?;
    let digits = decimals(outcome);
    let label = w.text(&outcome.label).to_owned();
    let people = w.people(outcome.respondent, entry.linked);
    let flagged = w.count(entry.flagged);
    let (Some(without), Some(changed)) = (entry.without, entry.changed) else {
        let values = [("outcome", &*label), ("flagged", &flagged), ("people", &people)];
        return Some(w.fill("quality.worded.impossible", &values));
    };
    let key = if changed { "quality.worded.changed" } else { "quality.worded.same" };
    Some(w.fill(
        key,
        &[
            ("outcome", &label),
            ("flagged", &flagged),
            ("people", &people),
            ("primary", &w.signed(entry.primary, digits)),
            ("without", &w.signed(without, digits)),
        ],
    ))
}
