//! Differential item functioning: which items are harder for one group than for another of equal ability.

use super::figures;
use crate::analysis::findings::{DifClass, DifFindings, DifItem};
use crate::doc::{Block, Column, Row};
use crate::report::build::{bullets, part, table};
use crate::report::writer::{DASH, Writer};

pub fn compose(w: &Writer) -> Vec<Block> {
    if w.findings.dif.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![part(2, w.say("dif.title"), "dif"), Block::paragraph(w.say("dif.intro"))];
    blocks.extend(overview(w));
    blocks.extend(flagged(w));
    blocks.extend(figures::dif(w));
    let mut notices: Vec<String> = Vec::new();
    for notice in w.findings.dif.iter().flat_map(|found| &found.notices) {
        let words = w.text(&notice.text).to_owned();
        if notice.code == "A-DIF-003" && !notices.contains(&words) {
            notices.push(words);
        }
    }
    if !notices.is_empty() {
        blocks.push(bullets(notices));
    }
    blocks
}

/// One row per comparison.
fn overview(w: &Writer) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("dif.column.test"), 2),
        Column::wide(w.say("dif.column.groups"), 3),
        Column::words(w.say("column.wave")),
        Column::numbers("n"),
        Column::numbers(w.say("dif.column.items")),
        Column::numbers("A"),
        Column::numbers("B"),
        Column::numbers("C"),
    ];
    let row = |found: &DifFindings| {
        let count = |class: DifClass| w.count(found.items.iter().filter(|item| item.class == class).count());
        let tested = !found.items.is_empty();
        let cell = |text: String| if tested { text } else { DASH.to_owned() };
        Row::body(vec![
            w.text(&found.title).to_owned(),
            groups(w, found),
            wave(w, found),
            format!("{} / {}", w.count(found.n[0]), w.count(found.n[1])),
            w.count(found.items.len()),
            cell(count(DifClass::A)),
            cell(count(DifClass::B)),
            cell(count(DifClass::C)),
        ])
    };
    let rows = w.findings.dif.iter().map(row).collect();
    table(w.say("dif.table"), columns, rows, vec![w.say("dif.table.note")])
}

fn groups(w: &Writer, found: &DifFindings) -> String {
    format!("{}: {} / {}", w.text(&found.label), w.text(&found.reference), w.text(&found.focal))
}

fn wave(w: &Writer, found: &DifFindings) -> String {
    if found.wave.is_empty() { DASH.to_owned() } else { w.wave(&found.wave) }
}

/// Items of class B and C.
fn flagged(w: &Writer) -> Option<Block> {
    let columns = vec![
        Column::words(w.say("column.item")),
        Column::wide(w.say("dif.column.groups"), 3),
        Column::words(w.say("column.wave")),
        Column::words(w.say("dif.column.class")),
        Column::numbers(w.say("dif.column.size")),
        Column::numbers("p"),
        Column::numbers(w.say("dif.column.logits")),
        Column::numbers(w.say("dif.column.ratio")),
        Column::wide(w.say("dif.column.harder"), 2),
    ];
    let mut rows = Vec::new();
    for found in &w.findings.dif {
        for item in found.items.iter().filter(|item| item.class != DifClass::A) {
            rows.push(Row::body(vec![
                item.item.clone(),
                groups(w, found),
                wave(w, found),
                class(item.class).to_owned(),
                size(w, item),
                w.p(Some(item.test.p)),
                item.location_difference.map_or_else(|| DASH.to_owned(), |d| w.signed(d, 2)),
                w.p(item.adjusted_p),
                harder(w, found, item),
            ]));
        }
    }
    table(w.say("dif.flagged"), columns, rows, vec![w.say("dif.flagged.note")])
}

fn class(class: DifClass) -> &'static str {
    match class {
        DifClass::A => "A",
        DifClass::B => "B",
        DifClass::C => "C",
    }
}

fn size(w: &Writer, item: &DifItem) -> String {
    match (item.delta, item.smd_sd) {
        (Some(delta), _) => format!("Δ {}", w.signed(delta, 2)),
        (None, Some(smd)) => format!("SMD {}", w.signed(smd, 2)),
        _ => DASH.to_owned(),
    }
}

fn harder<'a>(w: &Writer<'a>, found: &'a DifFindings, item: &DifItem) -> String {
    match item.delta.or(item.smd) {
        Some(size) if size < 0.0 => w.text(&found.focal).to_owned(),
        Some(_) => w.text(&found.reference).to_owned(),
        None => DASH.to_owned(),
    }
}
