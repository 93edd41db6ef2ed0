//! Teachers and principals: their outcomes and scales. Items and answers stand in the annexes; small groups
//! are counted, no more.

use super::build::{part, section};
use super::compact::outcome_table;
use super::instruments::{instrument_ids, quality, waves_of};
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
    blocks.push(Block::paragraph(w.fill("staff.intro", &[("small", &w.count(w.small()))])));
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
    let outcomes: Vec<&OutcomeFindings> = w
        .findings
        .outcomes
        .iter()
        .filter(|outcome| outcome.respondent == kind && outcome.role != OutcomeRole::Primary)
        .collect();
    if !outcomes.is_empty() {
        let caption = w.fill("staff.outcomes", &[("people", &w.group(kind))]);
        blocks.extend(outcome_table(w, caption, &outcomes));
        blocks.extend(super::equivalence::open_table(w, &outcomes));
    }
    for id in instrument_ids(w, |instrument| instrument.respondent == kind) {
        blocks.extend(quality(w, &waves_of(w, id)));
    }
    blocks
}
