//! Many outcomes in one table: what is exploratory for students, or belongs to the staff.

use super::build::{section, table};
use super::change::wave_mean;
use super::estimates::methods_named;
use super::lookup::{is_small, leading_effect, primary};
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::OutcomeFindings;
use crate::doc::{Block, Column, Row};
use crate::instrument::Respondent;
use crate::study::OutcomeRole;

/// The section on exploratory outcomes of students.
pub fn compose(w: &Writer) -> Vec<Block> {
    let mut blocks = vec![section(w.say("exploratory.title"), "exploratory")];
    let outcomes: Vec<&OutcomeFindings> = w
        .findings
        .outcomes
        .iter()
        .filter(|outcome| {
            outcome.role == OutcomeRole::Exploratory && outcome.respondent == Respondent::Student
        })
        .collect();
    if outcomes.is_empty() {
        blocks.push(Block::paragraph(w.say("exploratory.none")));
        return blocks;
    }
    blocks.push(Block::paragraph(w.say("exploratory.intro")));
    blocks.extend(outcome_table(w, w.say("exploratory.caption"), &outcomes));
    blocks.extend(super::equivalence::open_table(w, &outcomes));
    blocks
}

/// One row per outcome: scores, estimate, effect size; counts only where few persons stand behind it.
pub fn outcome_table(w: &Writer, caption: String, outcomes: &[&OutcomeFindings]) -> Option<Block> {
    let mut columns =
        vec![Column::wide(w.say("column.outcome"), 3), Column::words(w.say("column.before_after"))];
    let number = |name: &str| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())]));
    columns.extend(["estimate", "ci", "df", "p"].map(number));
    columns.push(Column::numbers(w.say("families.column")));
    columns.extend(["n", "schools", "effect"].map(number));
    let rows = outcomes.iter().map(|outcome| Row::body(cells(w, outcome)));
    let methods =
        methods_named(w, outcomes.iter().filter_map(|outcome| primary(outcome)).map(|one| one.method));
    let mut notes = Vec::new();
    if methods != DASH {
        notes.push(w.fill("estimates.method_note", &[("methods", &methods)]));
    }
    let families = super::multiplicity::families(w, outcomes.iter().copied());
    if !families.is_empty() {
        notes.push(w.fill("families.compact", &[("families", &families)]));
    }
    let kinds = effect_kinds(w, outcomes);
    if !kinds.is_empty() {
        notes.push(w.fill("compact.effect_note", &[("kinds", &kinds.join("; "))]));
    }
    if outcomes.iter().any(|outcome| is_small(w, outcome)) {
        notes.push(w.fill("compact.small", &[("small", &w.count(w.small()))]));
    }
    if outcomes.iter().filter_map(|outcome| primary(outcome)).any(|estimate| estimate.clusters.is_none()) {
        notes.push(w.say("unclustered.note"));
    }
    table(caption, columns, rows.collect(), notes)
}

fn effect_kinds(w: &Writer, outcomes: &[&OutcomeFindings]) -> Vec<String> {
    let mut kinds = Vec::new();
    for size in outcomes.iter().filter_map(|outcome| leading_effect(outcome)) {
        let kind = w.say_or(&format!("effect.kind.{}", size.kind), &size.kind);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn cells(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let label = w.text(&outcome.label).to_owned();
    let dash = || DASH.to_owned();
    let most = outcome.descriptives.iter().map(|row| row.n).max().unwrap_or(0);
    let schools = outcome.descriptives.iter().filter_map(|row| row.clusters).max();
    let Some(estimate) = primary(outcome).filter(|_| !is_small(w, outcome)) else {
        let shown = if is_small(w, outcome) { dash() } else { before_after(w, outcome) };
        let n = primary(outcome).map_or(most, |estimate| estimate.n);
        return vec![
            label,
            shown,
            dash(),
            dash(),
            dash(),
            dash(),
            dash(),
            w.count(n),
            w.maybe_count(schools),
            dash(),
        ];
    };
    let digits = decimals(outcome);
    vec![
        label,
        before_after(w, outcome),
        w.signed(estimate.estimate, digits),
        w.bracket(estimate.ci, digits),
        w.df(estimate.df),
        w.p(estimate.p),
        w.p(outcome.adjusted.as_ref().map(|adjusted| adjusted.by(adjusted.declared))),
        w.count(estimate.n),
        w.maybe_count(estimate.clusters),
        w.maybe(leading_effect(outcome).map(|size| size.value), 2),
    ]
}

/// Means from the earlier to the later of the compared waves, per arm: of linked persons, of everybody where every
/// wave meets others. The mean of the only wave where there is one.
fn before_after(w: &Writer, outcome: &OutcomeFindings) -> String {
    let digits = decimals(outcome);
    let Some([first, last]) = w.ends() else {
        let means = outcome.descriptives.iter().filter(|row| row.n >= w.small());
        let worded: Vec<String> = means.map(|row| w.number(row.mean, digits)).collect();
        return if worded.is_empty() { DASH.to_owned() } else { worded.join("; ") };
    };
    let described = if w.findings.plan.cross_sections { &outcome.descriptives } else { &outcome.linked };
    let arms = w.arm_ids(described.iter().map(|row| row.arm.as_str()));
    let worded = arms.into_iter().map(|arm| {
        let mean = |wave: &str| w.maybe(wave_mean(w, outcome, wave, arm), digits);
        let label = w.arm(arm);
        let label = if label.is_empty() { label } else { format!("{label}: ") };
        format!("{label}{} → {}", mean(first), mean(last))
    });
    let worded: Vec<String> = worded.collect();
    if worded.is_empty() { DASH.to_owned() } else { worded.join("; ") }
}
