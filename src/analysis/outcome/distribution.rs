//! The whole distribution: change of quantiles, and how often one score is higher than another.

use super::{Sample, likeness};
use crate::analysis::findings::{
    ArmQuantiles, QuantileDifferenceFindings, QuantileFindings, QuantileRow, SuperiorityFindings,
    SuperiorityKind,
};
use crate::analysis::frame::Linked;
use crate::impact::Arm;
use crate::impact::effect::{share_improved, superiority as analytic};
use crate::impact::proportion::ShareInterval;
use crate::impact::quantile_change::{
    QuantileChange, QuantileChanges, QuantileSample, quantile_changes, quantile_differences,
};
use crate::impact::school_draws::SchoolDraws;
use crate::impact::superiority_bootstrap::bootstrap_superiority;
use crate::num::Interval;

/// The quantiles that are told.
const QUANTILES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

fn pair(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

fn options(sample: &Sample<'_>) -> SchoolDraws {
    SchoolDraws { seed: sample.study.study.analysis.seed, alpha: sample.alpha(), ..SchoolDraws::default() }
}

/// School of every person; the person where schools are unknown.
fn clusters(linked: &Linked) -> Vec<usize> {
    linked.cluster.clone().unwrap_or_else(|| (0..linked.len()).collect())
}

/// Quantile changes of every arm and, for two arms, their differences. Schools are drawn within arms, so that an arm has
/// intervals where it has enough schools of its own, and a difference where both arms have.
pub(super) fn quantiles(sample: &Sample<'_>) -> Option<QuantileFindings> {
    let options = options(sample);
    let mut arms = Vec::new();
    let mut all_enough = true;
    let mut by_role: Vec<(Arm, QuantileChanges)> = Vec::new();
    for (arm, name) in sample.arms.iter().enumerate() {
        let group = sample.of_arm(arm);
        let enough = likeness::enough_schools(&group);
        all_enough &= enough;
        let cluster = clusters(&group);
        let own = QuantileSample { before: &group.before, after: &group.after, cluster: &cluster };
        let Ok(found) = quantile_changes(&own, &QUANTILES, &options, &format!("quantiles {name}")) else {
            continue;
        };
        arms.push(ArmQuantiles {
            arm: (*name).to_owned(),
            n: group.len(),
            clusters: group.clusters(),
            quantiles: found.changes.iter().map(|own| row(own, enough)).collect(),
        });
        by_role.push((sample.role(arm), found));
    }
    let of = |role: Arm| {
        let mut own = by_role.iter().filter(|(known, _)| *known == role).map(|(_, found)| found);
        own.next().filter(|_| own.next().is_none())
    };
    let differences = match (of(Arm::Program), of(Arm::Comparison)) {
        (Some(program), Some(comparison)) if sample.compares() => {
            quantile_differences(program, comparison, sample.alpha()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let told = |own: &crate::impact::quantile_change::QuantileDifference| QuantileDifferenceFindings {
        level: own.p,
        difference: own.difference,
        ci: all_enough.then(|| pair(own.ci)),
    };
    let drawn = arms.iter().any(|own: &ArmQuantiles| own.quantiles.iter().any(|row| row.ci.is_some()));
    (!arms.is_empty()).then(|| QuantileFindings {
        draws: if drawn { options.draws } else { 0 },
        by_school: sample.linked.cluster.is_some(),
        arms,
        differences: differences.iter().map(told).collect(),
    })
}

fn row(found: &QuantileChange, enough: bool) -> QuantileRow {
    let ci = enough.then(|| pair(found.ci));
    QuantileRow { level: found.p, before: found.before, after: found.after, change: found.change, ci }
}

/// Probabilities of superiority: of each person's own change for one group, between arms for a comparison.
pub(super) fn superiority(sample: &Sample<'_>) -> Vec<SuperiorityFindings> {
    if sample.compares() {
        return [SuperiorityKind::Change, SuperiorityKind::Last]
            .into_iter()
            .filter_map(|kind| between(sample, kind))
            .collect();
    }
    within(sample).into_iter().collect()
}

fn within(sample: &Sample<'_>) -> Option<SuperiorityFindings> {
    let linked = sample.linked;
    let cluster = linked.cluster.as_deref();
    let found = share_improved(&linked.before, &linked.after, cluster, sample.alpha()).ok()?.share;
    let df = match found.method {
        ShareInterval::ClusterRobust { df, .. } => Some(df),
        ShareInterval::Wilson => None,
    };
    Some(SuperiorityFindings {
        kind: SuperiorityKind::Paired,
        arm: String::new(),
        probability: found.value,
        ci: likeness::enough_schools(linked).then(|| pair(found.ci)),
        bootstrap_ci: None,
        df: df.filter(|_| likeness::enough_schools(linked)),
        cliffs_delta: None,
        delta_ci: None,
        n: linked.len(),
        clusters: linked.clusters(),
    })
}

fn between(sample: &Sample<'_>, kind: SuperiorityKind) -> Option<SuperiorityFindings> {
    let linked = sample.linked;
    let values = if kind == SuperiorityKind::Change { linked.changes() } else { linked.after.clone() };
    let (roles, cluster) = (sample.roles(linked), clusters(linked));
    let found = analytic(&values, &roles, &cluster, sample.alpha()).ok()?;
    let enough = sample.infers(linked);
    // Schools are drawn within arms, so that each arm needs enough of its own.
    let each = (0..sample.arms.len()).all(|arm| likeness::enough_schools(&sample.of_arm(arm)));
    let resampled =
        each.then(|| bootstrap_superiority(&values, &roles, &cluster, &options(sample)).ok()).flatten();
    Some(SuperiorityFindings {
        kind,
        arm: String::new(),
        probability: found.probability,
        ci: enough.then(|| pair(found.ci)),
        bootstrap_ci: resampled.map(|own| pair(own.ci)),
        df: Some(found.df).filter(|_| enough),
        cliffs_delta: Some(found.cliffs_delta),
        delta_ci: enough.then(|| pair(found.cliffs_ci)),
        n: found.n,
        clusters: linked.clusters(),
    })
}
