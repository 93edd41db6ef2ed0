//! Effect sizes: how large a change is in standard deviations, with the deviation named.

use super::{Sample, estimate};
use crate::analysis::findings::{ArmChange, EffectSize, EstimateFindings, Method};
use crate::analysis::frame::Linked;
use crate::impact::effect::{
    self, ClusteredSd, EffectInterval, GroupSummary, PairedSummary, clustered_becker_g, clustered_d_av,
    clustered_sd,
};
use crate::impact::icc::anova_icc;
use crate::impact::{Arm, CoefTest, ImpactError, cluster_mean};
use crate::num::Interval;

/// Effect sizes of the outcome: of the change for one group, of the difference for a comparison.
pub(super) fn all(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Vec<EffectSize> {
    if sample.compares() { differences(sample, estimates) } else { of_change(sample, sample.linked) }
}

/// The change within every arm of a comparison, with its effect sizes.
pub(super) fn arm_changes(sample: &Sample<'_>) -> Vec<ArmChange> {
    if !sample.compares() {
        return Vec::new();
    }
    (0..sample.arms.len())
        .filter_map(|arm| {
            let group = sample.of_arm(arm);
            let method = if group.cluster.is_some() { Method::ClusterMeanT } else { Method::PairedT };
            Some(ArmChange {
                arm: sample.arms[arm].to_owned(),
                estimate: estimate::by(method, sample, &group).ok()?,
                effect_sizes: of_change(sample, &group),
            })
        })
        .collect()
}

/// d_av leads: its unit, the average SD of both waves, is comparable across studies. d_z depends on the
/// pre-post correlation and stands for the record.
fn of_change(sample: &Sample<'_>, linked: &Linked) -> Vec<EffectSize> {
    let alpha = sample.alpha();
    let Ok(summary) = PairedSummary::new(&linked.before, &linked.after) else { return Vec::new() };
    let mut sizes = Vec::new();
    match clustered(linked, alpha) {
        Some(Ok((change, sd))) => {
            sizes.extend(
                clustered_d_av(&change, &summary, sd, alpha)
                    .ok()
                    .map(|size| named("d_av", "average_sd", &size)),
            );
            sizes.extend(
                clustered_becker_g(&change, &summary, sd, alpha)
                    .ok()
                    .map(|size| named("becker_g", "pre_sd", &size)),
            );
        }
        Some(Err(_)) => {}
        None => {
            sizes.extend(effect::d_av(&summary, alpha).ok().map(|size| named("d_av", "average_sd", &size)));
            sizes.extend(
                effect::becker_g(&summary, alpha).ok().map(|size| named("becker_g", "pre_sd", &size)),
            );
            sizes.extend(effect::d_z(&summary, alpha).ok().map(|size| named("d_z", "change_sd", &size)));
        }
    }
    if let Some(first) = sizes.first_mut() {
        first.leading = true;
    }
    sizes
}

/// The clustered test of the change and the clustered SD; none where schools are unknown.
fn clustered(linked: &Linked, alpha: f64) -> Option<Result<(CoefTest, ClusteredSd), ImpactError>> {
    let cluster = linked.cluster.as_deref()?;
    let make = || {
        let schools = cluster_mean::linked_changes(&linked.before, &linked.after, cluster, alpha)?;
        let change = cluster_mean::test_mean_change(&schools, alpha)?;
        let sizes: Vec<usize> = schools.iter().map(|school| school.n_pre).collect();
        // A negative ANOVA estimate means that schools differ less than chance would make them.
        let icc = anova_icc(&linked.before, cluster, alpha).map_or(0.0, |icc| icc.value.max(0.0));
        Ok((change, clustered_sd(&sizes, icc, 1)?))
    };
    Some(make())
}

fn differences(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Vec<EffectSize> {
    let alpha = sample.alpha();
    let linked = sample.linked;
    let roles = sample.roles(linked);
    let of = |values: &[f64], role: Arm| {
        let chosen: Vec<f64> =
            values.iter().zip(&roles).filter(|(_, own)| **own == role).map(|(value, _)| *value).collect();
        GroupSummary::new(&chosen)
    };
    let Some(sd_df) = pooled_sd_df(linked) else { return Vec::new() };
    let find = |methods: &[Method]| estimates.iter().find(|e| methods.contains(&e.method)).and_then(as_test);
    let mut sizes = Vec::new();
    if let (Some(did), Ok(program), Ok(comparison)) = (
        find(&[Method::DidClusterCr2, Method::DidWelch, Method::DidStudentCr2]),
        of(&linked.before, Arm::Program),
        of(&linked.before, Arm::Comparison),
    ) {
        let size = effect::did_g(&did, &program, &comparison, sd_df, alpha);
        sizes.extend(size.ok().map(|size| named("d_ppc", "pooled_pre_sd", &size)));
    }
    if let (Some(adjusted), Ok(program), Ok(comparison)) = (
        find(&[Method::AncovaWorking, Method::AncovaWithin, Method::AncovaCr2, Method::AncovaOls]),
        of(&linked.after, Arm::Program),
        of(&linked.after, Arm::Comparison),
    ) {
        let size = effect::ancova_g(&adjusted, &program, &comparison, sd_df, alpha);
        sizes.extend(size.ok().map(|size| named("ancova_g", "pooled_post_sd", &size)));
    }
    let ancova_leads = estimates.iter().any(|e| e.primary && e.method.is_adjusted());
    for size in &mut sizes {
        size.cluster_robust = linked.cluster.is_some();
        size.leading = (size.kind == "ancova_g") == ancova_leads;
    }
    sizes
}

/// Degrees of freedom of the pooled SD: fewer than persons where they sit in schools.
fn pooled_sd_df(linked: &Linked) -> Option<f64> {
    let Some(cluster) = linked.cluster.as_deref() else { return Some(linked.len() as f64 - 2.0) };
    let mut sizes = vec![0usize; linked.schools.len()];
    for school in cluster {
        sizes[*school] += 1;
    }
    let icc = anova_icc(&linked.before, cluster, 0.05).map_or(0.0, |icc| icc.value.max(0.0));
    clustered_sd(&sizes, icc, 2).ok().map(|sd| sd.df)
}

/// An estimate back as the test the kernels take.
pub(super) fn as_test(estimate: &EstimateFindings) -> Option<CoefTest> {
    let [low, high] = estimate.ci?;
    Some(CoefTest {
        estimate: estimate.estimate,
        se: estimate.se?,
        df: estimate.df?,
        t: estimate.t?,
        p: estimate.p?,
        ci: Interval { low, high },
        n: estimate.n,
        clusters: estimate.clusters,
    })
}

pub(super) fn named(kind: &str, standardizer: &str, size: &effect::EffectSize) -> EffectSize {
    let df = match size.method {
        EffectInterval::ClusterRobust { df, .. } => Some(df),
        _ => None,
    };
    EffectSize {
        kind: kind.to_owned(),
        standardizer: standardizer.to_owned(),
        value: size.value,
        ci: Some([size.ci.low, size.ci.high]),
        df,
        cluster_robust: df.is_some(),
        leading: false,
    }
}
