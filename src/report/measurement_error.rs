//! What the error of measurement does to the estimate of an outcome.

use super::build::{bullets, group_row, table};
use super::estimates::{number_cells, number_columns};
use super::lookup::primary;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    CorrectedFindings, MeasurementErrorFindings, OutcomeFindings, ReliableChangeFindings,
};
use crate::doc::{Block, Column, Row};

/// A table of estimates and a sentence per group on reliable changes.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let Some(found) = &outcome.measurement_error else { return Vec::new() };
    let mut blocks = Vec::new();
    if found.plausible.is_some() || !found.corrected.is_empty() {
        blocks.extend(estimates(w, outcome, found));
    }
    let changes: Vec<String> = found
        .reliable_change
        .iter()
        .filter(|row| row.n >= w.small())
        .map(|row| reliable_change(w, outcome, found, row))
        .collect();
    if !changes.is_empty() {
        blocks.push(bullets(changes));
    }
    blocks
}

fn estimates(w: &Writer, outcome: &OutcomeFindings, found: &MeasurementErrorFindings) -> Option<Block> {
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("error.column"), 3)];
    columns.extend(number_columns(w));
    let width = columns.len();
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    if let Some(estimate) = primary(outcome) {
        let mut cells = vec![w.fill("error.primary", &[("method", &w.method(estimate.method))])];
        cells.extend(number_cells(w, estimate, digits));
        rows.push(Row::strong(cells));
        if let Some(link) = estimate.link_se {
            notes.push(w.fill("error.link", &[("se", &w.number(link, digits + 1))]));
        }
    }
    if let Some(plausible) = &found.plausible {
        let mut cells = vec![w.fill("error.plausible", &[("sets", &w.count(plausible.sets))])];
        cells.extend(number_cells(w, &plausible.estimate, digits));
        rows.push(Row::body(cells));
        let key = if plausible.given_schools { "error.plausible.schools" } else { "error.plausible.note" };
        let share = w.percent(plausible.share, plausible.estimate.n);
        let df = w.df(Some(plausible.complete_df));
        notes.push(w.fill(key, &[("share", &share), ("df", &df)]));
    }
    if let Some(first) = found.corrected.first() {
        rows.push(group_row(w.say("error.corrected"), width));
        rows.extend(found.corrected.iter().map(|own| corrected(w, own, digits)));
        let draws = w.number(first.draws.count as f64, 0);
        let key = if first.draws.enumerated { "error.corrected.all" } else { "error.corrected.some" };
        notes.push(w.fill(key, &[("draws", &draws)]));
    }
    let label = w.text(&outcome.label).to_owned();
    let caption = w.fill("error.caption", &[("outcome", &label), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows, notes)
}

fn corrected(w: &Writer, own: &CorrectedFindings, digits: usize) -> Row {
    let value = w.number(own.reliability, 2);
    let key = match (own.own, own.reliability >= 1.0) {
        (true, _) => "error.lambda.own",
        (false, true) => "error.lambda.one",
        (false, false) => "error.lambda",
    };
    Row::body(vec![
        w.fill(key, &[("value", &value)]),
        w.signed(own.estimate, digits),
        w.number(own.se, digits + 1),
        DASH.to_owned(),
        w.bracket(Some(own.ci), digits),
        DASH.to_owned(),
        w.count(own.n),
        w.count(own.clusters),
    ])
}

fn reliable_change(
    w: &Writer,
    outcome: &OutcomeFindings,
    found: &MeasurementErrorFindings,
    row: &ReliableChangeFindings,
) -> String {
    let arm = w.arm(&row.arm);
    let arm = if arm.is_empty() { arm } else { format!(" ({arm})") };
    let share = |part: usize| w.percent(part as f64 / row.n as f64, row.n);
    let reliability = found.reliability.as_ref();
    let kind = reliability.map(|own| w.say(&format!("error.reliability.{}", own.kind))).unwrap_or_default();
    let threshold = w.number(row.threshold, decimals(outcome));
    let mut words = w.fill(
        "error.change",
        &[
            ("arm", &arm),
            ("threshold", &threshold),
            ("improved", &share(row.improved)),
            ("declined", &share(row.declined)),
            ("people", &w.people(outcome.respondent, row.n)),
            ("kind", &kind),
            ("reliability", &w.maybe(reliability.and_then(|own| own.before), 2)),
        ],
    );
    if let Some(gain) = row.gain_reliability {
        words.push(' ');
        words.push_str(&w.fill("error.gain", &[("gain", &w.number(gain, 2))]));
    }
    words
}
