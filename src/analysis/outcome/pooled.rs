//! The primary method on several data sets (completed ones, plausible values), pooled.

use super::{Sample, estimate, link};
use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::frame::Linked;
use crate::impact::ImpactError;
use crate::impact::imputation::{PoolOptions, Pooled, pool};
use crate::num::moments;

/// A pooled estimate.
pub(super) struct PooledEstimate {
    pub estimate: EstimateFindings,
    pub pooled: Pooled,
    pub complete_df: f64,
}

/// Whether a method has standard errors that respect schools.
pub(super) fn can_pool(method: Method) -> bool {
    matches!(
        method,
        Method::ClusterMeanT
            | Method::StudentCr2
            | Method::DidClusterCr2
            | Method::DidClusterPooled
            | Method::DidStudentCr2
            | Method::AncovaCr2
            | Method::AncovaWorking
            | Method::AncovaWithin
    )
}

/// Estimates on each of `sets` by `method` and pools. The degrees of freedom of a complete analysis are those
/// of the method (their mean over the sets), at most J - 1 for one group and J - 2 for two arms. The error of
/// linking is the same in every set and is added once, at the end.
///
/// # Errors
/// As the method and [`pool`].
pub(super) fn over(
    method: Method,
    sample: &Sample<'_>,
    sets: &[Linked],
) -> Result<PooledEstimate, ImpactError> {
    let first = sets.first().ok_or(ImpactError::NoVariation)?;
    let unlinked = Sample { link_error: None, arms: sample.arms.clone(), ..*sample };
    let (mut estimates, mut variances, mut degrees) = (Vec::new(), Vec::new(), Vec::new());
    for linked in sets {
        let found = estimate::by(method, &unlinked, linked)?;
        let (Some(se), Some(df)) = (found.se, found.df) else { return Err(ImpactError::NoVariation) };
        estimates.push(found.estimate);
        variances.push(se * se);
        degrees.push(df);
    }
    let clusters = first.clusters();
    let most = clusters.unwrap_or(0).saturating_sub(if sample.compares() { 2 } else { 1 });
    let complete_df = moments::mean(&degrees)?.min(most as f64);
    let options = PoolOptions { complete_df, alpha: sample.alpha(), n: first.len(), clusters };
    let pooled = pool(&estimates, &variances, &options)?;
    let mut estimate = estimate::tested(method, &pooled.test, first.len(), clusters);
    if let Some(error) = sample.link_error {
        estimate = link::with_error(estimate, error, sample.alpha());
    }
    Ok(PooledEstimate { estimate, pooled, complete_df })
}
