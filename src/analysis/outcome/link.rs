//! What linking adds to the change of a measure: its error, and the estimate without drifted items.

use polars::prelude::PolarsResult;

use super::{Sample, estimate};
use crate::analysis::Material;
use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::frame;
use crate::analysis::measurement::{self, LinkError};
use crate::num::dist;
use crate::study::Outcome;

/// Adds the link error to a change between waves:
///
/// ```text
/// SE = sqrt(se^2 + link^2),   df = SE^4 / (se^4 / df + link^4 / (L - 1))
/// ```
///
/// with L common items (PISA practice for the error; Satterthwaite's degrees of freedom). A difference of
/// changes between arms needs no such addition, because both arms were measured with the same items: an
/// error of the link moves them alike. Permutation tests have no standard error to add to.
pub(super) fn with_error(mut estimate: EstimateFindings, link: LinkError, alpha: f64) -> EstimateFindings {
    let (Some(se), Some(df)) = (estimate.se, estimate.df) else { return estimate };
    if estimate.estimand != "mean_change" || !(se > 0.0) || !(link.df >= 1.0) {
        return estimate;
    }
    let total = se.hypot(link.se);
    let df = total.powi(4) / (se.powi(4) / df + link.se.powi(4) / link.df);
    let t = estimate.estimate / total;
    let (Ok(p), Ok(critical)) = (dist::t_two_sided_p(t, df), dist::t_critical(alpha, df)) else {
        return estimate;
    };
    estimate.link_se = Some(link.se);
    estimate.se = Some(total);
    estimate.df = Some(df);
    estimate.t = Some(t);
    estimate.p = Some(p);
    estimate.ci = Some([estimate.estimate - critical * total, estimate.estimate + critical * total]);
    estimate
}

/// The primary estimate with drifted items freed; none where none drifted.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn drift_free(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
) -> PolarsResult<Option<EstimateFindings>> {
    let Some(scores) = material.measures.drift_free.as_ref() else { return Ok(None) };
    let Some(measured) = frame::measured(material, scores, outcome)? else { return Ok(None) };
    if measured.waves == sample.measured.waves {
        return Ok(None);
    }
    let linked = measured.linked(sample.study);
    let link_error = measurement::error_of(&material, outcome, true);
    let other =
        Sample { measured: &measured, linked: &linked, link_error, arms: sample.arms.clone(), ..*sample };
    let method = estimate::primary_here(&other, &mut Vec::new());
    let found = estimate::by(method, &other, &linked).ok();
    Ok(found.map(|estimate| EstimateFindings { method: Method::DriftFreeAnchors, ..estimate }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(estimand: &str) -> EstimateFindings {
        EstimateFindings {
            method: Method::ClusterMeanT,
            estimand: estimand.to_owned(),
            primary: true,
            estimate: 10.0,
            se: Some(3.0),
            link_se: None,
            t: Some(10.0 / 3.0),
            df: Some(12.0),
            ci: None,
            p: None,
            n: 300,
            clusters: Some(13),
            draws: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn the_link_widens_a_change_and_leaves_a_difference_alone() {
        let link = LinkError { se: 4.0, df: 9.0 };
        let wider = with_error(change("mean_change"), link, 0.05);
        assert_eq!(wider.se, Some(5.0));
        // 625 / (81 / 12 + 256 / 9)
        assert!((wider.df.unwrap() - 625.0 / (6.75 + 256.0 / 9.0)).abs() < 1e-12);
        let [low, high] = wider.ci.unwrap();
        assert!(low < 0.0 && high > 20.0 && (low + high - 20.0).abs() < 1e-9);
        let same = with_error(change("difference_in_change"), link, 0.05);
        assert_eq!((same.se, same.link_se), (Some(3.0), None));
    }
}
