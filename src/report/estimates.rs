//! Estimates with everything that justifies them: method, df, persons, schools; effect sizes; corrected p.

use super::build::table;
use super::lookup::primary;
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{EffectSize, EstimateFindings, Method, OutcomeFindings};
use crate::doc::{Block, Column, Row};

/// The tables of one outcome.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let mut blocks = Vec::new();
    if outcome.estimates.is_empty() {
        blocks.push(Block::paragraph(w.say("estimates.none")));
    }
    blocks.extend(estimates(w, outcome));
    blocks.extend(arm_changes(w, outcome));
    blocks
}

/// Columns of an estimate behind its name.
pub fn number_columns(w: &Writer) -> Vec<Column> {
    ["estimate", "se", "df", "ci", "p", "n", "schools"]
        .map(|name| Column::numbers(w.fill(&format!("column.{name}"), &[("level", &w.level())])))
        .to_vec()
}

/// Cells of an estimate behind its name.
pub fn number_cells(w: &Writer, estimate: &EstimateFindings, digits: usize) -> Vec<String> {
    vec![
        w.signed(estimate.estimate, digits),
        // The standard error decides the interval, so it keeps one digit more than the scores.
        w.maybe(estimate.se, digits + 1),
        w.df(estimate.df),
        w.bracket(estimate.ci, digits),
        w.p(estimate.p),
        w.count(estimate.n),
        w.maybe_count(estimate.clusters),
    ]
}

fn estimates(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.method"), 3), Column::words(w.say("column.estimand"))];
    columns.extend(number_columns(w));
    let digits = decimals(outcome);
    let rows = outcome.estimates.iter().map(|estimate| {
        let name = w.method(estimate.method);
        let named = if estimate.primary { w.fill("estimates.primary", &[("method", &name)]) } else { name };
        let cohorts = if w.findings.plan.cross_sections { ".cohorts" } else { "" };
        let estimand = format!("estimand.{}{cohorts}", estimate.estimand);
        let mut cells = vec![named, w.say_or(&estimand, &estimate.estimand)];
        cells.extend(number_cells(w, estimate, digits));
        if estimate.primary { Row::strong(cells) } else { Row::body(cells) }
    });
    let label = w.text(&outcome.label).to_owned();
    let caption = w.fill("estimates.caption", &[("outcome", &label), ("unit", &w.unit(outcome))]);
    table(caption, columns, rows.collect(), notes(w, outcome))
}

fn notes(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let mut notes = Vec::new();
    if outcome.estimates.iter().any(|estimate| estimate.clusters.is_none()) {
        notes.push(w.say("unclustered.note"));
    }
    for estimate in &outcome.estimates {
        let name = w.method(estimate.method);
        if let Some(draws) = estimate.draws {
            let count = w.number(draws.count as f64, 0);
            let key = if draws.enumerated { "estimates.draws.all" } else { "estimates.draws.some" };
            notes.push(w.fill(key, &[("method", &name), ("count", &count)]));
        }
        notes.extend(estimate.notes.iter().map(|text| format!("{name}: {}", w.text(text))));
    }
    notes.extend(outcome.adjusted.as_ref().map(|adjusted| super::multiplicity::note(w, adjusted)));
    notes
}

/// The change within each arm: background to the difference, not the answer.
fn arm_changes(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let mut columns = vec![Column::wide(w.say("column.group"), 2)];
    columns.extend(number_columns(w));
    columns.push(Column::numbers(w.say("column.effect")));
    let rows = outcome.arm_changes.iter().filter(|change| change.estimate.n >= w.small()).map(|change| {
        let mut cells = vec![w.arm(&change.arm)];
        cells.extend(number_cells(w, &change.estimate, decimals(outcome)));
        let leading = change.effect_sizes.iter().find(|size| size.leading).or(change.effect_sizes.first());
        cells.push(w.maybe(leading.map(|size| size.value), 2));
        Row::body(cells)
    });
    let methods = methods_named(w, outcome.arm_changes.iter().map(|change| change.estimate.method));
    let notes = vec![w.say("estimates.arms.note"), w.fill("estimates.method_note", &[("methods", &methods)])];
    let label = w.text(&outcome.label).to_owned();
    table(w.fill("estimates.arms", &[("outcome", &label)]), columns, rows.collect(), notes)
}

/// Names of methods, each once, in one line.
pub fn methods_named(w: &Writer, methods: impl Iterator<Item = Method>) -> String {
    let mut names: Vec<String> = Vec::new();
    for method in methods {
        let name = w.method(method);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { DASH.to_owned() } else { names.join("; ") }
}

/// The effect sizes, one line each, with everything behind their intervals.
pub fn effect_sizes(w: &Writer, outcome: &OutcomeFindings) -> Vec<String> {
    let Some(estimate) = primary(outcome) else { return Vec::new() };
    let people = w.people(outcome.respondent, estimate.n);
    let line = |size: &EffectSize| {
        let name = super::build::sentence_case(&w.say_or(&format!("effect.kind.{}", size.kind), &size.kind));
        let standardizer = w.say_or(&format!("effect.sd.{}", size.standardizer), &size.standardizer);
        let role = w.say(if size.leading { "effects.leading" } else { "effects.beside" });
        let value = w.number(size.value, 2);
        if size.ci.is_none() {
            let filled = [
                ("role", &role),
                ("name", &name),
                ("value", &value),
                ("standardizer", &standardizer),
                ("people", &people),
                ("schools", &w.clusters(estimate.clusters)),
            ];
            return w.fill("effects.line_bare", &filled.map(|(key, value)| (key, value.as_str())));
        }
        let robust = if size.cluster_robust { "effects.robust" } else { "effects.not_robust" };
        let behind = w.fill(
            robust,
            &[("df", &w.df(size.df)), ("people", &people), ("schools", &w.clusters(estimate.clusters))],
        );
        w.fill(
            "effects.line",
            &[
                ("role", &role),
                ("name", &name),
                ("value", &value),
                ("level", &w.level()),
                ("ci", &w.bracket(size.ci, 2)),
                ("standardizer", &standardizer),
                ("behind", &behind),
            ],
        )
    };
    outcome.effect_sizes.iter().map(line).collect()
}
