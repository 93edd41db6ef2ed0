//! What somebody needs to make the report again.

use super::build::{section, table};
use super::writer::Writer;
use crate::doc::{Block, Column, Inline, Row};

/// Leading characters of a checksum that tell files apart on paper.
const SHORT_HASH: usize = 16;

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let from = &w.findings.provenance;
    let mut blocks = vec![section(w.say("annex.title"), "annex")];
    blocks.push(Block::Paragraph(vec![
        Inline::Text(format!("{} ", w.say("annex.again"))),
        Inline::Code(format!("dampak report {}", from.study_file)),
    ]));
    let (software, seed) = (super::cover::software(w), from.seed.to_string());
    let made = [("software", software.as_str()), ("seed", seed.as_str()), ("plan", short(&from.plan_sha256))];
    blocks.push(Block::paragraph(w.fill("annex.made", &made)));
    blocks.extend(inputs(w));
    blocks
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT_HASH).unwrap_or(hash)
}

fn inputs(w: &Writer) -> Option<Block> {
    let columns = vec![
        Column::wide(w.say("column.file"), 3),
        Column::numbers(w.say("column.rows")),
        Column::words(w.say("column.sha256")),
    ];
    let rows = w.findings.provenance.inputs.iter().map(|file| {
        Row::body(vec![file.path.clone(), w.maybe_count(file.rows), short(&file.sha256).to_owned()])
    });
    let notes = vec![w.fill("annex.inputs.note", &[("n", &w.count(SHORT_HASH))])];
    table(w.say("annex.inputs.caption"), columns, rows.collect(), notes)
}
