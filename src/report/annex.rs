//! What somebody needs to make the report again, and every notice in full.

use super::build::{part, section, table};
use super::writer::{DASH, Writer};
use crate::analysis::findings::{Notice, NoticeKind};
use crate::doc::{Block, Column, Inline, Row};

/// Leading characters of a checksum that tell files apart on paper.
const SHORT_HASH: usize = 16;

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let from = &w.findings.provenance;
    let mut blocks = vec![section(w.say("annex.title"), "annex")];
    blocks.push(Block::Paragraph(vec![
        Inline::Text(format!("{} ", w.say("annex.again"))),
        Inline::Code("dampak report study.json".to_owned()),
    ]));
    let (software, seed) = (super::cover::software(w), from.seed.to_string());
    let made = [("software", software.as_str()), ("seed", seed.as_str()), ("plan", short(&from.plan_sha256))];
    blocks.push(Block::paragraph(w.fill("annex.made", &made)));
    blocks.push(Block::paragraph(w.fill("annex.tests", &[("n", &w.count(tests(w)))])));
    if let Some(files) = inputs(w) {
        blocks.extend([part(2, w.say("annex.inputs"), "annex-inputs"), files]);
    }
    blocks.push(part(2, w.say("annex.notices"), "annex-notices"));
    blocks.push(notices(w).unwrap_or_else(|| Block::paragraph(w.say("annex.no_notices"))));
    blocks
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT_HASH).unwrap_or(hash)
}

/// Every p-value of the report is a test; readers judge the smallest by how many there were.
fn tests(w: &Writer) -> usize {
    let outcomes = &w.findings.outcomes;
    let whole = outcomes.iter().flat_map(|outcome| &outcome.estimates);
    let groups = outcomes.iter().flat_map(|outcome| &outcome.subgroups).flat_map(|subgroup| &subgroup.groups);
    let arms = outcomes.iter().flat_map(|outcome| &outcome.arm_changes).map(|change| &change.estimate);
    whole
        .chain(arms)
        .chain(groups.map(|group| &group.estimate))
        .filter(|estimate| estimate.p.is_some())
        .count()
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

fn notices(w: &Writer) -> Option<Block> {
    let mut all: Vec<&Notice> = Vec::new();
    let of_outcomes = w.findings.outcomes.iter().flat_map(|outcome| &outcome.notices);
    for notice in w.findings.plan.reasons.iter().chain(&w.findings.notices).chain(of_outcomes) {
        if !all.contains(&notice) {
            all.push(notice);
        }
    }
    let columns = vec![
        Column::words(w.say("column.code")),
        Column::words(w.say("column.notice_kind")),
        Column::words(w.say("column.about")),
        Column::wide(w.say("column.notice"), 4),
    ];
    let rows = all.into_iter().map(|notice| {
        let about = if notice.about.is_empty() { DASH.to_owned() } else { notice.about.clone() };
        let kind = w.say(&format!("notice.{}", kind_key(notice.kind)));
        Row::body(vec![notice.code.clone(), kind, about, w.text(&notice.text).to_owned()])
    });
    table(w.say("annex.notices.caption"), columns, rows.collect(), Vec::new())
}

fn kind_key(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Reason => "reason",
        NoticeKind::Refusal => "refusal",
        NoticeKind::Caution => "caution",
    }
}
