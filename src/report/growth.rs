//! Changes between all waves of a study with more than two.

use super::build::table;
use super::estimates::{methods_named, number_cells, number_columns};
use super::writer::{Writer, decimals};
use crate::analysis::findings::{GrowthContrast, OutcomeFindings, TimeUnit};
use crate::doc::{Block, Column, Row};

/// The table; nothing with two waves.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let growth = outcome.growth.as_ref()?;
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("growth.column"), 3)];
    columns.extend(number_columns(w));
    columns.push(Column::numbers(w.say("growth.holm")));
    let mut rows: Vec<Row> = growth
        .contrasts
        .iter()
        .map(|contrast| {
            let words = [w.wave(&contrast.from), w.wave(&contrast.to)];
            let mut cells = vec![w.fill("growth.contrast", &[("from", &words[0]), ("to", &words[1])])];
            cells.extend(number_cells(w, &contrast.estimate, digits));
            cells.push(w.p(contrast.adjusted));
            if contrast.primary { Row::strong(cells) } else { Row::body(cells) }
        })
        .collect();
    if let Some(trend) = &growth.trend {
        let unit = match growth.unit {
            TimeUnit::Year => "growth.trend.year",
            TimeUnit::Wave => "growth.trend.wave",
        };
        let mut cells = vec![w.say(unit)];
        cells.extend(number_cells(w, trend, digits));
        cells.push(super::writer::DASH.to_owned());
        rows.push(Row::body(cells));
    }
    let caption = w.fill("growth.caption", &[("unit", &w.unit(outcome))]);
    table(caption, columns, rows, notes(w, outcome))
}

/// What the rows are, by which methods, and why one of them is not the primary estimate.
fn notes(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let Some(growth) = &outcome.growth else { return Vec::new() };
    let mut notes = vec![w.say("growth.note")];
    let made = growth.contrasts.iter().map(|contrast| &contrast.estimate).chain(&growth.trend);
    let methods = methods_named(w, made.map(|estimate| estimate.method));
    notes.push(w.fill("estimates.method_note", &[("methods", &methods)]));
    let is_compared = |contrast: &&GrowthContrast| w.ends() == Some([&contrast.from, &contrast.to]);
    let other = growth.contrasts.iter().find(is_compared).filter(|contrast| !contrast.primary);
    if let Some((contrast, estimate)) = other.zip(outcome.estimates.iter().find(|estimate| estimate.primary))
    {
        let words = [w.wave(&contrast.from), w.wave(&contrast.to), w.method(estimate.method)];
        notes.push(
            w.fill("growth.other_method", &[("from", &words[0]), ("to", &words[1]), ("method", &words[2])]),
        );
    }
    notes
}
