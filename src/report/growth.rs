//! Changes between all waves of a study with more than two.

use super::build::table;
use super::estimates::{number_cells, number_columns};
use super::writer::{Writer, decimals};
use crate::analysis::findings::{OutcomeFindings, TimeUnit};
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
    table(caption, columns, rows, vec![w.say("growth.note")])
}
