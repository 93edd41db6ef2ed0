//! Tests by sign flips and by re-assignment of schools or students; they give a p-value and no interval.

use super::Sample;
use super::estimate::permuted;
use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::frame::Linked;
use crate::analysis::plan::is_randomised;
use crate::impact::clusters::cluster_means;
use crate::impact::resampling::ResamplingOptions;
use crate::impact::{Arm, ImpactError, cluster_mean, did, permutation, sign_flip};

/// Signs of the schools' mean changes flipped.
pub(super) fn signs(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let schools = cluster_mean::linked_changes(&linked.before, &linked.after, cluster, sample.alpha())?;
    let means: Vec<f64> = schools.iter().map(|school| school.change).collect();
    Ok(permuted(Method::SignFlip, &sign_flip::sign_flip_test(&means, options(sample))?, linked.len()))
}

/// Arms re-assigned over schools, within strata where there are some.
pub(super) fn schools(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let schools = cluster_means(&linked.changes(), cluster)?;
    let arms = did::cluster_arms(&sample.roles(linked), cluster, &schools)?;
    two_of_each(&arms)?;
    let means: Vec<f64> = schools.iter().map(|school| school.mean).collect();
    let test = match sample.strata_of_schools(linked, &schools) {
        Some(strata) => permutation::permutation_within(&means, &arms, &strata, options(sample))?,
        None => permutation::permutation_test(&means, &arms, options(sample))?,
    };
    Ok(permuted(Method::SchoolPermutation, &test, linked.len()))
}

/// Arms re-assigned over the students of each school: the test of a lot drawn within schools. Its statistic is the
/// difference in change with an effect for each school, as by [`Method::DidStudentCr2`] there.
///
/// # Errors
/// `ClusterInBothArms` where nobody drew lots, so that a re-assignment of students stands for nothing.
pub(super) fn students(sample: &Sample<'_>, linked: &Linked) -> Result<EstimateFindings, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    if !is_randomised(sample.plan.assignment) {
        return Err(ImpactError::ClusterInBothArms { cluster: cluster.first().copied().unwrap_or_default() });
    }
    let (changes, roles) = (linked.changes(), sample.roles(linked));
    let test = permutation::permutation_within(&changes, &roles, cluster, options(sample))?;
    let found = permuted(Method::StudentPermutation, &test, linked.len());
    // The units of the test are students; the schools are its strata.
    Ok(EstimateFindings { clusters: linked.clusters(), ..found })
}

fn options(sample: &Sample<'_>) -> ResamplingOptions {
    let rules = &sample.study.study.analysis;
    ResamplingOptions { draws: u32::try_from(rules.permutations).unwrap_or(u32::MAX), seed: rules.seed }
}

/// At least two schools in each arm: with one, the programme cannot be told apart from the school, and every
/// assignment of schools is as extreme as the one that was made or nearly so.
fn two_of_each(arms: &[Arm]) -> Result<(), ImpactError> {
    for arm in [Arm::Program, Arm::Comparison] {
        let found = arms.iter().filter(|own| **own == arm).count();
        if found < 2 {
            return Err(ImpactError::ArmTooSmall { arm, needed: 2, found });
        }
    }
    Ok(())
}
