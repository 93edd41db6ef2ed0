//! Loss of schools and participants, with the verdicts where groups are compared.

use super::build::{group_row, section, table};
use super::writer::{DASH, Writer};
use crate::analysis::findings::{
    AttritionFindings, AttritionLevel, AttritionUnit, BoundaryVerdict, Claim, GroupLoss,
};
use crate::doc::{Block, Column, Row};
use crate::i18n::format;
use crate::instrument::Respondent;
use crate::study::{ArmRole, AttritionBoundary};

/// The section; nothing where loss was not looked at (a single wave).
pub fn compose(w: &Writer) -> Vec<Block> {
    let all = &w.findings.attrition;
    if all.is_empty() {
        return Vec::new();
    }
    let (compared, alone): (Vec<&AttritionFindings>, Vec<&AttritionFindings>) =
        all.iter().partition(|found| found.levels.iter().any(|level| level.groups.len() > 1));
    let mut blocks = vec![section(w.say("attrition.title"), "attrition")];
    blocks.extend(verdict(w, &compared));
    blocks.extend(compared_table(w, &compared));
    if !alone.is_empty() {
        if compared.is_empty() {
            blocks.push(Block::paragraph(w.say("attrition.one_group")));
        }
        blocks.extend(alone_table(w, &alone));
    }
    blocks
}

/// Verdict on the leading outcomes, and what it is worth in the design at hand.
fn verdict(w: &Writer, compared: &[&AttritionFindings]) -> Vec<Block> {
    let leading = w.leading();
    let judged = compared.iter().filter(|found| leading.iter().any(|outcome| outcome.id == found.outcome));
    let mut parts: Vec<String> = Vec::new();
    for found in judged {
        let Some(low) = found.low else { continue };
        let key = if low { "attrition.verdict.low" } else { "attrition.verdict.high" };
        let boundary = w.say(&format!("attrition.boundary.{}", boundary_key(found.declared)));
        let outcome = w.outcome_label(&found.outcome);
        parts.push(w.fill(key, &[("outcome", &outcome), ("boundary", &boundary)]));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let drawn = w.findings.plan.claim == Claim::Effect;
    parts.push(w.say(if drawn { "attrition.worth.drawn" } else { "attrition.worth.not_drawn" }));
    vec![Block::paragraph(parts.join(" "))]
}

fn boundary_key(boundary: AttritionBoundary) -> &'static str {
    match boundary {
        AttritionBoundary::Cautious => "cautious",
        AttritionBoundary::Optimistic => "optimistic",
    }
}

/// Outcomes with the same loss, which share their rows: scales of one test lose the same persons.
fn alike<'a>(found: &[&'a AttritionFindings]) -> Vec<Vec<&'a AttritionFindings>> {
    let mut groups: Vec<Vec<&AttritionFindings>> = Vec::new();
    for one in found {
        match groups.iter_mut().find(|group| group[0].levels == one.levels) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn title(w: &Writer, group: &[&AttritionFindings]) -> String {
    group.iter().map(|found| w.outcome_label(&found.outcome)).collect::<Vec<_>>().join("; ")
}

fn compared_table(w: &Writer, compared: &[&AttritionFindings]) -> Option<Block> {
    let declared = compared.first()?.declared;
    let arm = |role| w.arm_of(role).map(|arm| w.arm(&arm.id)).unwrap_or_default();
    let (program, comparison) = (arm(ArmRole::Programme), arm(ArmRole::Comparison));
    let mut columns = vec![Column::wide(w.say("attrition.column.level"), 4)];
    for name in [&program, &comparison] {
        columns.push(Column::numbers(w.fill("attrition.column.arm", &[("arm", name)])));
    }
    columns.push(Column::numbers(w.say("attrition.column.overall")));
    columns.push(Column::numbers(w.say("attrition.column.differential")));
    for boundary in [AttritionBoundary::Cautious, AttritionBoundary::Optimistic] {
        let name = w.say(&format!("attrition.boundary.{}", boundary_key(boundary)));
        let key = if boundary == declared { "attrition.column.declared" } else { "attrition.column.beside" };
        columns.push(Column::numbers(w.fill(key, &[("boundary", &name)])));
    }
    let mut rows = Vec::new();
    for group in alike(compared) {
        rows.push(group_row(title(w, &group), columns.len()));
        for level in &group[0].levels {
            let mut cells = vec![unit(w, group[0], level)];
            cells.extend(level.groups.iter().map(|group| loss(w, group)));
            cells.push(share(w, level.overall));
            cells.push(points(w, level.differential));
            cells.extend([level.cautious, level.optimistic].map(|verdict| limit(w, verdict)));
            rows.push(Row::body(cells));
        }
    }
    table(w.say("attrition.caption"), columns, rows, vec![w.say("attrition.note.compared")])
}

fn alone_table(w: &Writer, alone: &[&AttritionFindings]) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("attrition.column.level"), 3)];
    columns.extend(
        ["assigned", "analysed", "lost"]
            .map(|name| Column::numbers(w.say(&format!("attrition.column.{name}")))),
    );
    let mut rows = Vec::new();
    for group in alike(alone) {
        rows.push(group_row(title(w, &group), columns.len()));
        for level in &group[0].levels {
            let Some(own) = level.groups.first() else { continue };
            rows.push(Row::body(vec![
                unit(w, group[0], level),
                w.count(own.assigned),
                w.count(own.analysed),
                share(w, own.lost),
            ]));
        }
    }
    table(w.say("attrition.caption"), columns, rows, vec![w.say("attrition.note.alone")])
}

fn unit(w: &Writer, found: &AttritionFindings, level: &AttritionLevel) -> String {
    let outcome = w.findings.outcomes.iter().find(|outcome| outcome.id == found.outcome);
    let people = w.group(outcome.map_or(Respondent::Student, |outcome| outcome.respondent));
    let key = match level.unit {
        AttritionUnit::School => "attrition.unit.school",
        AttritionUnit::Person => "attrition.unit.person",
        AttritionUnit::PersonWithoutJoiners => "attrition.unit.without_joiners",
    };
    super::build::sentence_case(&w.fill(key, &[("people", &people)]))
}

/// "312 of 350 (10.9%)".
fn loss(w: &Writer, group: &GroupLoss) -> String {
    let values = [w.count(group.analysed), w.count(group.assigned), share(w, group.lost)];
    w.fill("attrition.cell", &[("analysed", &values[0]), ("assigned", &values[1]), ("lost", &values[2])])
}

fn share(w: &Writer, share: f64) -> String {
    format::percent(w.lang, share, 1)
}

/// Percentage points as a bare number.
fn points(w: &Writer, difference: Option<f64>) -> String {
    w.maybe(difference.map(|share| 100.0 * share), 1)
}

fn limit(w: &Writer, verdict: Option<BoundaryVerdict>) -> String {
    let Some(verdict) = verdict else { return DASH.to_owned() };
    let word = w.say(if verdict.low { "attrition.low" } else { "attrition.high" });
    format!("{word} ({})", points(w, verdict.limit))
}
