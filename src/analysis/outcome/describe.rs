//! Scores as they are, before anything is inferred.

use super::{Sample, likeness};
use crate::analysis::findings::{Descriptive, Direction, Histogram, IccFindings, Notice};
use crate::analysis::frame::Linked;
use crate::analysis::notices;
use crate::num::moments;

/// Bins of a histogram: 5 points wide on a scale of 100.
const BINS: usize = 20;

/// Scores of everybody by wave and arm.
pub(super) fn everybody(sample: &Sample<'_>) -> Vec<Descriptive> {
    let mut out = Vec::new();
    for (wave, scores) in sample.study.study.waves.iter().zip(&sample.measured.waves) {
        for (arm, name) in sample.arms.iter().enumerate() {
            let mut values = Vec::new();
            let mut schools = Vec::new();
            for (place, score) in scores.iter().enumerate() {
                let Some(score) = score else { continue };
                if sample.compares() && sample.measured.arm_of(sample.study, place) != arm {
                    continue;
                }
                values.push(*score);
                schools.extend(sample.measured.roster.persons[place].school.as_deref());
            }
            schools.sort_unstable();
            schools.dedup();
            let clusters = sample.measured.roster.has_schools().then_some(schools.len());
            out.extend(descriptive(&wave.id, name, &values, clusters));
        }
    }
    out
}

/// Scores of linked persons by wave and arm.
pub(super) fn linked(sample: &Sample<'_>) -> Vec<Descriptive> {
    let Some([first, last]) = sample.study.study.compared() else { return Vec::new() };
    let groups: Vec<Linked> = (0..sample.arms.len()).map(|arm| sample.of_arm(arm)).collect();
    let at = |wave: &str, scores: fn(&Linked) -> &[f64]| {
        let rows = groups.iter().zip(&sample.arms);
        rows.filter_map(|(group, arm)| descriptive(wave, arm, scores(group), group.clusters()))
            .collect::<Vec<_>>()
    };
    let mut out = at(&first.id, |group| &group.before);
    out.extend(at(&last.id, |group| &group.after));
    out
}

fn descriptive(wave: &str, arm: &str, values: &[f64], clusters: Option<usize>) -> Option<Descriptive> {
    let quantile = |p| moments::quantile(values, p).ok();
    Some(Descriptive {
        wave: wave.to_owned(),
        arm: arm.to_owned(),
        n: values.len(),
        clusters,
        mean: moments::mean(values).ok()?,
        sd: moments::sd(values).ok(),
        five: [quantile(0.0)?, quantile(0.25)?, quantile(0.5)?, quantile(0.75)?, quantile(1.0)?],
    })
}

/// Pre-post correlation by arm.
pub(super) fn correlations(sample: &Sample<'_>) -> Vec<Option<f64>> {
    (0..sample.arms.len())
        .map(|arm| {
            let group = sample.of_arm(arm);
            moments::pearson(&group.before, &group.after).ok()
        })
        .collect()
}

/// ICC of schools at the first and the last wave, over all linked persons, arms taken out. No interval where schools
/// are too few to infer from.
pub(super) fn icc(sample: &Sample<'_>, notices: &mut Vec<Notice>) -> Vec<IccFindings> {
    if sample.linked.cluster.is_none() {
        return Vec::new();
    }
    let Some([first, last]) = sample.study.study.compared() else { return Vec::new() };
    [(first, &sample.linked.before), (last, &sample.linked.after)]
        .into_iter()
        .filter_map(|(wave, scores)| {
            let icc = likeness::icc(sample, sample.linked, scores).ok()?;
            if icc.value <= 0.0 {
                notices.push(notices::no_school_variance(&wave.id));
            }
            let ci = sample.infers(sample.linked).then_some([icc.ci.low, icc.ci.high]);
            Some(IccFindings { wave: wave.id.clone(), value: icc.value, ci })
        })
        .collect()
}

/// Histograms of linked persons over the whole range of the score.
pub(super) fn histograms(sample: &Sample<'_>) -> Vec<Histogram> {
    let Some([first, last]) = sample.study.study.compared() else { return Vec::new() };
    let range = sample.measured.range.unwrap_or_else(|| spread(sample.linked));
    let mut out = Vec::new();
    for (arm, name) in sample.arms.iter().enumerate() {
        let group = sample.of_arm(arm);
        for (wave, scores) in [(first, &group.before), (last, &group.after)] {
            let Ok(mean) = moments::mean(scores) else { continue };
            out.push(Histogram {
                wave: wave.id.clone(),
                arm: (*name).to_owned(),
                n: scores.len(),
                mean,
                range,
                shares: shares(scores, range),
            });
        }
    }
    out
}

fn spread(linked: &Linked) -> [f64; 2] {
    let all = linked.before.iter().chain(&linked.after);
    all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], score| [low.min(*score), high.max(*score)])
}

fn shares(scores: &[f64], [low, high]: [f64; 2]) -> Vec<f64> {
    let mut counts = [0usize; BINS];
    let width = (high - low).max(f64::MIN_POSITIVE) / BINS as f64;
    for score in scores {
        // The cast saturates, so a score outside the range falls into the outermost bin.
        let bin = ((score - low) / width).floor() as usize;
        counts[bin.min(BINS - 1)] += 1;
    }
    counts.iter().map(|count| *count as f64 / scores.len().max(1) as f64).collect()
}

/// Shares of linked persons who rose, stayed and fell, by arm.
pub(super) fn directions(sample: &Sample<'_>) -> Vec<Direction> {
    (0..sample.arms.len())
        .filter_map(|arm| {
            let group = sample.of_arm(arm);
            let changes = group.changes();
            let n = changes.len();
            let share = |count: usize| count as f64 / n as f64;
            (n > 0).then(|| Direction {
                arm: sample.arms[arm].to_owned(),
                n,
                rose: share(changes.iter().filter(|change| **change > 0.0).count()),
                same: share(changes.iter().filter(|change| **change == 0.0).count()),
                fell: share(changes.iter().filter(|change| **change < 0.0).count()),
            })
        })
        .collect()
}
