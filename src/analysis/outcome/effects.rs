//! Effect sizes: how large a change is in standard deviations, with the deviation named.

use super::{Sample, estimate, likeness};
use crate::analysis::findings::{ArmChange, EffectSize, EstimateFindings, Method};
use crate::analysis::frame::Linked;
use crate::impact::effect::{
    self, ClusteredSd, EffectInterval, GroupSummary, PairedSummary, clustered_becker_g, clustered_d_av,
    clustered_sd,
};
use crate::impact::{Arm, CoefTest, ImpactError, cluster_mean};
use crate::num::Interval;

/// Effect sizes of the outcome: of the change for one group, of the difference for a comparison.
pub(super) fn all(sample: &Sample<'_>, estimates: &[EstimateFindings]) -> Vec<EffectSize> {
    if sample.compares() { differences(sample, estimates) } else { of_change(sample, sample.linked) }
}

/// The change within every arm of a comparison, with its effect sizes. An arm with few schools has the test that few
/// schools allow.
pub(super) fn arm_changes(sample: &Sample<'_>) -> Vec<ArmChange> {
    if !sample.compares() {
        return Vec::new();
    }
    (0..sample.arms.len())
        .filter_map(|arm| {
            let group = sample.of_arm(arm);
            let method = match &group.cluster {
                None => Method::PairedT,
                Some(_) if likeness::enough_schools(&group) => Method::ClusterMeanT,
                Some(_) => Method::SignFlip,
            };
            Some(ArmChange {
                arm: sample.arms[arm].to_owned(),
                estimate: estimate::by(method, sample, &group).ok()?,
                effect_sizes: of_change(sample, &group),
            })
        })
        .collect()
}

/// d_av leads: its unit, the average SD of both waves, is comparable across studies. d_z depends on the
/// pre-post correlation and stands for the record. With few schools the sizes stand without intervals.
fn of_change(sample: &Sample<'_>, linked: &Linked) -> Vec<EffectSize> {
    let alpha = sample.alpha();
    let Ok(summary) = PairedSummary::new(&linked.before, &linked.after) else { return Vec::new() };
    let mut sizes = Vec::new();
    match clustered(sample, linked) {
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
    if !likeness::enough_schools(linked) {
        sizes.iter_mut().for_each(|size| (size.ci, size.df) = (None, None));
    }
    sizes
}

/// The clustered test of the change and the clustered SD; none where schools are unknown.
fn clustered(sample: &Sample<'_>, linked: &Linked) -> Option<Result<(CoefTest, ClusteredSd), ImpactError>> {
    let (cluster, alpha) = (linked.cluster.as_deref()?, sample.alpha());
    let make = || {
        let schools = cluster_mean::linked_changes(&linked.before, &linked.after, cluster, alpha)?;
        let change = cluster_mean::test_mean_change(&schools, alpha)?;
        let sizes: Vec<usize> = schools.iter().map(|school| school.n_pre).collect();
        Ok((change, clustered_sd(&sizes, likeness::rho(sample, linked, &linked.before), 1)?))
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
    let sd = |scores: &[f64]| likeness::of_pooled_sd(sample, linked, scores);
    let find = |methods: &[Method]| estimates.iter().find(|e| methods.contains(&e.method)).and_then(as_test);
    let mut sizes = Vec::new();
    if let (Some(did), Ok(program), Ok(comparison), Some(sd)) = (
        find(&[Method::DidClusterCr2, Method::DidWelch, Method::DidStudentCr2]),
        of(&linked.before, Arm::Program),
        of(&linked.before, Arm::Comparison),
        sd(&linked.before),
    ) {
        let size = effect::did_g(&did, &program, &comparison, sd, alpha);
        sizes.extend(size.ok().map(|size| named("d_ppc", "pooled_pre_sd", &size)));
    }
    if let (Some(adjusted), Ok(program), Ok(comparison), Some(sd)) = (
        find(&[Method::AncovaWorking, Method::AncovaWithin, Method::AncovaCr2, Method::AncovaOls]),
        of(&linked.after, Arm::Program),
        of(&linked.after, Arm::Comparison),
        sd(&linked.after),
    ) {
        let size = effect::ancova_g(&adjusted, &program, &comparison, sd, alpha);
        sizes.extend(size.ok().map(|size| named("ancova_g", "pooled_post_sd", &size)));
    }
    let ancova_leads = estimates.iter().any(|e| e.primary && e.method.is_adjusted());
    for size in &mut sizes {
        size.cluster_robust = linked.cluster.is_some();
        size.leading = (size.kind == "ancova_g") == ancova_leads;
    }
    sizes
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
        EffectInterval::ClusterRobust { df, .. } | EffectInterval::SchoolModel { df } => Some(df),
        EffectInterval::Normal | EffectInterval::NoncentralT { .. } => None,
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
