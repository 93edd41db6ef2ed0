//! Teachers and principals: who answered, their scales, their answers. Small groups are counted, no more.

use super::build::{part, section};
use super::compact::outcome_table;
use super::drawings;
use super::instruments::{instrument_ids, quality, waves_of};
use super::participants::flow_table;
use super::writer::{Writer, respondent_key};
use crate::analysis::findings::OutcomeFindings;
use crate::doc::Block;
use crate::instrument::Respondent;
use crate::study::OutcomeRole;

/// Everybody who is not a student, in the order of the section.
const STAFF: [Respondent; 3] = [Respondent::Teacher, Respondent::Principal, Respondent::Observer];

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("staff.title"), "staff")];
    let kinds: Vec<Respondent> = STAFF.into_iter().filter(|&kind| takes_part(w, kind)).collect();
    if kinds.is_empty() {
        blocks.push(Block::paragraph(w.say("staff.none")));
        return blocks;
    }
    blocks.push(Block::paragraph(w.fill("staff.intro", &[("small", &w.count(super::SMALL))])));
    for kind in kinds {
        blocks.extend(one_kind(w, kind));
    }
    blocks
}

fn takes_part(w: &Writer, kind: Respondent) -> bool {
    w.findings.instruments.iter().any(|instrument| instrument.respondent == kind)
        || w.findings.outcomes.iter().any(|outcome| outcome.respondent == kind)
}

fn one_kind(w: &Writer, kind: Respondent) -> Vec<Block> {
    let name = respondent_key(kind);
    let mut blocks = vec![part(2, w.say(&format!("group.{name}")), &format!("staff-{name}"))];
    if let Some(group) = w.participants(kind) {
        let caption = w.fill("staff.response", &[("people", &w.group(kind))]);
        blocks.extend(flow_table(w, caption, w.say("column.group"), &group.flow));
    }
    let outcomes: Vec<&OutcomeFindings> = w
        .findings
        .outcomes
        .iter()
        .filter(|outcome| outcome.respondent == kind && outcome.role != OutcomeRole::Primary)
        .collect();
    if !outcomes.is_empty() {
        blocks.push(Block::paragraph(w.say("staff.self_report")));
        let caption = w.fill("staff.outcomes", &[("people", &w.group(kind))]);
        blocks.extend(outcome_table(w, caption, &outcomes));
    }
    for id in instrument_ids(w, |instrument| instrument.respondent == kind) {
        let waves = waves_of(w, id);
        blocks.push(part(3, w.instrument_label(id), &format!("instrument-{id}")));
        blocks.extend(quality(w, &waves));
        blocks.extend(drawings::likert(w, &waves).into_iter().map(Block::Figure));
    }
    blocks
}
