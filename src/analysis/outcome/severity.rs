//! The change with scores adjusted for the severity of raters.

use polars::prelude::PolarsResult;

use super::{Sample, estimate};
use crate::analysis::Material;
use crate::analysis::findings::{EstimateFindings, Method};
use crate::analysis::frame;
use crate::study::Outcome;

/// The primary estimate on adjusted scores; none where the adjustment reaches no score of the outcome. The
/// error of the severities themselves is not in its standard error.
///
/// # Errors
/// polars cannot hand out a column.
pub(super) fn adjusted(
    material: Material<'_>,
    outcome: &Outcome,
    sample: &Sample<'_>,
) -> PolarsResult<Option<EstimateFindings>> {
    let Some(scores) = material.measures.severity_adjusted.as_ref() else { return Ok(None) };
    let Some(measured) = frame::measured(material, scores, outcome)? else { return Ok(None) };
    if measured.waves == sample.measured.waves {
        return Ok(None);
    }
    let linked = measured.linked(sample.study);
    let other = Sample { measured: &measured, linked: &linked, arms: sample.arms.clone(), ..*sample };
    let method = estimate::primary_here(&other, &mut Vec::new());
    let found = estimate::by(method, &other, &linked).ok();
    Ok(found.map(|estimate| EstimateFindings { method: Method::SeverityAdjusted, ..estimate }))
}
