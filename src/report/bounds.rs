//! How far those who were lost could move the estimate of an outcome.

use super::build::{group_row, table};
use super::lookup::primary;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    BoundsFindings, GroupLoss, LeeFindings, LostScore, OutcomeFindings, RosterBounds, TippingFindings,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::study::OutcomeRole;

/// The table and what would have to be true to undo the finding; nothing where nobody was lost.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    // Bounds of the other outcomes stand in the findings.
    let bounds = outcome.bounds.as_ref().filter(|_| outcome.role == OutcomeRole::Primary);
    let Some(bounds) = bounds else { return Vec::new() };
    let mut blocks: Vec<Block> = bounds_table(w, outcome, bounds).into_iter().collect();
    if let Some(tipping) = &bounds.tipping {
        blocks.push(Block::paragraph(tipping_words(w, outcome, bounds, tipping)));
    }
    blocks
}

/// The design as the last part of a phrase key.
fn kind(bounds: &BoundsFindings) -> &'static str {
    if bounds.groups.len() > 1 { "difference" } else { "change" }
}

fn bounds_table(w: &Writer, outcome: &OutcomeFindings, bounds: &BoundsFindings) -> Option<Block> {
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("bounds.column.assumption"), 4)];
    columns.extend(
        ["estimate", "ci", "df", "n", "schools"]
            .map(|name| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())]))),
    );
    let mut rows = Vec::new();
    if let Some(own) = primary(outcome) {
        rows.push(Row::strong(vec![
            w.fill("bounds.primary", &[("method", &w.method(own.method))]),
            w.signed(own.estimate, digits),
            w.bracket(own.ci, digits),
            w.df(own.df),
            w.count(own.n),
            w.maybe_count(own.clusters),
        ]));
    }
    for filled in &bounds.filled {
        let key = match filled.lost {
            LostScore::Unchanged => "unchanged",
            LostScore::WorstForProgramme => "worst",
            LostScore::BestForProgramme => "best",
        };
        rows.push(Row::body(vec![
            w.say(&format!("bounds.{key}.{}", kind(bounds))),
            w.signed(filled.estimate, digits),
            w.bracket(filled.ci, digits),
            w.df(filled.df),
            w.count(filled.n),
            w.maybe_count(filled.clusters),
        ]));
    }
    rows.extend(bounds.lee.as_ref().map(|lee| lee_row(w, outcome, &bounds.groups, "bounds.lee", lee)));
    let mut notes = vec![w.fill("bounds.note", &[("lost", &lost_words(w, &bounds.groups))])];
    notes.extend(bounds.lee.as_ref().map(|lee| lee_note(w, lee)));
    if let Some(roster) = &bounds.roster {
        rows.extend(roster_rows(w, outcome, roster, columns.len()));
        notes.push(w.fill("bounds.roster.note", &[("lost", &lost_words(w, &roster.groups))]));
        notes.extend(roster.lee.as_ref().map(|lee| lee_note(w, lee)));
    }
    let label = w.text(&outcome.label).to_owned();
    let caption = w.fill("bounds.caption", &[("outcome", &label), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows, notes)
}

/// Bounds on last scores over everybody drawn by lot, under a heading of their own.
fn roster_rows(w: &Writer, outcome: &OutcomeFindings, roster: &RosterBounds, width: usize) -> Vec<Row> {
    let mut rows = vec![group_row(w.say("bounds.roster"), width)];
    if let Some(worst) = roster.worst {
        let mut cells = vec![w.say("bounds.roster.worst"), w.bracket(Some(worst), decimals(outcome))];
        cells.extend([DASH, DASH].map(str::to_owned));
        cells.push(w.count(roster.groups.iter().map(|group| group.assigned).sum()));
        cells.push(DASH.to_owned());
        rows.push(Row::body(cells));
    }
    rows.extend(roster.lee.as_ref().map(|lee| lee_row(w, outcome, &roster.groups, "bounds.roster.lee", lee)));
    rows
}

/// "Programme schools 35 of 363; comparison schools 54 of 340".
fn lost_words(w: &Writer, groups: &[GroupLoss]) -> String {
    let words = groups.iter().map(|group| {
        let arm = group.role.and_then(|role| w.arm_of(role)).map(|arm| w.arm(&arm.id));
        let lost = w.count(group.assigned - group.analysed);
        let counted = w.fill(
            "bounds.lost",
            &[
                ("lost", &lost),
                ("assigned", &w.count(group.assigned)),
                ("share", &format::percent(w.lang, group.lost, 1)),
            ],
        );
        arm.map_or_else(|| counted.clone(), |arm| format!("{arm} {counted}"))
    });
    words.collect::<Vec<_>>().join("; ")
}

fn lee_row(w: &Writer, outcome: &OutcomeFindings, groups: &[GroupLoss], key: &str, lee: &LeeFindings) -> Row {
    let digits = decimals(outcome);
    let n = groups.iter().map(|group| group.analysed).sum();
    Row::body(vec![
        w.say(key),
        w.bracket(Some(lee.bounds), digits),
        w.bracket(lee.ci, digits),
        DASH.to_owned(),
        w.count(n),
        w.maybe_count(primary(outcome).and_then(|own| own.clusters)),
    ])
}

fn lee_note(w: &Writer, lee: &LeeFindings) -> String {
    let share = format::percent(w.lang, lee.share, 1);
    let trimmed = lee.trimmed.and_then(|role| w.arm_of(role)).map(|arm| w.arm(&arm.id));
    let trimmed = match &trimmed {
        Some(arm) => w.fill("bounds.lee.trimmed", &[("arm", arm), ("share", &share)]),
        None => w.say("bounds.lee.alike"),
    };
    let draws = w.count(lee.draws);
    let drawn = lee.ci.map(|_| w.fill("bounds.lee.drawn", &[("draws", &draws), ("level", &w.level())]));
    [Some(trimmed), drawn].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn tipping_words(
    w: &Writer,
    outcome: &OutcomeFindings,
    bounds: &BoundsFindings,
    tipping: &TippingFindings,
) -> String {
    let digits = decimals(outcome);
    let distance = |points: f64, sd: Option<f64>| {
        let points = w.with_unit(&w.number(points, digits), outcome);
        match sd {
            Some(sd) => w.fill("bounds.distance", &[("points", &points), ("sd", &w.number(sd, 2))]),
            None => points,
        }
    };
    let rising = primary(outcome).is_none_or(|own| own.estimate >= 0.0);
    let way = w.say(if rising { "bounds.less" } else { "bounds.more" });
    let share = format::percent(w.lang, tipping.lost_weight, 1);
    let zero = distance(tipping.to_zero, tipping.to_zero_sd);
    let kind = kind(bounds);
    let reach = if tipping.zero_possible { "zero" } else { "impossible" };
    let first = w.fill(
        &format!("bounds.tipping.{reach}.{kind}"),
        &[("distance", &zero), ("way", &way), ("share", &share)],
    );
    let second = match tipping.to_open {
        Some(_) if !tipping.open_possible => w.say("bounds.tipping.open_impossible"),
        Some(open) => {
            let open = distance(open, tipping.to_open_sd);
            w.fill("bounds.tipping.open", &[("distance", &open)])
        }
        None => w.say("bounds.tipping.open_already"),
    };
    format!("{first} {second}")
}
