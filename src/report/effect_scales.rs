//! Annex: the primary estimate on every scale of standard deviations in use.

use super::build::{sentence_case, table};
use super::writer::Writer;
use crate::analysis::findings::OutcomeFindings;
use crate::doc::{Block, Column, Row};

/// The table of one outcome; nothing where no scale could be computed.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("effect_scales.column.scale"), 3),
        Column::numbers(w.say("column.effect")),
        Column::numbers(w.fill("column.ci", &[("level", &w.level())])),
        Column::numbers(w.fill("column.df", &[])),
        Column::wide(w.say("effect_scales.column.sd"), 3),
    ];
    let rows = outcome.effect_sizes.iter().chain(&outcome.effect_scales).map(|size| {
        let name = w.say_or(&format!("effect.kind.{}", size.kind), &size.kind);
        let name = sentence_case(&name);
        let mark = if size.cluster_robust { "" } else { " *" };
        let cells = vec![
            format!("{name}{mark}"),
            w.number(size.value, 2),
            w.bracket(size.ci, 2),
            w.df(size.df),
            w.say_or(&format!("effect.sd.{}", size.standardizer), &size.standardizer),
        ];
        if size.leading { Row::strong(cells) } else { Row::body(cells) }
    });
    let mut notes = Vec::new();
    if !outcome.effect_scales.is_empty() {
        notes.push(w.say("effect_scales.basis"));
    }
    if outcome.effect_sizes.iter().chain(&outcome.effect_scales).any(|size| !size.cluster_robust) {
        notes.push(w.say("effect_scales.note"));
    }
    table(w.say("effect_scales.caption"), columns, rows.collect(), notes)
}
