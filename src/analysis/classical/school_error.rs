//! How much larger the standard error is that respects schools.

use super::Group;
use super::battery::Pair;
use crate::analysis::findings::{EstimateFindings, Method, OutcomeFindings, SchoolError};
use crate::impact::classical::paired_t;

/// Compares like with like: the change of one group with the paired t, the difference in change of two arms
/// with Welch's t on gains. ANCOVA is no partner of either, so the difference in change stands in for it.
pub(super) fn of(
    outcome: &OutcomeFindings,
    groups: &[Group<'_>],
    pair: Option<&Pair>,
    alpha: f64,
) -> Option<SchoolError> {
    let by = |methods: &[Method]| {
        let known = |method: &Method| outcome.estimates.iter().find(|estimate| estimate.method == *method);
        methods.iter().find_map(known)
    };
    let (estimate, persons) = match (pair, groups) {
        (Some(pair), _) => {
            (by(&[Method::DidClusterCr2, Method::DidStudentCr2])?, pair.welch_of_gains(alpha).ok()?)
        }
        (None, [group]) => (
            by(&[Method::ClusterMeanT, Method::StudentCr2])?,
            paired_t(&group.linked.before, &group.linked.after, alpha).ok()?,
        ),
        _ => return None,
    };
    let schools = own_error(estimate)?;
    let ratio = schools / persons.se;
    Some(SchoolError { method: estimate.method, schools, persons: persons.se, ratio })
}

/// The standard error without its part from linking, which the classical t has not either.
fn own_error(estimate: &EstimateFindings) -> Option<f64> {
    let se = estimate.se?;
    let link = estimate.link_se.unwrap_or(0.0);
    Some((se * se - link * link).max(0.0).sqrt()).filter(|se| *se > 0.0)
}
