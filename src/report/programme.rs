//! What the programme was and how it was delivered: what only people know is left as slots to fill.

use super::build::{group_row, section, table};
use super::writer::Writer;
use crate::doc::{Block, Column, Inline, Row};

/// Facts of delivery that no file holds.
const DELIVERY: [&str; 7] = ["sessions", "hours", "attendance", "facilitators", "materials", "reach", "cost"];
/// What the reader must be told about how the study was run.
const CONDUCT: [&str; 4] = ["approval", "consent", "funding", "interests"];

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("programme.title"), "programme")];
    blocks.push(Block::paragraph(described(w)));
    blocks.push(to_fill(w, "programme.theory", "programme.theory.ask"));
    blocks.extend(slots(w));
    blocks
}

fn described(w: &Writer) -> String {
    let Some(programme) = &w.findings.study.programme else { return w.say("programme.unknown") };
    let name = w.text(&programme.name);
    let provider = w.text(&programme.provider);
    let mut parts = Vec::new();
    if provider.is_empty() {
        parts.push(w.fill("programme.named", &[("name", name)]));
    } else {
        parts.push(w.fill("programme.named_by", &[("name", name), ("provider", provider)]));
    }
    if let Some(period) = &programme.period {
        parts.push(w.fill("programme.period", &[("period", period)]));
    }
    parts.push(w.text(&programme.description).to_owned());
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn to_fill(w: &Writer, name: &str, ask: &str) -> Block {
    let slot = format!("{}. [{}] ", w.say(name), w.say("to_fill"));
    Block::Paragraph(vec![Inline::Strong(slot), Inline::Text(w.say(ask))])
}

fn slots(w: &Writer) -> Option<Block> {
    let columns = vec![Column::wide(w.say("column.what"), 3), Column::wide(w.say("column.entry"), 2)];
    let mut rows = Vec::new();
    for (group, names) in [("programme.delivery", &DELIVERY[..]), ("programme.conduct", &CONDUCT)] {
        rows.push(group_row(w.say(group), columns.len()));
        rows.extend(
            names
                .iter()
                .map(|name| Row::body(vec![w.say(&format!("programme.slot.{name}")), w.say("to_fill")])),
        );
    }
    table(w.say("programme.slots"), columns, rows, Vec::new())
}
