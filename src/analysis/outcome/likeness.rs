//! How alike students of a school are, and what that does to a standard deviation over students.

use super::Sample;
use crate::analysis::frame::Linked;
use crate::analysis::plan::FEW_SCHOOLS;
use crate::impact::effect::{ClusteredSd, clustered_sd_of_arms};
use crate::impact::icc::{Icc, anova_icc_within};
use crate::impact::{Arm, ImpactError};

/// Whether a group by itself has enough schools for t, or schools that nobody knows.
pub(in crate::analysis) fn enough_schools(linked: &Linked) -> bool {
    linked.clusters().is_none_or(|schools| schools >= FEW_SCHOOLS)
}

/// The ICC of scores of linked persons, arms taken out: an effect of the programme is no likeness of schools.
pub(super) fn icc(sample: &Sample<'_>, linked: &Linked, scores: &[f64]) -> Result<Icc, ImpactError> {
    let cluster = linked.cluster.as_deref().unwrap_or_default();
    let alone = vec![0; linked.len()];
    let arm = if sample.compares() { &linked.arm } else { &alone };
    anova_icc_within(scores, cluster, arm, sample.alpha())
}

/// The ICC as formulas take it: an estimate below 0 says that schools differ less than chance would make them.
pub(super) fn rho(sample: &Sample<'_>, linked: &Linked, scores: &[f64]) -> f64 {
    icc(sample, linked, scores).map_or(0.0, |icc| icc.value.max(0.0))
}

/// Students by side and school: `[programme, comparison][school]`.
pub(super) fn students(sample: &Sample<'_>, linked: &Linked) -> [Vec<usize>; 2] {
    let mut counts = [vec![0; linked.schools.len()], vec![0; linked.schools.len()]];
    let cluster = linked.cluster.iter().flatten();
    for (school, role) in cluster.zip(sample.roles(linked)) {
        counts[usize::from(role == Arm::Comparison)][*school] += 1;
    }
    counts
}

/// Repair and degrees of freedom of the SD of `scores` pooled over the two sides. Where schools were given to arms,
/// the raw SD is too small by the factor; with both arms in a school nothing is repaired. Students without schools
/// count one by one.
pub(super) fn of_pooled_sd(sample: &Sample<'_>, linked: &Linked, scores: &[f64]) -> Option<ClusteredSd> {
    if linked.cluster.is_none() {
        return Some(ClusteredSd::plain(linked.len() as f64 - 2.0));
    }
    let counts = students(sample, linked);
    let sd = clustered_sd_of_arms(&counts, rho(sample, linked, scores)).ok()?;
    Some(if share_schools(&counts) { ClusteredSd::plain(sd.df) } else { sd })
}

/// Whether some school has students on both sides.
pub(super) fn share_schools([program, comparison]: &[Vec<usize>; 2]) -> bool {
    program.iter().zip(comparison).any(|(one, other)| *one > 0 && *other > 0)
}
