//! Findings as charts, with their captions. Ids name the files, so they are stable.

use super::build::slug;
use super::lookup::{is_small, leading_effect, primary};
use super::writer::{Writer, decimals};
use crate::analysis::findings::{InstrumentFindings, ItemFindings, OutcomeFindings};
use crate::chart::{
    Chart, Difficulty, DifficultyPoint, Distribution, DistributionPanel, DistributionWave, Forest,
    ForestKind, ForestRow, LevelBar, Levels, Slope, Slopes,
};
use crate::doc::Figure;
use crate::study::{ArmRole, OutcomeRole};

/// A figure whose id names its file.
pub fn figure(id: String, chart: Chart, caption: String) -> Figure {
    Figure { id: slug(&id), chart, caption }
}

fn axis(w: &Writer, outcome: &OutcomeFindings, what: &str) -> String {
    let label = w.text(&outcome.label).to_owned();
    w.fill(what, &[("outcome", &label), ("unit", &w.unit(outcome))])
}

fn caption(w: &Writer, outcome: &OutcomeFindings, key: &str) -> String {
    let label = w.text(&outcome.label).to_owned();
    w.fill(key, &[("outcome", &label), ("level", &w.level()), ("people", &w.group(outcome.respondent))])
}

/// Score distribution before and after, one panel per arm.
pub fn distribution(w: &Writer, outcome: &OutcomeFindings) -> Option<Figure> {
    let histograms = || outcome.histogram.iter().filter(|found| found.n >= w.small());
    let range = outcome.range.or_else(|| histograms().next().map(|found| found.range))?;
    let waves = |arm: &str| -> Vec<DistributionWave> {
        let own = histograms().filter(|found| found.arm == arm);
        own.map(|found| DistributionWave {
            label: w.wave(&found.wave),
            n: found.n,
            mean: found.mean,
            shares: found.shares.clone(),
        })
        .collect()
    };
    let arms = w.arm_ids(histograms().map(|found| found.arm.as_str()));
    let panels: Vec<DistributionPanel> =
        arms.into_iter().map(|arm| DistributionPanel { label: w.arm(arm), waves: waves(arm) }).collect();
    if panels.is_empty() {
        return None;
    }
    let chart = Distribution { axis: axis(w, outcome, "axis.score"), range, panels };
    let words = caption(w, outcome, "figure.distribution");
    Some(figure(format!("{}-distribution", outcome.id), Chart::Distribution(chart), words))
}

/// The change of every school with the overall estimate.
pub fn school_forest(w: &Writer, outcome: &OutcomeFindings) -> Option<Figure> {
    let comparison = w.arm_of(ArmRole::Comparison).map(|arm| arm.id.as_str());
    let mut rows: Vec<ForestRow> = outcome
        .schools
        .iter()
        .filter(|school| school.n >= w.small())
        .map(|school| ForestRow {
            label: school.name.clone(),
            n: Some(school.n),
            estimate: school.change,
            ci: school.ci,
            kind: if comparison == Some(&school.arm) { ForestKind::Comparison } else { ForestKind::Unit },
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    // A difference between arms is on another scale than the change of one school, so it gets no diamond.
    if let Some(estimate) = primary(outcome).filter(|estimate| estimate.estimand == "mean_change") {
        rows.push(ForestRow {
            label: w.say("figure.overall"),
            n: Some(estimate.n),
            estimate: estimate.estimate,
            ci: estimate.ci,
            kind: ForestKind::Overall,
        });
    }
    let chart =
        Forest { axis: axis(w, outcome, "axis.change"), reference: 0.0, rows, decimals: decimals(outcome) };
    let words = with_small_schools(w, outcome, caption(w, outcome, "figure.schools"));
    Some(figure(format!("{}-schools", outcome.id), Chart::Forest(chart), words))
}

fn with_small_schools(w: &Writer, outcome: &OutcomeFindings, words: String) -> String {
    let small = outcome.schools.iter().filter(|school| school.n < w.small()).count();
    if small == 0 {
        return words;
    }
    let left_out =
        w.fill("figure.small_schools", &[("schools", &w.schools(small)), ("small", &w.count(w.small()))]);
    format!("{words} {left_out}")
}

/// School means from before to after.
pub fn school_slopes(w: &Writer, outcome: &OutcomeFindings) -> Option<Figure> {
    let [first, last] = w.ends()?;
    let schools = || outcome.schools.iter().filter(|school| school.n >= w.small());
    let arms = w.arm_ids(schools().map(|school| school.arm.as_str()));
    let place = |arm: &str| arms.iter().position(|known| *known == arm).unwrap_or(0);
    let lines: Vec<Slope> = schools()
        .map(|school| Slope {
            label: school.name.clone(),
            before: school.before,
            after: school.after,
            arm: place(&school.arm),
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let mean = |arm: &&str| {
        let at = |wave: &str| super::change::wave_mean(w, outcome, wave, arm);
        Some(Slope { label: w.arm(arm), before: at(first)?, after: at(last)?, arm: place(arm) })
    };
    let lowest = schools().flat_map(|school| [school.before, school.after]).fold(f64::INFINITY, f64::min);
    let highest =
        schools().flat_map(|school| [school.before, school.after]).fold(f64::NEG_INFINITY, f64::max);
    let chart = Slopes {
        axis: axis(w, outcome, "axis.school_mean"),
        range: outcome.range.unwrap_or([lowest, highest]),
        waves: [w.wave(first), w.wave(last)],
        means: arms.iter().filter_map(mean).collect(),
        arms: arms.iter().map(|arm| w.arm(arm)).collect(),
        lines,
    };
    let words = with_small_schools(w, outcome, caption(w, outcome, "figure.slopes"));
    Some(figure(format!("{}-slopes", outcome.id), Chart::Slopes(chart), words))
}

/// Shares of levels by wave and arm.
pub fn levels(w: &Writer, outcome: &OutcomeFindings) -> Option<Figure> {
    let found = outcome.levels.as_ref()?;
    let bars: Vec<LevelBar> = found
        .shares
        .iter()
        .filter(|row| row.n >= w.small())
        .map(|row| LevelBar {
            label: w.place(&row.arm, &row.wave),
            n: row.n,
            shares: row.shares.iter().map(|share| share.share).collect(),
        })
        .collect();
    if bars.is_empty() {
        return None;
    }
    let names = found.levels.iter().map(|level| w.text(&level.label).to_owned()).collect();
    let words = caption(w, outcome, "figure.levels");
    Some(figure(format!("{}-levels", outcome.id), Chart::Levels(Levels { levels: names, bars }), words))
}

/// Item difficulty before against after.
pub fn difficulty(w: &Writer, waves: &[&InstrumentFindings]) -> Option<Figure> {
    let [first, .., last] = waves else { return None };
    if !first.is_test {
        return None;
    }
    let of = |item: &ItemFindings| (item.n >= w.small()).then_some(item.difficulty).flatten();
    let points: Vec<DifficultyPoint> = first
        .items
        .iter()
        .filter_map(|item| {
            let other = last.items.iter().find(|other| other.id == item.id)?;
            Some(DifficultyPoint {
                item: item.id.clone(),
                before: of(item)?,
                after: of(other)?,
                anchor: item.anchor,
            })
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let axes = [&first.wave, &last.wave].map(|wave| w.fill("axis.difficulty", &[("wave", &w.wave(wave))]));
    let title = w.instrument_label(&first.id);
    let words = w.fill("figure.difficulty", &[("instrument", &title)]);
    let chart = Chart::Difficulty(Difficulty { axes, points });
    Some(figure(format!("{}-difficulty", first.id), chart, words))
}

/// Leading effect sizes over outcomes.
pub fn effect_sizes(w: &Writer) -> Option<Figure> {
    // Exploratory outcomes have their effect sizes in a table; they are drawn where there is nothing else.
    let declared = |outcome: &&OutcomeFindings| outcome.role != OutcomeRole::Exploratory;
    let any = w.findings.outcomes.iter().any(|outcome| declared(&outcome));
    let rows: Vec<ForestRow> = w
        .findings
        .outcomes
        .iter()
        .filter(|outcome| !any || declared(outcome))
        .filter(|outcome| !is_small(w, outcome))
        .filter_map(|outcome| {
            let size = leading_effect(outcome)?;
            Some(ForestRow {
                label: w.text(&outcome.label).to_owned(),
                n: primary(outcome).map(|estimate| estimate.n),
                estimate: size.value,
                ci: size.ci,
                kind: ForestKind::Unit,
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let chart = Forest { axis: w.say("axis.effect"), reference: 0.0, rows, decimals: 2 };
    let words = w.fill("figure.effects", &[("level", &w.level())]);
    Some(figure("effect-sizes".to_owned(), Chart::Forest(chart), words))
}

/// The leading outcomes on one axis, where they share a unit.
pub fn primary_changes(w: &Writer, outcomes: &[&OutcomeFindings]) -> Option<Figure> {
    let [first, _, ..] = outcomes else { return None };
    if outcomes.iter().any(|outcome| outcome.range != first.range || outcome.unit != first.unit) {
        return None;
    }
    let rows: Vec<ForestRow> = outcomes
        .iter()
        .filter(|outcome| !is_small(w, outcome))
        .filter_map(|outcome| {
            let estimate = primary(outcome)?;
            Some(ForestRow {
                label: w.text(&outcome.label).to_owned(),
                n: Some(estimate.n),
                estimate: estimate.estimate,
                ci: estimate.ci,
                kind: ForestKind::Unit,
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let kind = primary(first).map_or("change", |estimate| w.rung(estimate));
    let axis = w.fill(&format!("summary.key.{kind}"), &[("unit", &w.unit(first))]);
    let chart = Forest { axis, reference: 0.0, rows, decimals: decimals(first) };
    let words = w.fill("figure.primary", &[("level", &w.level())]);
    Some(figure("primary-changes".to_owned(), Chart::Forest(chart), words))
}
