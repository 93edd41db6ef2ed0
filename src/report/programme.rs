//! What the programme was and how it was delivered: what only people know is left as slots to fill.

use super::build::{part, section, table};
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
    blocks.push(part(2, w.say("programme.theory"), "programme-theory"));
    blocks.push(to_fill(w, "programme.theory.ask"));
    blocks.push(part(2, w.say("programme.delivery"), "programme-delivery"));
    blocks.extend(slots(w, "programme.delivery.caption", &DELIVERY));
    blocks.push(part(2, w.say("programme.conduct"), "programme-conduct"));
    blocks.extend(slots(w, "programme.conduct.caption", &CONDUCT));
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

fn to_fill(w: &Writer, ask: &str) -> Block {
    let slot = format!("[{}] ", w.say("to_fill"));
    Block::Paragraph(vec![Inline::Strong(slot), Inline::Text(w.say(ask))])
}

fn slots(w: &Writer, caption: &str, names: &[&str]) -> Option<Block> {
    let rows =
        names.iter().map(|name| Row::body(vec![w.say(&format!("programme.slot.{name}")), w.say("to_fill")]));
    let columns = vec![Column::wide(w.say("column.what"), 3), Column::wide(w.say("column.entry"), 2)];
    table(w.say(caption), columns, rows.collect(), Vec::new())
}
