//! Who took part, who was lost on the way, and whether the lost differ from those who stayed.

use super::build::section;
use super::build::{bullets, table};
use super::writer::{DASH, Writer, decimals_of_mean, respondent_key};
use crate::analysis::findings::{Flow, LostComparison, ParticipantGroup};
use crate::doc::{Block, Column, Row};

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("participants.title"), "participants")];
    let groups = &w.findings.participants.groups;
    if groups.is_empty() {
        blocks.push(Block::paragraph(w.say("participants.none")));
        return blocks;
    }
    blocks.push(Block::paragraph(w.say("participants.intro")));
    blocks.extend(flow(w));
    blocks.extend(super::flow::compose(w));
    blocks.extend(by_school(w));
    // The section on groups before the programme compares them in full.
    if w.findings.baseline.lost.is_empty() {
        blocks.extend(lost(w));
    }
    blocks.extend(background(w));
    blocks
}

/// Columns of a flow behind its name.
fn flow_columns(w: &Writer) -> Vec<Column> {
    let waves = &w.findings.study.waves;
    let mut columns = vec![Column::numbers(w.say("column.roster"))];
    columns.extend(waves.iter().map(|wave| Column::numbers(w.wave(&wave.id))));
    if waves.len() > 1 {
        columns.extend(
            ["linked", "only_first", "only_last", "link_rate"]
                .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
        );
    }
    columns
}

fn flow_cells(w: &Writer, flow: &Flow) -> Vec<String> {
    let waves = w.findings.study.waves.len();
    let mut cells = vec![w.count(flow.roster)];
    cells.extend((0..waves).map(|wave| w.maybe_count(flow.tested.get(wave).copied())));
    if waves > 1 {
        let before = w.findings.study.compared_waves().map_or(0, |[before, _]| before);
        let first = flow.tested.get(before).copied().unwrap_or(0);
        cells.extend([flow.linked, flow.only_first, flow.only_last].map(|n| w.count(n)));
        cells.push(w.rate(flow.linked, first));
    }
    cells
}

/// From roster to linked, one row per kind of respondent and arm.
fn flow(w: &Writer) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.group"), 2)];
    columns.extend(flow_columns(w));
    let mut rows = Vec::new();
    for group in &w.findings.participants.groups {
        let kind = w.say(&format!("group.{}", respondent_key(group.respondent)));
        for flow in &group.flow {
            let arm = w.text(&flow.label);
            let name = if arm.is_empty() { kind.clone() } else { format!("{kind}: {arm}") };
            rows.push(Row::body([vec![name], flow_cells(w, flow)].concat()));
        }
    }
    let twice = w.findings.study.waves.len() > 1;
    let notes = if twice { vec![w.say("participants.flow.note")] } else { Vec::new() };
    table(w.say("participants.flow"), columns, rows, notes)
}

/// The flow of the first kind of respondent by school, with those linked of the other kinds beside it.
fn by_school(w: &Writer) -> Option<Block> {
    if w.findings.study.waves.len() < 2 {
        return None;
    }
    let (main, others) = w.findings.participants.groups.split_first()?;
    let others: Vec<&ParticipantGroup> = others.iter().filter(|group| !group.by_school.is_empty()).collect();
    let mut columns = vec![Column::wide(w.say("column.school"), 2)];
    columns.extend(flow_columns(w));
    columns.extend(others.iter().map(|group| {
        let kind = w.say(&format!("group.{}", respondent_key(group.respondent)));
        Column::numbers(format!("{kind}\n{}", w.say("participants.linked_of_roster")))
    }));
    let rows = main.by_school.iter().map(|school| {
        let label = w.text(&school.label);
        let name = if label.is_empty() { school.group.as_str() } else { label };
        let mut cells = [vec![name.to_owned()], flow_cells(w, school)].concat();
        cells.extend(others.iter().map(|group| {
            let same = group.by_school.iter().find(|other| other.group == school.group);
            same.map_or_else(
                || DASH.to_owned(),
                |own| format!("{}/{}", w.count(own.linked), w.count(own.roster)),
            )
        }));
        Row::body(cells)
    });
    let caption = w.fill("participants.by_school", &[("people", &w.group(main.respondent))]);
    table(caption, columns, rows.collect(), Vec::new())
}

/// First scores of those who stayed and those who were lost, over all kinds of respondents.
fn lost(w: &Writer) -> Vec<Block> {
    let all: Vec<&LostComparison> =
        w.findings.participants.groups.iter().flat_map(|group| &group.lost).collect();
    let enough = all.iter().filter(|lost| lost.lost_n >= w.small() && lost.linked_n >= w.small());
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
    let mut columns = vec![Column::wide(w.say("column.outcome"), 2)];
    columns.extend(
        ["linked_n", "linked_mean", "lost_n", "lost_mean", "g"]
            .map(|name| Column::numbers(w.say(&format!("column.{name}")))),
    );
    let left_out = (rows.len() < all.len())
        .then(|| w.fill("participants.lost.small", &[("small", &w.count(w.small()))]));
    let notes = [vec![w.say("participants.lost.note")], left_out.clone().into_iter().collect()].concat();
    match table(w.say("participants.lost"), columns, rows, notes) {
        Some(found) => vec![found],
        None => left_out.map(Block::paragraph).into_iter().collect(),
    }
}

/// Counts of background characteristics, one line each.
fn background(w: &Writer) -> Option<Block> {
    let mut lines = Vec::new();
    for group in &w.findings.participants.groups {
        let people = w.say(&format!("group.{}", respondent_key(group.respondent)));
        for characteristic in &group.background {
            let counted: Vec<String> = characteristic
                .values
                .iter()
                .map(|value| format!("{} {}", w.text(&value.label), w.count(value.n)))
                .collect();
            let (label, counted) = (w.text(&characteristic.label), counted.join("; "));
            lines.push(w.fill(
                "participants.background",
                &[("people", &people), ("label", label), ("counted", &counted)],
            ));
        }
    }
    (!lines.is_empty()).then(|| bullets(lines))
}
