//! The questions, the design as read from the files, what it allows to claim, and the plan with its reasons.

use super::build::{bullets, note, part, section, table};
use super::writer::{DASH, Writer, respondent_key};
use crate::analysis::findings::{Design, Notice, NoticeKind, OutcomeFindings, Weighting};
use crate::doc::{Block, Column, Row, Tone};
use crate::i18n::format;
use crate::study::{Assignment, OutcomeRole};

/// The section.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("design.title"), "design")];
    blocks.push(Block::paragraph(w.say(&format!("summary.question.{}", w.claim_key()))));
    blocks.push(part(2, w.say("design.what"), "design-what"));
    blocks.push(Block::paragraph(what(w)));
    blocks.push(note(
        Tone::Info,
        w.say("design.claim.title"),
        vec![w.say(&format!("design.claim.{}", w.claim_key()))],
    ));
    if !w.knows_schools() {
        blocks.push(note(Tone::Caution, w.say("unclustered.title"), vec![w.say("unclustered.text")]));
    }
    blocks.push(part(2, w.say("design.outcomes"), "design-outcomes"));
    blocks.push(outcomes(w).unwrap_or_else(|| Block::paragraph(w.say("summary.no_outcomes"))));
    blocks.push(part(2, w.say("design.plan"), "design-plan"));
    blocks.extend(plan(w));
    blocks.extend(super::plan_lock::compose(w));
    blocks
}

/// The design as part of a phrase key; a drawn comparison is named as such.
pub fn design_key(w: &Writer) -> &'static str {
    let drawn = matches!(w.findings.plan.assignment, Assignment::RandomSchool | Assignment::RandomStudent);
    if w.findings.plan.cross_sections {
        return match (w.findings.plan.design, drawn) {
            (Design::ComparisonClustered, true) => "random_cohorts",
            (Design::ComparisonClustered, false) => "comparison_cohorts",
            _ => "one_group_cohorts",
        };
    }
    match (w.findings.plan.design, drawn) {
        (Design::OneGroupClustered, _) => "one_group_clustered",
        (Design::OneGroupUnclustered, _) => "one_group_unclustered",
        (Design::ComparisonClustered, true) => "random_clustered",
        (Design::ComparisonClustered, false) => "comparison_clustered",
        (Design::ComparisonUnclustered, true) => "random_unclustered",
        (Design::ComparisonUnclustered, false) => "comparison_unclustered",
        (Design::SingleWave, _) => "single_wave",
    }
}

/// Assignment as part of a phrase key.
fn assignment_key(assignment: Assignment) -> &'static str {
    match assignment {
        Assignment::None => "none",
        Assignment::RandomSchool => "random_school",
        Assignment::RandomStudent => "random_student",
        Assignment::School => "school",
        Assignment::SelfSelected => "self_selected",
    }
}

fn what(w: &Writer) -> String {
    let plan = &w.findings.plan;
    let label = w.say(&format!("design.label.{}", design_key(w)));
    let mut parts = vec![w.fill("design.is", &[("design", &label)])];
    parts.push(w.say(&format!("design.assignment.{}", assignment_key(plan.assignment))));
    if let Some(schools) = &plan.schools {
        parts.push(match schools.as_slice() {
            [one] => w.fill("design.schools", &[("schools", &w.schools(*one))]),
            several => w.fill("design.schools_by_arm", &[("schools", &by_arm(w, several))]),
        });
    }
    parts.extend(plan.weighting().map(|weighting| w.say(weighting_key(w, weighting))));
    parts.join(" ")
}

/// The sentence on whose average the primary estimate is.
fn weighting_key(w: &Writer, weighting: Weighting) -> &'static str {
    match weighting {
        Weighting::Schools if w.findings.plan.students_beside() => "design.weight.schools_beside",
        Weighting::Schools => "design.weight.schools",
        Weighting::Persons => "design.weight.persons",
        Weighting::Precision => "design.weight.precision",
        Weighting::WithinSchools => "design.weight.within",
    }
}

fn by_arm(w: &Writer, schools: &[usize]) -> String {
    let named = w.findings.study.arms.iter().zip(schools);
    named.map(|(arm, &n)| format!("{}: {}", w.arm(&arm.id), w.schools(n))).collect::<Vec<_>>().join("; ")
}

fn outcomes(w: &Writer) -> Option<Block> {
    // Exploratory outcomes test nothing; where others are declared, a sentence names them.
    let declared: Vec<&OutcomeFindings> =
        w.findings.outcomes.iter().filter(|outcome| outcome.role != OutcomeRole::Exploratory).collect();
    let all = w.findings.outcomes.iter().collect();
    let shown = if declared.is_empty() { all } else { declared };
    let mut notes = vec![w.say("design.outcomes.note")];
    if shown.len() < w.findings.outcomes.len() {
        notes.push(w.fill("design.outcomes.exploratory", &[("outcomes", &exploratory(w))]));
    }
    let rows = shown.into_iter().map(|outcome| {
        let cells = vec![
            w.text(&outcome.label).to_owned(),
            w.say(&format!("role.{}", role_key(outcome.role))),
            w.say(&format!("people.{}", respondent_key(outcome.respondent))),
            outcome.scale.clone(),
            w.family(&outcome.family),
        ];
        if outcome.role == OutcomeRole::Primary { Row::strong(cells) } else { Row::body(cells) }
    });
    let columns = vec![
        Column::wide(w.say("column.outcome"), 2),
        Column::words(w.say("column.role")),
        Column::words(w.say("column.respondent")),
        Column::words(w.say("column.scale")),
        Column::words(w.say("column.family")),
    ];
    table(w.say("design.outcomes.caption"), columns, rows.collect(), notes)
}

/// Labels of the exploratory outcomes in one line.
fn exploratory(w: &Writer) -> String {
    let of_role = w.findings.outcomes.iter().filter(|outcome| outcome.role == OutcomeRole::Exploratory);
    of_role.map(|outcome| w.text(&outcome.label)).collect::<Vec<_>>().join("; ")
}

/// The role of an outcome as part of a phrase key.
pub fn role_key(role: OutcomeRole) -> &'static str {
    match role {
        OutcomeRole::Primary => "primary",
        OutcomeRole::Secondary => "secondary",
        OutcomeRole::Exploratory => "exploratory",
    }
}

fn plan(w: &Writer) -> Vec<Block> {
    let plan = &w.findings.plan;
    let mut blocks = Vec::new();
    if plan.design == Design::SingleWave {
        blocks.push(Block::paragraph(w.say("design.plan.single")));
    } else {
        let primary = plan.primary.map_or_else(
            || DASH.to_owned(),
            |primary| w.say(&format!("method.{}.name", super::methods::method_key(primary))),
        );
        let alpha = format::number(w.lang, plan.alpha, 2);
        let words =
            w.fill("design.plan.primary", &[("method", &primary), ("alpha", &alpha), ("level", &w.level())]);
        let limit = w.findings.rules.smallest_effect_of_interest;
        let interest = if limit.is_some() { "design.plan.interest" } else { "design.plan.no_interest" };
        let interest = w.fill(interest, &[("limit", &w.maybe(limit, 2))]);
        blocks.push(Block::paragraph(format!("{words} {interest}")));
        let others: Vec<String> = plan
            .sensitivity
            .iter()
            .map(|&method| w.say(&format!("method.{}.name", super::methods::method_key(method))))
            .collect();
        if !others.is_empty() {
            blocks.push(Block::paragraph(
                w.fill("design.plan.sensitivity", &[("methods", &others.join("; "))]),
            ));
        }
    }
    for (kind, key) in [
        (NoticeKind::Reason, "design.plan.reasons"),
        (NoticeKind::Refusal, "design.plan.refusals"),
        (NoticeKind::Caution, "design.plan.cautions"),
    ] {
        let of_kind: Vec<&Notice> = plan.reasons.iter().filter(|notice| notice.kind == kind).collect();
        if !of_kind.is_empty() {
            blocks.push(Block::paragraph(w.say(key)));
            blocks.push(bullets(of_kind.into_iter().map(|notice| coded(w, notice)).collect()));
        }
    }
    blocks
}

/// A notice as a sentence with its code.
pub fn coded(w: &Writer, notice: &Notice) -> String {
    format!("{} ({})", w.text(&notice.text), notice.code)
}
