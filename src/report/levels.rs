//! Levels before and after: shares with intervals, and who moved where.

use super::build::{group_row, table};
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{LevelFindings, LevelShares, OutcomeFindings};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;

/// Cuts and tables of one outcome's levels.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let Some(found) = &outcome.levels else { return Vec::new() };
    let mut blocks = vec![Block::paragraph(cuts(w, outcome, found))];
    blocks.extend(shares(w, outcome, found));
    blocks.extend(transitions(w, outcome, found));
    blocks
}

fn cuts(w: &Writer, outcome: &OutcomeFindings, found: &LevelFindings) -> String {
    let digits = decimals(outcome);
    let named = found.levels.iter().map(|level| {
        w.fill("levels.cut", &[("level", w.text(&level.label)), ("from", &w.number(level.from, digits))])
    });
    w.fill("levels.intro", &[("levels", &named.collect::<Vec<_>>().join("; "))])
}

/// One row per level, the waves side by side; arms below one another.
fn shares(w: &Writer, outcome: &OutcomeFindings, found: &LevelFindings) -> Option<Block> {
    let mut waves: Vec<&str> = Vec::new();
    for row in &found.shares {
        if !waves.contains(&row.wave.as_str()) {
            waves.push(&row.wave);
        }
    }
    let mut columns = vec![Column::wide(w.say("column.level"), 2)];
    for wave in &waves {
        let head = |name: &str| {
            let words = w.fill(&format!("column.{name}"), &[("level", &w.level())]);
            Column::numbers(format!("{words}\n{}", w.wave(wave)))
        };
        columns.extend(["n", "share", "ci"].map(head));
    }
    let arms = w.arm_ids(found.shares.iter().map(|row| row.arm.as_str()));
    let mut rows = Vec::new();
    for arm in &arms {
        let own: Vec<Option<&LevelShares>> = waves
            .iter()
            .map(|wave| found.shares.iter().find(|row| row.wave == *wave && row.arm == *arm))
            .map(|row| row.filter(|row| row.n >= w.small()))
            .collect();
        let Some(most) = own.iter().flatten().map(|row| row.n).max() else { continue };
        if arms.len() > 1 {
            rows.push(group_row(
                format!("{} ({})", w.arm(arm), w.people(outcome.respondent, most)),
                columns.len(),
            ));
        }
        for (place, level) in found.levels.iter().enumerate() {
            let mut cells = vec![w.text(&level.label).to_owned()];
            cells.extend(own.iter().flat_map(|row| share_cells(w, *row, place)));
            rows.push(Row::body(cells));
        }
    }
    let label = w.text(&outcome.label);
    let people = w.group(outcome.respondent);
    let caption = w.fill("levels.shares", &[("outcome", label), ("people", &people)]);
    let note = if w.knows_schools() { "levels.shares.note" } else { "levels.shares.note_unclustered" };
    table(caption, columns, rows, vec![w.say(note)])
}

fn share_cells(w: &Writer, row: Option<&LevelShares>, place: usize) -> [String; 3] {
    let Some((row, share)) = row.and_then(|row| Some((row, row.shares.get(place)?))) else {
        return [DASH, DASH, DASH].map(str::to_owned);
    };
    let ci = share.ci.map(|ci| format::bracket(w.lang, ci.map(|bound| bound * 100.0), 1));
    [w.count(share.n), w.percent(share.share, row.n), ci.unwrap_or_else(|| DASH.to_owned())]
}

fn transitions(w: &Writer, outcome: &OutcomeFindings, found: &LevelFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("levels.before"), 2)];
    columns.extend(found.levels.iter().map(|level| Column::numbers(w.text(&level.label))));
    let mut rows = Vec::new();
    for movement in &found.transitions {
        let persons: usize = movement.counts.iter().flatten().sum();
        if persons < w.small() {
            continue;
        }
        let arm = w.arm(&movement.arm);
        if !arm.is_empty() {
            rows.push(group_row(arm, columns.len()));
        }
        for (level, counts) in found.levels.iter().zip(&movement.counts) {
            let mut cells = vec![w.text(&level.label).to_owned()];
            cells.extend((0..found.levels.len()).map(|after| w.maybe_count(counts.get(after).copied())));
            rows.push(Row::body(cells));
        }
    }
    let caption = w.fill("levels.transitions", &[("outcome", w.text(&outcome.label))]);
    table(caption, columns, rows, vec![w.say("levels.transitions.note")])
}
