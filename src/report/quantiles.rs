//! Change of the whole distribution: percentiles before and after, and how often one score is higher.

use super::build::{bullets, slug, table};
use super::lookup::primary;
use super::writer::{Writer, decimals};
use crate::analysis::findings::{
    ArmQuantiles, OutcomeFindings, QuantileFindings, SuperiorityFindings, SuperiorityKind,
};
use crate::chart::{Chart, Forest, ForestKind, ForestRow};
use crate::doc::{Block, Column, Figure, Row};
use crate::study::OutcomeRole;

/// The chart; for primary outcomes the table as well; then the probabilities of superiority.
pub fn compose(w: &Writer, outcome: &OutcomeFindings) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(found) = &outcome.quantiles {
        blocks.extend(chart(w, outcome, found).map(Block::Figure));
        if outcome.role == OutcomeRole::Primary {
            blocks.extend(percentiles(w, outcome, found));
        }
    }
    let lines: Vec<String> =
        outcome.superiority.iter().filter(|own| own.n >= w.small()).map(|own| superiority(w, own)).collect();
    blocks.extend((!lines.is_empty()).then(|| bullets(lines)));
    blocks
}

/// "P10".
fn name(w: &Writer, level: f64) -> String {
    w.fill("quantiles.name", &[("p", &w.number(level * 100.0, 0))])
}

fn described<'a>(w: &Writer, found: &'a QuantileFindings) -> Vec<&'a ArmQuantiles> {
    found.arms.iter().filter(|arm| arm.n >= w.small()).collect()
}

/// The change of each percentile (comparison: the difference in it) with the mean below.
fn chart(w: &Writer, outcome: &OutcomeFindings, found: &QuantileFindings) -> Option<Figure> {
    let arms = described(w, found);
    let compares = !found.differences.is_empty();
    let row = |level: f64, estimate: f64, ci: Option<[f64; 2]>| ForestRow {
        label: name(w, level),
        n: None,
        estimate,
        ci,
        kind: ForestKind::Unit,
    };
    let mut rows: Vec<ForestRow> = if compares {
        found.differences.iter().map(|own| row(own.level, own.difference, own.ci)).collect()
    } else {
        let [arm] = arms.as_slice() else { return None };
        arm.quantiles.iter().map(|own| row(own.level, own.change, own.ci)).collect()
    };
    if arms.len() < found.arms.len() || rows.iter().all(|own| own.ci.is_none()) {
        return None;
    }
    let estimand = if compares { "difference_in_change" } else { "mean_change" };
    if let Some(mean) = primary(outcome).filter(|own| own.estimand == estimand) {
        rows.push(ForestRow {
            label: w.say("quantiles.mean"),
            n: None,
            estimate: mean.estimate,
            ci: mean.ci,
            kind: ForestKind::Overall,
        });
    }
    let kind = if compares { "difference" } else { "change" };
    let (label, unit) = (w.text(&outcome.label), w.unit(outcome));
    let axis = w.fill(&format!("quantiles.axis.{kind}"), &[("outcome", label), ("unit", &unit)]);
    let chart = Forest { axis, reference: 0.0, rows, decimals: decimals(outcome) };
    let filled = [("outcome", label), ("level", &w.level()), ("people", &w.group(outcome.respondent))];
    let caption = w.fill(&format!("quantiles.figure.{kind}"), &filled);
    Some(Figure { id: slug(&format!("{}-quantiles", outcome.id)), chart: Chart::Forest(chart), caption })
}

/// One row per percentile: each arm from first to last with its change, then the difference.
fn percentiles(w: &Writer, outcome: &OutcomeFindings, found: &QuantileFindings) -> Option<Block> {
    let digits = decimals(outcome);
    let arms = described(w, found);
    let compares = !found.differences.is_empty() && arms.len() == found.arms.len();
    let mut columns = vec![Column::words(w.say("quantiles.column"))];
    let interval = w.fill("column.ci", &[("level", &w.level())]);
    let ends = w.ends()?.map(|wave| w.wave(wave));
    let from_to = w.fill("level_models.from_to", &[("first", &ends[0]), ("last", &ends[1])]);
    let named = |name: &str, what: String| {
        Column::numbers(if name.is_empty() { what } else { format!("{name}\n{what}") })
    };
    for arm in &arms {
        let name = w.arm(&arm.arm);
        columns.push(named(&name, from_to.clone()));
        columns.push(named(&name, format!("{} {interval}", w.say("quantiles.column.change"))));
    }
    if compares {
        columns.push(named(&w.say("quantiles.difference"), interval));
    }
    let first = arms.first()?;
    let row = |place: usize| {
        let mut cells = vec![name(w, first.quantiles[place].level)];
        for own in arms.iter().filter_map(|arm| arm.quantiles.get(place)) {
            let ends = [own.before, own.after].map(|value| w.number(value, digits));
            cells.push(w.fill("level_models.from_to", &[("first", &ends[0]), ("last", &ends[1])]));
            cells.push(with_interval(w, own.change, own.ci, digits));
        }
        if let Some(own) = found.differences.get(place).filter(|_| compares) {
            cells.push(with_interval(w, own.difference, own.ci, digits));
        }
        Row::body(cells)
    };
    let caption =
        w.fill("quantiles.caption", &[("outcome", w.text(&outcome.label)), ("unit", &w.unit(outcome))]);
    let notes = percentile_notes(w, outcome, found, &arms);
    table(caption, columns, (0..first.quantiles.len()).map(row).collect(), notes)
}

/// "+5.2 [3.0; 8.6]".
fn with_interval(w: &Writer, value: f64, ci: Option<[f64; 2]>, digits: usize) -> String {
    let value = w.signed(value, digits);
    ci.map_or_else(|| value.clone(), |ci| format!("{value} {}", w.bracket(Some(ci), digits)))
}

fn percentile_notes(
    w: &Writer,
    outcome: &OutcomeFindings,
    found: &QuantileFindings,
    arms: &[&ArmQuantiles],
) -> Vec<String> {
    let behind = arms.iter().map(|arm| {
        let who = format!("{}, {}", w.people(outcome.respondent, arm.n), w.clusters(arm.clusters));
        let label = w.arm(&arm.arm);
        if label.is_empty() { who } else { format!("{label}: {who}") }
    });
    let behind = behind.collect::<Vec<_>>().join("; ");
    let key = match (found.draws, found.by_school) {
        (0, _) => "quantiles.note.few",
        (_, true) => "quantiles.note",
        (_, false) => "quantiles.note.unclustered",
    };
    let draws = w.number(f64::from(found.draws), 0);
    vec![w.fill("quantiles.note.place", &[("behind", &behind)]), w.fill(key, &[("draws", &draws)])]
}

fn superiority(w: &Writer, own: &SuperiorityFindings) -> String {
    let key = match own.kind {
        SuperiorityKind::Paired => "paired",
        SuperiorityKind::Change => "change",
        SuperiorityKind::Last => "last",
    };
    let mut certain = Vec::new();
    if let Some(ci) = own.ci {
        let ci = w.bracket(Some(ci.map(|end| end * 100.0)), 1);
        let filled = [("level", w.level()), ("ci", ci), ("df", w.df(own.df))];
        let key = if own.df.is_some() { "superiority.by_t" } else { "superiority.wilson" };
        certain.push(w.fill(key, &filled.each_ref().map(|(key, value)| (*key, value.as_str()))));
    }
    if let Some(ci) = own.bootstrap_ci {
        let ci = w.bracket(Some(ci.map(|end| end * 100.0)), 1);
        let key =
            if own.clusters.is_some() { "superiority.resampled" } else { "superiority.resampled_persons" };
        certain.push(w.fill(key, &[("ci", &ci)]));
    }
    if let Some(delta) = own.cliffs_delta {
        let (delta, ci) = (w.number(delta, 2), w.bracket(own.delta_ci, 2));
        certain.push(w.fill("superiority.delta", &[("delta", delta.as_str()), ("ci", &ci)]));
    }
    let certain = if certain.is_empty() { String::new() } else { format!(" ({})", certain.join("; ")) };
    let value = crate::i18n::format::percent(w.lang, own.probability, 1);
    w.fill(&format!("superiority.{key}"), &[("value", value.as_str()), ("certain", &certain)])
}
