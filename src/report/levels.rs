//! Levels before and after: shares with intervals, and who moved where.

use super::SMALL;
use super::build::{group_row, table};
use super::drawings;
use super::writer::{Writer, decimals};
use crate::analysis::findings::{LevelFindings, OutcomeFindings};
use crate::doc::{Block, Column, Row};

/// Tables and figure of one outcome's levels.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let Some(found) = &outcome.levels else { return Vec::new() };
    let mut blocks = vec![Block::paragraph(cuts(w, outcome, found))];
    blocks.extend(shares(w, outcome, found));
    blocks.extend(drawings::levels(w, outcome).map(Block::Figure));
    blocks.extend(transitions(w, found));
    blocks
}

fn cuts(w: &Writer, outcome: &OutcomeFindings, found: &LevelFindings) -> String {
    let digits = decimals(outcome);
    let named = found.levels.iter().map(|level| {
        w.fill("levels.cut", &[("level", w.text(&level.label)), ("from", &w.number(level.from, digits))])
    });
    w.fill("levels.intro", &[("levels", &named.collect::<Vec<_>>().join("; "))])
}

fn shares(w: &Writer, outcome: &OutcomeFindings, found: &LevelFindings) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("column.level"), 2),
        Column::numbers(w.say("column.n")),
        Column::numbers(w.say("column.share")),
        Column::numbers(w.fill("column.ci", &[("level", &w.level())])),
    ];
    let mut rows = Vec::new();
    for row in found.shares.iter().filter(|row| row.n >= SMALL) {
        let arm = w.arm(&row.arm);
        let wave = w.wave(&row.wave);
        let place = if arm.is_empty() { wave } else { format!("{arm}, {wave}") };
        let head = format!("{place} ({})", w.people(outcome.respondent, row.n));
        rows.push(group_row(head, columns.len()));
        for (level, share) in found.levels.iter().zip(&row.shares) {
            let ci =
                share.ci.map(|ci| crate::i18n::format::bracket(w.lang, ci.map(|bound| bound * 100.0), 1));
            rows.push(Row::body(vec![
                w.text(&level.label).to_owned(),
                w.count(share.n),
                w.percent(share.share, row.n),
                ci.unwrap_or_else(|| super::writer::DASH.to_owned()),
            ]));
        }
    }
    table(w.say("levels.shares"), columns, rows, vec![w.say("levels.shares.note")])
}

fn transitions(w: &Writer, found: &LevelFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("levels.before"), 2)];
    columns.extend(found.levels.iter().map(|level| Column::numbers(w.text(&level.label))));
    let mut rows = Vec::new();
    for movement in &found.transitions {
        let persons: usize = movement.counts.iter().flatten().sum();
        if persons < SMALL {
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
    table(w.say("levels.transitions"), columns, rows, vec![w.say("levels.transitions.note")])
}
