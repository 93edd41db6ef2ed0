//! Subgroups of one outcome: first whether the groups differ, then the change within each.

use super::build::{group_row, table};
use super::drawings::figure;
use super::estimates::{methods_named, number_cells, number_columns};
use super::writer::{DASH, Writer, decimals};
use crate::analysis::findings::{
    InteractionFindings, InteractionMethod, NoticeKind, OutcomeFindings, SubgroupFindings,
};
use crate::chart::{Chart, Forest, ForestKind, ForestRow};
use crate::doc::{Block, Column, Figure, Row};
use crate::study::OutcomeRole;

/// The table, and for primary outcomes the chart.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let mut blocks: Vec<Block> = groups_table(w, outcome).into_iter().collect();
    if outcome.role == OutcomeRole::Primary {
        blocks.extend(chart(w, outcome).map(Block::Figure));
    }
    blocks
}

fn groups_table(w: &Writer, outcome: &OutcomeFindings) -> Option<Block> {
    let digits = decimals(outcome);
    let mut columns = vec![Column::wide(w.say("column.group"), 3)];
    columns.extend(number_columns(w));
    let mut rows = Vec::new();
    let mut notes = vec![w.say("subgroups.note")];
    for subgroup in &outcome.subgroups {
        rows.push(group_row(heading(w, subgroup), columns.len()));
        rows.extend(subgroup.interaction.as_ref().map(|found| interaction_row(w, found, digits)));
        for group in &subgroup.groups {
            let mut cells = vec![w.text(&group.label).to_owned()];
            cells.extend(number_cells(w, &group.estimate, digits));
            rows.push(Row::body(cells));
        }
        if subgroup.interaction.is_none() && subgroup.groups.is_empty() {
            rows.push(blank_row(w.say("subgroups.nothing"), columns.len()));
        }
        notes.extend(notes_on(w, subgroup));
    }
    if rows.is_empty() {
        return None;
    }
    let groups = || outcome.subgroups.iter().flat_map(|subgroup| &subgroup.groups);
    if groups().next().is_some() {
        let methods = methods_named(w, groups().map(|group| group.estimate.method));
        notes.push(w.fill("subgroups.methods", &[("methods", &methods)]));
    }
    notes.extend(tests_named(w, outcome));
    let label = w.text(&outcome.label).to_owned();
    table(w.fill("subgroups.caption", &[("outcome", &label)]), columns, rows, notes)
}

fn heading(w: &Writer, subgroup: &SubgroupFindings) -> String {
    let key = if subgroup.declared { "subgroups.declared" } else { "subgroups.exploratory" };
    w.fill(key, &[("label", w.text(&subgroup.label))])
}

fn blank_row(words: String, width: usize) -> Row {
    let mut cells = vec![DASH.to_owned(); width];
    cells[0] = words;
    Row::body(cells)
}

fn interaction_row(w: &Writer, found: &InteractionFindings, digits: usize) -> Row {
    let pair = found.groups.first().zip(found.groups.get(1)).filter(|_| found.estimate.is_some());
    let name = match pair {
        Some((first, second)) => {
            w.fill("subgroups.difference", &[("second", w.text(second)), ("first", w.text(first))])
        }
        None => w.say("subgroups.joint"),
    };
    let (estimate, df) = match found.estimate {
        Some(estimate) => (w.signed(estimate, digits), w.df(Some(found.df))),
        None => {
            let f = w.number(found.statistic, 2);
            let df = format!("{}; {}", w.number(found.contrasts, 0), w.df(Some(found.df)));
            (format!("F = {f}"), df)
        }
    };
    Row::strong(vec![
        name,
        estimate,
        w.maybe(found.se, digits + 1),
        df,
        w.bracket(found.ci, digits),
        w.p(Some(found.p)),
        w.count(found.n),
        w.maybe_count(found.clusters),
    ])
}

fn notes_on(w: &Writer, subgroup: &SubgroupFindings) -> Vec<String> {
    let label = w.text(&subgroup.label);
    let mut notes = Vec::new();
    if subgroup.suppressed + subgroup.withheld > 0 {
        let left_out = w.count(subgroup.suppressed + subgroup.withheld);
        let key = if subgroup.withheld > 0 { "subgroups.withheld" } else { "subgroups.suppressed" };
        notes.push(w.fill(key, &[("label", label), ("n", &left_out), ("small", &w.count(w.small()))]));
    }
    let told = subgroup.notices.iter().filter(|notice| notice.kind != NoticeKind::Reason);
    notes.extend(told.map(|notice| format!("{label}: {}", super::design::coded(w, notice))));
    if let Some(found) = subgroup.interaction.as_ref().filter(|found| found.tests > 1) {
        let values = [w.p(found.adjusted), w.count(found.tests)];
        let correction = super::multiplicity::name(w, found.correction);
        notes.push(w.fill(
            "subgroups.adjusted",
            &[("label", label), ("p", &values[0]), ("tests", &values[1]), ("correction", &correction)],
        ));
    }
    notes
}

/// The tests behind the differences, each once.
fn tests_named(w: &Writer, outcome: &OutcomeFindings) -> Option<String> {
    let mut keys: Vec<&str> = Vec::new();
    for found in outcome.subgroups.iter().filter_map(|subgroup| subgroup.interaction.as_ref()) {
        let key = match found.method {
            InteractionMethod::PersonsCr2 => "subgroups.method.persons_cr2",
            InteractionMethod::SchoolsHc2 => "subgroups.method.schools_hc2",
            InteractionMethod::PersonsHc2 => "subgroups.method.persons_hc2",
            InteractionMethod::AdjustedWorking => "subgroups.method.adjusted_working",
            InteractionMethod::AdjustedWithin => "subgroups.method.adjusted_within",
            InteractionMethod::AdjustedHc2 => "subgroups.method.adjusted_hc2",
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let words: Vec<String> = keys.into_iter().map(|key| w.say(key)).collect();
    (!words.is_empty()).then(|| w.fill("subgroups.tests", &[("methods", &words.join("; "))]))
}

/// The change of every group on one axis, the tests of their differences in the caption.
fn chart(w: &Writer, outcome: &OutcomeFindings) -> Option<Figure> {
    let mut rows = Vec::new();
    for subgroup in outcome.subgroups.iter().filter(|subgroup| subgroup.groups.len() > 1) {
        rows.extend(subgroup.groups.iter().map(|group| ForestRow {
            label: format!("{}: {}", w.text(&subgroup.label), w.text(&group.label)),
            n: Some(group.estimate.n),
            estimate: group.estimate.estimate,
            ci: group.estimate.ci,
            kind: ForestKind::Unit,
        }));
    }
    // Points without a single interval say no more than the table.
    if !rows.iter().any(|row| row.ci.is_some()) {
        return None;
    }
    let label = w.text(&outcome.label).to_owned();
    let rung = super::lookup::primary(outcome).map_or("change", |estimate| w.rung(estimate));
    let axis = w.fill(&format!("subgroups.axis.{rung}"), &[("outcome", &label), ("unit", &w.unit(outcome))]);
    let tests: Vec<String> =
        outcome.subgroups.iter().filter_map(|subgroup| in_caption(w, subgroup)).collect();
    let words = w.fill("subgroups.figure", &[("outcome", &label), ("level", &w.level())]);
    let mut caption = words;
    if rows.iter().any(|row| row.ci.is_none()) {
        caption = format!("{caption} {}", w.say("subgroups.figure.points"));
    }
    if !tests.is_empty() {
        let tests = w.fill("subgroups.figure.tests", &[("tests", &tests.join("; "))]);
        caption = format!("{caption} {tests}");
    }
    let chart = Forest { axis, reference: 0.0, rows, decimals: decimals(outcome) };
    Some(figure(format!("{}-subgroups", outcome.id), Chart::Forest(chart), caption))
}

fn in_caption(w: &Writer, subgroup: &SubgroupFindings) -> Option<String> {
    let found = subgroup.interaction.as_ref()?;
    Some(format!("{}: {}", w.text(&subgroup.label), w.p_value(found.p)))
}
