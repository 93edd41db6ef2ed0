//! Who took part, who was lost on the way, and whether the lost differ from those who stayed.

use super::SMALL;
use super::build::{part, section, table};
use super::writer::{Writer, decimals_of_mean, respondent_key};
use crate::analysis::findings::{Flow, ParticipantGroup};
use crate::doc::{Block, Column, Row};
use crate::i18n::phrase;

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("participants.title"), "participants")];
    if w.findings.study.simulated {
        blocks.push(Block::paragraph(format!("{}.", phrase(w.lang, "common.simulated"))));
    }
    blocks.push(Block::paragraph(w.say("participants.intro")));
    if w.findings.participants.groups.is_empty() {
        blocks.push(Block::paragraph(w.say("participants.none")));
    }
    for group in &w.findings.participants.groups {
        blocks.extend(one_kind(w, group));
    }
    blocks
}

fn one_kind(w: &Writer, group: &ParticipantGroup) -> Vec<Block> {
    let name = respondent_key(group.respondent);
    let mut blocks = vec![part(2, w.say(&format!("group.{name}")), &format!("participants-{name}"))];
    let head = w.say("column.group");
    blocks.extend(flow_table(
        w,
        w.fill("participants.flow", &[("people", &w.group(group.respondent))]),
        head,
        &group.flow,
    ));
    if w.findings.study.waves.len() > 1 {
        let caption = w.fill("participants.by_school", &[("people", &w.group(group.respondent))]);
        blocks.extend(flow_table(w, caption, w.say("column.school"), &group.by_school));
    }
    blocks.extend(lost(w, group));
    blocks.extend(background(w, group));
    blocks
}

/// Persons from roster to linked, one row per arm or school.
pub fn flow_table(w: &Writer, caption: String, head: String, flows: &[Flow]) -> Option<Block> {
    let waves = &w.findings.study.waves;
    let twice = waves.len() > 1;
    let mut columns = vec![Column::wide(head, 2), Column::numbers(w.say("column.roster"))];
    columns.extend(waves.iter().map(|wave| Column::numbers(w.wave(&wave.id))));
    if twice {
        columns.extend(
            ["linked", "only_first", "only_last", "link_rate"]
                .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
        );
    }
    let rows = flows.iter().map(|flow| {
        let label = w.text(&flow.label);
        let named = if label.is_empty() { flow.group.as_str() } else { label };
        let mut cells = vec![if named.is_empty() { w.say("everybody") } else { named.to_owned() }];
        cells.push(w.count(flow.roster));
        cells.extend((0..waves.len()).map(|wave| w.maybe_count(flow.tested.get(wave).copied())));
        if twice {
            let first = flow.tested.first().copied().unwrap_or(0);
            cells.extend([flow.linked, flow.only_first, flow.only_last].map(|n| w.count(n)));
            cells.push(w.rate(flow.linked, first));
        }
        Row::body(cells)
    });
    let notes = if twice { vec![w.say("participants.flow.note")] } else { Vec::new() };
    table(caption, columns, rows.collect(), notes)
}

fn lost(w: &Writer, group: &ParticipantGroup) -> Vec<Block> {
    let enough = group.lost.iter().filter(|lost| lost.lost_n >= SMALL && lost.linked_n >= SMALL);
    let rows: Vec<Row> = enough
        .map(|lost| {
            let digits = decimals_of_mean(lost.linked_mean);
            Row::body(vec![
                w.outcome_label(&lost.outcome),
                w.count(lost.linked_n),
                w.number(lost.linked_mean, digits),
                w.count(lost.lost_n),
                w.number(lost.lost_mean, digits),
                w.number(lost.g, 2),
            ])
        })
        .collect();
    let columns = vec![
        Column::wide(w.say("column.outcome"), 2),
        Column::numbers(w.say("column.linked_n")),
        Column::numbers(w.say("column.linked_mean")),
        Column::numbers(w.say("column.lost_n")),
        Column::numbers(w.say("column.lost_mean")),
        Column::numbers(w.say("column.g")),
    ];
    let left_out = group.lost.len() - rows.len();
    let mut notes = vec![w.say("participants.lost.note")];
    if left_out > 0 {
        notes.push(w.fill("participants.lost.small", &[("small", &w.count(SMALL))]));
    }
    let caption = w.fill("participants.lost", &[("people", &w.group(group.respondent))]);
    match table(caption, columns, rows, notes) {
        Some(found) => vec![found],
        None if left_out > 0 => {
            vec![Block::paragraph(w.fill("participants.lost.small", &[("small", &w.count(SMALL))]))]
        }
        None => Vec::new(),
    }
}

fn background(w: &Writer, group: &ParticipantGroup) -> Option<Block> {
    let mut rows = Vec::new();
    for characteristic in &group.background {
        rows.push(super::build::group_row(w.text(&characteristic.label).to_owned(), 2));
        for value in &characteristic.values {
            rows.push(Row::body(vec![w.text(&value.label).to_owned(), w.count(value.n)]));
        }
    }
    let columns = vec![Column::wide(w.say("column.characteristic"), 2), Column::numbers(w.say("column.n"))];
    table(
        w.fill("participants.background", &[("people", &w.group(group.respondent))]),
        columns,
        rows,
        Vec::new(),
    )
}
